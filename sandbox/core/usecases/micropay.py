"""Payment by code (付款码支付) and its reversal. An instance lives for one transaction.

Sources: V2 notes, 3.8, 3.10, 4; docs/fidelity.md for what was seen live and what is assumed.
"""

from dataclasses import dataclass, replace

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.codes import well_formed
from sandbox.core.currency import in_cny
from sandbox.core.errors import (
    BankFailed,
    CreditForbidden,
    NotMicropay,
    OrderChanged,
    OrderClosed,
    OrderNumberUsed,
    OrderPaid,
    OrderReversed,
    PasswordNeeded,
    PasswordNotAsked,
    PayerShort,
    PaymentCancelled,
    PaymentError,
    PaymentFailed,
    PaymentRefused,
    TransactionUnknown,
)
from sandbox.core.events import EventName
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import ClosedBy, Order, Terms, TradeState, TradeType
from sandbox.core.placing import EXACT, Placing
from sandbox.core.plans import Plan, Trigger
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.freezing import Freezing
from sandbox.core.usecases.openids import Openids
from sandbox.core.usecases.payment_codes import PaymentCodes
from sandbox.core.usecases.payments import Act, Payments

FREE_OF_PASSWORD = 100_000
"""Fen up to which a payer types no password."""

_REFUSALS = {Cause.BALANCE: PayerShort, Cause.BANK_REFUSED: BankFailed}


@dataclass(frozen=True, slots=True)
class Charge:
    """What became of a charge: the order, and why it is not paid. Both are stored, so nothing was raised."""

    order: Order
    refusal: type[PaymentError] | None = None


class MicroPay:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._payments = Payments(context)
        self._codes = PaymentCodes(context)
        self._openids = Openids(context)

    # -- the merchant --------------------------------------------------------------------------------------------------

    def pay(
        self, key: OrderKey, terms: Terms, auth_code: str, *, any_code: bool = False, by: Placing = EXACT
    ) -> Charge:
        """Charge the payer who showed a code; the same order again tells what has become of it.

        With `any_code` every well-formed code is good, however often. Raises ProductNotOpened and its kin,
        AuthCodeUnknown, AuthCodeExpired, AuthCodeUsed, ExpiryTooSoon, NumberBurnt, OrderNumberUsed,
        OrderChanged.
        """
        self._tx.accounts.merchant(key.mch_id).require_product(TradeType.MICROPAY, key.sub_mch_id)
        known = self._tx.orders.find(key)
        if known is not None:
            return self._again(known.as_of(self._context.now(key.mch_id)), terms)
        shown_by = self._shower(auth_code, key.mch_id, any_code=any_code)
        order = self._payments.take(key, self._payable_by(terms, shown_by), by)
        if not any_code:
            self._codes.use(self._codes.chargeable(auth_code, key.mch_id), key.mch_id)
        return self._ask(order) if _needs_password(order) else self._charge(order)

    def openid_of(self, auth_code: str, mch_id: str, appid: str) -> str:
        """Who showed a code, which only this merchant may charge from now on.

        Raises AuthCodeUnknown, AuthCodeExpired, AuthCodeUsed.
        """
        code = self._codes.chargeable(auth_code, mch_id)
        self._codes.bind(code, mch_id)
        return self._openids.under(appid, code.openid)

    def reverse(self, key: OrderKey, transaction_id: str) -> None:
        """Reverse an order, named by its transaction_id where that is given: what was paid goes back at once.

        An order that nobody knows, or that is reversed or closed already, is none's concern. Raises TransactionUnknown,
        NotMicropay, ReversalRefunded, ReversalTooLate, RefundOverUnsplit, BalanceShort.
        """
        order = self._named(key, transaction_id)
        if order is None:
            return
        if order.terms.trade_type is not TradeType.MICROPAY:
            raise NotMicropay
        at = self._context.now(key.mch_id)
        reversed_one = order.reverse(at)
        if reversed_one.trade_state is order.trade_state:
            return
        if order.payment is not None:
            Freezing(self._context).reversed(order, at)
        self._tx.orders.save(reversed_one)
        self._context.note(order.key, EventName.REVERSED_PAID if order.payment else EventName.REVERSED)

    # -- the payer -----------------------------------------------------------------------------------------------------

    def password(self, key: OrderKey, outcome: Outcome) -> Order:
        """The payer types the password that the order waits for, or cancels. Raises OrderNotFound, PasswordNotAsked."""
        if self._payments.known(key).trade_state is not TradeState.USERPAYING:
            raise PasswordNotAsked
        return self._payments.act(key, Act(outcome=outcome))[0]

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _shower(self, auth_code: str, mch_id: str, *, any_code: bool) -> str:
        """The openid of who showed the code; empty where any code is good and nobody did."""
        if any_code and well_formed(auth_code):
            code = self._codes.find(auth_code)
            return code.openid if code else ""
        return self._codes.chargeable(auth_code, mch_id).openid

    def _payable_by(self, terms: Terms, openid: str) -> Terms:
        """The terms, with who showed the code as payer: by the sub_openid where it is the sub_appid's."""
        shown_by = self._tx.payers.find(openid)
        sub_openid = openid if shown_by and shown_by.appid == terms.sub_appid else ""
        return replace(terms, openid=self._openids.under(terms.appid, openid), sub_openid=sub_openid)

    def _ask(self, order: Order) -> Charge:
        asked = order.ask_password()
        self._tx.orders.save(asked)
        self._context.note(order.key, EventName.PASSWORD_ASKED)
        return _told(self._payments.catch_up(asked))

    def _charge(self, order: Order) -> Charge:
        try:
            order, result = self._payments.act(order.key, Act(final=True))
        except CreditForbidden:
            return Charge(self._payments.fail(order, Cause.OTHER), CreditForbidden)
        if result.outcome is Outcome.SUCCESS:
            return Charge(order)
        return Charge(order, _REFUSALS.get(result.cause or Cause.OTHER, PaymentRefused))

    def _again(self, known: Order, terms: Terms) -> Charge:
        if known.terms.trade_type is not TradeType.MICROPAY:
            raise OrderNumberUsed
        if (terms.total_fee, terms.fee_type) != (known.terms.total_fee, known.terms.fee_type):
            raise OrderChanged
        return _told(known)

    def _named(self, key: OrderKey, transaction_id: str) -> Order | None:
        if not transaction_id:
            return self._tx.orders.find(key)
        order = self._tx.orders.by_transaction_id(key.mch_id, transaction_id)
        if order is None or order.key.sub_mch_id != key.sub_mch_id:
            raise TransactionUnknown
        return order


_STATES: dict[TradeState, type[PaymentError] | None] = {
    TradeState.SUCCESS: None,
    TradeState.USERPAYING: PasswordNeeded,
    TradeState.REFUND: OrderPaid,
    TradeState.CLOSED: OrderClosed,
    TradeState.REVOKED: OrderReversed,
}


def _told(order: Order) -> Charge:
    """What a merchant is told of an order that it charges again."""
    failed = PaymentCancelled if order.closed_by is ClosedBy.PAYER else PaymentFailed
    return Charge(order, _STATES.get(order.trade_state, failed))


def _needs_password(order: Order) -> bool:
    """Whether the payer must act: a large sum, or a scenario in which he types, cancels, or takes his time."""
    price = in_cny(order.terms.total_fee, order.terms.fee_type)
    return price > FREE_OF_PASSWORD or (order.plan is not None and _payer_acts(order.plan))


def _payer_acts(plan: Plan) -> bool:
    timed = (Trigger.PLACED, Trigger.EXPIRY)
    return any(one.password or one.anchor in timed or one.outcome is Outcome.CANCEL for one in plan.acts)
