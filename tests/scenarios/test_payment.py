"""What the payer does, as query and notifications tell it."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.scenarios.conftest import Ask, Place
from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document

BEIJING = timezone(timedelta(hours=8))


def in_ten_minutes() -> str:
    return (datetime.now(BEIJING) + timedelta(minutes=10)).strftime("%Y%m%d%H%M%S")


async def state(merchant: Merchant, out_trade_no: str = "S1") -> str:
    return (await merchant.query(out_trade_no))["trade_state"]


@observes("pay-success")
async def test_paid_by_itself(scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox) -> None:
    await place(scenario)
    await control.advance(2)
    assert await state(merchant) == "NOTPAY"
    await control.advance(1)
    assert await state(merchant) == "SUCCESS"
    assert merchant.verifies(inbox.received[0].fields)


@observes("pay-late")
async def test_paid_only_after_ten_minutes(scenario: str, place: Place, control: Control, merchant: Merchant) -> None:
    await place(scenario)
    await control.advance(9 * 60)
    assert await state(merchant) == "NOTPAY"
    await control.advance(60)
    assert await state(merchant) == "SUCCESS"


ERR_STRS = {
    "pay-error-balance": "余额不足，请更换支付方式",
    "pay-error-bank-refused": "银行卡扣款失败，请更换其他银行卡支付",
    "pay-error-risk": "当前交易存在风险，暂时无法完成支付",
    "pay-error-network": "网络异常，请检查网络后重试",
    "pay-error-logged-out": "你的微信账号已在其他设备登录，请重新登录后再支付",
}


@observes(*ERR_STRS)
async def test_an_error_leaves_the_order_payable(
    scenario: str, place: Place, ask: Ask, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await place(scenario)
    result = await ask()
    assert (result["errCode"], result["errStr"]) == (-1, ERR_STRS[scenario])
    await control.advance(60)
    assert (await state(merchant), inbox.received) == ("NOTPAY", [])


@observes("pay-cancel")
async def test_a_cancel_leaves_the_order_payable(
    scenario: str, place: Place, ask: Ask, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await place(scenario)
    assert (await ask())["errCode"] == -2
    await control.advance(60)
    assert (await state(merchant), inbox.received) == ("NOTPAY", [])


@observes("pay-retry-success", "pay-cancel-success")
async def test_the_second_attempt_succeeds(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    assert (await state(merchant), inbox.received) == ("NOTPAY", [])
    before = [item["kind"] for item in await control.timeline("S1")]
    assert {"payer", "wechat"} & set(before), "the first attempt is told"
    await control.advance(7)
    assert (await state(merchant), len(inbox.received)) == ("SUCCESS", 1)


@observes("pay-during-close")
async def test_paid_while_the_merchant_closes(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    assert (await merchant.close("S1"))["err_code"] == "ORDERPAID"
    await control.advance(1)
    assert (await state(merchant), len(inbox.received)) == ("SUCCESS", 1)


@observes("pay-last-second")
async def test_paid_one_second_before_the_expiry(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    expiry = in_ten_minutes()
    await place(scenario, time_expire=expiry)
    await control.advance(11 * 60)
    told = await merchant.query("S1")
    moment = datetime.strptime(expiry, "%Y%m%d%H%M%S") - timedelta(seconds=1)  # noqa: DTZ007 - both are Beijing's
    assert (told["trade_state"], told["time_end"]) == ("SUCCESS", moment.strftime("%Y%m%d%H%M%S"))
    assert len(inbox.received) == 1


@observes("pay-after-expiry")
async def test_a_payer_who_comes_too_late_is_refused(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario, time_expire=in_ten_minutes())
    await control.advance(11 * 60)
    assert (await state(merchant), inbox.received) == ("CLOSED", [])
    assert any("OrderExpired" in item["summary"] or "过期" in item["summary"] for item in await control.timeline("S1"))


@observes("pay-twice")
async def test_a_second_payment_is_refused(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    paid = await merchant.query("S1")
    told = len(await control.timeline("S1"))
    await control.advance(10)
    assert await merchant.query("S1") | {"nonce_str": "", "sign": ""} == paid | {"nonce_str": "", "sign": ""}
    assert len(inbox.received) == 1
    assert [item["kind"] for item in await control.timeline("S1")][told:].count("payer") == 1


@observes("pay-fails-for-good")
async def test_a_final_failure_is_payerror(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    assert (await state(merchant), inbox.received) == ("PAYERROR", [])
    await control.pay("S1", status=409)


COUPONS = {
    "pay-coupon-cash": {"cash_fee": "99", "coupon_fee": "1", "coupon_count": "1", "coupon_fee_0": "1"},
    "pay-coupon-no-cash": {"cash_fee": "99", "settlement_total_fee": "99", "coupon_type_0": "NO_CASH"},
    "pay-coupon-mixed": {
        "cash_fee": "97",
        "settlement_total_fee": "98",
        "coupon_count": "2",
        "coupon_id_0": "123456",
        "coupon_type_0": "CASH",
        "coupon_fee_0": "1",
        "coupon_id_1": "67890",
        "coupon_type_1": "NO_CASH",
        "coupon_fee_1": "2",
    },
    "pay-coupon-whole": {"cash_fee": "0", "coupon_fee": "100", "coupon_count": "1"},
}


@observes(*COUPONS)
async def test_coupons_stand_in_notification_and_query(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    for told in (inbox.received[0].fields, await merchant.query("S1")):
        assert merchant.verifies(told)
        assert told.items() >= {"total_fee": "100", **COUPONS[scenario]}.items()


@pytest.mark.parametrize("scenario", COUPONS)
async def test_a_coupons_amounts_are_written_as_seen_live(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    told, body = inbox.received[0].fields, inbox.received[0].body
    bare = {"total_fee", "coupon_fee", "settlement_total_fee"}
    for name in [name for name in told if name in bare or re.match(r"coupon_|cash_fee", name)]:
        written = told[name] if name in bare else f"<![CDATA[{told[name]}]]>"
        assert f"<{name}>{written}</{name}>" in body
    answer = await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="S1")))
    assert f"<coupon_count>{told['coupon_count']}</coupon_count>" in answer
    assert f"<coupon_fee_0>{told['coupon_fee_0']}</coupon_fee_0>" in answer


BANK_TYPES = {"pay-with-debit": "CMB_DEBIT", "pay-with-credit": "CMB_CREDIT", "pay-with-balance": "CFT"}


@observes(*BANK_TYPES)
async def test_the_bank_type_stands_in_notification_and_query(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.advance(3)
    assert inbox.received[0].fields["bank_type"] == BANK_TYPES[scenario]
    assert (await merchant.query("S1"))["bank_type"] == BANK_TYPES[scenario]


@pytest.mark.parametrize("bank_type", ["ICBC_DEBIT", "CCB_CREDIT", "OTHERS", "NEWBANK_DEBIT"])
async def test_a_scenario_may_name_any_bank_type(
    bank_type: str, place: Place, control: Control, merchant: Merchant
) -> None:
    await control.call("PUT", "/scenarios/my-bank", {"payer": {"after": "3s", "bank_type": bank_type}})
    await place("my-bank")
    await control.advance(3)
    assert (await merchant.query("S1"))["bank_type"] == bank_type
