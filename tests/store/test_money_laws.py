"""No order of calls makes money appear or vanish: more than a thousand random stories, with restarts and kills in them.

The use cases run on a real database file. A kill is what `kill -9` leaves: the files as the operating system has them,
taken while the store is open and given to a new one.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from unittest import TestCase

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.clock import Clock
from sandbox.core.errors import PaymentError, StorageFailed
from sandbox.core.ids import Ids
from sandbox.core.ledger import Account, Movement, Owner
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms, TradeState, TradeType
from sandbox.core.payers import Payer
from sandbox.core.plans import Coupon, CouponType, TransferFailReason
from sandbox.core.ports.storage import Census, UnitOfWork
from sandbox.core.refunds import Payout, Refund, RefundStatus, RefundTerms
from sandbox.core.sharing import Receiver, ReceiverType, Recipient, Relation, ReturnTerms, Wish
from sandbox.core.transfers import Report, Transfer, TransferState, TransferTerms
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_OPENID
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.micropay import MicroPay
from sandbox.core.usecases.payment_codes import PaymentCodes
from sandbox.core.usecases.payments import Act, Payments
from sandbox.core.usecases.refunds import Refunds
from sandbox.core.usecases.sharing import SharingService
from sandbox.core.usecases.transfers import Decision, Transfers
from sandbox.parts import FACES
from sandbox.scenario import ScenarioRegistry
from sandbox.store.census import counted
from sandbox.store.transaction import Transaction
from tests.store.helpers import CALLED, MCH_ID, check_days, open_store

pytestmark = pytest.mark.slow

T = TypeVar("T")
Deed = Callable[[Context], object]
OWNER = Owner(MCH_ID)
LINKS = Links("http://sandbox")
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WALLET = 1_000_000
# Few of each, so that the acts of a story meet.
ORDERS = ["S1", "S2"]
NUMBERS = st.sampled_from(ORDERS)
REFUND_NUMBERS = st.sampled_from(["R1", "R2"])
TRANSFERS = ["T1", "T2"]
TRANSFER_NUMBERS = st.sampled_from(TRANSFERS)
DECISIONS: list[Decision] = ["confirm", "success", "fail"]
FENS = st.sampled_from([1, 83, 84, 250, 999, 100_001])
ENDS = [RefundStatus.REFUNDCLOSE, RefundStatus.SUCCESS, RefundStatus.CHANGE]
SHARING_NUMBERS = st.sampled_from(["P1", "P2"])
SHARES = st.sampled_from([0, 0.01, 0.1, 0.3])
RECEIVER = Recipient(ReceiverType.MERCHANT_ID, "1900000201")
"""A merchant that is none of the sandbox's."""
PARTS = st.sampled_from([1, 0.5, 0.3, 0.01, 2])
COUPONS = st.lists(
    st.builds(Coupon, id=st.just("1"), type=st.sampled_from(list(CouponType)), fee=st.integers(1, 60)), max_size=2
)


class House:
    """The store of all stories of a test; a story begins without orders and money."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.run = self.runner.get_loop().run_until_complete  # the runner's own looks after Ctrl-C each time
        self.ids = Ids(1)  # no story gets another's payment codes, which outlive it
        self.open(Path(tempfile.mkdtemp()))

    def open(self, folder: Path) -> None:
        self.folder, self.store = folder, self.run(open_store({"data_dir": folder}, synced=False))
        self.scenarios = ScenarioRegistry(self.store, FACES)

    def restart(self) -> None:
        self.run(self.store.close())
        self.open(self.folder)

    def move(self, folder: Path) -> None:
        """Go on from what lies in another folder."""
        old_store, old_folder = self.store, self.folder
        self.open(folder)
        self.run(old_store.close())
        shutil.rmtree(old_folder)

    def close(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)


class Shop(RuleBasedStateMachine):
    """A merchant, its payer, and whoever decides over them, in any order."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.time = 1_795_600_000.0
        self.checked = False
        self.waiting: list[Deed] = [begin]

    def context(self, tx: UnitOfWork) -> Context:
        clock = Clock(lambda: self.time)
        return Context(tx, clock, self.house.ids, self.house.scenarios, LINKS, FACES, call_context=CALLED)

    def write(self, act: Deed) -> None:
        """Do it at the end of the step; what WeChat forbids changes nothing."""
        self.waiting.append(act)

    def written(self) -> None:
        """What a step does is done as calls that come together: one transaction each, in their order, one commit."""
        if not self.waiting:
            return
        self.checked = False
        deeds, self.waiting = self.waiting, []
        self.house.run(asyncio.gather(*[self.perform(one) for one in deeds]))

    async def perform(self, act: Deed) -> None:
        try:
            await self.house.store.write(lambda tx: act(self.context(tx)))
        except StorageFailed:
            raise
        except PaymentError:
            pass

    def read(self, look: Callable[[UnitOfWork], T]) -> T:
        return self.house.run(self.house.store.read_now(look))

    def seen(self, tx: UnitOfWork) -> dict[str, tuple[TradeState, int]]:
        return {
            order.key.out_trade_no: (order.trade_state, len(tx.refunds.of_order(order.key))) for order in orders_of(tx)
        }

    @initialize(fen=FENS, coupons=COUPONS, code_fen=FENS, part=PARTS, shared=st.booleans())
    def open_the_shop(self, fen: int, coupons: list[Coupon], code_fen: int, part: float, shared: bool) -> None:
        """Something is sold, a part of it asked back, and something paid by code: few stories come so far alone."""
        self.sell(number="S1", fen=fen, coupons=coupons, shared=shared)
        self.refund(number="S1", out_refund_no="R1", part=part)
        self.charge(number="S2", fen=code_fen)

    # -- what may happen -----------------------------------------------------------------------------------------------

    @rule(number=NUMBERS, fen=FENS, shared=st.booleans())
    def place(self, number: str, fen: int, shared: bool) -> None:
        asked = replace(terms(TradeType.NATIVE, fen), profit_sharing="Y" if shared else "N")
        self.write(lambda context: Payments(context).place(key(number), asked))

    @rule(number=NUMBERS, fen=FENS, coupons=COUPONS, shared=st.booleans())
    def sell(self, number: str, fen: int, coupons: list[Coupon], shared: bool) -> None:
        self.place(number=number, fen=fen, shared=shared)
        self.pay(number=number, coupons=coupons, outcome=Outcome.SUCCESS)

    @rule(number=NUMBERS, coupons=COUPONS, outcome=st.sampled_from([Outcome.SUCCESS] * 4 + [Outcome.ERROR]))
    def pay(self, number: str, coupons: list[Coupon], outcome: Outcome) -> None:
        act = Act(outcome=outcome, cause=Cause.OTHER, coupons=tuple(coupons))
        self.write(lambda context: Payments(context).act(key(number), act))

    @rule(number=NUMBERS, outcome=st.sampled_from(list(Outcome)))
    def type_password(self, number: str, outcome: Outcome) -> None:
        self.write(lambda context: MicroPay(context).password(key(number), outcome))

    @rule(number=NUMBERS, fen=FENS)
    def charge(self, number: str, fen: int) -> None:
        def charged(context: Context) -> None:
            code = PaymentCodes(context).make(DEFAULT_OPENID).auth_code
            MicroPay(context).pay(key(number), terms(TradeType.MICROPAY, fen), code)

        self.write(charged)

    @rule(number=NUMBERS)
    def reverse(self, number: str) -> None:
        self.write(lambda context: MicroPay(context).reverse(key(number), ""))

    @rule(number=NUMBERS)
    def close(self, number: str) -> None:
        self.write(lambda context: Payments(context).close(key(number)))

    @rule(number=NUMBERS, out_refund_no=REFUND_NUMBERS, part=PARTS)
    def refund(self, number: str, out_refund_no: str, part: float) -> None:
        def asked(context: Context) -> None:
            total_fee = Payments(context).find(key(number)).terms.total_fee
            refund_fee = max(1, round(total_fee * part))
            wanted = RefundTerms(out_refund_no=out_refund_no, total_fee=total_fee, refund_fee=refund_fee)
            Refunds(context).request(key(number), "", wanted)

        self.write(asked)

    @rule(number=NUMBERS, sharing_no=SHARING_NUMBERS, part=SHARES, unfreeze=st.booleans())
    def share(self, number: str, sharing_no: str, part: float, unfreeze: bool) -> None:
        def asked(context: Context) -> None:
            order = Payments(context).find(key(number))
            payment = Payments(context).require_paid(order.key)
            service, named = SharingService(context), (OWNER, payment.transaction_id, sharing_no)
            if part:
                wish = Wish(RECEIVER, max(1, round(order.terms.total_fee * part)), "a")
                service.share(*named, [wish], unfreeze=unfreeze)
            else:
                service.unfreeze(*named, "a")

        self.write(asked)

    @rule(sharing_no=SHARING_NUMBERS, out_return_no=SHARING_NUMBERS, fen=FENS)
    def give_back(self, sharing_no: str, out_return_no: str, fen: int) -> None:
        asked = ReturnTerms(
            order_id="",
            out_order_no=sharing_no,
            out_return_no=out_return_no,
            return_mchid=RECEIVER.account,
            amount=fen,
            description="a",
        )
        self.write(lambda context: SharingService(context).give_back(OWNER, asked))

    @rule(which=st.integers(0, 3), status=st.sampled_from(ENDS))
    def end_refund(self, which: int, status: RefundStatus) -> None:
        def ended(context: Context) -> None:
            known = context.tx.refunds.page(MCH_ID, "", None, 10).items
            if known:
                Refunds(context).end(known[which % len(known)], status)

        self.write(ended)

    @rule(which=st.integers(0, 3), to_merchant=st.booleans())
    def redirect_refund(self, which: int, to_merchant: bool) -> None:
        def redirected(context: Context) -> None:
            stuck = context.tx.refunds.page(MCH_ID, RefundStatus.CHANGE, None, 10).items
            if stuck:
                payout = Payout("商户结算银行账户") if to_merchant else Payout("招商银行借记卡6226", "CMB_DEBIT")
                Refunds(context).redirect(stuck[which % len(stuck)], payout)

        self.write(redirected)

    @rule(number=TRANSFER_NUMBERS, fen=FENS)
    def transfer(self, number: str, fen: int) -> None:
        self.write(lambda context: Transfers(context).request(MCH_ID, transfer_terms(number, fen)))

    @rule(number=TRANSFER_NUMBERS, decision=st.sampled_from(DECISIONS))
    def decide_transfer(self, number: str, decision: Decision) -> None:
        def decided(context: Context) -> None:
            transfers = Transfers(context)
            transfers.decide(transfers.find(transfer_key(number)), decision, TransferFailReason.TRANSFER_RISK)

        self.write(decided)

    @rule(number=TRANSFER_NUMBERS)
    def cancel_transfer(self, number: str) -> None:
        def cancelled(context: Context) -> None:
            transfers = Transfers(context)
            transfers.cancel(transfers.find(transfer_key(number)))

        self.write(cancelled)

    @rule(fen=st.integers(0, 1000))
    def set_balance(self, fen: int) -> None:
        self.write(lambda context: Bookkeeping(context).set_balance(OWNER, fen))

    @rule(seconds=st.sampled_from([1, 45, 60, 7200, 7 * 86400, 30 * 86400]))
    def wait(self, seconds: int) -> None:
        self.time += seconds
        self.write(lambda context: Payments(context).run_due(MCH_ID))
        self.write(lambda context: Refunds(context).run_due(MCH_ID))
        self.write(lambda context: Transfers(context).run_due(MCH_ID))
        self.write(lambda context: SharingService(context).run_due(MCH_ID))

    @rule(often=st.integers(0, 3))
    def restart(self, often: int) -> None:
        if often:
            return  # a start takes as long as thirty calls
        self.checked = False
        known = self.read(self.seen)
        self.house.restart()
        assert self.read(self.seen) == known

    @rule(often=st.integers(0, 3))
    def kill(self, often: int) -> None:
        """The files as they lie there go to a new sandbox; the old one, which never stopped, is thrown away."""
        if often:
            return
        self.checked = False
        known = self.read(self.seen)  # all of it acknowledged
        left = Path(tempfile.mkdtemp())
        for file in self.house.folder.iterdir():
            if not file.name.endswith("-shm"):
                shutil.copy(file, left)
        self.house.move(left)
        assert self.read(self.seen) == known

    # -- what always holds ---------------------------------------------------------------------------------------------

    @invariant()
    def the_ledger_says_what_orders_and_refunds_say(self) -> None:
        self.written()
        if not self.checked:  # nothing happens in a step that does not restart
            self.read(check)
            assert self.house.run(self.house.store.counted()) == self.house.run(self.house.store.read_now(counted_anew))
        self.checked = True


def begin(context: Context) -> None:
    context.tx.forget_orders(MCH_ID)
    context.tx.payers.save(Payer(DEFAULT_OPENID, DEFAULT_APPID, WALLET))
    added = Receiver(mch_id=MCH_ID, sub_mch_id="", to=RECEIVER, relation=Relation.STORE)
    context.tx.sharings.put_receiver(added)


def check(tx: UnitOfWork) -> None:
    """Each account holds what orders, refunds and transfers make of it; the basic one's newest line has its balance."""
    orders = orders_of(tx)
    paid = [order for order in orders if order.payment is not None]
    kept = [order for order in paid if order.trade_state is not TradeState.REVOKED]
    refunds = [refund for order in kept for refund in tx.refunds.of_order(order.key)]
    standing = [refund for refund in refunds if refund.standing]
    arrived = [refund for refund in refunds if refund.status is RefundStatus.SUCCESS]
    transfers = [one for one in map(tx.transfers.find, map(transfer_key, TRANSFERS)) if one is not None]
    given = fen_of(transfers, TransferState.SUCCESS)
    locked = fen_of(transfers, TransferState.WAIT_USER_CONFIRM, TransferState.TRANSFERING, TransferState.CANCELING)
    settled = sum(order.settlement_total_fee for order in kept)
    fees = sum(order.fee for order in kept) - sum(refund.parts.fee_returned for refund in standing)
    gone = sum(refund.settlement_refund_fee for refund in standing)
    from_bank = sum(
        line.move.fen * (1 if line.move.movement is Movement.TOP_UP else -1)
        for line in tx.ledger.flow(OWNER, Account.BASIC, *EVER)
        if line.move.movement in (Movement.TOP_UP, Movement.WITHDRAWAL)
    )
    totals = tx.ledger.totals(OWNER)
    assert sum(totals.values()) == 0
    kept_back = totals.get(Account.FROZEN, 0) + totals.get(Account.SHARED, 0)
    assert totals[Account.BASIC] == settled - fees - gone - given - locked + from_bank - kept_back
    assert totals[Account.BASIC] == tx.ledger.balance(OWNER, Account.BASIC)
    assert totals[Account.BASIC] >= 0
    assert totals[Account.WECHAT] == fees
    to_bank = sum(one.parts.cash_refund_fee for one in arrived if one.payout is not None and one.payout.to_merchant)
    assert totals[Account.TRANSIT] == gone - sum(refund.settlement_refund_fee for refund in arrived) + locked
    payer = tx.payers.find(DEFAULT_OPENID)
    assert payer is not None
    cash = sum(order.payment.cash_fee for order in kept if order.payment)
    refunded = sum(refund.parts.cash_refund_fee for refund in arrived) - to_bank
    assert payer.balance_fen == WALLET - cash + refunded + given
    assert totals[Account.PAYER] == payer.balance_fen - WALLET
    check_days(tx)
    check_sharings(tx, orders, totals)
    for order in kept:
        check_refunds(order, [refund for refund in standing if refund.key == order.key])


def counted_anew(tx: UnitOfWork) -> Census:
    assert isinstance(tx, Transaction)
    return counted(tx.connection)


def check_sharings(tx: UnitOfWork, orders: list[Order], totals: Mapping[Account, int]) -> None:
    """What is frozen waits to be shared, or is about to be; what others have was given to them, and not given back."""
    frozen = [tx.sharings.frozen(order.key) for order in orders]
    sharings = [one for order in orders for one in tx.sharings.of_order(order.key)]
    pending = sum(one.amount for one in sharings if one.due_at)
    assert totals.get(Account.FROZEN, 0) == sum(one.fen for one in frozen if one) + pending
    given = sum(one.given_to(RECEIVER.account) for one in sharings)
    back = sum(one.amount for order in orders for one in tx.sharings.returns(order.key))
    assert totals.get(Account.SHARED, 0) == given - back
    assert 0 <= back <= given


def check_refunds(order: Order, standing: list[Refund]) -> None:
    """No more goes back than was paid, and when all has gone back, all parts of it have."""
    refunded = sum(refund.terms.refund_fee for refund in standing)
    assert refunded <= order.terms.total_fee
    if refunded == order.terms.total_fee:
        assert sum(refund.settlement_refund_fee for refund in standing) == order.settlement_total_fee
        assert sum(refund.parts.fee_returned for refund in standing) == order.fee


def orders_of(tx: UnitOfWork) -> list[Order]:
    found = [tx.orders.find(key(number)) for number in ORDERS]
    return [order for order in found if order is not None]


def key(out_trade_no: str) -> OrderKey:
    return OrderKey(MCH_ID, out_trade_no)


def transfer_key(out_bill_no: str) -> OrderKey:
    return OrderKey(MCH_ID, "", "", out_bill_no)


def fen_of(transfers: list[Transfer], *states: TransferState) -> int:
    return sum(one.terms.transfer_amount for one in transfers if one.state in states)


def transfer_terms(out_bill_no: str, fen: int) -> TransferTerms:
    return TransferTerms(
        out_bill_no=out_bill_no,
        appid=DEFAULT_APPID,
        openid=DEFAULT_OPENID,
        transfer_amount=fen,
        transfer_remark="a",
        transfer_scene_id="1009",
        reports=(Report("采购商品名称", "茶"),),
    )


def terms(trade_type: TradeType, fen: int) -> Terms:
    return Terms(
        appid=DEFAULT_APPID,
        trade_type=trade_type,
        total_fee=fen,
        body="a",
        notify_url="http://127.0.0.1:9/notify" if trade_type is not TradeType.MICROPAY else "",
        openid=DEFAULT_OPENID if trade_type is not TradeType.MICROPAY else "",
    )


class Laws:
    """Five hundred stories of a dozen acts, three of them the same in all.

    There are four tests of them, each with its own, so that two cores share the work.
    """

    @classmethod
    def setUpClass(cls) -> None:
        Shop.house = House()

    @classmethod
    def tearDownClass(cls) -> None:
        Shop.house.close()


STORIES = settings(max_examples=260, stateful_step_count=8, deadline=None, database=None)


def stories(number: int) -> type[TestCase]:
    """A test of stories of its own."""
    shop: type[RuleBasedStateMachine] = seed(number)(type(f"Shop{number}", (Shop,), {}))
    return type(f"TestMoney{number}", (Laws, shop.TestCase), {"settings": STORIES, "__module__": __name__})


TestMoney1, TestMoney2, TestMoney3, TestMoney4 = map(stories, range(1, 5))
