"""refund and refundquery. Source: V2 notes, 3.3, 3.4, 4.3, 8.7."""

import re
from collections.abc import Sequence

from sandbox.core.currency import CNY
from sandbox.core.errors import BalanceShort, OrderClosed, OrderNotFound
from sandbox.core.ids import beijing
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.refunds import Refund, RefundTerms
from sandbox.core.statements import RECHARGED, UNSETTLED
from sandbox.core.text import Text
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.core.usecases.refunds import Refunds
from sandbox.v2.endpoint import endpoint
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import WORDING, BusinessFailure, Words
from sandbox.v2.shapes import CURRENCY, OUT_TRADE_NO, Fen, NotifyUrl, RequestInvalid, String, V2Request, Whole
from sandbox.v2.style import SORTED

PAGE = 10
"""How many refunds one refundquery lists."""

_ACCOUNTS = re.compile(f"{UNSETTLED}|{RECHARGED}")
_NO_INTEGER = "0参数格式错误"
"""Of amounts such as 10.0: three threads in four years (docs/fidelity.md)."""


class RefundOrder(V2Request):
    """POST /secapi/pay/refund: V2 notes, 3.3."""

    transaction_id = String(32, "微信订单号", required=False)
    out_trade_no = String(32, "商户订单号", required=False, pattern=OUT_TRADE_NO)
    out_refund_no = String(64, "商户退款单号", pattern=OUT_TRADE_NO)
    total_fee = Fen("订单金额", no_integer=_NO_INTEGER)
    refund_fee = Fen("退款金额", no_integer=_NO_INTEGER)
    refund_fee_type = String(8, "退款货币种类", required=False, pattern=CURRENCY)
    refund_desc = String(80, "退款原因", required=False)
    refund_account = String(30, "退款资金来源", required=False, pattern=_ACCOUNTS)
    notify_url = NotifyUrl("退款结果通知url", required=False)
    op_user_id = String(32, "操作员", required=False)
    device_info = String(32, "设备号", required=False)

    def check(self) -> None:
        if self.refund_fee > self.total_fee:
            got, most = self.refund_fee, self.total_fee
            raise RequestInvalid("invalid refund_fee", "refund_above_total", "refund_fee", got=got, total_fee=most)
        if not (self.transaction_id or self.out_trade_no):
            raise RequestInvalid("缺少参数", "one_of", "transaction_id, out_trade_no")

    def refund_terms(self) -> RefundTerms:
        return RefundTerms(
            out_refund_no=self.out_refund_no,
            total_fee=self.total_fee,
            refund_fee=self.refund_fee,
            notify_url=self.notify_url,
            refund_desc=self.refund_desc,
            refund_account=self.refund_account or UNSETTLED,
            refund_fee_type=self.refund_fee_type,
        )


class RefundQuery(V2Request):
    """POST /pay/refundquery: V2 notes, 3.4."""

    transaction_id = String(32, "微信订单号", required=False)
    out_trade_no = String(32, "商户订单号", required=False, pattern=OUT_TRADE_NO)
    out_refund_no = String(64, "商户退款单号", required=False, pattern=OUT_TRADE_NO)
    refund_id = String(32, "微信退款单号", required=False)
    offset = Whole("偏移量")
    device_info = String(32, "设备号", required=False)

    def check(self) -> None:
        if not (self.refund_id or self.out_refund_no or self.transaction_id or self.out_trade_no):
            raise RequestInvalid("缺少参数", "one_of", "refund_id, out_refund_no, transaction_id, out_trade_no")


_REFUND_WORDS = Words(
    errors={
        # An order that is not paid is told of like one that does not exist (seen live in 2018).
        OrderNotFound: BusinessFailure("ORDERNOTEXIST", "订单不存在"),
        OrderClosed: BusinessFailure("ERROR", "订单已关闭"),
    },
    codes={
        "NOTENOUGH": WORDING[BalanceShort],
        "NOAUTH": BusinessFailure("NOAUTH", "异常IP请求不予受理"),
        "FREQUENCY_LIMITED": BusinessFailure("FREQUENCY_LIMITED", "单笔订单请求频率过高,请于1分钟后重试."),
    },
)


@endpoint(
    "/secapi/pay/refund",
    RefundOrder,
    title=Text("申请退款", "Refund"),
    documents="3.3",
    certificate=True,
    example={"out_trade_no": ""},
    words=_REFUND_WORDS,
)
@endpoint(
    "/pay/refund",
    RefundOrder,
    title=Text("申请退款", "Refund"),
    documents="3.3",
    example={"out_trade_no": ""},
    words=_REFUND_WORDS,
)
def refund_order(request: RefundOrder, context: Context) -> Fields:
    refund = Refunds(context).request(request.key, request.transaction_id, request.refund_terms())
    return _accepted(refund, Payments(context).find(refund.key))


@endpoint(
    "/pay/refundquery",
    RefundQuery,
    title=Text("查询退款", "Query refunds"),
    documents="3.4",
    example={"out_trade_no": ""},
    reads=True,
    words=Words(errors={OrderNotFound: BusinessFailure("REFUNDNOTEXIST", "not exist")}),
    style=SORTED,
)
def refund_query(request: RefundQuery, context: Context) -> Fields:
    refunds = _asked_for(request, Refunds(context), Payments(context))
    order = Payments(context).find(refunds[0].key)
    offset = request.offset or 0
    return _listed(order, refunds, offset, paged=request.offset is not None)


def _asked_for(request: RefundQuery, refunds: Refunds, payments: Payments) -> Sequence[Refund]:
    """The refunds by the strongest of the numbers: refund_id, out_refund_no, transaction_id, out_trade_no."""
    if request.refund_id:
        return _of_sub_merchant([refunds.find_by_refund_id(request.mch_id, request.refund_id)], request)
    if request.out_refund_no:
        return [refunds.find(request.mch_id, request.out_refund_no, request.sub_mch_id)]
    if not request.transaction_id:
        return refunds.of_order(request.key)
    order = payments.find_by_transaction_id(request.mch_id, request.transaction_id)
    return _of_sub_merchant(refunds.of_order(order.key), request)


def _of_sub_merchant(refunds: Sequence[Refund], request: RefundQuery) -> Sequence[Refund]:
    if refunds[0].key.sub_mch_id != request.sub_mch_id:
        raise OrderNotFound(*request.key.names)
    return refunds


def _accepted(refund: Refund, order: Order) -> Fields:
    """The answer's own fields, in the order seen live; refund_channel is empty there."""
    payment, terms = order.payment, refund.terms
    assert payment is not None
    settled = bool(payment.no_cash_fee)
    return {
        **_names(order.key, payment.transaction_id),
        "out_refund_no": terms.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_channel": "",
        "refund_fee": terms.refund_fee,
        **({"settlement_refund_fee": refund.settlement_refund_fee} if settled else {}),
        "coupon_refund_fee": refund.coupon_refund_fee,
        "total_fee": order.terms.total_fee,
        **({"settlement_total_fee": order.settlement_total_fee} if settled else {}),
        "fee_type": order.terms.fee_type,
        "cash_fee": payment.cash_fee,
        "cash_fee_type": order.cash_fee_type,
        "coupon_refund_count": len(refund.coupons),
        "cash_refund_fee": refund.parts.cash_refund_fee,
        **_rate(order),
        **_coupons(refund, ""),
    }


def _rate(order: Order) -> dict[str, str | int]:
    """What a refund of an order in a foreign currency tells of it besides."""
    if order.payment is None or order.payment.rate_value is None:
        return {}
    rate_value = str(order.payment.rate_value)
    return {"refund_fee_type": order.terms.fee_type, "cash_refund_fee_type": CNY, "rate_value": rate_value}


def _names(key: OrderKey, transaction_id: str) -> Fields:
    return {"transaction_id": transaction_id, "out_trade_no": key.out_trade_no}


def _coupons(refund: Refund, of: str) -> Fields:
    """Coupons given back: coupon_refund_id_$m in refund, coupon_refund_id_$n_$m in refundquery."""
    told: dict[str, str | int] = {}
    for m, coupon in enumerate(refund.coupons):
        told |= {
            f"coupon_type{of}_{m}": coupon.type.value,
            f"coupon_refund_id{of}_{m}": coupon.id,
            f"coupon_refund_fee{of}_{m}": coupon.fee,
        }
    return told


def _listed(order: Order, refunds: Sequence[Refund], offset: int, *, paged: bool) -> Fields:
    """A page of refunds, numbered from 0 on each; refund_fee is the sum of those listed."""
    payment = order.payment
    assert payment is not None
    part = refunds[offset : offset + PAGE]
    answer: dict[str, str | int] = {
        **_names(order.key, payment.transaction_id),
        "total_fee": order.terms.total_fee,
        "fee_type": order.terms.fee_type,
        "cash_fee": payment.cash_fee,
        "refund_count": len(part),
        "refund_fee": sum(refund.terms.refund_fee for refund in part),
    }
    if paged or len(refunds) > PAGE:
        answer["total_refund_count"] = len(refunds)
    if payment.rate_value is not None:
        answer |= {"cash_fee_type": CNY, "rate_value": str(payment.rate_value)}
    if payment.no_cash_fee:
        answer["settlement_total_fee"] = order.settlement_total_fee
    for n, refund in enumerate(part):
        answer |= _one(refund, n, settled=bool(payment.no_cash_fee))
    return answer


def _one(refund: Refund, n: int, *, settled: bool) -> Fields:
    told: dict[str, str | int] = {
        f"out_refund_no_{n}": refund.terms.out_refund_no,
        f"refund_id_{n}": refund.refund_id,
        f"refund_channel_{n}": refund.channel.value,
        f"refund_fee_{n}": refund.terms.refund_fee,
        f"refund_account_{n}": refund.terms.refund_account,
        f"refund_recv_accout_{n}": refund.recv_account,
        f"refund_status_{n}": refund.status.value,
    }
    if settled:
        told[f"settlement_refund_fee_{n}"] = refund.settlement_refund_fee
    if refund.coupons:
        told |= {
            f"coupon_refund_fee_{n}": refund.coupon_refund_fee,
            f"coupon_refund_count_{n}": len(refund.coupons),
            **_coupons(refund, f"_{n}"),
        }
    if refund.success_at is not None:
        told[f"refund_success_time_{n}"] = beijing(refund.success_at)
    return told
