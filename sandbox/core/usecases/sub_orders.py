"""What sub-orders do when their combined order does something. An instance lives for one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sandbox.core.combined import following, shared
from sandbox.core.events import EventName
from sandbox.core.orders import Order, Payment
from sandbox.core.plans import Coupon
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.freezing import Freezing
from sandbox.core.usecases.openids import Openids


class SubOrders:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def of(self, order: Order) -> Sequence[Order]:
        """The sub-orders of a combined order in the order in which they were sent; none of any other."""
        return self._tx.orders.sub_orders(order.key) if order.combined else ()

    def follow(self, combined: Order, event: EventName, **facts: str | int) -> None:
        """Have the sub-orders do what their combined order has done: each is paid, closed, or has failed for itself."""
        parts = self.of(combined)
        for one, payment in zip(parts, self._payments(combined, parts), strict=True):
            followed = following(one, combined, payment)
            self._tx.orders.save(followed)
            if payment is not None:
                Freezing(self._context).paid(followed)
                facts["total_fee"] = one.terms.total_fee
            self._context.note(one.key, event, **facts)

    def bind(self, combined: Order) -> None:
        """Have a scenario decide over the sub-orders too, as far as it is theirs."""
        for one in self.of(combined):
            plan = combined.plan
            self._tx.orders.save(replace(one, plan=plan and plan.of_part()))

    def _payments(self, combined: Order, parts: Sequence[Order]) -> Iterable[Payment | None]:
        payment = combined.payment
        if payment is None:
            return [None] * len(parts)
        coupons = shared(payment.coupons, [one.terms.total_fee for one in parts])
        return [self._share(payment, one, those) for one, those in zip(parts, coupons, strict=True)]

    def _share(self, payment: Payment, one: Order, coupons: tuple[Coupon, ...]) -> Payment:
        return replace(
            payment,
            transaction_id=self._context.ids.transaction_id(payment.paid_at),
            sub_openid=Openids(self._context).sub_openid(one.terms),
            cash_fee=one.terms.total_fee - sum(coupon.fee for coupon in coupons),
            coupons=coupons,
            rate=self._tx.accounts.merchant(one.key.mch_id).rate,
        )
