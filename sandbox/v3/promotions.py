"""The coupons that paid a part of an order, as V3 tells of them. Source: V3 notes, 9.3, 13.2."""

from sandbox.core.orders import Payment
from sandbox.core.plans import CouponType
from sandbox.v3.errors import Json

_TYPES = {CouponType.CASH: "CASH", CouponType.NO_CASH: "NOCASH"}
NAME = "代金券"
_STOCK_DIGITS = 8
"""A batch of coupons (批次) has a number that its coupons' begin with; the length is that of the capture's."""


def promotion_detail(payment: Payment, currency: str) -> list[Json]:
    """One object for each coupon, members in the order of the captured notification; empty where none was used.

    That the merchant gave all of each is assumed, as name and stock_id are.
    """
    return [
        {
            "coupon_id": coupon.id,
            "name": NAME,
            "scope": "GLOBAL",
            "type": _TYPES[coupon.type],
            "amount": coupon.fee,
            "stock_id": coupon.id[:_STOCK_DIGITS],
            "wechatpay_contribute": 0,
            "merchant_contribute": coupon.fee,
            "other_contribute": 0,
            "currency": currency,
        }
        for coupon in payment.coupons
    ]
