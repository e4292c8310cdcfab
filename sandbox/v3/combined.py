"""What is told of a combined order: by a query, and by the notification of its payment. Source: V3 notes, 9.7, 13.4."""

from collections.abc import Sequence

from sandbox.core.orders import Order
from sandbox.v3.errors import Json
from sandbox.v3.orders import by_name, moment
from sandbox.v3.promotions import promotion_detail


def describe_combined(order: Order, parts: Sequence[Order]) -> dict[str, Json]:
    """What a query says of a combined order and its sub-orders; members stand in the order of their names."""
    told = told_of(order, parts)
    if order.payment is not None:
        told["combine_transaction_id"] = order.payment.transaction_id
    return by_name(told)


def told_of(order: Order, parts: Sequence[Order]) -> dict[str, Json]:
    """What a notification tells of a combined order, in the order of the documents' example."""
    terms, payment = order.terms, order.payment
    payer: dict[str, Json] = {"openid": payment.openid if payment else terms.openid}
    return {
        "combine_appid": terms.appid,
        "combine_out_trade_no": order.key.out_trade_no,
        "combine_mchid": order.key.mch_id,
        "scene_info": {"device_id": terms.device_info},
        "sub_orders": [_part(one) for one in parts],
        **({"combine_payer_info": payer} if payer["openid"] else {}),
    }


def _part(one: Order) -> dict[str, Json]:
    key, terms, payment = one.key, one.terms, one.payment
    paid: dict[str, Json] = {}
    if payment is not None:
        paid = {
            "bank_type": payment.bank_type,
            "success_time": moment(payment.paid_at),
            "transaction_id": payment.transaction_id,
            "trade_type": terms.trade_type.value,
        }
        if payment.sub_openid:
            paid["sub_openid"] = payment.sub_openid
        if payment.coupons:
            paid["promotion_detail"] = promotion_detail(payment, terms.fee_type)
    return {
        "mchid": key.mch_id,
        "trade_state": one.trade_state.value,
        "attach": terms.attach,
        "amount": _amount(one),
        "out_trade_no": key.out_trade_no,
        **({"sub_mchid": key.sub_mch_id} if key.sub_mch_id else {}),
        **({"sub_appid": terms.sub_appid} if terms.sub_appid else {}),
        **paid,
    }


def _amount(one: Order) -> dict[str, Json]:
    asked: dict[str, Json] = {"total_amount": one.terms.total_fee, "currency": one.terms.fee_type}
    if one.payment is None:
        return asked
    return {**asked, "payer_amount": one.payment.cash_fee, "payer_currency": one.cash_fee_type}
