"""What V3 tells of a refund: members in the order of their names, as captured. Source: V3 notes, 10.1, 10.2, 12."""

from sandbox.core.orders import Order, Payment
from sandbox.core.plans import CouponType
from sandbox.core.refunds import Refund, RefundedGoods, RefundStatus
from sandbox.core.statements import RECHARGED
from sandbox.v3.errors import Json
from sandbox.v3.orders import moment

STATUSES = {
    RefundStatus.PROCESSING: "PROCESSING",
    RefundStatus.SUCCESS: "SUCCESS",
    RefundStatus.CHANGE: "ABNORMAL",
    RefundStatus.REFUNDCLOSE: "CLOSED",
}
AVAILABLE, UNSETTLED = "AVAILABLE", "UNSETTLED"
_TYPES = {CouponType.CASH: "COUPON", CouponType.NO_CASH: "DISCOUNT"}


def described(refund: Refund, order: Order) -> dict[str, Json]:
    """A refund, as the answer to each call about it."""
    payment, succeeded = order.payment, refund.success_at
    assert payment is not None, "only a paid order is refunded"
    return {
        "amount": _amount(refund, order, payment),
        "channel": refund.channel.value,
        "create_time": moment(refund.created_at),
        "funds_account": AVAILABLE if refund.terms.refund_account == RECHARGED else UNSETTLED,
        "out_refund_no": refund.terms.out_refund_no,
        "out_trade_no": refund.key.out_trade_no,
        "promotion_detail": _promotions(refund, payment),
        "refund_id": refund.refund_id,
        "status": STATUSES[refund.status],
        **({"success_time": moment(succeeded)} if succeeded else {}),
        "transaction_id": payment.transaction_id,
        "user_received_account": refund.recv_account,
    }


def _amount(refund: Refund, order: Order, payment: Payment) -> dict[str, Json]:
    return {
        "currency": order.terms.fee_type,
        "discount_refund": refund.coupon_refund_fee,
        "from": [{"account": share.account, "amount": share.amount} for share in refund.terms.shares],
        "payer_refund": refund.parts.cash_refund_fee,
        "payer_total": payment.cash_fee,
        "refund": refund.terms.refund_fee,
        "settlement_refund": refund.settlement_refund_fee,
        "settlement_total": order.settlement_total_fee,
        "total": order.terms.total_fee,
    }


def _promotions(refund: Refund, payment: Payment) -> list[Json]:
    """The coupons of which anything is given back, with the goods that the merchant named."""
    goods: dict[str, Json] = {"goods_detail": [_goods(one) for one in refund.terms.goods]} if refund.terms.goods else {}
    return [
        {
            "amount": paid.fee,
            **goods,
            "promotion_id": paid.id,
            "refund_amount": given_back.fee,
            "scope": "GLOBAL",
            "type": _TYPES[paid.type],
        }
        for paid, given_back in zip(payment.coupons, refund.parts.coupons, strict=True)
        if given_back.fee
    ]


def _goods(one: RefundedGoods) -> dict[str, Json]:
    named: dict[str, Json] = {"wechatpay_goods_id": one.wechatpay_goods_id, "goods_name": one.goods_name}
    told: dict[str, Json] = {
        **{name: value for name, value in named.items() if value},
        "merchant_goods_id": one.merchant_goods_id,
        "refund_amount": one.refund_amount,
        "refund_quantity": one.refund_quantity,
        "unit_price": one.unit_price,
    }
    return dict(sorted(told.items()))
