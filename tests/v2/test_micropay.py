"""Payment by code: the charge, the password, the reversal. Sources: V2 notes, 3.8, 3.10; docs/fidelity.md."""

from urllib.parse import urlencode, urlsplit

import pytest

from sandbox.server import Server
from sandbox.web.proof import FIELD
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.pages import token_of
from tests.support.words import UNKNOWN
from tests.v2.conftest import Open

COVERS = ("/pay/micropay", "/secapi/pay/reverse", "/pay/reverse", "/tools/authcodetoopenid")

PAYER = "oSandboxPayer000000000000001"
LARGE = 100_001
"""Fen, one more than what needs no password."""


async def charge(merchant: Merchant, control: Control, number: str = "ORDER001", fen: int = 100, **fields: str) -> str:
    """Charge a payer who shows a new code; gives the code."""
    auth_code = await control.auth_code()
    await merchant.micropay(number, auth_code, fen, **fields)
    return auth_code


async def balance(control: Control) -> int:
    return int((await control.get(f"/merchants/{control.mch_id}"))["balance_fen"])


# -- the charge --------------------------------------------------------------------------------------------------------


async def test_a_code_is_charged_at_once_and_nobody_is_notified(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    answer = await merchant.micropay("ORDER001", await control.auth_code(), attach="table 7", device_info="013467")
    assert merchant.verifies(answer)
    assert answer["time_end"]
    assert answer["transaction_id"].startswith("4200")
    told = {name: answer[name] for name in answer if name not in ("sign", "nonce_str", "time_end", "transaction_id")}
    assert told == {
        "return_code": "SUCCESS",
        "return_msg": "OK",
        "result_code": "SUCCESS",
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "device_info": "013467",
        "openid": PAYER,
        "is_subscribe": "N",
        "trade_type": "MICROPAY",
        "bank_type": "OTHERS",
        "total_fee": "100",
        "fee_type": "CNY",
        "cash_fee": "100",
        "cash_fee_type": "CNY",
        "out_trade_no": "ORDER001",
        "attach": "table 7",
    }
    query = await merchant.query("ORDER001")
    assert (query["trade_state"], query["trade_type"]) == ("SUCCESS", "MICROPAY")
    assert await balance(control) == 99
    await control.advance(86400)
    assert inbox.received == []
    assert (await control.order("ORDER001"))["notifications"] == []
    assert (await control.post("/orders/1900000109/ORDER001/notify", None, 409))["error"]["code"] == "never_notified"


async def test_the_same_charge_again_is_the_same_payment(merchant: Merchant, control: Control) -> None:
    auth_code = await control.auth_code()
    first, second = [await merchant.micropay("ORDER001", auth_code) for _ in range(2)]
    fresh = ("nonce_str", "sign")
    assert {n: v for n, v in first.items() if n not in fresh} == {n: v for n, v in second.items() if n not in fresh}
    other = await merchant.micropay("ORDER001", auth_code, 101)
    assert (other["err_code"], other["err_code_des"]) == ("INVALID_REQUEST", "201 商户订单号重复")
    assert await balance(control) == 99


async def test_a_code_lives_for_one_minute(merchant: Merchant, control: Control) -> None:
    auth_code = await control.auth_code()
    assert (len(auth_code), auth_code[0]) == (18, "1")
    await control.advance(59)
    assert (await merchant.micropay("ORDER001", auth_code))["result_code"] == "SUCCESS"
    assert (await merchant.micropay("ORDER002", auth_code))["err_code_des"] == "101 每个二维码仅限使用一次，请刷新再试"


async def test_a_refused_code_leaves_no_order(merchant: Merchant, control: Control) -> None:
    for auth_code in ("1", "134567890123456789"):
        assert (await merchant.micropay("ORDER001", auth_code))["err_code"] == "AUTH_CODE_INVALID"
    assert (await merchant.query("ORDER001"))["err_code"] == "ORDERNOTEXIST"
    assert (await merchant.micropay("ORDER001", await control.auth_code()))["result_code"] == "SUCCESS"


async def test_a_payer_of_another_appid_is_another_to_this_merchant(control: Control, open_merchant: Open) -> None:
    other = await open_merchant()
    answer = await other.micropay("ORDER001", await control.auth_code())
    assert answer["result_code"] == "SUCCESS"
    assert answer["openid"] != PAYER


async def test_the_product_must_be_opened(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {"MICROPAY": "not_opened"}})
    assert (await merchant.micropay("ORDER001", await control.auth_code()))["err_code"] == "NOAUTH"


@pytest.mark.parametrize("name", ["notify_url", "trade_type", "openid", "product_id"])
async def test_fields_of_unifiedorder_are_none_of_micropays(merchant: Merchant, control: Control, name: str) -> None:
    answer = await merchant.micropay("ORDER001", await control.auth_code(), **{name: "x"})
    assert answer == {"return_code": "FAIL", "return_msg": UNKNOWN}


async def test_a_payer_without_money_ends_the_order(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": PAYER, "balance_fen": 99}, 201)
    auth_code = await control.auth_code()
    assert (await merchant.micropay("ORDER001", auth_code))["err_code"] == "NOTENOUGH"
    assert (await merchant.query("ORDER001"))["trade_state"] == "PAYERROR"
    again = await merchant.micropay("ORDER001", auth_code)
    assert (again["err_code"], again["err_code_des"]) == ("TRADE_ERROR", "请求非法，请更换订单号再发起")
    assert (await merchant.micropay("ORDER002", await control.auth_code(), 99))["result_code"] == "SUCCESS"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [({"logged_in": False}, {"logged_in": True}), ({"wechat_version": "4.5"}, {"wechat_version": "8.0.49"})],
)
async def test_a_phone_that_cannot_pay_has_no_living_code(
    merchant: Merchant, control: Control, wrong: dict[str, object], right: dict[str, object]
) -> None:
    auth_code = await control.auth_code()
    await control.call("PATCH", f"/payers/{PAYER}", wrong)
    refused = await control.post(f"/payers/{PAYER}/auth-code", None, 409)
    assert refused["error"]["code"] == "phone_cannot_pay"
    answer = await merchant.micropay("ORDER001", auth_code)
    assert (answer["err_code"], answer["err_code_des"]) == ("AUTH_CODE_INVALID", "101 付款码无效，请重新扫码")
    assert (await openid_of(merchant, auth_code))["err_code"] == "AUTH_CODE_INVALID"
    assert (await merchant.query("ORDER001"))["err_code"] == "ORDERNOTEXIST"
    await control.call("PATCH", f"/payers/{PAYER}", right)
    assert (await merchant.micropay("ORDER001", auth_code))["result_code"] == "SUCCESS"


async def test_a_sub_merchants_payment(open_merchant: Open, control: Control) -> None:
    subs = [{"sub_mch_id": "1900000201", "sub_appids": ["wxsub"]}]
    provider = await open_merchant(service_provider=True, sub_merchants=subs)
    named = {"sub_mch_id": "1900000201", "sub_appid": "wxsub"}
    answer = await provider.micropay("ORDER001", await control.auth_code(), **named)
    assert (answer["result_code"], answer["sub_mch_id"]) == ("SUCCESS", "1900000201")
    assert answer["sub_openid"]
    reversal = await provider.reverse("ORDER001", **named)
    assert (reversal["result_code"], reversal["recall"]) == ("SUCCESS", "N")


# -- the password ------------------------------------------------------------------------------------------------------


async def test_more_than_a_thousand_yuan_wants_the_password(merchant: Merchant, control: Control) -> None:
    auth_code = await control.auth_code()
    for _ in range(2):
        answer = await merchant.micropay("ORDER001", auth_code, LARGE, attach="a")
        assert (answer["err_code"], answer["err_code_des"]) == ("USERPAYING", "需要用户输入支付密码")
    query = await merchant.query("ORDER001")
    assert (query["trade_state"], query["trade_state_desc"], query["attach"]) == (
        "USERPAYING",
        "需要用户输入支付密码",
        "a",
    )
    assert (await control.password("ORDER001"))["trade_state"] == "SUCCESS"
    assert (await merchant.micropay("ORDER001", auth_code, LARGE))["result_code"] == "SUCCESS"
    assert (await merchant.query("ORDER001"))["openid"] == PAYER
    assert (await control.password("ORDER001", status=409))["error"]["code"] == "password_not_asked"


async def test_a_thousand_yuan_does_not(merchant: Merchant, control: Control) -> None:
    assert (await merchant.micropay("ORDER001", await control.auth_code(), LARGE - 1))["result_code"] == "SUCCESS"


@pytest.mark.parametrize("time_expire", ["", "20991231235959"])
async def test_the_password_may_take_45_seconds(merchant: Merchant, control: Control, time_expire: str) -> None:
    auth_code = await charge(merchant, control, fen=LARGE, time_expire=time_expire)
    await control.advance(44)
    assert (await merchant.query("ORDER001"))["trade_state"] == "USERPAYING"
    await control.advance(1)
    query = await merchant.query("ORDER001")
    assert (query["trade_state"], query["trade_state_desc"], query["attach"]) == (
        "PAYERROR",
        "支付失败，请撤销订单",
        "",
    )
    assert (await control.password("ORDER001", status=409))["error"]["code"] == "password_not_asked"
    assert (await merchant.micropay("ORDER001", auth_code, LARGE))["err_code_des"] == "请求非法，请更换订单号再发起"
    assert "45 秒内没有输入密码" in " ".join(item["summary"] for item in await control.timeline("ORDER001"))


async def test_a_payer_who_cancels_ends_the_order(merchant: Merchant, control: Control) -> None:
    auth_code = await charge(merchant, control, fen=LARGE)
    assert (await control.password("ORDER001", "cancel"))["trade_state"] == "PAYERROR"
    assert (await merchant.query("ORDER001"))["trade_state_desc"] == "支付失败，请撤销订单"
    answer = await merchant.micropay("ORDER001", auth_code, LARGE)
    assert (answer["err_code"], answer["err_code_des"]) == ("TRADE_ERROR", "用户取消支付")


async def test_the_cashier_is_the_password_page(server: Server, merchant: Merchant, control: Control) -> None:
    for number, form, state in (
        ("ORDER001", {"act": "pay", "password": "123456"}, "SUCCESS"),
        ("ORDER002", {"act": "cancel"}, "PAYERROR"),
    ):
        await charge(merchant, control, number, LARGE)
        url = (await control.order(number))["cashier_url"]
        proof = {FIELD: await token_of(server, urlsplit(url).path)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with merchant.session.post(url, data=urlencode({**form, **proof}), headers=headers) as page:
            assert page.status == 200
        assert (await merchant.query(number))["trade_state"] == state


async def test_closeorder_does_not_end_a_payment_by_code(merchant: Merchant, control: Control) -> None:
    await charge(merchant, control, "ORDER001", LARGE)
    closed = await merchant.close("ORDER001")
    assert (closed["err_code"], closed["err_code_des"]) == ("TRADE_STATE_ERROR", "订单状态错误")
    await control.password("ORDER001")
    assert (await merchant.close("ORDER001"))["err_code"] == "ORDERPAID"
    await merchant.reverse("ORDER001")
    assert (await merchant.close("ORDER001"))["err_code"] == "TRADE_STATE_ERROR"


@pytest.mark.parametrize(("state", "err_code"), [("close", "ORDERCLOSED"), ("reverse", "ORDERREVERSED")])
async def test_an_ended_order_is_charged_no_more(
    merchant: Merchant, control: Control, state: str, err_code: str
) -> None:
    auth_code = await charge(merchant, control, fen=LARGE)
    await control.password("ORDER001", "cancel")
    await getattr(merchant, state)("ORDER001")
    assert (await merchant.micropay("ORDER001", auth_code, LARGE))["err_code"] == err_code


async def test_a_refunded_order_is_charged_no_more(merchant: Merchant, control: Control) -> None:
    auth_code = await charge(merchant, control)
    await merchant.refund("ORDER001", "REFUND0", 1)
    answer = await merchant.micropay("ORDER001", auth_code)
    assert (answer["err_code"], answer["err_code_des"]) == ("ORDERPAID", "订单已支付")


# -- the reversal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/secapi/pay/reverse", "/pay/reverse"])
async def test_what_was_paid_goes_back_at_once(merchant: Merchant, control: Control, inbox: Inbox, path: str) -> None:
    await control.post("/payers", {"openid": PAYER, "balance_fen": 100}, 201)
    await charge(merchant, control)
    assert await balance(control) == 99
    for _ in range(2):
        answer = await merchant.call(path, out_trade_no="ORDER001")
        assert merchant.verifies(answer)
        assert (answer["return_msg"], answer["result_code"], answer["recall"]) == ("OK", "SUCCESS", "N")
    assert await balance(control) == 0
    payers = (await control.get("/payers"))["items"]
    assert [one["balance_fen"] for one in payers if one["openid"] == PAYER] == [100]
    query = await merchant.query("ORDER001")
    assert (query["trade_state"], query["trade_state_desc"]) == ("REVOKED", "订单已撤销")
    assert "transaction_id" not in query
    await control.advance(86400)
    assert inbox.received == [], "a reversal is no refund"


async def test_an_unpaid_order_ends(merchant: Merchant, control: Control) -> None:
    await charge(merchant, control, fen=LARGE)
    assert (await merchant.reverse("ORDER001"))["recall"] == "N"
    assert (await merchant.query("ORDER001"))["trade_state"] == "REVOKED"
    assert (await control.password("ORDER001", status=409))["error"]["code"] == "password_not_asked"
    assert (await control.pay("ORDER001", status=409))["error"]["code"] == "order_reversed"


async def test_an_order_that_nobody_knows(merchant: Merchant) -> None:
    answer = await merchant.reverse("ORDER001")
    assert (answer["result_code"], answer["recall"]) == ("SUCCESS", "N")


async def test_by_transaction_id(merchant: Merchant, control: Control) -> None:
    paid = await merchant.micropay("ORDER001", await control.auth_code())
    numbers: dict[str, str | None] = {"out_trade_no": None, "transaction_id": paid["transaction_id"]}
    assert (await merchant.call("/secapi/pay/reverse", **numbers))["result_code"] == "SUCCESS"
    assert (await merchant.query("ORDER001"))["trade_state"] == "REVOKED"
    numbers["transaction_id"] = "4200000000201001010000000000"
    assert (await merchant.call("/secapi/pay/reverse", **numbers))["err_code"] == "INVALID_TRANSACTIONID"
    assert (await merchant.call("/secapi/pay/reverse"))["return_msg"] == "缺少参数"


async def test_a_refunded_order_is_not_reversed(merchant: Merchant, control: Control) -> None:
    await charge(merchant, control)
    await merchant.refund("ORDER001", "REFUND0", 1)
    answer = await merchant.reverse("ORDER001")
    assert (answer["err_code"], answer["err_code_des"], answer["recall"]) == (
        "ORDERREFUND",
        "已经退款的订单不允许撤销",
        "N",
    )
    assert merchant.verifies(answer)


async def test_a_merchant_without_the_money_cannot_give_it_back(merchant: Merchant, control: Control) -> None:
    await charge(merchant, control)
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"balance_fen": 98})
    assert (await merchant.reverse("ORDER001"))["err_code"] == "NOTENOUGH"
    assert (await merchant.query("ORDER001"))["trade_state"] == "SUCCESS"


async def test_seven_days(merchant: Merchant, control: Control) -> None:
    for number in ("ORDER001", "ORDER002"):
        await charge(merchant, control, number)
    await control.advance(7 * 86400 - 60)
    assert (await merchant.reverse("ORDER001"))["result_code"] == "SUCCESS"
    await control.advance(61)
    assert (await merchant.reverse("ORDER002"))["err_code"] == "REVERSE_EXPIRE"


# -- authcodetoopenid --------------------------------------------------------------------------------------------------


async def openid_of(merchant: Merchant, auth_code: str, **fields: str) -> dict[str, str]:
    return await merchant.call("/tools/authcodetoopenid", auth_code=auth_code, **fields)


async def test_who_shows_a_code(merchant: Merchant, control: Control, open_merchant: Open) -> None:
    other, auth_code = await open_merchant(), await control.auth_code()
    answer = await openid_of(merchant, auth_code)
    assert merchant.verifies(answer)
    assert (answer["result_code"], answer["openid"]) == ("SUCCESS", PAYER)
    assert (await other.micropay("ORDER001", auth_code))["err_code"] == "AUTH_CODE_INVALID", "it is bound"
    assert (await openid_of(other, auth_code))["err_code"] == "AUTH_CODE_INVALID"
    assert (await merchant.micropay("ORDER001", auth_code))["openid"] == PAYER
    assert (await openid_of(merchant, auth_code))["err_code"] == "AUTH_CODE_ERROR"


async def test_a_dead_code_names_nobody(merchant: Merchant, control: Control) -> None:
    auth_code = await control.auth_code()
    await control.advance(60)
    answer = await openid_of(merchant, auth_code)
    assert (answer["err_code"], answer["err_code_des"]) == ("AUTHCODEEXPIRE", "授权码过期")
    answer = await openid_of(merchant, "134567890123456789")
    assert (answer["err_code"], answer["err_code_des"]) == ("AUTH_CODE_INVALID", "授权码检验错误")


async def test_it_takes_no_sign_type(merchant: Merchant, control: Control) -> None:
    answer = await openid_of(merchant, await control.auth_code(), sign_type="MD5")
    assert answer == {"return_code": "FAIL", "return_msg": "0参数格式错误"}


# -- codes -------------------------------------------------------------------------------------------------------------


async def test_a_code_is_made_for_known_payers_only(control: Control) -> None:
    made = await control.post(f"/payers/{PAYER}/auth-code", None, 201)
    assert set(made) == {"auth_code", "expires_at"}
    unknown = await control.post(f"/payers/o{'x' * 27}/auth-code", None, 404)
    assert unknown["error"]["code"] == "payer_unknown"


@pytest.mark.parametrize("prefix", ["/sandboxnew", "/xdc/apiv2sandbox"])
async def test_the_official_prefixes_take_any_well_formed_code(merchant: Merchant, prefix: str) -> None:
    official = await merchant.in_official_sandbox(prefix)
    for number in ("ORDER001", "ORDER002"):
        terms = {"body": "a", "out_trade_no": number, "total_fee": "1", "spbill_create_ip": "127.0.0.1"}
        answer = await official.call("/pay/micropay", auth_code="120061098828009406", **terms)
        assert answer["result_code"] == "SUCCESS"
    terms["out_trade_no"] = "ORDER003"
    answer = await official.call("/pay/micropay", auth_code="990061098828009406", **terms)
    assert answer["err_code"] == "AUTH_CODE_INVALID"
