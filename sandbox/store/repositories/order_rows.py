"""Orders as rows, and back."""

import msgspec

from sandbox.core.notifications import Standing
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import ClosedBy, Order, Payment, Prepay, Terms, TradeState
from sandbox.core.plans import Coupon, Plan
from sandbox.core.ports.queries import ListedOrder
from sandbox.store.columns import PackedTerms
from sandbox.store.rows import AnyRow, Values, key_of

_ORDER_TERMS = PackedTerms(Terms, "trade_type", "total_fee", "body", "openid", "sub_openid")

_PAID = ("transaction_id", "paid_at", "bank_type", "payer_openid", "payer_sub_openid", "is_subscribe")
_UNPAID: Values = dict.fromkeys((*_PAID, "cash_fee", "coupons", "rate", "rate_value"))


def order_values(order: Order) -> Values:
    """All columns of an order but its number and its notification's state."""
    terms, prepay = order.terms, order.prepay
    return {
        "mch_id": order.key.mch_id,
        "out_trade_no": order.key.out_trade_no,
        "sub_mch_id": order.key.sub_mch_id,
        "origin": order.origin,
        "trade_type": terms.trade_type.value,
        "total_fee": terms.total_fee,
        "body": terms.body,
        "openid": terms.openid,
        "sub_openid": terms.sub_openid,
        "terms": _ORDER_TERMS.pack(terms),
        "prepay_id": prepay.prepay_id,
        "prepaid_at": prepay.prepaid_at,
        "code": prepay.code,
        "code_at": prepay.code_at,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "trade_state": order.trade_state.value,
        "closed_at": order.closed_at,
        "closed_by": order.closed_by.value,
        "plan": order.plan,
        "acts_done": order.acts_done,
        "act_at": act[1] if (act := order.next_act()) else None,
        "combine_mch_id": order.combine.mch_id if order.combine else None,
        "combine_out_trade_no": order.combine.out_trade_no if order.combine else None,
        **payment_values(order.payment),
    }


def payment_values(payment: Payment | None) -> Values:
    if payment is None:
        return _UNPAID
    return {
        "transaction_id": payment.transaction_id,
        "paid_at": payment.paid_at,
        "bank_type": payment.bank_type,
        "payer_openid": payment.openid,
        "payer_sub_openid": payment.sub_openid,
        "cash_fee": payment.cash_fee,
        "is_subscribe": payment.is_subscribe,
        "coupons": payment.coupons or None,
        "rate": payment.rate,
        "rate_value": payment.rate_value,
    }


def order_of(row: AnyRow) -> Order:
    return Order(
        key=key_of(row),
        origin=row.origin,
        terms=_ORDER_TERMS.unpack(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        prepay=Prepay(row.prepay_id, row.prepaid_at, row.code, row.code_at),
        trade_state=TradeState(row.trade_state),
        payment=_payment_of(row),
        closed_at=row.closed_at,
        closed_by=ClosedBy(row.closed_by),
        plan=msgspec.convert(row.plan, Plan) if row.plan else None,
        acts_done=row.acts_done,
        combine=OrderKey(row.combine_mch_id, row.combine_out_trade_no) if row.combine_out_trade_no else None,
    )


def _payment_of(row: AnyRow) -> Payment | None:
    if row.transaction_id is None:
        return None
    return Payment(
        transaction_id=row.transaction_id,
        paid_at=row.paid_at,
        bank_type=row.bank_type,
        openid=row.payer_openid,
        sub_openid=row.payer_sub_openid,
        cash_fee=row.cash_fee,
        is_subscribe=row.is_subscribe,
        coupons=msgspec.convert(row.coupons or [], tuple[Coupon, ...]),
        rate=row.rate,
        rate_value=row.rate_value,
    )


def listed_order_of(row: AnyRow) -> ListedOrder:
    standing = Standing(row.notification) if row.notification else None
    return ListedOrder(row.id, order_of(row), standing, row.next_at)
