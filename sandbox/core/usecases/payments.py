"""The use cases: place, find, close, pay. V2 and V3, the cashier, the console and the control API all call these.

An instance lives for one transaction. Each method decides before it stores: what it raises leaves no trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sandbox.core import placing, unverified_answers
from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.currency import CNY, RATES, exchanged, in_cny
from sandbox.core.errors import (
    CreditForbidden,
    FaultForeign,
    NeverNotified,
    NotificationUnknown,
    NumberBurnt,
    OrderChanged,
    OrderNotFound,
    OrderUnpaid,
    PartOfCombined,
    PaymentError,
)
from sandbox.core.events import EventName
from sandbox.core.ids import BEIJING
from sandbox.core.notifications import Notification, NotificationKind, owing
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import ClosedBy, Order, Payment, Prepay, Terms, TradeState, TradeType
from sandbox.core.payers import Payer
from sandbox.core.placing import EXACT, Placing
from sandbox.core.plans import Alteration, Coupon, PayerAct, Plan, settled
from sandbox.core.usecases.context import Context, named_once
from sandbox.core.usecases.freezing import Freezing
from sandbox.core.usecases.openids import Openids
from sandbox.core.usecases.sub_orders import SubOrders
from sandbox.core.warnings import warnings_of

EXPIRY_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What the payer does at the password pad, or what WeChat makes of it.

    Without an `outcome` the order's scenario decides, else success. `final` ends the order with an error (PAYERROR).
    """

    outcome: Outcome | None = None
    cause: Cause | None = None
    bank_type: str = ""
    openid: str = ""
    coupons: tuple[Coupon, ...] = ()
    final: bool = False


class Payments:
    """The use cases of one transaction."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._ids = context.ids
        self._scenarios = context.scenarios
        self._note = context.note
        self._openids = Openids(context)
        self._sub_orders = SubOrders(context)
        self._unverified: set[OrderKey] = set()
        """Orders of which this transaction told that an answer was not verified."""

    # -- the merchant --------------------------------------------------------------------------------------------------

    def place(self, key: OrderKey, terms: Terms, by: Placing = EXACT) -> Order:
        """Take an order, or take it again (V2 notes, 2.6; V3 notes, 9.2), as its face does.

        Raises ProductNotOpened and its kin, OpenidInvalid, ExpiryTooSoon, NumberBurnt, OrderChanged, OrderPaid,
        OrderClosed, OrderExpired, OrderReversed. A repeated NATIVE or MWEB order gets a new code; the prepay_id stays
        while it lives.
        """
        self._tx.accounts.merchant(key.mch_id).require_product(terms.trade_type, key.sub_mch_id)
        known = self._tx.orders.find(key)
        if known is not None:
            at = self._context.now(key.mch_id)
            again = known.place_again(terms, at, by.compared)
            if again.combine is not None:
                raise OrderChanged
            return self.renew(again, at)
        return self.catch_up(self.take(key, terms, by))

    def renew(self, order: Order, at: datetime) -> Order:
        """An order that is placed again: with a new code, and a new prepay_id where the former is over."""
        renewed = replace(order, prepay=self._prepay(order.terms.trade_type, at, order.prepay))
        self._tx.orders.save(renewed)
        return renewed

    def take(self, key: OrderKey, terms: Terms, by: Placing = EXACT, combine: OrderKey | None = None) -> Order:
        """A new order, of which nobody has done anything yet. Raises NumberBurnt, OpenidInvalid, ExpiryTooSoon."""
        at = self._context.now(key.mch_id)
        if self._tx.burnt_numbers.has(key):
            raise NumberBurnt
        newcomers = self._openids.newcomers(terms)
        prepay = self._prepay(terms.trade_type, at)
        order = placing.place(key, self._context.origin, terms, prepay, at, by, combine)
        face = self._context.faces.by(self._context.origin)
        # Not before all is checked: a choice may count, and whoever has stored something is refused no more.
        chosen = self._scenarios.choose(self._tx, key, terms, self._context.call_context)
        if chosen is not None:
            order = replace(order, plan=face.faults.within(chosen))
        for payer in newcomers:
            self._tx.payers.save(payer)
        self._tx.orders.add(order)
        self._warn(order, face.warnings(terms))
        if misnamed := self._scenarios.misnamed(key, terms):
            self._note(key, EventName.WARNING_SCENARIO_UNKNOWN, scenario=misnamed)
        if chosen is not None:
            self._tell(order, chosen)
            self._scenarios.used(self._tx, key, chosen)
        return order

    def catch_up(self, order: Order) -> Order:
        """The order once its scenario has done what is due at once."""
        if order.plan is None:
            return order
        self._act_in_time(order, self._context.now(order.key.mch_id))
        return self.known(order.key)

    def bind(self, key: OrderKey, plan: Plan | None) -> Order:
        """Have a scenario decide what comes next for an order, or none. Raises OrderNotFound."""
        before = self.known(key)
        fitting = plan and self._context.faces.of(before).faults.within(plan)
        order = replace(before, plan=fitting and (fitting.of_part() if before.part else fitting), acts_done=0)
        self._tx.orders.save(order)
        self._sub_orders.bind(order)
        if plan is None and before.plan is not None:
            self._note(key, EventName.SCENARIO_DROPPED, scenario=before.plan.scenario)
        if plan is not None:
            self._tell(order, plan)
            self._scenarios.followed(self._tx)
        return self.catch_up(order)

    def find(self, key: OrderKey) -> Order:
        """The order as it is now, or OrderNotFound; a combined one is found by a query of its own only."""
        order = self.known(key)
        if order.combined:
            raise OrderNotFound(*key.names)
        return order

    def known(self, key: OrderKey) -> Order:
        """The order as it is now, combined or not; raises OrderNotFound."""
        order = self._tx.orders.find(key)
        if order is None:
            raise OrderNotFound(*key.names)
        return self._as_of_now(order)

    def find_by_transaction_id(self, mch_id: str, transaction_id: str) -> Order:
        order = self._tx.orders.by_transaction_id(mch_id, transaction_id)
        if order is None or order.combined:
            raise OrderNotFound(mch_id, transaction_id)
        return order

    def find_by_prepay_id(self, prepay_id: str) -> Order:
        """The order whose current prepay session this is, or OrderNotFound; a sub-order's leads to the combined one."""
        order = self._tx.orders.by_prepay_id(prepay_id)
        if order is None:
            raise OrderNotFound(prepay_id)
        return self.known(order.payable)

    def find_by_code(self, code: str) -> Order:
        """The order that a code_url's `pr` leads to, or OrderNotFound (also for a code that was replaced)."""
        order = self._tx.orders.by_code(code)
        if order is None:
            raise OrderNotFound(code)
        return self._as_of_now(order)

    def find_named(self, mch_id: str, out_trade_no: str, sub_mch_id: str | None = None) -> Order:
        """The order that people name `{mch_id}/{out_trade_no}`; OrderAmbiguous where sub-merchants share the number."""
        if sub_mch_id is not None:
            return self.known(OrderKey(mch_id, out_trade_no, sub_mch_id))
        found = named_once(self._tx.orders.named(mch_id, out_trade_no), OrderNotFound(mch_id, out_trade_no))
        return self._as_of_now(found)

    def close(self, key: OrderKey) -> Order:
        """Close an unpaid order; closing again changes nothing.

        Raises OrderNotFound, OrderPaid, OrderNotReady, OrderReversed, PartOfCombined.
        """
        known = self._tx.orders.find(key)
        if known is None or known.combined:
            raise OrderNotFound(*key.names)
        if known.part:
            raise PartOfCombined
        return self.end(known)

    def end(self, known: Order) -> Order:
        """The same for an order that is there, combined or not."""
        key = known.key
        if known.plan and (last_minute := known.plan.at_close()):
            known = self._try(known, last_minute, self._context.now(key.mch_id))
        closed = known.close(self._context.now(key.mch_id))
        if closed != known:
            self._moved(closed, EventName.EXPIRED if closed.closed_by is ClosedBy.EXPIRY else EventName.CLOSED)
        return closed

    def close_or_burn(self, key: OrderKey) -> None:
        """Close an unpaid order; a number that no order has is burnt. Source: V3 notes, 9.4.

        Raises OrderPaid, OrderNotReady, OrderReversed, PartOfCombined; OrderNotFound for that of a combined order.
        """
        if self._tx.orders.find(key) is not None:
            self.close(key)
        elif not self._tx.burnt_numbers.has(key):
            self._tx.burnt_numbers.add(key, self._context.now(key.mch_id))
            self._note(key, EventName.NUMBER_BURNT)

    # -- the payer -----------------------------------------------------------------------------------------------------

    def act(self, key: OrderKey, act: Act) -> tuple[Order, ClientResult]:
        """What the payer does. Success pays the order and owes a notification; a payer who is asked for the password
        of a payment by code ends the order by cancelling; nothing else changes it.

        Raises OrderNotFound, OrderPaid, OrderClosed, OrderExpired, OrderReversed, PaymentFailed, PrepayExpired,
        OpenidInvalid, CreditForbidden, PartOfCombined.
        """
        order = self.known(key)
        if order.part:
            raise PartOfCombined
        return self._act(order, act, self._context.now(key.mch_id))

    def owed(self, key: OrderKey) -> Notification:
        """The payment notification that the schedule owes; raises OrderNotFound, OrderUnpaid, NeverNotified.

        Where a scenario owes none, one is made that goes out only when it is asked for.
        """
        order = self.known(key)
        payment = [one for one in self._tx.notifications.of_order(key) if one.kind is NotificationKind.PAYMENT]
        if order.payment is None:
            raise OrderUnpaid
        scheduled = [one for one in payment if not one.single]
        return scheduled[0] if scheduled else self.forge(key, None)

    def forge(self, key: OrderKey, alteration: Alteration | None) -> Notification:
        """One more message about a payment, altered or not, sent once and only when asked for.

        Raises OrderUnpaid, NeverNotified, FaultForeign, PartOfCombined.
        """
        order = self.known(key)
        if order.payment is None:
            raise OrderUnpaid
        if order.part:
            raise PartOfCombined
        if not order.terms.notify_url:
            raise NeverNotified
        faults = self._context.faces.of(order).faults
        if alteration is not None and (lacking := faults.lacking_of(alteration, faults.payments)):
            raise FaultForeign(lacking)
        at = self._context.now(key.mch_id)
        one = replace(self._message(order, at), next_at=None, single=True, alteration=alteration)
        self._tx.owe(one)
        return one

    def note_unverified(self, order: Order, event: EventName) -> None:
        """Tell where a merchant knows an order's prepay_id only from an answer that it must not have believed."""
        if order.plan is None or order.key in self._unverified:
            return
        if fault := unverified_answers.spoiled(self._tx.journal.timeline(order.key), self._context.faces.operation):
            self._unverified.add(order.key)
            self._note(order.key, event, answer_fault=fault)

    def require_paid(self, key: OrderKey) -> Payment:
        """The payment of an order; raises OrderNotFound, OrderUnpaid."""
        payment = self.known(key).payment
        if payment is None:
            raise OrderUnpaid
        return payment

    def fail(self, order: Order, cause: Cause) -> Order:
        """The order, whose payment failed for good."""
        return self._fail(order, cause, self._context.now(order.key.mch_id), final=True)[0]

    def notification(self, notification_id: str) -> Notification:
        found = self._tx.notifications.find(notification_id)
        if found is None:
            raise NotificationUnknown(notification_id)
        return found

    # -- time ----------------------------------------------------------------------------------------------------------

    def run_due(self, mch_id: str) -> int:
        """Do what has its time: the acts of scenarios, then the ends of unpaid orders; a batch, answers how many."""
        at = self._context.now(mch_id)
        acting = self._tx.orders.acting(mch_id, at, EXPIRY_BATCH)
        for order in acting:
            self._act_in_time(order, at)
        due = self._tx.orders.expired(mch_id, at, EXPIRY_BATCH)
        for order in due:
            ended = order.as_of(at)
            closed = ended.trade_state is TradeState.CLOSED
            self._moved(ended, EventName.EXPIRED if closed else EventName.PASSWORD_LATE)
        return len(acting) + len(due)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _as_of_now(self, order: Order) -> Order:
        return order.as_of(self._context.now(order.payable.mch_id))

    def _moved(self, order: Order, event: EventName, **facts: str | int) -> None:
        """Keep an order that is in another state now, its sub-orders with it, and tell of that."""
        self._tx.orders.save(order)
        self._note(order.key, event, **facts)
        self._sub_orders.follow(order, event, **facts)

    def _act_in_time(self, order: Order, at: datetime) -> None:
        """The acts of an order's plan whose time has come, each as of its own time."""
        while (due := order.next_act()) is not None and due[1] <= at:
            act, then = due
            order = replace(order, acts_done=order.acts_done + 1)
            self._tx.orders.save(order)
            order = self._try(order, act, then)

    def _try(self, order: Order, act: PayerAct, at: datetime) -> Order:
        """An act of a plan; where a rule of WeChat Pay forbids it, the payer is told so."""
        wanted = Act(
            outcome=act.outcome, cause=act.cause, bank_type=act.bank_type, coupons=act.coupons, final=act.final
        )
        try:
            return self._act(order, wanted, at)[0]
        except PaymentError as error:
            self._note(order.key, EventName.ACT_REFUSED, reason=type(error).__name__, act=act.outcome.value)
            return order

    def _act(self, order: Order, act: Act, at: datetime) -> tuple[Order, ClientResult]:
        order.require_payable(at)
        act = _decided(act, order.plan)
        if act.outcome is Outcome.CANCEL:
            cancelled = order.cancel()
            if cancelled != order:
                self._tx.orders.save(cancelled)
            self._note(order.key, EventName.CANCELLED)
            return cancelled, ClientResult(Outcome.CANCEL)
        if act.outcome is Outcome.ERROR:
            return self._fail(order, act.cause or Cause.OTHER, at, final=act.final)
        if act.bank_type.endswith("_CREDIT") and not order.terms.credit_allowed:
            raise CreditForbidden
        payer = self._openids.person(*order.terms.payer(act.openid))
        terms = order.terms
        price = in_cny(terms.total_fee, terms.fee_type)
        bank_type = payer.chosen(act.bank_type, price, credit=terms.credit_allowed)
        if bank_type is None:
            return self._fail(order, Cause.BALANCE, at, final=act.final)
        return self._pay(order, payer, replace(act, bank_type=bank_type), at), ClientResult(Outcome.SUCCESS)

    def _pay(self, order: Order, payer: Payer, act: Act, at: datetime) -> Order:
        terms = order.terms
        coupons, rate_value = settled(act.coupons, terms.total_fee), RATES.get(terms.fee_type)
        cash = terms.total_fee - sum(coupon.fee for coupon in coupons)
        told_of = self._openids.told_of(payer, terms, act.openid)
        payment = Payment(
            transaction_id=self._ids.transaction_id(at),
            paid_at=at,
            bank_type=act.bank_type,
            openid=told_of.openid,
            sub_openid=self._openids.sub_openid(terms),
            cash_fee=exchanged(cash, rate_value),
            coupons=coupons,
            rate=self._tx.accounts.merchant(order.key.mch_id).rate,
            rate_value=rate_value,
        )
        paid = order.pay(payment)
        if told_of is not payer:
            self._tx.payers.save(told_of)
        self._tx.payers.save(payer.with_more(payment.bank_type, -payment.cash_fee))
        if not paid.combined:
            Freezing(self._context).paid(paid)
        fee = terms.total_fee
        self._moved(paid, EventName.PAID, bank_type=payment.bank_type, total_fee=fee, **priced(terms))
        self.note_unverified(order, EventName.ANSWER_UNVERIFIED_PAID)
        if terms.notify_url:
            for message in owing(partial(self._message, paid, at), paid.plan.sendings if paid.plan else None, at):
                self._tx.owe(message)
        return paid

    def _message(self, order: Order, at: datetime) -> Notification:
        return Notification(
            id=self._ids.notification_id(),
            kind=NotificationKind.PAYMENT,
            key=order.key,
            origin=order.origin,
            url=order.terms.notify_url,
            nonce_str=order.terms.nonce_str or self._ids.notification_nonce(),
            created_at=at,
            next_at=at,
        )

    def _fail(self, order: Order, cause: Cause, at: datetime, *, final: bool = False) -> tuple[Order, ClientResult]:
        if final:
            order = order.fail(at)
            self._moved(order, EventName.PAYMENT_FAILED_FOR_GOOD, cause=cause.value)
        else:
            self._note(order.key, EventName.PAYMENT_FAILED, cause=cause.value)
        return order, ClientResult(Outcome.ERROR, cause)

    def _prepay(self, trade_type: TradeType, at: datetime, previous: Prepay | None = None) -> Prepay:
        """A prepay session: the previous prepay_id while it lives, always a new code."""
        alive = previous if previous is not None and at < previous.expires_at() else None
        prepay_id, prepaid_at = (alive.prepay_id, alive.prepaid_at) if alive else (self._ids.prepay_id(at), at)
        if trade_type is TradeType.NATIVE:
            return Prepay(prepay_id, prepaid_at, self._ids.code_token(at), at)
        if trade_type is TradeType.MWEB:
            return Prepay(prepay_id, prepaid_at, self._ids.mweb_package(), at)
        return alive or Prepay(prepay_id, prepaid_at)

    def _warn(self, order: Order, own: Sequence[EventName]) -> None:
        """Tell of what the real WeChat Pay would not take, or has made of it."""
        for warning in warnings_of(order.terms, self._tx.accounts.merchant(order.key.mch_id), own):
            self._note(order.key, warning, **priced(order.terms))
        asked = order.terms.time_expire
        if asked is not None and asked != order.expires_at:
            sent, moved = (one.astimezone(BEIJING).isoformat(" ", "seconds") for one in (asked, order.expires_at))
            self._note(order.key, EventName.EXPIRY_MOVED, time_expire=sent, moved=moved)

    def _tell(self, order: Order, plan: Plan) -> None:
        """Which scenario decided, and why; and what of it is left out, for the order's face has no such fault."""
        key, scenario, face = order.key, plan.scenario, order.origin.face
        self._note(key, EventName.SCENARIO_CHOSEN, scenario=scenario, why=plan.why.name.value, **plan.why.facts)
        if lacking := self._context.faces.of(order).faults.lacking(plan):
            self._note(key, EventName.SCENARIO_LACKING, scenario=scenario, faults=", ".join(lacking), face=face)


def priced(terms: Terms) -> dict[str, str | int]:
    """The currency, for events whose amounts are in a foreign one."""
    return {} if terms.fee_type == CNY else {"fee_type": terms.fee_type}


def _decided(act: Act, plan: Plan | None) -> Act:
    """The act with what was left open: the outcome, and how it is paid, are the plan's, else success."""
    if act.outcome is None:
        planned = plan.when_asked() if plan else None
        if planned is None:
            return replace(act, outcome=Outcome.SUCCESS)
        act = replace(act, outcome=planned.outcome, cause=act.cause or planned.cause, final=act.final or planned.final)
    paying = plan.success() if plan and act.outcome is Outcome.SUCCESS else None
    if paying is None:
        return act
    return replace(act, bank_type=act.bank_type or paying.bank_type, coupons=act.coupons or paying.coupons)
