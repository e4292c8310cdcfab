"""Orders of APIv3: placed by each product, told of in each state, placed again, closed. V3 notes, 9.1 to 9.4."""

import json
import re
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from sandbox.core.order_keys import OrderKey
from sandbox.server import Server
from sandbox.signing import rsa
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.v3 import PAY, Answered, V3Merchant

OPENID = "oSandboxPayer000000000000001"
MORE: dict[str, dict[str, Any]] = {
    "jsapi": {"payer": {"openid": OPENID}},
    "app": {},
    "native": {},
    "h5": {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}},
}
LINKS = {
    "jsapi": ("prepay_id", r"wx\d{14}[0-9a-z]{20}"),
    "app": ("prepay_id", r"wx\d{14}[0-9a-z]{20}"),
    "native": ("code_url", r"weixin://wxpay/bizpayurl\?pr=\w{9}"),
    "h5": ("h5_url", r"https?://[^/]+/cgi-bin/mmpayweb-bin/checkmweb\?prepay_id=wx\w{34}&package=\d{10}"),
}
FORMER = {
    "jsapi": "JSAPI",
    "app": "APP",
    "native": "NATIVE",
    "h5": "MWEB",
}
EVERYTHING: dict[str, Any] = {
    "time_expire": "2037-06-08T10:34:56.123Z",
    "attach": "附加",
    "goods_tag": "WXG",
    "limit_pay": ["no_credit", "no_balance"],
    "support_fapiao": True,
    "detail": {
        "cost_price": 608800,
        "invoice_id": "wx123",
        "goods_detail": [{"merchant_goods_id": "1246464644", "goods_name": "茶", "quantity": 1, "unit_price": 528800}],
    },
    "scene_info": {
        "payer_client_ip": "14.23.150.211",
        "device_id": "013467007045764",
        "store_info": {"id": "0001", "name": "腾讯大厦分店", "area_code": "440305", "address": "科技中一道10000号"},
    },
    "settle_info": {"profit_sharing": True},
}

PAID = (
    '{{"amount":{{"currency":"CNY","payer_currency":"CNY","payer_total":101,"total":101}},"appid":"{appid}",'
    '"attach":"","bank_type":"OTHERS","mchid":"{mchid}","out_trade_no":"{number}","payer":{{"openid":"{openid}"}},'
    '"promotion_detail":[],"success_time":"{time}","trade_state":"SUCCESS","trade_state_desc":"支付成功",'
    '"trade_type":"{product}","transaction_id":"{id}"}}'
)
UNPAID = (
    '{{"amount":{{"payer_currency":"CNY","total":101}},"appid":"{}","mchid":"{}","out_trade_no":"{}",'
    '"promotion_detail":[],"scene_info":{{"device_id":""}},"trade_state":"{}","trade_state_desc":"{}"}}'
)
"""As captured, byte for byte but for numbers and names (V3 notes, 9.3)."""

products = pytest.mark.parametrize("product", MORE)


def told(answer: Answered) -> tuple[int, str, str]:
    """Status, code and message of a failure; what came after the checks of the shape is signed."""
    assert answer.signed
    return answer.status, answer.json["code"], answer.json["message"]


CHANGED = (400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")


@products
async def test_each_product_is_answered_with_what_leads_the_payer(v3: V3Merchant, product: str) -> None:
    answer = await v3.place(f"PRODUCT{product}", product, **MORE[product])

    name, form = LINKS[product]
    assert (answer.status, answer.signed, answer.number, list(answer.json)) == (200, True, "0", [name])
    assert re.fullmatch(form, answer.json[name]), answer.json


@products
async def test_a_paid_order_is_told_of_as_it_was_captured(
    v3: V3Merchant, shared_control: Control, product: str
) -> None:
    number = f"PAID{product}"
    await v3.place(number, product, **MORE[product])
    await shared_control.pay(number)

    answer = await v3.query(number)

    said = answer.json
    assert re.fullmatch(r"42000\d{23}", said["transaction_id"])
    assert datetime.fromisoformat(said["success_time"]).utcoffset() is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", said["success_time"])
    expected = PAID.format(
        appid=v3.appid,
        mchid=v3.mch_id,
        number=number,
        openid=said["payer"]["openid"],
        time=said["success_time"],
        product=FORMER[product],
        id=said["transaction_id"],
    )
    assert answer.body.decode() == expected
    by_id = await v3.get(f"{PAY}/id/{said['transaction_id']}", mchid=v3.mch_id)
    assert by_id.body == answer.body


async def test_an_unpaid_order_is_told_of_as_it_was_captured(v3: V3Merchant) -> None:
    await v3.place("UNPAID001")
    expected = UNPAID.format(v3.appid, v3.mch_id, "UNPAID001", "NOTPAY", "订单未支付")
    assert (await v3.query("UNPAID001")).body.decode() == expected

    closed = await v3.close("UNPAID001")

    assert (closed.status, closed.body, closed.signed, closed.number) == (204, b"", True, "0")
    assert (await v3.close("UNPAID001")).status == 204
    expected = UNPAID.format(v3.appid, v3.mch_id, "UNPAID001", "CLOSED", "订单已关闭")
    assert (await v3.query("UNPAID001")).body.decode() == expected


async def test_a_refunded_order_says_so_with_all_that_a_paid_one_says(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("REFUNDED001")
    await shared_control.pay("REFUNDED001")
    paid = (await v3.query("REFUNDED001")).json
    former = Merchant.opened(shared_control.session, dict(v3.shown), v3.notify_url)
    await former.refund("REFUNDED001", "REFUND0001", 1, total_fee="101")

    said = (await v3.query("REFUNDED001")).json

    state = {"trade_state": "REFUND", "trade_state_desc": "订单发生过退款，退款详情请查询退款单"}
    assert said == {**paid, **state}
    assert list(said) == list(paid)


async def test_coupons_are_told_of_one_by_one(v3: V3Merchant, shared_control: Control) -> None:
    coupons = [{"id": "37690000001", "type": "NO_CASH", "fee": 30}, {"id": "37690000002", "type": "CASH", "fee": 11}]
    await shared_control.call("PUT", "/scenarios/two-coupons", {"payer": {"coupons": coupons}})
    await v3.place("COUPON001", attach="scenario:two-coupons")
    await shared_control.pay("COUPON001")

    said = (await v3.query("COUPON001")).json

    assert said["amount"] == {"currency": "CNY", "payer_currency": "CNY", "payer_total": 60, "total": 101}
    assert said["promotion_detail"][0] == {
        "amount": 30,
        "coupon_id": "37690000001",
        "currency": "CNY",
        "merchant_contribute": 30,
        "name": "代金券",
        "other_contribute": 0,
        "scope": "GLOBAL",
        "stock_id": "37690000",
        "type": "NOCASH",
        "wechatpay_contribute": 0,
    }
    assert [(one["type"], one["amount"]) for one in said["promotion_detail"]] == [("NOCASH", 30), ("CASH", 11)]


async def test_all_that_may_be_asked_for_is_taken_and_kept(v3: V3Merchant, shared_server: Server) -> None:
    assert (await v3.place("EVERYTHING1", **EVERYTHING)).status == 200

    key = OrderKey(v3.mch_id, "EVERYTHING1")
    order = await shared_server.parts.storage.read(lambda tx: tx.orders.find(key))

    assert order is not None
    terms = order.terms
    assert terms.attach == "附加"
    assert terms.limit_pay == "no_credit,no_balance"
    assert json.loads(terms.detail) == EVERYTHING["detail"]
    assert json.loads(terms.scene_info) == {"store_info": EVERYTHING["scene_info"]["store_info"]}
    assert (terms.device_info, terms.spbill_create_ip) == ("013467007045764", "14.23.150.211")
    assert (terms.profit_sharing, terms.receipt, terms.goods_tag) == ("Y", "Y", "WXG")
    assert (await v3.query("EVERYTHING1")).json["scene_info"] == {"device_id": "013467007045764"}


async def test_the_person_who_alone_may_pay_is_kept_opened(v3: V3Merchant, shared_server: Server) -> None:
    serial = str(v3.shown["platform_serial_no"])
    hide = partial(rsa.encrypt, public_key=v3.keys[serial])
    identity = {"type": "IDCARD", "number": hide("43102119910910512X"), "name": hide("张三")}
    terms = v3.terms("IDENTITY01", payer={"identity": identity})

    answer = await v3.call("POST", f"{PAY}/native", terms, {"Wechatpay-Serial": serial})

    assert answer.status == 200, answer
    key = OrderKey(v3.mch_id, "IDENTITY01")
    order = await shared_server.parts.storage.read(lambda tx: tx.orders.find(key))
    assert order is not None
    assert json.loads(order.terms.identity) == {"type": "IDCARD", "number": "43102119910910512X", "name": "张三"}


# -- once more ---------------------------------------------------------------------------------------------------------


async def test_the_same_order_again_is_the_same_order_with_a_new_code(v3: V3Merchant) -> None:
    first = await v3.place("AGAIN00001", **EVERYTHING)
    second = await v3.place("AGAIN00001", **EVERYTHING)

    assert second.status == 200
    assert first.json["code_url"] != second.json["code_url"]


@pytest.mark.parametrize(
    "more",
    [{"description": "咖啡"}, {"attach": "x"}, {"notify_url": "https://shop.example/other"}, {"support_fapiao": True}],
)
async def test_whatever_is_asked_for_otherwise_is_refused(v3: V3Merchant, more: dict[str, Any]) -> None:
    number = f"OTHER{next(iter(more))}"
    await v3.place(number)

    answer = await v3.place(number, **more)

    assert told(answer) == CHANGED
    assert answer.number == "268498688"


async def test_so_is_another_product(v3: V3Merchant) -> None:
    await v3.place("OTHERPRODUCT")

    assert told(await v3.place("OTHERPRODUCT", "app")) == CHANGED


async def test_a_closed_number_is_used_up(v3: V3Merchant) -> None:
    await v3.place("USEDUP0001")
    await v3.close("USEDUP0001")

    assert told(await v3.place("USEDUP0001")) == (400, "ORDER_CLOSED", "该订单已失效")


async def test_a_number_that_was_closed_before_any_order_is_burnt(v3: V3Merchant) -> None:
    assert (await v3.close("BURNT00001")).status == 204
    assert (await v3.close("BURNT00001")).status == 204

    assert told(await v3.place("BURNT00001")) == CHANGED
    assert told(await v3.query("BURNT00001")) == (404, "ORDER_NOT_EXIST", "订单不存在")


async def test_a_paid_order_is_neither_placed_nor_closed_again(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("PAIDTWICE1")
    await shared_control.pay("PAIDTWICE1")

    assert told(await v3.place("PAIDTWICE1")) == (400, "ORDERPAID", "该订单已支付")
    late = await v3.close("PAIDTWICE1")
    assert (told(late), late.number) == ((400, "ORDERPAID", "订单已支付"), "268449538")


# -- accounts ----------------------------------------------------------------------------------------------------------


async def test_an_appid_of_somebody_else_is_refused(v3: V3Merchant, shared_control: Control) -> None:
    answer = await v3.place("PAIRING001", appid="wxnobodysappid001")

    assert told(answer) == (400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    assert answer.number == "268445527"
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert call["facts"]["fault"] == "pairing"
    assert "wxnobodysappid001" in call["explanation"]


async def test_an_openid_that_cannot_be_one_is_refused(v3: V3Merchant) -> None:
    answer = await v3.place("OPENID0001", "jsapi", payer={"openid": "somebody"})

    assert told(answer) == (400, "PARAM_ERROR", "无效的openid")


async def test_an_openid_of_another_appid_is_told_apart(v3: V3Merchant, shared_control: Control) -> None:
    opened = await shared_control.post("/merchants", {"appids": ["wxanotherapp0001"]}, 201)
    other = await V3Merchant.of(Control(shared_control.session, opened["mch_id"]))

    answer = await other.place("OPENID0002", "jsapi", payer={"openid": OPENID})

    assert told(answer) == (400, "PARAM_ERROR", "appid与openid不匹配")
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert OPENID in call["explanation"]
    assert "wxanotherapp0001" in call["explanation"]


NOT_OPENED = "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"


@pytest.mark.parametrize(
    ("state", "message", "detail"),
    [
        ("not_opened", NOT_OPENED, None),
        ("pending", NOT_OPENED, None),
        ("restricted", "此商家的收款功能已被限制，暂无法支付。", {"issue": "sign not match"}),
    ],
)
async def test_a_product_that_is_not_opened_is_refused(
    v3: V3Merchant, shared_control: Control, state: str, message: str, detail: object
) -> None:
    path = f"/merchants/{v3.mch_id}"
    await shared_control.call("PATCH", path, {"products": {"APP": state}})

    answer = await v3.place(f"PRODUCT{state}", "app")

    await shared_control.call("PATCH", path, {"products": {"APP": "opened"}})
    assert told(answer) == (403, "NO_AUTH", message)
    assert answer.json.get("detail") == detail


# -- by WeChat Pay's number --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1", "abc", "4200-0001-2345"])
async def test_a_transaction_id_that_is_none_is_refused(v3: V3Merchant, number: str) -> None:
    answer = await v3.get(f"{PAY}/id/{number}", mchid=v3.mch_id)

    assert told(answer) == (400, "PARAM_ERROR", "微信订单号非法")


async def test_a_payment_is_told_to_its_merchant_only(v3: V3Merchant, shared_control: Control) -> None:
    assert told(await v3.get(f"{PAY}/id/4200000000202401010000000000", mchid=v3.mch_id)) == (
        *(404, "ORDER_NOT_EXIST"),
        "订单不存在",
    )
    await v3.place("MINE000001")
    await shared_control.pay("MINE000001")
    number = (await v3.query("MINE000001")).json["transaction_id"]
    opened = await shared_control.post("/merchants", {"certificate": True}, 201)
    other = await V3Merchant.of(Control(shared_control.session, opened["mch_id"]))

    answer = await other.get(f"{PAY}/id/{number}", mchid=other.mch_id)

    assert told(answer) == (400, "INVALID_REQUEST", "商户号和订单不匹配")
    assert answer.number == "268447843"
