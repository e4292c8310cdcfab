"""Payment by code: what the payer does, what becomes of the merchant's calls, and the official cases."""

from contextlib import suppress

import aiohttp
import pytest

from tests.scenarios.observing import ENOUGH, LITTLE, observes
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements

pytestmark = pytest.mark.slow

PREFIXES = ["/sandboxnew", "/xdc/apiv2sandbox"]
prefixes = pytest.mark.parametrize("prefix", PREFIXES)
WISH = "Wechatpay-Negative-Test"


async def ask(
    merchant: Merchant, path: str, *, patience: float = ENOUGH, wish: str = "", **fields: str
) -> dict[str, str] | None:
    """A signed call; None where no answer came in time."""
    headers = {WISH: wish} if wish else {}
    body, timeout = document(merchant.signed(**fields)), aiohttp.ClientTimeout(total=patience)
    with suppress(TimeoutError):
        async with merchant.session.post(
            merchant.prefix + path, data=body, headers=headers, timeout=timeout
        ) as response:
            return elements(await response.text("utf-8"))
    return None


async def charge(
    merchant: Merchant,
    control: Control,
    *,
    number: str = "S1",
    fen: int = 100,
    patience: float = ENOUGH,
    wish: str = "",
    **fields: str,
) -> dict[str, str] | None:
    terms = {
        "body": "龙井茶",
        "out_trade_no": number,
        "total_fee": str(fen),
        "spbill_create_ip": "123.12.12.123",
        "auth_code": await control.auth_code(),
    }
    return await ask(merchant, "/pay/micropay", patience=patience, wish=wish, **{**terms, **fields})


async def charge_under(
    scenario: str, merchant: Merchant, control: Control, patience: float = ENOUGH
) -> dict[str, str] | None:
    return await charge(merchant, control, patience=patience, attach=f"scenario:{scenario}")


def err_code(answer: dict[str, str] | None) -> str:
    assert answer is not None
    return answer.get("err_code", "")


# -- the payer ---------------------------------------------------------------------------------------------------------


@observes("micropay-password")
async def test_the_password_comes_after_ten_seconds(scenario: str, control: Control, merchant: Merchant) -> None:
    assert err_code(await charge_under(scenario, merchant, control)) == "USERPAYING"
    await control.advance(9)
    assert (await merchant.query("S1"))["trade_state"] == "USERPAYING"
    await control.advance(1)
    assert (await merchant.query("S1"))["trade_state"] == "SUCCESS"


@observes("micropay-cancel")
async def test_the_payer_cancels(scenario: str, control: Control, merchant: Merchant) -> None:
    assert err_code(await charge_under(scenario, merchant, control)) == "USERPAYING"
    await control.advance(10)
    query = await merchant.query("S1")
    assert (query["trade_state"], query["trade_state_desc"]) == ("PAYERROR", "支付失败，请撤销订单")
    again = await charge_under(scenario, merchant, control)
    assert again is not None
    assert (again["err_code"], again["err_code_des"]) == ("TRADE_ERROR", "用户取消支付")


@observes("micropay-no-password")
async def test_nobody_types(scenario: str, control: Control, merchant: Merchant) -> None:
    assert err_code(await charge_under(scenario, merchant, control)) == "USERPAYING"
    await control.advance(44)
    assert (await merchant.query("S1"))["trade_state"] == "USERPAYING"
    await control.advance(1)
    assert (await merchant.query("S1"))["trade_state"] == "PAYERROR"


@observes("micropay-late-password")
async def test_paid_just_before_the_reversal(scenario: str, control: Control, merchant: Merchant) -> None:
    assert err_code(await charge_under(scenario, merchant, control)) == "USERPAYING"
    await control.advance(40)
    assert (await merchant.reverse("S1"))["recall"] == "N"
    assert (await merchant.query("S1"))["trade_state"] == "REVOKED"
    assert "钱已退回" in " ".join(one["summary"] for one in await control.timeline("S1"))
    assert (await control.get(f"/merchants/{control.mch_id}"))["balance_fen"] == 0


# -- the calls ---------------------------------------------------------------------------------------------------------


@observes("micropay-unanswered")
async def test_paid_but_not_answered(scenario: str, control: Control, merchant: Merchant) -> None:
    assert await charge_under(scenario, merchant, control, LITTLE) is None
    assert (await merchant.query("S1"))["trade_state"] == "SUCCESS"


@observes("micropay-bankerror")
async def test_bankerror_though_paid(scenario: str, control: Control, merchant: Merchant) -> None:
    assert err_code(await charge_under(scenario, merchant, control)) == "BANKERROR"
    assert (await merchant.query("S1"))["trade_state"] == "SUCCESS"
    assert err_code(await charge_under(scenario, merchant, control)) == ""


@observes("reverse-recall")
async def test_a_reversal_to_be_asked_for_again(scenario: str, control: Control, merchant: Merchant) -> None:
    await charge_under(scenario, merchant, control)
    answer = await merchant.reverse("S1")
    assert merchant.verifies(answer)
    assert (answer["result_code"], answer["recall"]) == ("SUCCESS", "Y")
    assert (await merchant.query("S1"))["trade_state"] == "SUCCESS"
    assert (await merchant.reverse("S1"))["recall"] == "N"
    assert (await merchant.query("S1"))["trade_state"] == "REVOKED"


@observes("reverse-systemerror")
async def test_a_reversal_that_was_made_all_the_same(scenario: str, control: Control, merchant: Merchant) -> None:
    await charge_under(scenario, merchant, control)
    assert (await merchant.reverse("S1"))["err_code"] == "SYSTEMERROR"
    assert (await merchant.query("S1"))["trade_state"] == "REVOKED"
    assert (await merchant.reverse("S1"))["recall"] == "N"


async def test_authcodetoopenid_fails_by_its_header(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/asked-for", {"api": {"call": "authcodetoopenid", "fail": "SYSTEMERROR"}})
    code = await control.auth_code()
    answer = await ask(merchant, "/tools/authcodetoopenid", wish="ASKED_FOR", auth_code=code)
    assert err_code(answer) == "SYSTEMERROR"


# -- the official cases ------------------------------------------------------------------------------------------------


async def query(merchant: Merchant, *, patience: float = ENOUGH, wish: str = "") -> dict[str, str] | None:
    return await ask(merchant, "/pay/orderquery", out_trade_no="S1", patience=patience, wish=wish)


@prefixes
@observes("official-micropay-paid")
async def test_1(scenario: str, control: Control, official: Merchant) -> None:
    assert err_code(await charge(official, control, fen=1)) == "SUCCESS"
    assert (await control.order("S1"))["scenario"] == scenario
    assert (await control.order("S1"))["trade_state"] == "SUCCESS"


COUPONS = {
    2: {"coupon_fee": "1", "cash_fee": "1", "coupon_count": "1"},
    3: {"coupon_fee": "3", "cash_fee": "0", "settlement_total_fee": "1", "coupon_count": "2"},
    501: {"coupon_fee": "1", "cash_fee": "500", "settlement_total_fee": "500"},
    502: {"coupon_fee": "1", "cash_fee": "501", "settlement_total_fee": "501"},
}


async def paid_with_coupons(fen: int, control: Control, official: Merchant) -> None:
    for answer in (
        await charge(official, control, fen=fen),
        await query(official),
    ):
        assert answer is not None
        assert official.verifies(answer)
        assert answer.items() >= COUPONS[fen].items()


@observes("official-micropay-coupon")
async def test_2(scenario: str, control: Control, official: Merchant) -> None:
    await paid_with_coupons(2, control, official)


@observes("official-micropay-coupons")
async def test_3(scenario: str, control: Control, official: Merchant) -> None:
    await paid_with_coupons(3, control, official)


@pytest.mark.parametrize("fen", [501, 502])
@observes("official-micropay-no-cash")
async def test_501_and_502(scenario: str, fen: int, control: Control, official: Merchant) -> None:
    await paid_with_coupons(fen, control, official)
    await official.refund("S1", "R1", fen, total_fee=str(fen))
    assert (await official.refund_query(out_refund_no="R1"))["settlement_refund_fee_0"] == str(fen - 1)


@prefixes
@pytest.mark.parametrize("by_header", [False, True])
@observes("official-micropay-password", "micropay-userpaying")
async def test_30(scenario: str, by_header: bool, control: Control, official: Merchant) -> None:
    wish, fen = ("MICROPAY_USERPAYING", 1) if by_header else ("", 30)
    answer = await charge(official, control, fen=fen, wish=wish)
    assert answer is not None
    assert (answer["err_code"], answer["err_code_des"]) == ("USERPAYING", "需要输入密码")
    told = await query(official, wish=wish)
    assert told is not None
    assert told["trade_state"] == "USERPAYING"
    await control.advance(5)
    told = await query(official, wish=wish)
    assert told is not None
    assert told["trade_state"] == "SUCCESS"


@pytest.mark.parametrize(("fen", "wish"), [(31, ""), (1, "MICROPAY_TIMEOUT"), (1, "micropay-timeout")])
@observes("official-micropay-unanswered", "micropay-timeout")
async def test_31(scenario: str, fen: int, wish: str, control: Control, official: Merchant) -> None:
    lost = await charge(official, control, fen=fen, wish=wish, patience=LITTLE)
    assert lost is None
    told = await query(official, wish=wish)
    assert told is not None
    assert told["trade_state"] == "SUCCESS"


@pytest.mark.parametrize(("fen", "wish"), [(32, ""), (1, "MICROPAY_PAYERROR")])
@observes("official-micropay-failed", "micropay-payerror")
async def test_32(scenario: str, fen: int, wish: str, control: Control, official: Merchant) -> None:
    lost = await charge(official, control, fen=fen, wish=wish, patience=LITTLE)
    assert lost is None
    told = await query(official, wish=wish)
    assert told is not None
    assert told["trade_state"] == "PAYERROR"


@pytest.mark.parametrize(("fen", "wish"), [(33, ""), (1, "MICROPAY_PAY_QUERY_TIMEOUT")])
@observes("official-micropay-unknown", "micropay-pay-query-timeout")
async def test_33(scenario: str, fen: int, wish: str, control: Control, official: Merchant) -> None:
    lost = await charge(official, control, fen=fen, wish=wish, patience=LITTLE)
    assert lost is None
    assert await query(official, patience=LITTLE, wish=wish) is None
    answer = await ask(official, "/secapi/pay/reverse", out_trade_no="S1")
    assert answer is not None
    assert (answer["result_code"], answer["recall"]) == ("SUCCESS", "N")
    assert (await control.order("S1"))["trade_state"] == "REVOKED"


@observes("official-micropay-reversal", "official-micropay-second")
async def test_34(scenario: str, control: Control, official: Merchant) -> None:
    assert await charge(official, control, fen=34, patience=LITTLE) is None
    assert err_code(await query(official)) == "SYSTEMERROR"
    answer = await ask(official, "/pay/reverse", out_trade_no="S1")
    assert answer is not None
    assert answer["recall"] == "N"
    second = await charge(official, control, fen=34, number="S2")
    assert second is not None
    assert (second["result_code"], second["coupon_fee"]) == ("SUCCESS", "1")


async def test_these_amounts_mean_nothing_on_the_ordinary_path(control: Control, merchant: Merchant) -> None:
    for fen in (2, 30, 32):
        assert err_code(await charge(merchant, control, number=f"S{fen}", fen=fen)) == ""
        assert "scenario" not in await control.order(f"S{fen}")
