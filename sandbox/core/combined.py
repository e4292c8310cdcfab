"""Combined orders (合单): one payment for several sub-orders.

The combined order is an order that a payer pays and a merchant is told of. Each sub-order is an order too, with its own
number, transaction_id, ledger lines and refunds, and does what its combined order does.
Source: V3 notes, 9.7, 13.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms
from sandbox.core.plans import Coupon


@dataclass(frozen=True, slots=True)
class SubOrder:
    """A sub-order as it is asked for. Its payer, product and time are the combined order's."""

    key: OrderKey
    terms: Terms


def whole(terms: Terms, parts: Sequence[SubOrder]) -> Terms:
    """The terms of a combined order, with what follows from its sub-orders: their sum, and their texts."""
    return replace(
        terms,
        total_fee=sum(one.terms.total_fee for one in parts),
        body="、".join(one.terms.body for one in parts),
        attach=" ".join(one.terms.attach for one in parts),
    )


def part(one: SubOrder, combined: Order, prepay_id: str) -> Order:
    """A new sub-order. Nobody is told its prepay_id, and it has no code: its combined order is what is paid."""
    return replace(
        combined,
        key=one.key,
        terms=one.terms,
        prepay=Prepay(prepay_id, combined.prepay.prepaid_at),
        plan=combined.plan and combined.plan.of_part(),
    )


def following(one: Order, combined: Order, payment: Payment | None) -> Order:
    """A sub-order once its combined order has moved; `payment` is its part of that one's."""
    state, at, by = combined.trade_state, combined.closed_at, combined.closed_by
    return replace(one, trade_state=state, payment=payment, closed_at=at, closed_by=by)


def shared(coupons: Sequence[Coupon], totals: Sequence[int]) -> list[tuple[Coupon, ...]]:
    """What each sub-order has of the coupons of a payment: they pay one sub-order after the other, to its amount."""
    left = list(coupons)
    return [tuple(_taken(left, total)) for total in totals]


def _taken(left: list[Coupon], fen: int) -> Iterator[Coupon]:
    """Coupons off the front of `left`, for so much."""
    while left and fen > 0:
        first = left.pop(0)
        now = min(first.fee, fen)
        fen -= now
        if now < first.fee:
            left.insert(0, replace(first, fee=first.fee - now))
        yield replace(first, fee=now)
