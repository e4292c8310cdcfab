"""Native mode 1: a static code, the merchant's callback, and what the payer is told. Source: V2 notes, 3.12."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import web

from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.v2.notifications import HEADERS
from sandbox.v2.static_codes import fields_of, static_code
from sandbox.words.native import UNANSWERED, sentence_of
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, Received, document, signature

OPENID = "oSandboxPayer000000000000001"
WRONG_URL = "原生支付URL参数错误"
BUSY = "系统繁忙"
ILL_FORMED = "商户后台返回的数据字段结构不合法"
UNANSWERED_ZH = "获取商户订单信息超时或者商户返回的httpcode非200"


def code_of(merchant: Merchant, **changed: str | None) -> str:
    """A static code as the merchant's backend builds it."""
    fields = {
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "product_id": "88888",
        "time_stamp": "1412000000",
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    }
    fields["sign"] = signature(fields, merchant.key)
    told = {name: value for name, value in {**fields, **changed}.items() if value is not None}
    return "weixin://wxpay/bizpayurl?" + urlencode(told)


@pytest.fixture
async def called(merchant: Merchant, control: Control, inbox: Inbox) -> Inbox:
    """The merchant's native callback URL."""
    await control.call("PATCH", "/merchants/1900000109", {"native_callback_url": inbox.url})
    return inbox


async def scan(control: Control, code: str, **more: str) -> dict[str, Any]:
    return dict(await control.post("/client/native", {"code_url": code, **more}))


def answering(merchant: Merchant, **fields: str | None) -> Callable[[Received], web.StreamResponse]:
    """A merchant that answers so, signed."""
    usual = {
        "return_code": "SUCCESS",
        "return_msg": "OK",
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "nonce_str": "n" * 16,
        "result_code": "SUCCESS",
    }
    told = {name: value for name, value in {**usual, **fields}.items() if value is not None}
    told.setdefault("sign", signature(told, merchant.key))
    return lambda _: web.Response(body=document(told))


def test_the_documents_vector() -> None:
    fields = {
        "appid": "wx2421b1c4370ec43b",
        "mch_id": "10000100",
        "product_id": "88888",
        "time_stamp": "1412000000",
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    }
    code = static_code(fields, "192006250b4c09247ec02edce69f6a2d")
    assert dict(parse_qsl(code.partition("?")[2]))["sign"] == "533090B2C04BC9BA400C414FBF58FB68"
    assert fields_of(code) == {**fields, "sign": "533090B2C04BC9BA400C414FBF58FB68"}


def test_an_orders_code_is_no_static_one() -> None:
    assert fields_of("weixin://wxpay/bizpayurl?pr=abcdefghi") is None
    assert fields_of("https://example.com/") is None


async def test_a_scan_asks_the_merchant_and_leads_to_its_orders_cashier(
    merchant: Merchant, control: Control, called: Inbox
) -> None:
    prepay_id = (await merchant.order("ORDER001"))["prepay_id"]
    called.reply = answering(merchant, prepay_id=prepay_id)
    found = await scan(control, code_of(merchant))
    assert (found["errStr"], found["verdict"], found["prepay_id"]) == ("", "ok", prepay_id)
    assert found["cashier_url"].endswith(f"/cashier/{prepay_id}")
    (asked,) = called.received
    assert list(asked.fields) == ["appid", "openid", "mch_id", "is_subscribe", "nonce_str", "product_id", "sign"]
    assert asked.fields.items() >= {"product_id": "88888", "openid": OPENID, "is_subscribe": "N"}.items()
    assert merchant.verifies(asked.fields)
    assert asked.headers.items() >= dict(HEADERS).items()
    await control.pay("ORDER001")
    await control.advance(0)
    assert called.received[-1].fields["out_trade_no"] == "ORDER001", "the usual notification follows"


async def test_the_exchange_stands_in_the_journal_and_on_the_orders_timeline(
    merchant: Merchant, control: Control, called: Inbox
) -> None:
    called.reply = answering(merchant, prepay_id=(await merchant.order("ORDER001"))["prepay_id"])
    await scan(control, code_of(merchant))
    (asked,) = [item for item in await control.timeline("ORDER001") if item["kind"] == "notification"]
    assert (asked["verdict"], asked["request"]["path"]) == ("ok", called.url)
    one = await control.get(f"/journal/{asked['id']}")
    assert one["facts"] == {"product_id": "88888"}
    async with merchant.session.get("/console/orders/1900000109/ORDER001") as page:
        assert "88888" in await page.text()


async def test_the_person_who_scans_can_be_named(merchant: Merchant, control: Control, called: Inbox) -> None:
    await scan(control, code_of(merchant), openid="o" + "b" * 27)
    assert called.received[0].fields["openid"] == "o" + "b" * 27


async def test_at_the_cashier(merchant: Merchant, called: Inbox) -> None:
    prepay_id = (await merchant.order("ORDER001"))["prepay_id"]
    called.reply = answering(merchant, prepay_id=prepay_id)
    query = {"code_url": code_of(merchant)}
    async with merchant.session.get("/cashier/", params=query, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, f"/cashier/{prepay_id}")
    called.answer(500)
    async with merchant.session.get("/cashier/", params=query) as response:
        page = await response.text()
        assert (response.status, UNANSWERED_ZH in page) == (409, True)
        assert "商户返回 HTTP 500" in page


async def test_through_a_short_url(merchant: Merchant, control: Control, called: Inbox) -> None:
    prepay_id = (await merchant.order("ORDER001"))["prepay_id"]
    short_url = (await merchant.call("/tools/shorturl", long_url=code_of(merchant)))["short_url"]
    called.reply = answering(merchant, prepay_id=prepay_id)
    assert (await scan(control, short_url))["prepay_id"] == prepay_id
    query = {"code_url": short_url}
    async with merchant.session.get("/cashier", params=query, allow_redirects=False) as response:
        assert response.headers["Location"] == f"/cashier/{prepay_id}"


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"sign": "0" * 32}, "native_url_sign"),
        ({"product_id": "99999"}, "native_url_sign"),
        ({"sign": None}, "native_url_fields"),
        ({"product_id": ""}, "native_url_fields"),
        ({"time_stamp": "20201124100000"}, "native_url_fields"),
        ({"mch_id": "1111111111"}, "native_url_account"),
        ({"appid": "wxother"}, "native_url_account"),
    ],
)
async def test_a_code_that_is_not_built_by_the_rule(
    merchant: Merchant, control: Control, called: Inbox, changed: dict[str, str | None], verdict: str
) -> None:
    found = await scan(control, code_of(merchant, **changed))
    assert (found["errStr"], found["verdict"], found.get("callback")) == (WRONG_URL, verdict, None)
    assert called.received == []


@pytest.mark.parametrize("code", ["weixin://wxpay/bizpayurl?pr=abcdefghi", "https://example.com", "x"])
async def test_what_is_no_static_code(control: Control, code: str) -> None:
    found = await scan(control, code)
    assert (found["errStr"], found["verdict"]) == (WRONG_URL, "native_url_other")


async def test_a_merchant_without_a_callback_url(merchant: Merchant, control: Control) -> None:
    found = await scan(control, code_of(merchant))
    assert (found["errStr"], found["verdict"]) == (BUSY, "native_unset")


@pytest.mark.parametrize(
    ("status", "text", "verdict", "err_str"),
    [
        (500, "oops", "http_status", UNANSWERED_ZH),
        (404, "", "http_status", UNANSWERED_ZH),
        (200, "", "empty", BUSY),
        (200, "<html></html>", "html", BUSY),
        (200, "success", "not_xml", BUSY),
        (200, "<xml><prepay_id>wx</prepay_id></xml>", "return_code_missing", ILL_FORMED),
        (200, "<xml><return_code>FAIL</return_code><return_msg>no</return_msg></xml>", "return_code_fail", ILL_FORMED),
    ],
)
async def test_answers_that_cannot_be_read(
    merchant: Merchant, control: Control, called: Inbox, status: int, text: str, verdict: str, err_str: str
) -> None:
    called.answer(status, text)
    found = await scan(control, code_of(merchant))
    assert (found["errStr"], found["verdict"]) == (err_str, verdict)
    assert found["callback"]["status"] == status


async def test_a_redirect_is_not_followed(merchant: Merchant, control: Control, called: Inbox) -> None:
    called.answer(301, "", Location="http://127.0.0.1:9/")
    assert (await scan(control, code_of(merchant)))["errStr"] == UNANSWERED_ZH


async def test_nobody_listens(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", "/merchants/1900000109", {"native_callback_url": "http://127.0.0.1:9/native"})
    found = await scan(control, code_of(merchant))
    assert (found["errStr"], found["verdict"]) == (UNANSWERED_ZH, "refused")


def test_an_answer_that_does_not_come_in_time() -> None:
    assert sentence_of(Verdict(VerdictName.TIMEOUT)) == UNANSWERED


@pytest.mark.parametrize(
    ("fields", "verdict", "err_str"),
    [
        ({"sign": "0" * 32}, "native_sign", BUSY),
        ({"prepay_id": None}, "native_fields", ILL_FORMED),
        ({"nonce_str": None}, "native_fields", ILL_FORMED),
        ({"result_code": None}, "native_fields", ILL_FORMED),
        ({"appid": "wxother"}, "native_account", BUSY),
        ({"prepay_id": "wxnobodys"}, "native_prepay_id", BUSY),
        ({"result_code": "FAIL", "err_code_des": "此商品{无效}"}, "native_refused", "此商品{无效}"),
        ({"result_code": "FAIL", "err_code_des": "", "prepay_id": None}, "native_refused", BUSY),
        ({"trade_type": "NATIVE", "code_url": "weixin://wxpay/bizpayurl?pr=x"}, "native_unifiedorder", BUSY),
    ],
)
async def test_answers_that_lead_nowhere(
    merchant: Merchant,
    control: Control,
    called: Inbox,
    fields: dict[str, str | None],
    verdict: str,
    err_str: str,
) -> None:
    prepay_id = (await merchant.order("ORDER001"))["prepay_id"]
    called.reply = answering(merchant, **{"prepay_id": prepay_id, **fields})
    found = await scan(control, code_of(merchant))
    assert (found["errStr"], found["verdict"]) == (err_str, verdict)
    assert found["explanation"]
    assert found.get("cashier_url") is None


async def test_unifiedorders_answer_through_a_short_url_is_ill_formed(
    merchant: Merchant, control: Control, called: Inbox
) -> None:
    answer = await merchant.order("ORDER001")
    short_url = (await merchant.call("/tools/shorturl", long_url=code_of(merchant)))["short_url"]
    called.reply = lambda _: web.Response(body=document(answer))
    assert (await scan(control, short_url))["errStr"] == ILL_FORMED


async def test_an_order_of_another_trade_type_is_not_opened(
    merchant: Merchant, control: Control, called: Inbox
) -> None:
    prepay_id = (await merchant.order("ORDER001", trade_type="APP"))["prepay_id"]
    called.reply = answering(merchant, prepay_id=prepay_id)
    assert (await scan(control, code_of(merchant)))["verdict"] == "native_prepay_id"


async def test_an_answer_signed_with_hmac(merchant: Merchant, control: Control, called: Inbox) -> None:
    prepay_id = (await merchant.order("ORDER001"))["prepay_id"]
    told = {
        "return_code": "SUCCESS",
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "nonce_str": "n",
        "result_code": "SUCCESS",
        "prepay_id": prepay_id,
    }
    signed = {**told, "sign": signature(told, merchant.key, "HMAC-SHA256")}
    called.reply = lambda _: web.Response(body=document(signed))
    assert (await scan(control, code_of(merchant)))["verdict"] == "ok"


class TestWithAllowedAddresses:
    """The address rules of notifications hold for callbacks."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"notify_allow": ("10.0.0.0/8",)}

    async def test_a_forbidden_address_is_not_called(self, merchant: Merchant, control: Control, called: Inbox) -> None:
        found = await scan(control, code_of(merchant))
        assert (found["verdict"], called.received) == ("forbidden_address", [])
        assert re.search("127.0.0.1", found["explanation"])
