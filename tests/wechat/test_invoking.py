"""The client over HTTP: what an app, a page and an iOS app get back."""

import asyncio

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.patience import PATIENCE
from tests.wechat.conftest import TIMESTAMP, Phone


async def test_an_app_waits_for_the_payer(phone: Phone) -> None:
    prepay_id = await phone.place("A1", "APP")
    answer = await phone.call("app", phone.app_fields(prepay_id))
    assert answer["errCode"] is None
    assert answer["cashier_url"].endswith(f"/cashier/{prepay_id}")


@pytest.mark.parametrize(("outcome", "code"), [("success", 0), ("error", -1), ("cancel", -2)])
async def test_an_app_may_say_how_it_ends(phone: Phone, control: Control, outcome: str, code: int) -> None:
    prepay_id = await phone.place("A2", "APP")
    answer = await phone.call("app", phone.app_fields(prepay_id), outcome=outcome)
    assert answer["errCode"] == code
    assert (await control.order("A2"))["trade_state"] == ("SUCCESS" if code == 0 else "NOTPAY")


async def test_a_reason_makes_the_minus_1(phone: Phone) -> None:
    prepay_id = await phone.place("A3", "APP")
    answer = await phone.call("app", phone.app_fields(prepay_id), outcome="error", reason="balance")
    assert (answer["errCode"], answer["cause"], answer["errStr"]) == (-1, "balance", "余额不足，请更换支付方式")


async def test_a_wrong_signature_is_refused_whatever_was_wished(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("A4", "APP")
    wrong = phone.app_fields(prepay_id) | {"sign": "0" * 32}
    answer = await phone.call("app", wrong, outcome="success")
    assert (answer["errCode"], answer["cause"], answer["cashier_url"]) == (-1, "sign", None)
    assert answer["string_to_sign"].endswith("&key=********")
    assert (await control.order("A4"))["trade_state"] == "NOTPAY"


async def test_the_sign_type_is_the_orders(phone: Phone, merchant: Merchant) -> None:
    merchant.sign_type = "HMAC-SHA256"
    prepay_id = await phone.place("A5", "APP")
    assert (await phone.call("app", phone.app_fields(prepay_id)))["cause"] == "sign"
    assert (await phone.call("app", phone.app_fields(prepay_id, "HMAC-SHA256")))["errCode"] is None


async def test_the_device_is_checked(phone: Phone) -> None:
    prepay_id = await phone.place("A6", "APP")
    fields = phone.app_fields(prepay_id)
    right = {"package_name": "com.example.shop", "app_signature": "0123456789abcdef0123456789abcdef"}
    assert (await phone.call("app", fields, device=right))["errCode"] is None
    debug = await phone.call("app", fields, device=right | {"app_signature": "f" * 32})
    assert (debug["errCode"], debug["cause"]) == (-1, "app-signature")


async def test_a_paid_order_cannot_be_invoked_again(phone: Phone) -> None:
    prepay_id = await phone.place("A7", "APP")
    await phone.call("app", phone.app_fields(prepay_id), outcome="success")
    again = await phone.call("app", phone.app_fields(prepay_id))
    assert (again["errCode"], again["errStr"]) == (-1, "该订单已支付")


async def test_a_number_as_timestamp_is_taken_as_its_digits(phone: Phone) -> None:
    prepay_id = await phone.place("A8", "APP")
    fields = phone.app_fields(prepay_id) | {"timestamp": int(TIMESTAMP)}
    assert (await phone.call("app", fields))["errCode"] is None


@pytest.mark.parametrize(("outcome", "end"), [("success", "ok"), ("error", "fail"), ("cancel", "cancel")])
async def test_a_page_gets_wechats_err_msg(phone: Phone, outcome: str, end: str) -> None:
    prepay_id = await phone.place("J1", "JSAPI")
    waiting = await phone.call("jsapi", phone.page_fields(prepay_id))
    assert waiting["err_msg"] is None
    answer = await phone.call("jsapi", phone.page_fields(prepay_id), outcome=outcome)
    assert answer["err_msg"] == f"get_brand_wcpay_request:{end}"


async def test_a_mini_program_need_not_name_its_appid(phone: Phone) -> None:
    prepay_id = await phone.place("J2", "JSAPI")
    fields = phone.page_fields(prepay_id)
    del fields["appId"]
    assert (await phone.call("jsapi", fields))["cause"] == "sign"
    assert (await phone.call("jsapi", fields, api="requestPayment"))["err_msg"] is None


async def test_ios_goes_back_by_url(phone: Phone, merchant: Merchant) -> None:
    fields = phone.app_fields(await phone.place("I1", "APP"))
    url = (
        f"weixin://app/{merchant.appid}/pay/?nonceStr={fields['noncestr']}&package=Sign%3DWXPay"
        f"&partnerId={merchant.mch_id}&prepayId={fields['prepayid']}&timeStamp={TIMESTAMP}"
        f"&sign={fields['sign']}&signType=SHA1"
    )
    assert (await phone.call("ios", {"url": url}))["url"] is None
    cancelled = await phone.call("ios", {"url": url}, outcome="cancel")
    assert cancelled["url"] == f"{merchant.appid}://pay/?returnKey=(null)&ret=-2"
    paid = await phone.call("ios", {"url": url}, outcome="success")
    assert paid["url"] == f"{merchant.appid}://pay/?returnKey=&ret=0"


async def test_every_invocation_stands_on_the_timeline(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("A9", "APP")
    await phone.call("app", phone.app_fields(prepay_id) | {"sign": "0" * 32})
    await phone.call("app", phone.app_fields(prepay_id))
    noted = [item for item in await control.timeline("A9") if item.get("name") == "client_invoked"]
    assert [(one["kind"], one["facts"]["channel"], one["facts"]["result"]) for one in noted] == [
        ("wechat", "app", "sign"),
        ("wechat", "app", "ok"),
    ]


# -- waiting for the payer ---------------------------------------------------------------------------------------------


async def test_waiting_ends_when_the_payer_acts_elsewhere(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("W1", "JSAPI")
    opened = await phone.call("jsapi", phone.page_fields(prepay_id))
    waiting = asyncio.create_task(phone.result(prepay_id, since=str(opened["since"])))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await control.pay("W1", "error", reason="risk")
    told = await asyncio.wait_for(waiting, PATIENCE)
    assert (told["errCode"], told["cause"], told["err_msg"]) == (-1, "risk", "get_brand_wcpay_request:fail")
    await control.pay("W1")
    later = await phone.result(prepay_id, since=str(told["since"]))
    assert (later["errCode"], later["trade_state"]) == (0, "SUCCESS")


async def test_what_happened_before_is_not_told_again(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("W2", "JSAPI")
    await control.pay("W2", "cancel")
    opened = await phone.call("jsapi", phone.page_fields(prepay_id))
    told = await phone.result(prepay_id, since=str(opened["since"]), timeout="0")
    assert told["errCode"] is None


async def test_waiting_ends_when_the_order_is_closed(phone: Phone, merchant: Merchant) -> None:
    prepay_id = await phone.place("W3", "JSAPI")
    waiting = asyncio.create_task(phone.result(prepay_id))
    await asyncio.sleep(0.05)
    await merchant.close("W3")
    told = await asyncio.wait_for(waiting, PATIENCE)
    assert (told["errCode"], told["trade_state"]) == (None, "CLOSED")


async def test_waiting_for_an_unknown_prepay_id(phone: Phone) -> None:
    assert (await phone.result("wx0"))["status"] == 404


# -- the edge ----------------------------------------------------------------------------------------------------------


async def test_any_page_may_call(session: aiohttp.ClientSession) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Private-Network": "true"}
    async with session.options("/_sandbox/client/jsapi", headers=headers) as preflight:
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == "*"
        assert preflight.headers["Access-Control-Allow-Private-Network"] == "true"
        assert "content-type" in preflight.headers["Access-Control-Allow-Headers"].lower()
    foreign = {"Origin": "https://shop.example", "Host": "192.168.1.5:8686", "Sec-Fetch-Site": "cross-site"}
    async with session.post("/_sandbox/client/jsapi", json={}, headers=foreign) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("body", "media_type", "status", "field"),
    [
        (b"{}", "text/plain", 415, None),
        (b"{", "application/json", 400, None),
        (b"\xff", "application/json", 400, None),
        (b"[]", "application/json", 400, None),
        (b"[" * 20_000, "application/json", 400, None),
        (b'{"a":"' + b"x" * 70_000 + b'"}', "application/json", 413, None),
        (b'{"appid": {}}', "application/json", 400, "appid"),
        (b'{"outcome": "win"}', "application/json", 400, "outcome"),
        (b'{"reason": "sign"}', "application/json", 400, "reason"),
        (b'{"device": {"logged_in": "yes"}}', "application/json", 400, "device.logged_in"),
        (b'{"device": {"wechat_version": "new"}}', "application/json", 400, "device.wechat_version"),
    ],
)
async def test_what_is_no_request_is_told_so(
    session: aiohttp.ClientSession, body: bytes, media_type: str, status: int, field: str | None
) -> None:
    async with session.post("/_sandbox/client/app", data=body, headers={"Content-Type": media_type}) as answer:
        told = await answer.json()
        assert answer.status == status, told
        assert told["error"]["code"]
        assert told["error"]["message"]
        assert told["error"].get("field") == field


async def test_unknown_addresses_and_methods_answer_in_json(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/client/nothing") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")
    async with session.get("/_sandbox/client/app") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_hostile_values_are_quoted_shortly(phone: Phone, control: Control) -> None:
    prepay_id = await phone.place("H1", "APP")
    await phone.call("app", phone.app_fields(prepay_id, timestamp="{0.__class__}" * 1000))
    noted = next(item for item in await control.timeline("H1") if item.get("name") == "client_invoked")
    assert len(noted["facts"]["given"]) == 200


async def test_the_script_is_there_for_every_site(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/client/weixin.js") as answer:
        assert answer.content_type == "text/javascript"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "getBrandWCPayRequest" in await answer.text()
