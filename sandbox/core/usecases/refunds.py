"""The use cases of refunds: ask for one, look at them, end one. An instance lives for one transaction.

Sources: V2 notes, 3.3, 3.4, 4.3, 5.5; V3 notes, 10.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sandbox.core.banks import recv_account
from sandbox.core.errors import (
    OrderClosed,
    OrderNotFound,
    OrderNotReady,
    OrderRefunded,
    OrderReversed,
    RefundCurrencyDiffers,
    RefundElsewhere,
    RefundFeeInvalid,
    RefundMismatch,
    RefundNotFound,
    RefundTooLate,
    TooManyRefunds,
    TransactionUnknown,
)
from sandbox.core.events import EventName
from sandbox.core.notifications import Notification, NotificationKind, owing
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, TradeState
from sandbox.core.origin import Origin
from sandbox.core.plans import RefundAct
from sandbox.core.refunds import (
    MOST_REFUNDS,
    REFUND_YEAR,
    Payout,
    Refund,
    RefundStatus,
    RefundTerms,
    refunded,
    split,
)
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context, named_once
from sandbox.core.usecases.freezing import Freezing
from sandbox.core.usecases.payments import priced

BATCH = 500


class Refunds:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._books = Bookkeeping(context)
        self._freezing = Freezing(context)

    # -- the merchant --------------------------------------------------------------------------------------------------

    def request(self, key: OrderKey, transaction_id: str, terms: RefundTerms) -> Refund:
        """Accept a refund of an order, named by its transaction_id where that is given.

        The same out_refund_no with the same amounts is the same refund, whatever became of it. An unpaid order is told
        of like one that does not exist. Raises RefundElsewhere, RefundMismatch, TransactionUnknown, OrderNotFound,
        OrderClosed, OrderReversed, OrderNotReady, RefundCurrencyDiffers, RefundTooLate, OrderRefunded,
        RefundFeeInvalid, TooManyRefunds, RefundOverUnsplit, BalanceShort.
        """
        known = self._tx.refunds.find(key.mch_id, terms.out_refund_no, key.sub_mch_id)
        if known is not None:
            return self._again(known, key, transaction_id, terms)
        at = self._context.now(key.mch_id)
        order = self._refundable(key, transaction_id, at)
        earlier = self._tx.refunds.of_order(order.key)
        # Who asked at the same time had the order first: what was looked for before may be there by now.
        known = next((one for one in earlier if one.terms.out_refund_no == terms.out_refund_no), None)
        if known is not None:
            return self._again(known, key, transaction_id, terms)
        _check(order, earlier, terms, at)
        return self._accept(order, earlier, replace(terms, refund_fee_type=order.terms.fee_type), at)

    def by_hand(self, key: OrderKey, refund_fee: int, refund_desc: str = "") -> Refund:
        """Accept a refund that a person makes in the merchant platform; raises what `request` raises."""
        order = self._tx.orders.find(key)
        if order is None or order.combined:
            raise OrderNotFound(*key.names)
        terms = RefundTerms(
            out_refund_no=self._context.ids.out_refund_no(self._context.now(key.mch_id)),
            total_fee=order.terms.total_fee,
            refund_fee=refund_fee,
            refund_desc=refund_desc,
            source="VENDOR_PLATFORM",
        )
        return self.request(key, "", terms)

    def find(self, mch_id: str, out_refund_no: str, sub_mch_id: str = "") -> Refund:
        refund = self._tx.refunds.find(mch_id, out_refund_no, sub_mch_id)
        if refund is None:
            raise RefundNotFound(mch_id, sub_mch_id, out_refund_no)
        return refund

    def find_named(self, mch_id: str, out_refund_no: str, sub_mch_id: str | None = None) -> Refund:
        """The refund that people name `{mch_id}/{out_refund_no}`; OrderAmbiguous where sub-merchants share it."""
        if sub_mch_id is not None:
            return self.find(mch_id, out_refund_no, sub_mch_id)
        return named_once(self._tx.refunds.named(mch_id, out_refund_no), RefundNotFound(mch_id, out_refund_no))

    def find_by_refund_id(self, mch_id: str, refund_id: str) -> Refund:
        refund = self._tx.refunds.by_refund_id(mch_id, refund_id)
        if refund is None:
            raise RefundNotFound(mch_id, refund_id)
        return refund

    def of_order(self, key: OrderKey) -> Sequence[Refund]:
        """An order's refunds, oldest first; raises RefundNotFound where there are none."""
        refunds = self._tx.refunds.of_order(key)
        if not refunds:
            raise RefundNotFound(*key.names)
        return refunds

    def redirect(self, refund: Refund, payout: Payout) -> Refund:
        """Have a refund that is 退款异常 go another way (发起异常退款); asked again, it is under way or done.

        Raises RefundNotAbnormal.
        """
        if refund.payout == payout and refund.status in (RefundStatus.PROCESSING, RefundStatus.SUCCESS):
            return refund
        due_at = self._context.now(refund.key.mch_id) + timedelta(seconds=self._context.rules.refund_seconds)
        redirected = refund.redirect(payout, due_at)
        self._tx.refunds.save(redirected)
        order = self._tx.orders.find(refund.key)
        assert order is not None, "a refund is dropped with its order"
        self._note(EventName.REFUND_REDIRECTED, refund, order, recv_account=payout.recv_account)
        return redirected

    # -- what becomes of it --------------------------------------------------------------------------------------------

    def end(self, refund: Refund, status: RefundStatus, at: datetime | None = None) -> Refund:
        """End a refund that is being processed, or mend one that is 退款异常; raises RefundEnded."""
        at = at or self._context.now(refund.key.mch_id)
        order = self._tx.orders.find(refund.key)
        assert order is not None, "a refund is dropped with its order"
        assert order.payment is not None, "only a paid order is refunded"
        ended = refund.end(status, at)
        self._books.refund_ended(ended, order, at)
        self._tx.refunds.save(ended)
        self._note(_ENDS[status], refund, order)
        self._owe(order, ended, at)
        return ended

    def owed(self, refund: Refund) -> Notification | None:
        """The notification of a refund's latest end that the schedule owes; None where none is."""
        owed = [one for one in self._tx.notifications.of_order(refund.key) if not one.single]
        return next((one for one in reversed(owed) if one.out_refund_no == refund.terms.out_refund_no), None)

    def run_due(self, mch_id: str) -> int:
        """End the refunds whose time has come, each as of its own time: a batch, answers how many."""
        due = self._tx.refunds.due(mch_id, self._context.now(mch_id), BATCH)
        for refund in due:
            self.end(refund, refund.outcome, refund.due_at)
        return len(due)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _note(self, name: EventName, refund: Refund, order: Order, **facts: str) -> None:
        number, refund_fee = refund.terms.out_refund_no, refund.terms.refund_fee
        more = {**priced(order.terms), **facts}
        self._context.note(refund.key, name, out_refund_no=number, refund_fee=refund_fee, **more)

    def _again(self, known: Refund, key: OrderKey, transaction_id: str, terms: RefundTerms) -> Refund:
        order = self._tx.orders.find(known.key)
        paid_as = order.payment.transaction_id if order and order.payment else ""
        same_order = transaction_id == paid_as if transaction_id else key == known.key
        if not same_order:
            raise RefundElsewhere
        if order:
            _require_currency(order, terms)
        if (terms.total_fee, terms.refund_fee) != (known.terms.total_fee, known.terms.refund_fee):
            raise RefundMismatch
        return known

    def _refundable(self, key: OrderKey, transaction_id: str, at: datetime) -> Order:
        if transaction_id:
            order = self._tx.orders.by_transaction_id(key.mch_id, transaction_id)
            if order is None or order.combined or order.key.sub_mch_id != key.sub_mch_id:
                raise TransactionUnknown
        else:
            order = self._tx.orders.find(key)
        if order is None or order.combined:
            # What is paid back is of the sub-orders.
            raise OrderNotFound(*key.names)
        match order.as_of(at).trade_state:
            case TradeState.CLOSED:
                raise OrderClosed
            case TradeState.REVOKED:
                raise OrderReversed
            case TradeState.USERPAYING:
                raise OrderNotReady
        if order.payment is None:
            raise OrderNotFound(*key.names)
        return order

    def _accept(self, order: Order, earlier: Sequence[Refund], terms: RefundTerms, at: datetime) -> Refund:
        payment = order.payment
        assert payment is not None
        act = _planned(order, len(earlier) + 1)
        seconds = self._context.rules.refund_seconds if act.seconds is None else act.seconds
        refund = Refund(
            key=order.key,
            # One that a person makes by hand is told of as its order is.
            origin=self._context.call_context.origin or order.origin,
            terms=terms,
            refund_id=self._context.ids.refund_id(at),
            parts=split(order, earlier, terms.refund_fee),
            recv_account=recv_account(payment.bank_type),
            created_at=at,
            due_at=at + timedelta(seconds=seconds),
            outcome=RefundStatus(act.status),
        )
        self._freezing.for_refund(order, refund.settled_fen(payment) - refund.parts.fee_returned, at)
        self._books.refund(refund, payment)
        self._tx.refunds.add(refund)
        if order.trade_state is not TradeState.REFUND:
            self._tx.orders.save(order.refund())
        self._note(EventName.REFUND_ACCEPTED, refund, order)
        return refund

    def _owe(self, order: Order, refund: Refund, at: datetime) -> None:
        """The notification of a refund's end; nobody is told where no URL is known."""
        url = refund.terms.notify_url or self._tx.accounts.merchant(refund.key.mch_id).refund_notify_url
        if not url:
            return
        earlier = self._tx.refunds.of_order(order.key)
        number = [one.refund_id for one in earlier].index(refund.refund_id) + 1
        faces = self._context.faces
        origin = refund.origin if refund.terms.notify_url else faces.origin_at_platform(refund.origin)
        sendings = faces.by(origin).faults.of_refund(_planned(order, number).sendings)
        for message in owing(partial(self._message, refund, origin, url, at), sendings, at):
            self._tx.owe(message)

    def _message(self, refund: Refund, origin: Origin, url: str, at: datetime) -> Notification:
        return Notification(
            id=self._context.ids.notification_id(),
            kind=NotificationKind.REFUND,
            origin=origin,
            key=refund.key,
            out_refund_no=refund.terms.out_refund_no,
            url=url,
            nonce_str=self._context.ids.answer_nonce(),
            created_at=at,
            next_at=at,
        )


_ENDS = {
    RefundStatus.SUCCESS: EventName.REFUND_SUCCEEDED,
    RefundStatus.CHANGE: EventName.REFUND_ABNORMAL,
    RefundStatus.REFUNDCLOSE: EventName.REFUND_CLOSED,
}


def _planned(order: Order, number: int) -> RefundAct:
    """What the order's scenario makes of its refund of this number (from 1)."""
    acts = order.plan.refunds if order.plan else ()
    return next((act for act in acts if act.concerns(number)), RefundAct())


def _require_currency(order: Order, terms: RefundTerms) -> None:
    if terms.refund_fee_type not in ("", order.terms.fee_type):
        raise RefundCurrencyDiffers


def _check(order: Order, earlier: Sequence[Refund], terms: RefundTerms, at: datetime) -> None:
    payment = order.payment
    assert payment is not None
    _require_currency(order, terms)
    if terms.total_fee != order.terms.total_fee:
        raise RefundMismatch
    if at > payment.paid_at + REFUND_YEAR:
        raise RefundTooLate
    before = refunded(earlier)
    if before == order.terms.total_fee:
        raise OrderRefunded
    if before + terms.refund_fee > order.terms.total_fee:
        raise RefundFeeInvalid
    if len(earlier) >= MOST_REFUNDS:
        raise TooManyRefunds
