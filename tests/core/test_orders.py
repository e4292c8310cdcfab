"""Orders under any sequence of acts, against a model of the documents' state diagram."""

import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from sandbox.core import errors
from sandbox.core.errors import (
    ExpiryTooSoon,
    OrderChanged,
    OrderClosed,
    OrderExpired,
    OrderPaid,
    PaymentError,
    PrepayExpired,
)
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import ClosedBy, Order, Payment, Prepay, Terms, TradeState, TradeType
from sandbox.core.placing import WHOLE, place
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by

ORIGIN = placed_by(SignType.MD5)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
WEEK, TWO_HOURS, MINUTE = timedelta(days=7), timedelta(hours=2), timedelta(minutes=1)
TERMS = Terms(
    appid="wx8888888888888888",
    trade_type=TradeType.NATIVE,
    total_fee=100,
    body="龙井茶",
    notify_url="http://shop.example/notify",
)
SPANS = st.one_of(
    st.sampled_from([timedelta(0), MINUTE, TWO_HOURS, WEEK, TWO_HOURS - timedelta(microseconds=1)]),
    st.timedeltas(timedelta(0), timedelta(days=3)),
)


def payment_at(at: datetime) -> Payment:
    return Payment(transaction_id="4200", paid_at=at, bank_type="OTHERS", openid="oPayer", cash_fee=100)


def error_of(act: object) -> type[PaymentError] | None:
    """What an act raises, or None."""
    try:
        act()  # type: ignore[operator]
    except PaymentError as error:
        return type(error)
    return None


@dataclass
class Model:
    """What the documents say of an order."""

    expires_at: datetime
    prepaid_at: datetime
    paid: bool = False
    closed: bool = False

    def state(self, now: datetime) -> TradeState:
        if self.paid:
            return TradeState.SUCCESS
        return TradeState.CLOSED if self.closed or now >= self.expires_at else TradeState.NOTPAY

    def why_not_open(self, now: datetime) -> type[PaymentError] | None:
        if self.paid:
            return OrderPaid
        if self.closed:
            return OrderClosed
        return OrderExpired if now >= self.expires_at else None

    def why_not_payable(self, now: datetime) -> type[PaymentError] | None:
        past_prepay = PrepayExpired if now >= self.prepaid_at + TWO_HOURS else None
        return self.why_not_open(now) or past_prepay


class OrdersMachine(RuleBasedStateMachine):
    """Places, pays, closes, lets time pass; every order must be as its model is."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.orders: dict[str, Order] = {}
        self.models: dict[str, Model] = {}

    @rule(target=names, expiry=st.one_of(st.none(), SPANS))
    def place(self, expiry: timedelta | None) -> object:
        name = f"ORDER{len(self.orders)}"
        terms = replace(TERMS, time_expire=self.now + expiry if expiry is not None else None)
        prepay = Prepay(f"wx{name}", self.now)
        if expiry is not None and expiry < MINUTE:
            assert error_of(lambda: place(OrderKey("m", name), ORIGIN, terms, prepay, self.now)) is ExpiryTooSoon
            return multiple()
        self.orders[name] = place(OrderKey("m", name), ORIGIN, terms, prepay, self.now)
        self.models[name] = Model(self.now + (WEEK if expiry is None else expiry), self.now)
        return name

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule(name=names)
    def pay(self, name: str) -> None:
        order, model = self.orders[name], self.models[name]
        why_not = model.why_not_payable(self.now)
        assert error_of(lambda: order.pay(payment_at(self.now))) is why_not
        if why_not is None:
            self.orders[name] = order.pay(payment_at(self.now))
            model.paid = True

    @rule(name=names)
    def close(self, name: str) -> None:
        order, model = self.orders[name], self.models[name]
        if model.paid:
            assert error_of(lambda: order.close(self.now)) is OrderPaid
            return
        self.orders[name] = order.close(self.now)
        model.closed = model.closed or self.now < model.expires_at

    @rule(name=names, changed=st.booleans())
    def place_again(self, name: str, changed: bool) -> None:
        order, model = self.orders[name], self.models[name]
        terms = replace(order.terms, total_fee=101) if changed else order.terms
        expected = model.why_not_open(self.now) or (OrderChanged if changed else None)
        assert error_of(lambda: order.place_again(terms, self.now)) is expected
        if expected is None:
            self.orders[name] = replace(order.place_again(terms, self.now), prepay=Prepay(f"wx{name}", self.now))
            model.prepaid_at = self.now

    @rule(name=names)
    def expiry_is_noticed(self, name: str) -> None:
        self.orders[name] = self.orders[name].as_of(self.now)

    @invariant()
    def every_order_is_as_the_documents_say(self) -> None:
        for name, order in self.orders.items():
            now = order.as_of(self.now)
            assert now.trade_state is self.models[name].state(self.now)
            assert (now.payment is not None) == self.models[name].paid
            assert (now.closed_at is None) == (now.closed_by is ClosedBy.NOBODY)


class TestOrders(OrdersMachine.TestCase):  # type: ignore[misc,valid-type]  # made by hypothesis
    settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def unpaid(**terms: object) -> Order:
    return place(OrderKey("m", "ORDER001"), ORIGIN, replace(TERMS, **terms), Prepay("wx1", NOON), NOON)  # type: ignore[arg-type]


def test_an_order_is_not_changed_by_being_paid() -> None:
    order = unpaid()
    order.pay(payment_at(NOON))
    assert order.trade_state is TradeState.NOTPAY


def test_an_expired_order_was_closed_when_its_time_passed_not_when_somebody_looked() -> None:
    order = unpaid().as_of(NOON + 2 * WEEK)
    assert (order.closed_at, order.closed_by) == (NOON + WEEK, ClosedBy.EXPIRY)


def test_closing_an_order_twice_changes_nothing() -> None:
    closed = unpaid().close(NOON)
    assert closed.close(NOON + MINUTE) == closed


def test_an_expiry_of_a_minute_is_long_enough() -> None:
    assert unpaid(time_expire=NOON + MINUTE).expires_at == NOON + MINUTE


def test_an_expiry_of_less_than_a_minute_is_too_short() -> None:
    with pytest.raises(ExpiryTooSoon):
        unpaid(time_expire=NOON + MINUTE - timedelta(seconds=1))


DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    ("trade_type", "asked", "expires"),
    [
        (TradeType.JSAPI, None, WEEK),
        (TradeType.JSAPI, timedelta(seconds=-5), MINUTE),
        (TradeType.JSAPI, timedelta(seconds=59), MINUTE),
        (TradeType.JSAPI, MINUTE, MINUTE),
        (TradeType.JSAPI, 9 * DAYS, 9 * DAYS),
        (TradeType.JSAPI, 16 * DAYS, 15 * DAYS),
        (TradeType.NATIVE, 7 * DAYS, 7 * DAYS),
        (TradeType.NATIVE, 9 * DAYS, 7 * DAYS),
    ],
)
def test_an_expiry_that_is_clamped_is_moved_and_stays_as_it_was_sent_in_the_terms(
    trade_type: TradeType, asked: timedelta | None, expires: timedelta
) -> None:
    terms = replace(TERMS, trade_type=trade_type, time_expire=None if asked is None else NOON + asked)
    order = place(OrderKey("m", "ORDER001"), ORIGIN, terms, Prepay("wx1", NOON), NOON, placing=WHOLE)
    assert (order.expires_at, order.terms) == (NOON + expires, terms)


ANOTHER: dict[str, object] = {
    "trade_type": TradeType.APP,
    "time_start": NOON,
    "time_expire": NOON + MINUTE,
    "subsidy_amount": 1,
    "total_fee": 7,
}


@pytest.mark.parametrize("name", [one.name for one in fields(Terms) if one.name != "nonce_str"])
def test_where_all_terms_are_compared_none_may_change(name: str) -> None:
    changed = replace(TERMS, **{name: ANOTHER.get(name, "another")})  # type: ignore[arg-type]
    with pytest.raises(OrderChanged):
        unpaid().place_again(changed, NOON, WHOLE.compared)


def test_the_same_terms_may_come_again_in_another_call() -> None:
    assert unpaid().place_again(replace(TERMS, nonce_str="another"), NOON, WHOLE.compared) == unpaid()


@pytest.mark.parametrize(("limit_pay", "allowed"), [("", True), ("no_credit", False), ("no_debit,no_credit", False)])
def test_credit_cards_may_pay_unless_they_are_among_what_is_forbidden(limit_pay: str, allowed: bool) -> None:
    assert replace(TERMS, limit_pay=limit_pay).credit_allowed is allowed


def test_every_error_has_a_sentence() -> None:
    for name, error in vars(errors).items():
        if isinstance(error, type):
            assert re.fullmatch(r"\S[^\n]+\.", error.__doc__ or ""), name
            assert str(error()) == error.__doc__
