"""The debugging tool over HTTP: declared calls, calls and notifications by hand, programs, the second signature."""

import json
from typing import Any

import pytest
from aiohttp import web

from sandbox.v2.endpoint import ENDPOINTS
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, elements, signature

KEY = "sandboxv2key00000000000000000000"
MCH_ID, APPID = "1900000109", "wx8888888888888888"


async def example(control: Control, path: str = "/pay/unifiedorder", face: str = "v2") -> dict[str, str]:
    """The example values of a call."""
    apis = {one["path"]: one for one in (await control.get("/debug/apis", face=face))["items"]}
    return {one["name"]: one["example"] for one in apis[path]["fields"] if "example" in one}


# -- what is declared --------------------------------------------------------------------------------------------------


async def test_every_endpoint_is_there_with_its_fields_in_words(control: Control) -> None:
    apis = {one["path"]: one for one in (await control.get("/debug/apis", lang="en"))["items"]}
    assert set(apis) == {one.path for one in ENDPOINTS}
    order = {one["name"]: one for one in apis["/pay/unifiedorder"]["fields"]}
    assert order["body"] == {**order["body"], "required": True, "limit": 128, "rule": "text, at most 128 bytes"}
    assert order["total_fee"]["rule"] == "an amount: whole fen, from 1"
    assert order["trade_type"]["choices"] == ["JSAPI", "NATIVE", "APP", "MWEB"]
    assert order["receipt"] == {**order["receipt"], "required": False, "choices": ["Y", "N"]}
    assert apis["/secapi/pay/refund"]["certificate"]
    assert apis["/pay/downloadfundflow"]["sign_type"] == "HMAC-SHA256"


@pytest.mark.parametrize("path", [one.path for one in ENDPOINTS])
async def test_the_examples_of_every_call_pass_its_checks(control: Control, merchant: Merchant, path: str) -> None:
    await merchant.order("ORDER001", total_fee="100")
    await control.pay("ORDER001")
    sent = await control.post("/debug/send", {"path": path, "fields": await example(control, path)})
    told = sent.get("fields", {"return_code": "a bill"})
    checked = told["return_code"] != "FAIL" or told.get("return_msg") in {"No Bill Exist", "NO Bill Exist"}
    assert checked or told.get("error_code") == "20002", told


# -- calls -------------------------------------------------------------------------------------------------------------


async def test_a_call_is_signed_sent_journalled_and_its_answer_checked(control: Control) -> None:
    fields = await example(control)
    sent = await control.post("/debug/send", {"path": "/pay/unifiedorder", "fields": fields})
    assert sent["sign"] == signature(fields, KEY)
    assert sent["string_to_sign"].endswith("&key=********")
    assert KEY not in json.dumps(sent)
    assert elements(sent["reply"]["body"])["prepay_id"] == sent["fields"]["prepay_id"]
    assert sent["signature"]["valid"]
    call = await control.get(f"/journal/{sent['call_id']}")
    assert call["signature"] == "ok"
    assert (await control.order(fields["out_trade_no"]))["trade_state"] == "NOTPAY"


async def test_a_sign_that_is_given_is_sent_as_it_is(control: Control) -> None:
    body = {"path": "/pay/unifiedorder", "fields": await example(control), "sign": "0" * 32}
    sent = await control.post("/debug/send", body)
    assert sent["fields"] == {"return_code": "FAIL", "return_msg": sent["fields"]["return_msg"]}
    assert "签名" in sent["fields"]["return_msg"]
    assert "signature" not in sent


async def test_a_call_can_be_signed_with_another_key_and_algorithm(control: Control) -> None:
    fields = {**await example(control), "sign_type": "HMAC-SHA256"}
    sent = await control.post("/debug/send", {"path": "/pay/unifiedorder", "fields": fields})
    assert len(sent["sign"]) == 64
    assert sent["signature"]["valid"]
    wrong = await control.post("/debug/send", {"path": "/pay/unifiedorder", "fields": fields, "key": "k" * 32})
    assert wrong["fields"]["return_code"] == "FAIL"
    assert wrong["string_to_sign"].endswith("&key=" + "k" * 32)


async def test_calls_that_cannot_be_made_are_refused(control: Control) -> None:
    assert (await control.post("/debug/send", {"path": "/pay/no", "fields": {}}, 404))["error"]["code"] == "api_unknown"
    nobody = {"path": "/pay/orderquery", "fields": {"mch_id": "1111111111"}}
    assert (await control.post("/debug/send", nobody, 400))["error"]["field"] == "mch_id"
    unwritable = {"path": "/pay/orderquery", "fields": {"mch_id": MCH_ID, "a b": "c"}}
    assert (await control.post("/debug/send", unwritable, 400))["error"]["field"] == "fields"


# -- signatures --------------------------------------------------------------------------------------------------------


async def test_signing_shows_which_fields_take_part(control: Control) -> None:
    made = await control.post("/debug/sign", {"fields": {"mch_id": MCH_ID, "b": "2", "a": "1", "c": "", "sign": "x"}})
    assert [one["name"] for one in made["pairs"]] == ["a", "b", "mch_id"]
    assert made["left_out"] == ["c", "sign"]


async def test_a_wrong_signature_is_explained(control: Control, merchant: Merchant) -> None:
    fields = await example(control)
    message = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    wrong = message + f"<sign>{signature(fields, KEY).lower()}</sign></xml>"
    told = await control.call("POST", "/debug/verify", {"message": wrong}, lang="en")
    assert (told["valid"], told["mistake"]) == (False, "lower_case")
    assert told["fix"]


async def test_a_second_signature_as_json_is_verified(control: Control, merchant: Merchant) -> None:
    prepay_id = (await merchant.order("ORDER001", trade_type="APP"))["prepay_id"]
    second = await control.post("/debug/second", {"prepay_id": prepay_id})
    assert (await control.post("/debug/verify", {"message": json.dumps(second["fields"]), "key": KEY}))["valid"]
    page = await control.post("/debug/second", {"prepay_id": prepay_id, "channel": "jsapi"})
    verified = await control.post("/debug/verify", {"message": json.dumps(page["fields"]), "mch_id": MCH_ID})
    assert verified["valid"]
    assert verified["given"] == page["fields"]["paySign"]


# -- the second signature ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "trade_type"), [("app", "APP"), ("jsapi", "JSAPI"), ("mini_program", "JSAPI")])
async def test_the_client_takes_the_second_signature(
    control: Control, merchant: Merchant, channel: str, trade_type: str
) -> None:
    payer = {"openid": "oSandboxPayer000000000000001"} if trade_type == "JSAPI" else {}
    prepay_id = (await merchant.order("ORDER001", trade_type=trade_type, **payer))["prepay_id"]
    second = await control.post("/debug/second", {"prepay_id": prepay_id, "channel": channel})
    body = {"channel": channel, "fields": second["fields"]}
    assert (await control.post("/debug/invoke", body))["cashier_url"]
    spoilt = {**body, "fields": {**second["fields"], "package": "prepay_id"}}
    if channel == "app":
        refused = await control.post("/debug/invoke", spoilt)
        assert (refused["errCode"], refused["cause"]) == (-1, "sign")
        assert refused["explanation"]
    paid = await control.post("/debug/invoke", {**body, "outcome": "success"})
    assert paid["errCode"] == 0
    assert (await control.order("ORDER001"))["trade_state"] == "SUCCESS"


async def test_the_page_that_invokes_must_lie_in_a_directory(control: Control, merchant: Merchant) -> None:
    await control.call("PATCH", f"/merchants/{MCH_ID}", {"jsapi_directories": ["https://shop.example/pay/"]})
    placed = await merchant.order("ORDER001", trade_type="JSAPI", openid="oSandboxPayer000000000000001")
    second = await control.post("/debug/second", {"prepay_id": placed["prepay_id"], "channel": "jsapi"})
    body = {"channel": "jsapi", "fields": second["fields"]}
    for url, code in (("https://shop.example/cart/", -1), ("https://shop.example/pay/a", None), ("", None)):
        assert (await control.post("/debug/invoke", {**body, "url": url}))["errCode"] == code, url


async def test_an_unknown_prepay_id_is_told(control: Control) -> None:
    assert (await control.post("/debug/second", {"prepay_id": "wx0"}, 404))["error"]["code"] == "order_not_found"


# -- notifications -----------------------------------------------------------------------------------------------------


async def test_one_that_tells_of_a_payment_as_it_was_is_judged_as_a_true_one(
    control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await merchant.order("PAID01")
    await control.pay("PAID01")
    await control.wait("PAID01", "notified")
    for changes, altered in (({}, False), ({"fields": {"total_fee": "1"}}, True), ({"key": "0" * 32}, True)):
        built = await control.post("/debug/notify", {"url": merchant.notify_url, **changes})
        assert built["attempt"]["verdict"] == "ok"
        assert ("手工或场景改过" in built["attempt"]["explanation"]) == altered, changes


async def test_a_payment_notification_is_built_sent_and_judged(
    control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    built = await control.post(
        "/debug/notify", {"fields": {"attach": "茶", "device_info": ""}, "url": merchant.notify_url}
    )
    received = elements(inbox.received[-1].body)
    assert received["attach"] == "茶"
    assert received["sign"] == signature(received, KEY) == built["sign"]
    assert built["attempt"]["verdict"] == "ok"
    assert "手工或场景改过" in built["attempt"]["explanation"], "of an order that nobody placed"
    inbox.answer(200, "<html>login</html>")
    spoilt = await control.post("/debug/notify", {"url": merchant.notify_url})
    assert spoilt["attempt"]["verdict"] == "html"
    assert spoilt["attempt"]["fix"]


async def test_a_notification_speaks_of_the_newest_paid_order(control: Control, merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    built = await control.post("/debug/notify")
    assert built["fields"]["out_trade_no"] == "ORDER001"
    assert "attempt" not in built


async def test_a_refund_notification_is_sealed_and_opened(control: Control, merchant: Merchant, inbox: Inbox) -> None:
    body = {"kind": "refund", "fields": {"refund_status": "CHANGE"}, "url": merchant.notify_url}
    built = await control.post("/debug/notify", body)
    assert built["sealed"]["refund_status"] == "CHANGE"
    assert "sign" not in built
    message = inbox.received[-1].body
    opened = await control.post("/debug/open", {"message": message})
    assert opened["sealed"] == built["sealed"]
    wrong = await control.post("/debug/open", {"message": message, "key": "k" * 32}, 400)
    assert wrong["error"]["code"] == "notice_unopened"


class TestOnlyOneAddress:
    """With --notify-allow."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"notify_allow": ("127.0.0.2",)}

    async def test_an_address_that_is_not_allowed_is_not_called(
        self, control: Control, merchant: Merchant, inbox: Inbox
    ) -> None:
        built = await control.post("/debug/notify", {"url": merchant.notify_url})
        assert built["attempt"]["verdict"] == "forbidden_address"
        assert inbox.received == []
        sent = await control.post("/debug/send", {"path": "/pay/unifiedorder", "fields": await example(control)})
        assert sent["signature"]["valid"], "the sandbox itself is no merchant"


async def test_a_merchant_that_hangs_up_is_told(control: Control, inbox: Inbox) -> None:
    inbox.reply = lambda _: web.Response(status=500)
    built: dict[str, Any] = await control.post("/debug/notify", {"url": "http://127.0.0.1:1/"})
    assert built["attempt"]["verdict"] == "refused"
