"""Combined orders under any sequence of acts: sub-orders do what the combined order does, and money adds up."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.core.causes import Cause
from sandbox.core.changes import Author
from sandbox.core.client import Outcome
from sandbox.core.clock import Clock
from sandbox.core.combined import SubOrder
from sandbox.core.errors import PaymentError
from sandbox.core.ids import Ids
from sandbox.core.ledger import Account, Owner
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms, TradeState, TradeType
from sandbox.core.patches import MerchantPatch
from sandbox.core.payers import Payer
from sandbox.core.plans import Coupon, CouponType
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import RefundStatus, RefundTerms
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_OPENID, AccountService
from sandbox.core.usecases.combining import Combining
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Act, Payments
from sandbox.core.usecases.refunds import Refunds
from sandbox.parts import FACES
from sandbox.scenario import ScenarioRegistry
from sandbox.store import Store
from tests.store.helpers import CALLED, MCH_ID, open_store
from tests.support.databases import Place

pytestmark = pytest.mark.slow

OTHER = "1900000777"
COMBINED = OrderKey(MCH_ID, "ALL001")
PARTS = [OrderKey(MCH_ID, "PART01"), OrderKey(OTHER, "PART02"), OrderKey(MCH_ID, "PART03")]
WALLET = 1_000_000
WEEK = 7 * 86400
MONEY = st.tuples(*[st.integers(1, 999)] * len(PARTS))
COUPONS = st.lists(
    st.builds(Coupon, id=st.sampled_from("12"), type=st.sampled_from(list(CouponType)), fee=st.integers(1, 300)),
    max_size=3,
).map(tuple)
which = st.integers(0, len(PARTS) - 1)
ACTS = st.one_of(
    st.tuples(st.just("place"), MONEY),
    st.tuples(st.just("pay"), COUPONS),
    st.tuples(st.just("fail"), st.booleans()),
    st.tuples(st.just("close"), st.integers(0, len(PARTS))),
    st.tuples(st.just("close_alone"), which),
    st.tuples(st.just("pay_alone"), which),
    st.tuples(st.just("refund"), st.tuples(which, st.sampled_from([1, 0.5]))),
    st.tuples(st.just("refund_all"), st.none()),
    st.tuples(st.just("jump"), st.sampled_from([60, 7200, WEEK])),
    st.tuples(st.just("lapse"), st.sampled_from([60, 7200, WEEK])),
)


def asked(fen: int) -> Terms:
    return Terms(appid=DEFAULT_APPID, trade_type=TradeType.APP, total_fee=fen, body="茶", notify_url="")


@dataclass
class Market:
    """The use cases of a shop that sells together with another, on a clock that is moved by hand."""

    store: Store
    time: float = 1_795_600_000.0
    ids: Ids = field(default_factory=lambda: Ids(1))
    refunds: int = 0

    def context(self, tx: UnitOfWork) -> Context:
        scenarios, links = ScenarioRegistry(self.store, FACES), Links("http://sandbox")
        return Context(tx, Clock(lambda: self.time), self.ids, scenarios, links, FACES, call_context=CALLED)

    def enrol(self, tx: UnitOfWork) -> None:
        patch = MerchantPatch(mch_id=OTHER, appids=(DEFAULT_APPID,), rate=100)
        AccountService(self.context(tx), Author.FILE).open(patch)

    def begin(self, tx: UnitOfWork) -> None:
        tx.forget_orders()
        tx.payers.save(Payer(DEFAULT_OPENID, DEFAULT_APPID, WALLET))

    def act(self, tx: UnitOfWork, act: tuple[str, object]) -> None:
        """Do it; what WeChat forbids changes nothing."""
        name, value = act
        with contextlib.suppress(PaymentError):
            getattr(self, name)(self.context(tx), value)

    def place(self, context: Context, money: tuple[int, ...]) -> None:
        parts = [SubOrder(key, asked(fen)) for key, fen in zip(PARTS, money, strict=True)]
        Combining(context).place(COMBINED, asked(0), parts)

    def pay(self, context: Context, coupons: tuple[Coupon, ...]) -> None:
        Payments(context).act(COMBINED, Act(outcome=Outcome.SUCCESS, coupons=coupons))

    def fail(self, context: Context, final: bool) -> None:
        Payments(context).act(COMBINED, Act(outcome=Outcome.ERROR, cause=Cause.OTHER, final=final))

    def close(self, context: Context, named: int) -> None:
        Combining(context).close(COMBINED, DEFAULT_APPID, PARTS[:named])

    def close_alone(self, context: Context, which: int) -> None:
        Payments(context).close(PARTS[which])

    def pay_alone(self, context: Context, which: int) -> None:
        Payments(context).act(PARTS[which], Act(outcome=Outcome.SUCCESS))

    def refund(self, context: Context, what: tuple[int, float]) -> None:
        key, share = PARTS[what[0]], what[1]
        total_fee = Payments(context).find(key).terms.total_fee
        self._refund(context, key, total_fee, max(1, round(total_fee * share)))

    def refund_all(self, context: Context, _: object) -> None:
        self._refund(context, COMBINED, Payments(context).known(COMBINED).terms.total_fee, 1)

    def jump(self, context: Context, seconds: int) -> None:
        """Time passes, and all that falls due is done."""
        self.lapse(context, seconds)
        while sum(one(context).run_due(mch_id) for one in (Payments, Refunds) for mch_id in (MCH_ID, OTHER)):
            pass

    def lapse(self, context: Context, seconds: int) -> None:
        """Time passes, and nothing has been done yet of what falls due."""
        self.time += seconds

    def _refund(self, context: Context, key: OrderKey, total_fee: int, fen: int) -> None:
        self.refunds += 1
        wanted = RefundTerms(out_refund_no=str(self.refunds), total_fee=total_fee, refund_fee=fen)
        Refunds(context).request(key, "", wanted)

    def check(self, tx: UnitOfWork) -> None:
        payments, payer = Payments(self.context(tx)), tx.payers.find(DEFAULT_OPENID)
        assert payer is not None
        if tx.orders.find(COMBINED) is None:
            assert [tx.orders.find(key) for key in PARTS] == [None] * len(PARTS)
            assert payer.balance_fen == WALLET
            return
        combined, parts = payments.known(COMBINED), [payments.find(key) for key in PARTS]
        assert not tx.refunds.of_order(COMBINED)
        check_states(combined, parts)
        check_ledger(tx, parts)
        back = sum(
            one.parts.cash_refund_fee
            for part in parts
            for one in tx.refunds.of_order(part.key)
            if one.status is RefundStatus.SUCCESS
        )
        assert payer.balance_fen == WALLET - (combined.payment.cash_fee if combined.payment else 0) + back


def check_states(combined: Order, parts: list[Order]) -> None:
    """Sub-orders stand as their combined order does, and their payments make up its payment."""
    assert combined.terms.total_fee == sum(one.terms.total_fee for one in parts)
    state = combined.trade_state
    states = {state, TradeState.REFUND} if state is TradeState.SUCCESS else {state}
    assert {one.trade_state for one in parts} <= states
    assert {(one.closed_at, one.closed_by) for one in parts} == {(combined.closed_at, combined.closed_by)}
    payment, shares = combined.payment, [one.payment for one in parts if one.payment]
    assert len(shares) == (len(parts) if payment else 0)
    if payment:
        assert sum(one.cash_fee for one in shares) == payment.cash_fee
        assert sum(one.coupon_fee for one in shares) == payment.coupon_fee
        assert sum(one.no_cash_fee for one in shares) == payment.no_cash_fee
        assert all(one.cash_fee >= 0 for one in shares)
        assert len({payment.transaction_id, *(one.transaction_id for one in shares)}) == len(parts) + 1


def check_ledger(tx: UnitOfWork, parts: list[Order]) -> None:
    """Each merchant's ledger is even, and it has what its own sub-orders brought."""
    for mch_id in (MCH_ID, OTHER):
        own = [one for one in parts if one.key.mch_id == mch_id]
        refunds = [refund for one in own for refund in tx.refunds.of_order(one.key)]
        earned = sum(one.settlement_total_fee - one.fee for one in own if one.payment)
        gone = sum(one.settlement_refund_fee - one.parts.fee_returned for one in refunds)
        assert sum(tx.ledger.totals(Owner(mch_id)).values()) == 0
        assert tx.ledger.balance(Owner(mch_id), Account.BASIC) == earned - gone


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(money=MONEY, acts=st.lists(ACTS, max_size=10))
def test_sub_orders_follow_their_combined_order_and_money_adds_up(
    runner: asyncio.Runner, market: Market, money: tuple[int, ...], acts: list[tuple[str, object]]
) -> None:
    async def play() -> None:
        await market.store.write(market.begin)
        for act in [("place", money), *acts]:
            await market.store.write(lambda tx, act=act: market.act(tx, act))  # type: ignore[misc]
            await market.store.read(market.check)

    runner.run(play())


@pytest.fixture
def market(runner: asyncio.Runner, kept_database: Place) -> Iterator[Market]:
    async def opening() -> Market:
        opened = Market(await open_store(kept_database, synced=False))
        await opened.store.write(opened.enrol)
        return opened

    opened = runner.run(opening())
    yield opened
    runner.run(opened.store.close())
