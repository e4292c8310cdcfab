"""An order: its terms, its prepay session, its state. Immutable values and pure transitions.

Sources: V2 notes, 2 (unifiedorder), 4 (trade states, lifetimes).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.core.currency import CNY, exchanged
from sandbox.core.errors import (
    OrderChanged,
    OrderClosed,
    OrderExpired,
    OrderNotReady,
    OrderPaid,
    OrderReversed,
    PaymentFailed,
    PrepayExpired,
    ReversalRefunded,
    ReversalTooLate,
)
from sandbox.core.ledger import DEFAULT_RATE, fee
from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.plans import Coupon, CouponType, PayerAct, Plan, Trigger

PREPAY_LIFE = timedelta(hours=2)
REVERSAL_TIME = timedelta(days=7)
MWEB_LIFE = timedelta(minutes=5)


class TradeType(StrEnum):
    JSAPI = "JSAPI"
    NATIVE = "NATIVE"
    APP = "APP"
    MWEB = "MWEB"
    MICROPAY = "MICROPAY"
    """The merchant scans the payer's code: its own API, no prepay_id is told."""


UNIFIED = (TradeType.JSAPI, TradeType.NATIVE, TradeType.APP, TradeType.MWEB)
"""Those that unifiedorder takes."""


class TradeState(StrEnum):
    """In the documents' order. ACCEPT (委托代扣) comes with that product."""

    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"


class ClosedBy(StrEnum):
    """Who ended an order that nobody paid; empty while nobody has."""

    NOBODY = ""
    MERCHANT = "merchant"
    EXPIRY = "expiry"
    PAYER = "payer"


MOVES: dict[TradeState, frozenset[TradeState]] = {
    TradeState.NOTPAY: frozenset(
        {TradeState.SUCCESS, TradeState.CLOSED, TradeState.REVOKED, TradeState.USERPAYING, TradeState.PAYERROR}
    ),
    TradeState.USERPAYING: frozenset({TradeState.SUCCESS, TradeState.REVOKED, TradeState.PAYERROR}),
    TradeState.SUCCESS: frozenset({TradeState.REFUND, TradeState.REVOKED}),
    TradeState.REFUND: frozenset({TradeState.REFUND}),
    TradeState.CLOSED: frozenset(),
    TradeState.REVOKED: frozenset(),
    TradeState.PAYERROR: frozenset({TradeState.CLOSED, TradeState.REVOKED}),
}
_AGAINST_CLOSING = {TradeState.USERPAYING: OrderNotReady, TradeState.REVOKED: OrderReversed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the merchant asked for. Text that was not sent is empty; amounts are fen; `time_*` are instants.

    The names are unifiedorder's. What APIv3 calls otherwise has its place here too: description is `body`,
    payer_client_ip `spbill_create_ip`, device_id `device_info`, support_fapiao and settle_info.profit_sharing are
    `receipt` and `profit_sharing` (Y or N), limit_pay has commas between its names. `detail`, `scene_info` (h5_info and
    store_info), `subsidy_info` and `identity` (opened) are JSON as it was sent, without white space.
    """

    appid: str
    trade_type: TradeType
    total_fee: int
    body: str
    notify_url: str
    spbill_create_ip: str = ""
    fee_type: str = "CNY"
    sub_appid: str = ""
    openid: str = ""
    sub_openid: str = ""
    attach: str = ""
    detail: str = ""
    device_info: str = ""
    goods_tag: str = ""
    product_id: str = ""
    limit_pay: str = ""
    scene_info: str = ""
    receipt: str = ""
    profit_sharing: str = ""
    time_start: datetime | None = None
    time_expire: datetime | None = None
    nonce_str: str = ""
    """The merchant's own of unifiedorder, which the payment notification sends back; the documents do not say so."""
    subsidy_amount: int | None = None
    subsidy_info: str = ""
    identity: str = ""

    @property
    def credit_allowed(self) -> bool:
        """Whether credit cards may pay it."""
        return "no_credit" not in self.limit_pay.split(",")

    def payer(self, openid: str = "") -> tuple[str, str]:
        """Who pays, as appid and openid; the openid is empty where it is the appid's first payer.

        That is whom sub_openid names, else the person named here, else the order's openid. Their phone, their wallet
        and their cards count, and theirs is the money of a refund.
        """
        if self.sub_openid:
            return self.sub_appid, self.sub_openid
        return self.appid, openid or self.openid

    def client_appids(self) -> tuple[str, ...]:
        """In whose name the client may be asked for this payment: the appid whose openid or sub_openid the order has.

        An app's is its own, which is the sub_appid where one was sent. Source: V2 notes, 6.1.
        """
        if self.trade_type is TradeType.APP:
            return (self.sub_appid or self.appid,)
        named = ((self.sub_openid, self.sub_appid), (self.openid, self.appid))
        of_payers = tuple(appid for openid, appid in named if openid)
        return of_payers or tuple(appid for appid in (self.appid, self.sub_appid) if appid)

    def other_appid(self) -> str:
        """The one of the order's appids that the client must not be asked in; empty where there is none."""
        return next((one for one in (self.appid, self.sub_appid) if one and one not in self.client_appids()), "")

    def sent(self) -> "Terms":
        """All that was asked for, as far as it is of the order and not of the call. Source: V3 notes, 9.2."""
        return replace(self, nonce_str="")

    def binding(self) -> tuple[object, ...]:
        """What a repeated unifiedorder must not change (V2 notes, 2.6); the rest is not compared."""
        return (
            self.appid,
            self.sub_appid,
            self.trade_type,
            self.total_fee,
            self.fee_type,
            self.body,
            self.openid,
            self.sub_openid,
            self.time_expire,
        )


@dataclass(frozen=True, slots=True)
class Prepay:
    """A prepay session: `prepay_id` lives two hours from `prepaid_at`.

    `code` is what the payer's link carries: the `pr` of a code_url (two hours), the `package` of a mweb_url (five
    minutes), empty otherwise. A repeated unifiedorder replaces it, and the old one is dead.
    """

    prepay_id: str
    prepaid_at: datetime
    code: str = ""
    code_at: datetime | None = None

    def expires_at(self) -> datetime:
        return self.prepaid_at + PREPAY_LIFE

    def code_expires_at(self, trade_type: TradeType) -> datetime | None:
        if self.code_at is None:
            return None
        return self.code_at + (MWEB_LIFE if trade_type is TradeType.MWEB else PREPAY_LIFE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment that succeeded. `cash_fee` is fen, coupons are in the order's currency. `bank_type`: V2 notes, 8.4."""

    transaction_id: str
    paid_at: datetime
    bank_type: str
    openid: str
    cash_fee: int
    sub_openid: str = ""
    is_subscribe: str = "N"
    coupons: tuple[Coupon, ...] = ()
    rate: int = DEFAULT_RATE
    """What WeChat takes of it, in hundredths of a percent."""
    rate_value: int | None = None
    """At what an order in a foreign currency was paid in CNY (`core.currency`); None where none had to be exchanged."""

    def in_cny(self, amount: int) -> int:
        """Fen for an amount in the order's currency, at the payment's rate."""
        return exchanged(amount, self.rate_value)

    @property
    def coupon_fee(self) -> int:
        return sum(coupon.fee for coupon in self.coupons)

    @property
    def cash_coupon_fee(self) -> int:
        """The part that 充值 coupons paid: money for the merchant like any other."""
        return self.coupon_fee - self.no_cash_fee

    @property
    def no_cash_fee(self) -> int:
        """The part that 免充值 coupons paid: the merchant is never given it."""
        return sum(coupon.fee for coupon in self.coupons if coupon.type is CouponType.NO_CASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of one merchant."""

    key: OrderKey
    origin: Origin
    terms: Terms
    created_at: datetime
    expires_at: datetime
    prepay: Prepay
    trade_state: TradeState = TradeState.NOTPAY
    payment: Payment | None = None
    closed_at: datetime | None = None
    closed_by: ClosedBy = ClosedBy.NOBODY
    plan: Plan | None = None
    acts_done: int = 0
    """How many of the plan's acts that have a time are over."""
    combine: OrderKey | None = None
    """The combined order (合单) that it is a sub-order of; of the combined order itself its own key."""

    @property
    def combined(self) -> bool:
        """Whether it is a combined order: paid as one, while its sub-orders are what was sold."""
        return self.combine == self.key

    @property
    def part(self) -> bool:
        """Whether it is a sub-order, which is paid, closed and expires with its combined order."""
        return self.combine is not None and not self.combined

    @property
    def payable(self) -> OrderKey:
        """The order that a payer pays for it: its combined order, else itself. Its merchant's time counts for both."""
        return self.combine or self.key

    @property
    def unpaid(self) -> bool:
        """Whether a payment may still come."""
        return self.trade_state in (TradeState.NOTPAY, TradeState.USERPAYING)

    @property
    def settlement_total_fee(self) -> int:
        """What the merchant is given of it, before the fee, in the order's currency: 应结订单金额."""
        return self.terms.total_fee - (self.payment.no_cash_fee if self.payment else 0)

    @property
    def settled_fen(self) -> int:
        """The same in CNY, in which the merchant is given it; 0 where nobody has paid."""
        payment = self.payment
        return payment.cash_fee + payment.in_cny(payment.cash_coupon_fee) if payment else 0

    @property
    def cash_fee_type(self) -> str:
        """The currency of cash_fee. An older release of the sandbox kept a foreign order's own."""
        return CNY if self.payment and self.payment.rate_value is not None else self.terms.fee_type

    @property
    def fee(self) -> int:
        """What WeChat takes for a payment; 0 where there is none."""
        return fee(self.settled_fen, self.payment.rate) if self.payment else 0

    def next_act(self) -> tuple[PayerAct, datetime] | None:
        """The next act of the plan that has a time, with that time; None when there is none (any more)."""
        if self.plan is None:
            return None
        timed = sorted(self._timed_acts(self.plan), key=lambda pair: pair[1])
        return timed[self.acts_done] if self.acts_done < len(timed) else None

    def _timed_acts(self, plan: Plan) -> list[tuple[PayerAct, datetime]]:
        begins = {Trigger.PLACED: self.created_at, Trigger.EXPIRY: self.expires_at}
        return [(act, begins[act.anchor] + timedelta(seconds=act.seconds)) for act in plan.acts if act.anchor in begins]

    def fail(self, at: datetime) -> "Order":
        """The order whose payment failed for good (PAYERROR); raises what `require_payable` raises."""
        self.require_payable(at)
        return self._move(TradeState.PAYERROR)

    def pay(self, payment: Payment) -> "Order":
        """The order, paid; raises what `require_payable` raises."""
        self.require_payable(payment.paid_at)
        return replace(self._move(TradeState.SUCCESS), payment=payment)

    def ask_password(self) -> "Order":
        """The order whose payer must type the password first."""
        return self._move(TradeState.USERPAYING)

    def cancel(self) -> "Order":
        """The order whose payer will not pay: over, where the payer had been asked; payable as before otherwise."""
        if self.trade_state is not TradeState.USERPAYING:
            return self
        return replace(self._move(TradeState.PAYERROR), closed_by=ClosedBy.PAYER)

    def reverse(self, at: datetime) -> "Order":
        """The order, reversed (撤销), paid or not; one that is reversed or closed already stays as it is.

        Raises ReversalRefunded, ReversalTooLate.
        """
        order = self.as_of(at)
        if order.trade_state is TradeState.REFUND:
            raise ReversalRefunded
        if order.payment is not None and at > order.payment.paid_at + REVERSAL_TIME:
            raise ReversalTooLate
        if TradeState.REVOKED not in MOVES[order.trade_state]:
            return order
        return replace(order._move(TradeState.REVOKED), closed_at=at, closed_by=ClosedBy.MERCHANT)

    def refund(self) -> "Order":
        """The order once a refund of it was accepted, whatever becomes of that."""
        return self._move(TradeState.REFUND)

    def close(self, at: datetime, by: ClosedBy = ClosedBy.MERCHANT) -> "Order":
        """The order, closed; closing a closed one changes nothing. Raises OrderPaid, OrderNotReady, OrderReversed."""
        order = self.as_of(at)
        if order.trade_state is TradeState.CLOSED:
            return order
        if TradeState.CLOSED not in MOVES[order.trade_state]:
            raise _AGAINST_CLOSING.get(order.trade_state, OrderPaid)
        return replace(order._move(TradeState.CLOSED), closed_at=at, closed_by=by)

    def as_of(self, at: datetime) -> "Order":
        """The order as it is at `at`: one whose time has passed unpaid is closed, or failed while the payer typed."""
        if not self.unpaid or at < self.expires_at:
            return self
        ended = TradeState.PAYERROR if self.trade_state is TradeState.USERPAYING else TradeState.CLOSED
        return replace(self._move(ended), closed_at=self.expires_at, closed_by=ClosedBy.EXPIRY)

    def require_open(self, at: datetime) -> "Order":
        """The order as of `at`, if it can be paid.

        Raises OrderPaid, OrderExpired, OrderClosed, OrderReversed, PaymentFailed.
        """
        order = self.as_of(at)
        if order.trade_state is TradeState.CLOSED:
            raise OrderExpired if order.closed_by is ClosedBy.EXPIRY else OrderClosed
        if order.trade_state is TradeState.PAYERROR:
            raise PaymentFailed
        if order.trade_state is TradeState.REVOKED:
            raise OrderReversed
        if not order.unpaid:
            raise OrderPaid
        return order

    def require_payable(self, at: datetime) -> None:
        """Raise unless a payer who came through the current prepay_id could pay now."""
        self.require_open(at)
        if at >= self.prepay.expires_at():
            raise PrepayExpired

    def place_again(self, terms: Terms, at: datetime, compared: Callable[[Terms], object] = Terms.binding) -> "Order":
        """The order that is asked for once more; raises what `require_open` raises.

        `compared` gives what must be as it was: OrderChanged where it is not.
        """
        order = self.require_open(at)
        if compared(terms) != compared(self.terms):
            raise OrderChanged
        return order

    def _move(self, state: TradeState) -> "Order":
        if state not in MOVES[self.trade_state]:
            raise AssertionError(f"no move from {self.trade_state} to {state}")
        return replace(self, trade_state=state)
