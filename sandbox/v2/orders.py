"""unifiedorder, orderquery, closeorder. Source: V2 notes, 2, 3.1, 3.2."""

import contextlib
import json
import re

from sandbox.core.errors import OrderNotFound, OrderNotReady, OrderPaid, TransactionIdMalformed
from sandbox.core.ids import BEIJING
from sandbox.core.orders import UNIFIED, Order, Terms, TradeState, TradeType
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.v2.endpoint import endpoint
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import BusinessFailure, Words
from sandbox.v2.notifications import coupon_fields
from sandbox.v2.shapes import (
    CURRENCY,
    OUT_TRADE_NO,
    BeijingTime,
    Choice,
    Fen,
    IpAddress,
    NotifyUrl,
    RequestInvalid,
    String,
    V2Request,
)
from sandbox.v2.style import Style

_YES_NO = re.compile("[YN]")
_TRANSACTION_ID = re.compile("[0-9]{10,32}")

STATE_TEXTS = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "订单发生过退款，退款详情请查询退款单",
    TradeState.CLOSED: "订单已关闭",
    TradeState.REVOKED: "订单已撤销",
    TradeState.USERPAYING: "需要用户输入支付密码",
    TradeState.PAYERROR: "支付失败，请重新下单支付",
}
MICROPAY_FAILED = "支付失败，请撤销订单"
"""PAYERROR of a payment by code, seen live from 2020 on."""


class UnifiedOrder(V2Request):
    """POST /pay/unifiedorder: V2 notes, 2.1."""

    device_info = String(32, "设备号", required=False)
    body = String(128, "商品描述")
    detail = String(6144, "商品详情", required=False)
    attach = String(128, "附加数据", required=False)
    out_trade_no = String(32, "商户订单号", pattern=OUT_TRADE_NO)
    fee_type = String(16, "标价币种", required=False, pattern=CURRENCY)
    total_fee = Fen("标价金额")
    spbill_create_ip = IpAddress("终端IP")
    time_start = BeijingTime("交易起始时间")
    time_expire = BeijingTime("交易结束时间")
    goods_tag = String(32, "订单优惠标记", required=False)
    notify_url = NotifyUrl("通知地址")
    trade_type = Choice(TradeType, "交易类型", among=UNIFIED)
    product_id = String(32, "商品ID", required=False)
    limit_pay = String(32, "指定支付方式", required=False, pattern=re.compile("no_credit"))
    openid = String(128, "用户标识", required=False)
    sub_openid = String(128, "用户子标识", required=False)
    receipt = String(8, "电子发票入口开放标识", required=False, pattern=_YES_NO)
    profit_sharing = String(16, "是否需要分账", required=False, pattern=_YES_NO)
    scene_info = String(256, "场景信息", required=False)
    version = String(32, "接口版本号", required=False)
    user_type = String(32, "证件类型", required=False)
    user_creid = String(32, "证件号码", required=False)
    user_truename = String(64, "姓名", required=False)

    def check(self) -> None:
        if self.trade_type is TradeType.JSAPI and not (self.openid or self.sub_openid):
            raise RequestInvalid("JSAPI支付必须传openid", "missing", "openid")
        if self.sub_openid and not self.sub_appid:
            raise RequestInvalid("sub_appid and sub_openid not match", "missing", "sub_appid")
        if self.trade_type is TradeType.MWEB:
            self._check_scene()

    def _check_scene(self) -> None:
        if not self.scene_info:
            raise RequestInvalid("缺少参数", "missing", "scene_info")
        try:
            scene = json.loads(self.scene_info)
        except ValueError:
            scene = None
        if not isinstance(scene, dict) or not isinstance(scene.get("h5_info"), dict):
            raise RequestInvalid("scene_info参数格式错误", "format", "scene_info", got=self.scene_info[:64])

    def terms(self) -> Terms:
        return Terms(
            appid=self.appid,
            trade_type=self.trade_type,
            total_fee=self.total_fee,
            body=self.body,
            notify_url=self.notify_url,
            spbill_create_ip=self.spbill_create_ip,
            fee_type=self.fee_type or "CNY",
            sub_appid=self.sub_appid,
            openid=self.openid,
            sub_openid=self.sub_openid,
            attach=self.attach,
            detail=self.detail,
            device_info=self.device_info,
            goods_tag=self.goods_tag,
            product_id=self.product_id,
            limit_pay=self.limit_pay,
            scene_info=self.scene_info,
            receipt=self.receipt,
            profit_sharing=self.profit_sharing,
            time_start=self.time_start,
            time_expire=self.time_expire,
            nonce_str=self.nonce_str,
        )


class OrderQuery(V2Request):
    """POST /pay/orderquery: V2 notes, 3.1."""

    transaction_id = String(32, "微信订单号", required=False)
    out_trade_no = String(32, "商户订单号", required=False, pattern=OUT_TRADE_NO)
    version = String(32, "接口版本号", required=False)

    def check(self) -> None:
        if not (self.transaction_id or self.out_trade_no):
            raise RequestInvalid("缺少参数", "one_of", "transaction_id, out_trade_no")


class CloseOrder(V2Request):
    """POST /pay/closeorder: V2 notes, 3.2."""

    out_trade_no = String(32, "商户订单号", pattern=OUT_TRADE_NO)


@endpoint("/pay/unifiedorder", UnifiedOrder, title=Text("统一下单", "Place an order"), documents="2.1")
def unified_order(request: UnifiedOrder, context: Context) -> Fields:
    order = Payments(context).place(request.key, request.terms())
    answer: dict[str, str | int] = {"prepay_id": order.prepay.prepay_id, "trade_type": order.terms.trade_type.value}
    if code_url := context.links.code_url(order):
        answer["code_url"] = code_url
    if mweb_url := context.links.mweb_url(order):
        answer["mweb_url"] = mweb_url
    if request.sub_appid:
        answer["sub_appid"] = request.sub_appid
    return answer


@endpoint(
    "/pay/orderquery",
    OrderQuery,
    title=Text("查询订单", "Query an order"),
    documents="3.1",
    example={"out_trade_no": ""},
    reads=True,
)
def order_query(request: OrderQuery, context: Context) -> Fields:
    payments = Payments(context)
    if not request.transaction_id:
        return describe(payments.find(request.key))
    if not _TRANSACTION_ID.fullmatch(request.transaction_id):
        raise TransactionIdMalformed
    order = payments.find_by_transaction_id(request.mch_id, request.transaction_id)
    if order.key.sub_mch_id != request.sub_mch_id:
        raise OrderNotFound(*request.key.names)
    return describe(order)


_CLOSING = {
    OrderPaid: BusinessFailure("ORDERPAID", "order paid"),
    OrderNotReady: BusinessFailure("TRADE_STATE_ERROR", "订单状态错误"),
}


@endpoint(
    "/pay/closeorder",
    CloseOrder,
    title=Text("关闭订单", "Close an order"),
    documents="3.2",
    words=Words(errors=_CLOSING),
    style=Style(hollow=("sub_mch_id",)),
)
def close_order(request: CloseOrder, context: Context) -> Fields:
    # Seen live in 2018: an unknown number and a closed order answer SUCCESS. There is no result_msg: with it the
    # verification of a widely used client fails. An ordinary merchant is sent an empty sub_mch_id (2017, 2018).
    with contextlib.suppress(OrderNotFound):
        Payments(context).close(request.key)
    return {}


def describe(order: Order) -> Fields:
    """What orderquery says of an order: its fields depend on trade_state (V2 notes, 3.1, order of 2018 to 2020)."""
    by_code = order.terms.trade_type is TradeType.MICROPAY
    failed = by_code and order.trade_state is TradeState.PAYERROR
    text = MICROPAY_FAILED if failed else STATE_TEXTS[order.trade_state]
    state = {"trade_state": order.trade_state.value, "trade_state_desc": text}
    number = {"out_trade_no": order.key.out_trade_no}
    device = {"device_info": order.terms.device_info} if order.terms.device_info else {}
    terms, payment = order.terms, order.payment
    if payment is None or order.trade_state is TradeState.REVOKED:
        attach = {"attach": terms.attach} if by_code or order.trade_state is TradeState.CLOSED else {}
        return {**device, **number, **attach, **state}
    sub_payer = {"sub_openid": payment.sub_openid, "sub_is_subscribe": payment.is_subscribe}
    return {
        **device,
        "openid": payment.openid,
        "is_subscribe": payment.is_subscribe,
        **(sub_payer if payment.sub_openid else {}),
        "trade_type": terms.trade_type.value,
        "bank_type": payment.bank_type,
        "total_fee": terms.total_fee,
        "fee_type": terms.fee_type,
        "transaction_id": payment.transaction_id,
        **number,
        "attach": terms.attach,
        "time_end": payment.paid_at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S"),
        "trade_state": state["trade_state"],
        "cash_fee": payment.cash_fee,
        "trade_state_desc": state["trade_state_desc"],
        "cash_fee_type": order.cash_fee_type,
        **({"rate_value": str(payment.rate_value)} if payment.rate_value else {}),
        **coupon_fields(payment, terms.total_fee),
    }
