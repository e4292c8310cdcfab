"""Answers byte for byte, and their signatures. Source: V2 notes, 1.2 and 1.3."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import aiohttp
import pytest

from sandbox.core.credentials import Credentials
from sandbox.core.ids import BEIJING
from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Payment, Prepay, Terms, TradeType
from sandbox.core.placing import place
from sandbox.core.ports.face import DeliveryContext, ForgeryContext
from sandbox.signing.flat import SignType
from sandbox.v2 import FACE
from sandbox.v2.origin import placed_by
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document, elements, signature
from tests.support.words import missing
from tests.v2.conftest import Open

OPENID = "oSandboxPayer000000000000001"
H5 = '{"h5_info": {"type": "Wap", "wap_url": "https://shop.example", "wap_name": "茶铺"}}'
TERMS = {
    "body": "龙井茶",
    "out_trade_no": "ORDER001",
    "total_fee": "100",
    "spbill_create_ip": "123.12.12.123",
    "trade_type": "NATIVE",
    "product_id": "88888",
}
KEY = "192006250b4c09247ec02edce69f6a2d"


async def order_text(merchant: Merchant, **fields: str) -> str:
    message = merchant.signed(**{**TERMS, "notify_url": merchant.notify_url, **fields})
    return await merchant.post("/pay/unifiedorder", document(message))


def shape(text: str) -> str:
    """The answer with what is new each time put out of sight."""
    hidden = {
        r"<nonce_str><!\[CDATA\[[0-9A-Za-z]{16}\]\]>": "<nonce_str><![CDATA[NONCE]]>",
        r"<sign><!\[CDATA\[[0-9A-F]{32}\]\]>": "<sign><![CDATA[SIGN]]>",
        r"prepay_id(=|><!\[CDATA\[)wx\d{14}[0-9a-f]{16}\d{4}": r"prepay_id\1PREPAY",
        r"wx\d{14}[0-9a-f]{16}\d{4}": "PREPAY",
        r"pr=[0-9A-Za-z]{9}": "pr=CODE",
        r"package=\d{10}": "package=PACKAGE",
        r"http://127.0.0.1:\d+": "URL",
        r"4200\d{24}": "TRANSACTION",
        r"<time_end><!\[CDATA\[\d{14}\]\]>": "<time_end><![CDATA[TIME]]>",
    }
    for pattern, name in hidden.items():
        text = re.sub(pattern, name, text)
    return text


HEAD = """<xml><return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[OK]]></return_msg>
<appid><![CDATA[wx8888888888888888]]></appid>
<mch_id><![CDATA[1900000109]]></mch_id>
<nonce_str><![CDATA[NONCE]]></nonce_str>
<sign><![CDATA[SIGN]]></sign>
"""
ORDERED = HEAD + "<result_code><![CDATA[SUCCESS]]></result_code>\n<prepay_id><![CDATA[PREPAY]]></prepay_id>\n"


@pytest.mark.parametrize(
    ("fields", "rest"),
    [
        (
            {},
            "<trade_type><![CDATA[NATIVE]]></trade_type>\n"
            "<code_url><![CDATA[weixin://wxpay/bizpayurl?pr=CODE]]></code_url>\n",
        ),
        ({"trade_type": "APP"}, "<trade_type><![CDATA[APP]]></trade_type>\n"),
        ({"trade_type": "JSAPI", "openid": OPENID}, "<trade_type><![CDATA[JSAPI]]></trade_type>\n"),
        (
            {"trade_type": "MWEB", "scene_info": H5},
            "<trade_type><![CDATA[MWEB]]></trade_type>\n"
            "<mweb_url><![CDATA[URL/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=PREPAY&package=PACKAGE]]></mweb_url>\n",
        ),
    ],
)
async def test_an_order_that_is_taken(merchant: Merchant, fields: dict[str, str], rest: str) -> None:
    assert shape(await order_text(merchant, **fields)) == ORDERED + rest + "</xml>"


async def test_a_protocol_failure_has_two_elements(merchant: Merchant) -> None:
    assert await order_text(merchant, sign="0" * 32) == (
        "<xml><return_code><![CDATA[FAIL]]></return_code>\n<return_msg><![CDATA[签名错误，请检查后再试]]></return_msg>\n</xml>"
    )


async def test_a_business_failure_keeps_its_head(merchant: Merchant) -> None:
    await order_text(merchant)
    assert shape(await order_text(merchant, total_fee="101")) == HEAD + (
        "<result_code><![CDATA[FAIL]]></result_code>\n"
        "<err_code><![CDATA[INVALID_REQUEST]]></err_code>\n"
        "<err_code_des><![CDATA[201 商户订单号重复]]></err_code_des>\n</xml>"
    )


async def test_a_device_info_is_echoed_behind_the_merchant(merchant: Merchant) -> None:
    answer = elements(await order_text(merchant, device_info="WEB"))
    assert list(answer)[2:6] == ["appid", "mch_id", "device_info", "nonce_str"]
    assert answer["device_info"] == "WEB"


async def test_an_unpaid_order_that_is_queried(merchant: Merchant) -> None:
    await order_text(merchant)
    text = await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="ORDER001")))
    assert shape(text) == HEAD + (
        "<result_code><![CDATA[SUCCESS]]></result_code>\n"
        "<out_trade_no><![CDATA[ORDER001]]></out_trade_no>\n"
        "<trade_state><![CDATA[NOTPAY]]></trade_state>\n"
        "<trade_state_desc><![CDATA[订单未支付]]></trade_state_desc>\n</xml>"
    )


async def test_a_paid_order_that_is_queried(merchant: Merchant, control: Control) -> None:
    await order_text(merchant)
    await control.pay("ORDER001")
    text = await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="ORDER001")))
    assert shape(text) == HEAD + (
        "<result_code><![CDATA[SUCCESS]]></result_code>\n"
        "<openid><![CDATA[oSandboxPayer000000000000001]]></openid>\n"
        "<is_subscribe><![CDATA[N]]></is_subscribe>\n"
        "<trade_type><![CDATA[NATIVE]]></trade_type>\n"
        "<bank_type><![CDATA[OTHERS]]></bank_type>\n"
        "<total_fee>100</total_fee>\n"
        "<fee_type><![CDATA[CNY]]></fee_type>\n"
        "<transaction_id><![CDATA[TRANSACTION]]></transaction_id>\n"
        "<out_trade_no><![CDATA[ORDER001]]></out_trade_no>\n"
        "<attach><![CDATA[]]></attach>\n"
        "<time_end><![CDATA[TIME]]></time_end>\n"
        "<trade_state><![CDATA[SUCCESS]]></trade_state>\n"
        "<cash_fee>100</cash_fee>\n"
        "<trade_state_desc><![CDATA[支付成功]]></trade_state_desc>\n"
        "<cash_fee_type><![CDATA[CNY]]></cash_fee_type>\n</xml>"
    )


async def test_a_close_is_answered_by_the_head_alone(merchant: Merchant) -> None:
    await order_text(merchant)
    text = await merchant.post("/pay/closeorder", document(merchant.signed(out_trade_no="ORDER001")))
    head = HEAD.replace("<nonce_str>", "<sub_mch_id><![CDATA[]]></sub_mch_id>\n<nonce_str>")
    assert shape(text) == head + "<result_code><![CDATA[SUCCESS]]></result_code>\n</xml>"


@pytest.mark.parametrize("fields", [{}, {"sign": ""}, {"_key": "x" * 32}])
async def test_every_answer_is_http_200_and_plain_text(
    merchant: Merchant, session: aiohttp.ClientSession, fields: dict[str, str]
) -> None:
    body = document(merchant.signed(**{**TERMS, "notify_url": merchant.notify_url, **fields}))
    async with session.post("/pay/unifiedorder", data=body) as response:
        assert response.status == 200
        assert response.headers.getall("Content-Type") == ["text/plain"]
        assert response.headers["Server"] == "nginx"
        assert int(response.headers["Content-Length"]) == len(await response.read())


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8", "text/plain", "x", ""])
async def test_the_content_type_of_a_request_is_not_looked_at(
    merchant: Merchant, session: aiohttp.ClientSession, content_type: str
) -> None:
    body = document(merchant.signed(**TERMS, notify_url=merchant.notify_url))
    headers = {"Content-Type": content_type} if content_type else {}
    async with session.post(
        "/pay/unifiedorder", data=body, headers=headers, skip_auto_headers=["Content-Type"]
    ) as response:
        assert elements(await response.text("utf-8"))["result_code"] == "SUCCESS"


# -- signatures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sign_type", "length"), [("", 32), ("MD5", 32), ("HMAC-SHA256", 64)])
async def test_answers_are_signed_as_the_request_was(merchant: Merchant, sign_type: str, length: int) -> None:
    merchant.sign_type = sign_type
    for answer in (
        await merchant.order("ORDER001"),
        await merchant.order("ORDER001", body="另一个"),
        await merchant.query("ORDER001"),
        await merchant.query("UNKNOWN"),
        await merchant.close("ORDER001"),
    ):
        assert len(answer["sign"]) == length
        assert merchant.verifies(answer, sign_type or "MD5")


async def test_an_answer_to_a_paid_query_verifies_with_its_bare_integers(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", attach="附加 & <数据> ]]>")
    await control.pay("ORDER001")
    text = await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="ORDER001")))
    assert "<total_fee>100</total_fee>" in text
    answer = {element.tag: element.text or "" for element in ElementTree.fromstring(text)}
    assert answer["attach"] == "附加 & <数据> ]]>"
    assert merchant.verifies(answer)


async def test_nonces_are_wechats_own_and_new_each_time(merchant: Merchant) -> None:
    nonces = {(await merchant.query("UNKNOWN"))["nonce_str"] for _ in range(5)}
    assert len(nonces) == 5
    assert "5K8264ILTKCH16CQ2502SI8ZNMTM67VS" not in nonces


async def test_empty_fields_and_an_empty_sign_type_take_no_part(merchant: Merchant) -> None:
    answer = await merchant.order("ORDER001", attach="", detail="", sign_type="", goods_tag="")
    assert answer["result_code"] == "SUCCESS"


async def test_white_space_at_a_values_ends_belongs_to_it_and_is_signed(merchant: Merchant, control: Control) -> None:
    answer = await merchant.order("ORDER001", attach="  两端 \n", body=" 茶 ")
    assert answer["result_code"] == "SUCCESS"
    assert (await control.order("ORDER001"))["attach"] == "  两端 \n"


@pytest.mark.parametrize(
    ("sign_type", "sign"),
    [
        (None, "9A0A8659F005D6984697E2CA0A9CF3B7"),
        ("HMAC-SHA256", "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"),
    ],
)
async def test_the_documents_example_is_no_whole_order(open_merchant: Open, sign_type: str | None, sign: str) -> None:
    merchant = await open_merchant(mch_id="10000100", appids=["wxd930ea5d5a258f4f"], api_key=KEY)
    fields = {"device_info": "1000", "body": "test", "nonce_str": "ibuaiVcKdpRxkhJA", "sign_type": sign_type}
    answer = await merchant.call("/pay/unifiedorder", **fields, sign=sign)
    assert answer == {"return_code": "FAIL", "return_msg": missing("out_trade_no", "商户订单号")}


def test_the_documents_notification_is_reproduced_byte_for_byte() -> None:
    assert notification(SignType.MD5) == DOCUMENTED.encode()


def test_the_same_notification_under_hmac_has_the_documents_signature() -> None:
    assert b"<sign><![CDATA[30CE5F9CE4A7CB81D8D4346F46EDA4DA5797D58C70DAA08710C6FDAAF8C37D8A]]></sign>" in notification(
        SignType.HMAC_SHA256
    )


def notification(sign_type: SignType) -> bytes:
    """The notification as in V2 notes, 5.1, from an order that has its data."""
    from sandbox.core.merchants import Merchant as Account
    from sandbox.core.merchants import Secret

    paid_at = datetime(2014, 9, 3, 13, 15, 40, tzinfo=BEIJING)
    placed_at = paid_at - timedelta(minutes=1)
    key = OrderKey("10000100", "1409811653")
    terms = Terms(
        appid="wx2421b1c4370ec43b",
        trade_type=TradeType.JSAPI,
        total_fee=1,
        body="test",
        attach="支付测试",
        notify_url="http://shop.example/notify",
    )
    payment = Payment(
        transaction_id="4200000001202001010000000001",
        paid_at=paid_at,
        bank_type="OTHERS",
        openid="oUpF8uMEb4qRXf22hE3X68TekukE",
        cash_fee=1,
    )
    owed = Notification(
        id="ntf_1",
        kind=NotificationKind.PAYMENT,
        key=key,
        origin=placed_by(sign_type),
        url=terms.notify_url,
        nonce_str="5d2b6c2a8db53831f7eda20af46e531c",
        created_at=paid_at,
        next_at=paid_at,
    )
    merchant = Account("10000100", "", (terms.appid,), Secret(KEY), Secret(KEY))
    order = place(key, owed.origin, terms, Prepay("wx1", placed_at), placed_at).pay(payment)
    return FACE.notifications.build(
        DeliveryContext(owed, order, Credentials(merchant, paid_at), ForgeryContext(None, None, ""))
    ).body


DOCUMENTED = """<xml><appid><![CDATA[wx2421b1c4370ec43b]]></appid>
<attach><![CDATA[支付测试]]></attach>
<bank_type><![CDATA[OTHERS]]></bank_type>
<cash_fee><![CDATA[1]]></cash_fee>
<fee_type><![CDATA[CNY]]></fee_type>
<is_subscribe><![CDATA[N]]></is_subscribe>
<mch_id><![CDATA[10000100]]></mch_id>
<nonce_str><![CDATA[5d2b6c2a8db53831f7eda20af46e531c]]></nonce_str>
<openid><![CDATA[oUpF8uMEb4qRXf22hE3X68TekukE]]></openid>
<out_trade_no><![CDATA[1409811653]]></out_trade_no>
<result_code><![CDATA[SUCCESS]]></result_code>
<return_code><![CDATA[SUCCESS]]></return_code>
<sign><![CDATA[02CAA5D5E727AC492A0764744F178037]]></sign>
<time_end><![CDATA[20140903131540]]></time_end>
<total_fee>1</total_fee>
<trade_type><![CDATA[JSAPI]]></trade_type>
<transaction_id><![CDATA[4200000001202001010000000001]]></transaction_id>
</xml>"""


async def test_a_merchant_with_the_documents_key_gets_notifications_that_it_signs(
    open_merchant: Open, control: Control, inbox: Inbox
) -> None:
    merchant = await open_merchant(mch_id="10000100", appids=["wx2421b1c4370ec43b"], api_key=KEY)
    control.mch_id = "10000100"
    await merchant.order("1409811653", attach="支付测试")
    await control.pay("1409811653")
    await control.wait("1409811653", "notified")
    fields = inbox.received[0].fields
    assert signature(fields, KEY) == fields["sign"]
