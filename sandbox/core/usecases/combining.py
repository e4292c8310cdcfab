"""The use cases of combined orders (合单): place, find, close. An instance lives for one transaction.

Source: V3 notes, 9.7.
"""

from collections import Counter
from collections.abc import Sequence

from sandbox.core.combined import SubOrder, part, whole
from sandbox.core.errors import NumberBurnt, OrderChanged, OrderNotFound, OrderNumberUsed, SubOrdersDiffer
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms
from sandbox.core.placing import WHOLE, Placing
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.core.usecases.sub_orders import SubOrders


class Combining:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._payments = Payments(context)
        self._sub_orders = SubOrders(context)

    def place(self, key: OrderKey, terms: Terms, parts: Sequence[SubOrder], by: Placing = WHOLE) -> Order:
        """Take a combined order, or take it again, where all of it is as it was.

        What follows from the sub-orders (the sum, and the texts) is not looked for in `terms`. Raises what
        `Payments.place` raises, and OrderNumberUsed where a sub-order's number is another order's already.
        """
        at, terms = self._context.now(key.mch_id), whole(terms, parts)
        for one in parts:
            merchant = self._tx.accounts.merchant(one.key.mch_id)
            merchant.require_product(terms.trade_type, one.key.sub_mch_id)
        known = self._tx.orders.find(key)
        if known is not None:
            again = known.place_again(terms, at, by.compared)
            self._require_same(again, parts, by)
            return self._payments.renew(again, at)
        self._require_free(key, parts)
        order = self._payments.take(key, terms, by, combine=key)
        for one in parts:
            self._tx.orders.add(part(one, order, self._context.ids.prepay_id(at)))
        return self._payments.catch_up(order)

    def find(self, key: OrderKey) -> tuple[Order, Sequence[Order]]:
        """A combined order as it is now, with its sub-orders; raises OrderNotFound."""
        order = self._payments.known(key)
        if not order.combined:
            raise OrderNotFound(*key.names)
        at = self._context.now(key.mch_id)
        return order, [one.as_of(at) for one in self._sub_orders.of(order)]

    def close(self, key: OrderKey, appid: str, named: Sequence[OrderKey]) -> None:
        """Close a combined order with all its sub-orders, each of which must be named; closing again changes nothing.

        Raises OrderNotFound, SubOrdersDiffer, OrderPaid.
        """
        order, parts = self.find(key)
        if appid != order.terms.appid or Counter(named) != Counter(one.key for one in parts):
            raise SubOrdersDiffer
        self._payments.end(order)

    def _require_same(self, order: Order, parts: Sequence[SubOrder], by: Placing) -> None:
        before = {one.key: by.compared(one.terms) for one in self._sub_orders.of(order)}
        if (
            not order.combined
            or before != {one.key: by.compared(one.terms) for one in parts}
            or len(before) != len(parts)
        ):
            raise OrderChanged

    def _require_free(self, key: OrderKey, parts: Sequence[SubOrder]) -> None:
        """Raise where a number is taken: by another order, by another of these, or by nobody for ever."""
        taken = {key}
        for one in parts:
            if one.key in taken or self._tx.orders.find(one.key) is not None:
                raise OrderNumberUsed
            if self._tx.burnt_numbers.has(one.key):
                raise NumberBurnt
            taken.add(one.key)
