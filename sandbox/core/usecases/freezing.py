"""What of a payment is frozen until it is shared. An instance lives for one transaction. Source: V3 notes, 15.2."""

from datetime import datetime

from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.sharing import FROZEN_FOR, Frozen
from sandbox.core.sharing_errors import RefundOverUnsplit
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context


class Freezing:
    def __init__(self, context: Context) -> None:
        self._tx = context.tx
        self._books = Bookkeeping(context)

    def paid(self, order: Order) -> None:
        """An order was paid: the merchant is given its money, which is frozen where it is to be shared."""
        self._books.payment(order)
        payment, fen = order.payment, order.settled_fen - order.fee
        assert payment is not None
        if order.terms.profit_sharing == "Y" and fen:
            self._tx.sharings.keep_frozen(Frozen(key=order.key, fen=fen, thaws_at=payment.paid_at + FROZEN_FOR))
            self._books.frozen(order, fen)

    def reversed(self, order: Order, at: datetime) -> None:
        """A paid order was reversed, which costs what a refund of the whole does.

        Raises RefundOverUnsplit, BalanceShort.
        """
        self.for_refund(order, order.settled_fen - order.fee, at)
        self._books.reversal(order, at)

    def of(self, key: OrderKey) -> int:
        """What is frozen of an order, in fen."""
        frozen = self._tx.sharings.frozen(key)
        return frozen.fen if frozen else 0

    def thaw(self, order: Order, fen: int, at: datetime) -> None:
        """So much of it is the merchant's to spend; raises SharingShort."""
        self.hand_over(order.key, fen)
        self._books.thawed(order, fen, at)

    def hand_over(self, key: OrderKey, fen: int) -> None:
        """So much of it is not to be shared any more, whatever becomes of it; raises SharingShort."""
        frozen = self._tx.sharings.frozen(key)
        if fen and frozen:
            self._tx.sharings.keep_frozen(frozen.less(fen))

    def for_refund(self, order: Order, fen: int, at: datetime) -> None:
        """A refund costs so much: it is paid from what is frozen, as long as the order is not shared to the end.

        Raises RefundOverUnsplit.
        """
        frozen = self._tx.sharings.frozen(order.key)
        if frozen is None:
            return
        if frozen.thaws_at is None and not any(one.due_at for one in self._tx.sharings.of_order(order.key)):
            return
        if fen > frozen.fen:
            raise RefundOverUnsplit
        self.thaw(order, fen, at)
