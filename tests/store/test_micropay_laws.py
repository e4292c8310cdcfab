"""Payments by code under any sequence of acts: states move as documented, and no money appears or vanishes."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.core.client import Outcome
from sandbox.core.clock import Clock
from sandbox.core.errors import PaymentError
from sandbox.core.ids import Ids
from sandbox.core.ledger import Account, Owner
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import MOVES, Order, Terms, TradeState, TradeType
from sandbox.core.payers import Payer
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Refund, RefundStatus, RefundTerms
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_OPENID
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.micropay import MicroPay
from sandbox.core.usecases.payment_codes import PaymentCodes
from sandbox.core.usecases.payments import Payments
from sandbox.core.usecases.refunds import Refunds
from sandbox.parts import FACES
from sandbox.scenario import ScenarioRegistry
from sandbox.store import Store
from tests.store.helpers import CALLED, MCH_ID, open_store
from tests.support.databases import Place

pytestmark = pytest.mark.slow

NUMBERS = ["S1", "S2", "S3"]
WALLET = 300_000
WEEK = 7 * 86400
FENS = [1, 999, 100_000, 100_001]
number = st.sampled_from(NUMBERS)
ACTS = st.one_of(
    st.tuples(st.just("charge"), number, st.sampled_from(FENS)),
    st.tuples(st.just("charge"), number, st.sampled_from(FENS)),
    st.tuples(st.just("type"), number, st.sampled_from([Outcome.SUCCESS, Outcome.CANCEL, Outcome.ERROR])),
    st.tuples(st.just("reverse"), number, st.just(0)),
    st.tuples(st.just("refund"), number, st.sampled_from([1, 500, 100_001])),
    st.tuples(st.just("close"), number, st.just(0)),
    st.tuples(st.just("jump"), number, st.sampled_from([1, 44, 45, 60, WEEK, WEEK + 1])),
    st.tuples(st.just("lapse"), number, st.sampled_from([1, 44, 45, 60, WEEK, WEEK + 1])),
)


@dataclass
class Counter:
    """The use cases of a shop's counter, on a clock that is moved by hand."""

    store: Store
    time: float = 1_795_600_000.0
    ids: Ids = field(default_factory=lambda: Ids(1))
    refunds: int = 0

    def context(self, tx: UnitOfWork) -> Context:
        scenarios, links = ScenarioRegistry(self.store, FACES), Links("http://sandbox")
        return Context(tx, Clock(lambda: self.time), self.ids, scenarios, links, FACES, call_context=CALLED)

    def begin(self, tx: UnitOfWork) -> None:
        tx.forget_orders(MCH_ID)
        tx.payers.save(Payer(DEFAULT_OPENID, DEFAULT_APPID, WALLET))

    def act(self, tx: UnitOfWork, act: tuple[str, str, object]) -> None:
        """Do it; what WeChat forbids changes nothing."""
        name, out_trade_no, value = act
        with contextlib.suppress(PaymentError):
            getattr(self, name)(self.context(tx), OrderKey(MCH_ID, out_trade_no), value)

    def charge(self, context: Context, key: OrderKey, fen: int) -> None:
        MicroPay(context).pay(key, _terms(fen), PaymentCodes(context).make(DEFAULT_OPENID).auth_code)

    def type(self, context: Context, key: OrderKey, outcome: Outcome) -> None:
        MicroPay(context).password(key, outcome)

    def reverse(self, context: Context, key: OrderKey, _: object) -> None:
        MicroPay(context).reverse(key, "")

    def refund(self, context: Context, key: OrderKey, fen: int) -> None:
        self.refunds += 1
        total_fee = Payments(context).find(key).terms.total_fee
        Refunds(context).request(
            key, "", RefundTerms(out_refund_no=str(self.refunds), total_fee=total_fee, refund_fee=fen)
        )

    def close(self, context: Context, key: OrderKey, _: object) -> None:
        Payments(context).close(key)

    def jump(self, context: Context, key: OrderKey, seconds: int) -> None:
        """Time passes, and all that falls due is done."""
        self.lapse(context, key, seconds)
        while Payments(context).run_due(MCH_ID) + Refunds(context).run_due(MCH_ID):
            pass

    def lapse(self, context: Context, key: OrderKey, seconds: int) -> None:
        """Time passes, and nothing has been done yet of what falls due."""
        self.time += seconds

    def seen(self, tx: UnitOfWork) -> dict[str, Order]:
        now = self.context(tx).now(MCH_ID)
        found = {name: tx.orders.find(OrderKey(MCH_ID, name)) for name in NUMBERS}
        return {name: order.as_of(now) for name, order in found.items() if order is not None}


def _terms(fen: int) -> Terms:
    return Terms(
        appid=DEFAULT_APPID,
        trade_type=TradeType.MICROPAY,
        total_fee=fen,
        body="a",
        notify_url="",
    )


def check_money(tx: UnitOfWork, orders: dict[str, Order]) -> None:
    """The ledger's accounts are even, and merchant and payer have what the orders say."""
    owner = Owner(MCH_ID)
    assert sum(tx.ledger.totals(owner).values()) == 0
    kept = [order for order in orders.values() if order.payment and order.trade_state is not TradeState.REVOKED]
    refunds = [refund for order in kept for refund in tx.refunds.of_order(order.key)]
    earned = sum(order.settlement_total_fee - order.fee for order in kept)
    assert tx.ledger.balance(owner, Account.BASIC) == earned - sum(map(cost, refunds))
    back = sum(one.parts.cash_refund_fee for one in refunds if one.status is RefundStatus.SUCCESS)
    payer = tx.payers.find(DEFAULT_OPENID)
    assert payer is not None
    assert payer.balance_fen == WALLET - sum(order.terms.total_fee for order in kept) + back


def cost(refund: Refund) -> int:
    return refund.settlement_refund_fee - refund.parts.fee_returned


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, max_size=14))
def test_states_move_as_documented_and_money_adds_up(
    runner: asyncio.Runner, counter: Counter, acts: list[tuple[str, str, object]]
) -> None:
    async def play() -> None:
        await counter.store.write(counter.begin)
        before: dict[str, Order] = {}
        for act in acts:
            await counter.store.write(lambda tx, act=act: counter.act(tx, act))  # type: ignore[misc]
            after = await counter.store.read(counter.seen)
            for name, order in after.items():
                first = before[name].trade_state if name in before else TradeState.NOTPAY
                assert order.trade_state is first or order.trade_state in MOVES[first], (act, first)
            await counter.store.read(lambda tx, after=after: check_money(tx, after))  # type: ignore[misc]
            before = after

    runner.run(play())


@pytest.fixture
def counter(runner: asyncio.Runner, kept_database: Place) -> Iterator[Counter]:
    store = runner.run(open_store(kept_database, synced=False))
    yield Counter(store)
    runner.run(store.close())
