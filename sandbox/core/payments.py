"""The use cases: place, find, close, pay. V2 and V3, the cashier, the console and the control API all call these.

An instance lives for one transaction. Each method decides before it stores: what it raises leaves no trace.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.core import orders
from sandbox.core.catalogue.causes import Cause
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.clock import Clock
from sandbox.core.errors import (
    CreditForbidden,
    NotificationUnknown,
    OpenidInvalid,
    OrderAmbiguous,
    OrderNotFound,
    OrderUnpaid,
)
from sandbox.core.ids import Ids
from sandbox.core.journal import Event, Kind
from sandbox.core.notifications import Notification
from sandbox.core.orders import ClosedBy, Order, OrderKey, Payment, Prepay, Terms, TradeType
from sandbox.core.payers import Payer, well_formed
from sandbox.core.ports import UnitOfWork
from sandbox.core.warnings import warnings_of

DEFAULT_BANK_TYPE = "OTHERS"
EXPIRY_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What the payer does at the password pad, or what WeChat makes of it."""

    outcome: Outcome
    cause: Cause = Cause.OTHER
    bank_type: str = ""
    openid: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person may set: `strict_openids` knows only payers that were added."""

    strict_openids: bool = False


class Payments:
    """The use cases of one transaction."""

    def __init__(self, tx: UnitOfWork, clock: Clock, ids: Ids, rules: Rules = Rules()) -> None:
        self._tx = tx
        self._clock = clock
        self._ids = ids
        self._rules = rules

    # -- the merchant --------------------------------------------------------------------------------------------------

    def place(self, key: OrderKey, terms: Terms) -> Order:
        """Take an order, or take it again (section 2.6).

        Raises ProductNotOpened and its kin, OpenidInvalid, ExpiryTooSoon, OrderChanged, OrderPaid, OrderClosed,
        OrderExpired. A repeated NATIVE or MWEB order gets a new code; the prepay_id stays while it lives.
        """
        at = self._clock.now(key.mch_id)
        self._tx.accounts.merchant(key.mch_id).require_product(terms.trade_type)
        known = self._tx.orders.find(key)
        if known is not None:
            again = known.place_again(terms, at)
            order = replace(again, prepay=self._prepay(terms.trade_type, at, again.prepay))
            self._tx.orders.save(order)
            return order
        newcomers = self._check_openids(terms)
        order = orders.place(key, terms, self._prepay(terms.trade_type, at), at)
        for payer in newcomers:
            self._tx.payers.save(payer)
        self._tx.orders.add(order)
        for warning in warnings_of(terms):
            self._note(key, "wechat", warning)
        return order

    def find(self, key: OrderKey) -> Order:
        """The order as it is now, or OrderNotFound."""
        order = self._tx.orders.find(key)
        if order is None:
            raise OrderNotFound
        return order.as_of(self._clock.now(key.mch_id))

    def find_by_transaction_id(self, mch_id: str, transaction_id: str) -> Order:
        order = self._tx.orders.by_transaction_id(mch_id, transaction_id)
        if order is None:
            raise OrderNotFound
        return order

    def find_by_prepay_id(self, prepay_id: str) -> Order:
        """The order whose current prepay session this is, or OrderNotFound."""
        order = self._tx.orders.by_prepay_id(prepay_id)
        if order is None:
            raise OrderNotFound
        return order.as_of(self._clock.now(order.key.mch_id))

    def find_by_code(self, code: str) -> Order:
        """The order that a code_url's `pr` leads to, or OrderNotFound (also for a code that was replaced)."""
        order = self._tx.orders.by_code(code)
        if order is None:
            raise OrderNotFound
        return order.as_of(self._clock.now(order.key.mch_id))

    def find_named(self, mch_id: str, out_trade_no: str, sub_mch_id: str | None = None) -> Order:
        """The order that people name `{mch_id}/{out_trade_no}`; OrderAmbiguous where sub-merchants share the number."""
        if sub_mch_id is not None:
            return self.find(OrderKey(mch_id, out_trade_no, sub_mch_id))
        named = self._tx.orders.named(mch_id, out_trade_no)
        if len(named) > 1:
            raise OrderAmbiguous
        if not named:
            raise OrderNotFound
        return named[0].as_of(self._clock.now(mch_id))

    def close(self, key: OrderKey) -> Order:
        """Close an unpaid order; closing again changes nothing. Raises OrderNotFound, OrderPaid."""
        known = self._tx.orders.find(key)
        if known is None:
            raise OrderNotFound
        closed = known.close(self._clock.now(key.mch_id))
        if closed != known:
            self._tx.orders.save(closed)
            self._note(key, "wechat", "expired" if closed.closed_by is ClosedBy.EXPIRY else "closed")
        return closed

    # -- the payer -----------------------------------------------------------------------------------------------------

    def act(self, key: OrderKey, act: Act) -> tuple[Order, ClientResult]:
        """What the payer does. Only success changes the order and owes a notification.

        Raises OrderNotFound, OrderPaid, OrderClosed, OrderExpired, PrepayExpired, OpenidInvalid, CreditForbidden.
        """
        order = self.find(key)
        order.require_payable(self._clock.now(key.mch_id))
        if act.outcome is Outcome.CANCEL:
            self._note(key, "payer", "cancelled")
            return order, ClientResult(Outcome.CANCEL)
        if act.outcome is Outcome.ERROR:
            return order, self._fail(key, act.cause)
        if order.terms.limit_pay == "no_credit" and act.bank_type.endswith("_CREDIT"):
            raise CreditForbidden
        payer = self._payer(order.terms, act.openid)
        if payer.balance_fen is not None and payer.balance_fen < order.terms.total_fee:
            return order, self._fail(key, Cause.BALANCE)
        return self._pay(order, payer, act), ClientResult(Outcome.SUCCESS)

    def owed(self, key: OrderKey) -> Notification:
        """The payment notification of an order; raises OrderNotFound, OrderUnpaid."""
        self.find(key)
        payment = [one for one in self._tx.notifications.of_order(key) if one.kind == "payment"]
        if not payment:
            raise OrderUnpaid
        return payment[0]

    def notification(self, notification_id: str) -> Notification:
        found = self._tx.notifications.find(notification_id)
        if found is None:
            raise NotificationUnknown
        return found

    # -- time ----------------------------------------------------------------------------------------------------------

    def expire_due(self, mch_id: str) -> int:
        """Close the merchant's unpaid orders whose time has passed, a batch at a time; answers how many."""
        at = self._clock.now(mch_id)
        due = self._tx.orders.expired(mch_id, at, EXPIRY_BATCH)
        for order in due:
            self._tx.orders.save(order.as_of(at))
            self._note(order.key, "wechat", "expired")
        return len(due)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _pay(self, order: Order, payer: Payer, act: Act) -> Order:
        at = self._clock.now(order.key.mch_id)
        terms = order.terms
        paid = order.pay(
            Payment(
                transaction_id=self._ids.transaction_id(at),
                paid_at=at,
                bank_type=act.bank_type or DEFAULT_BANK_TYPE,
                openid=payer.openid,
                sub_openid=self._sub_openid(terms),
                cash_fee=terms.total_fee,
            )
        )
        if payer.balance_fen is not None:
            payer = replace(payer, balance_fen=payer.balance_fen - terms.total_fee)
        self._tx.payers.save(payer)
        self._tx.orders.save(paid)
        self._note(order.key, "payer", "paid", bank_type=act.bank_type or DEFAULT_BANK_TYPE, total_fee=terms.total_fee)
        self._tx.owe(
            Notification(
                id=self._ids.notification_id(),
                kind="payment",
                key=order.key,
                url=terms.notify_url,
                nonce_str=self._ids.notification_nonce(),
                created_at=at,
                next_at=at,
            )
        )
        return paid

    def _fail(self, key: OrderKey, cause: Cause) -> ClientResult:
        self._note(key, "wechat", "payment_failed", cause=cause.value)
        return ClientResult(Outcome.ERROR, cause)

    def _prepay(self, trade_type: TradeType, at: datetime, previous: Prepay | None = None) -> Prepay:
        """A prepay session: the previous prepay_id while it lives, always a new code."""
        codes = {TradeType.NATIVE: self._ids.code_token, TradeType.MWEB: self._ids.mweb_package}
        make_code = codes.get(trade_type)
        if previous is None or at >= previous.expires_at():
            previous = Prepay(self._ids.prepay_id(at), at)
        return replace(previous, code=make_code(), code_at=at) if make_code else previous

    def _check_openids(self, terms: Terms) -> list[Payer]:
        """The payers nobody has seen before; raises OpenidInvalid."""
        named = [(terms.openid, terms.appid), (terms.sub_openid, terms.sub_appid)]
        payers = [self._known_or_new(openid, appid) for openid, appid in named if openid]
        return [payer for payer in payers if self._tx.payers.find(payer.openid) is None]

    def _known_or_new(self, openid: str, appid: str) -> Payer:
        known = self._tx.payers.find(openid)
        if known is not None and known.appid == appid:
            return known
        if known is not None or self._rules.strict_openids or not well_formed(openid):
            raise OpenidInvalid
        return Payer(openid, appid)

    def _payer(self, terms: Terms, openid: str) -> Payer:
        """Who pays: the person named, the order's own, or the appid's first."""
        if openid or terms.openid:
            return self._known_or_new(openid or terms.openid, terms.appid)
        return self._tx.payers.first_of(terms.appid) or Payer(self._ids.openid(), terms.appid)

    def _sub_openid(self, terms: Terms) -> str:
        if terms.sub_openid or not terms.sub_appid:
            return terms.sub_openid
        known = self._tx.payers.first_of(terms.sub_appid)
        return known.openid if known else self._ids.openid()

    def _note(self, key: OrderKey, kind: Kind, name: str, **facts: str | int) -> None:
        self._tx.note(Event(at=self._clock.now(key.mch_id), kind=kind, name=name, key=key, facts=facts))
