"""What several processes on one database know of scenarios: each is a registry, with its own store where it may be."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from sandbox.config import shipped
from sandbox.core.clock import Clock
from sandbox.core.errors import ExpiryTooSoon, OrderPaid
from sandbox.core.ids import Ids
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms, TradeType
from sandbox.core.plans import Plan
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.scenarios import Application, Definition
from sandbox.core.usecases.accounts import DEFAULT_APPID
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments
from sandbox.parts import FACES
from sandbox.scenario import ScenarioRegistry
from sandbox.store import Store
from sandbox.store.repositories.choices import KEPT
from sandbox.store.retention import ORDER, drop_numbered
from sandbox.store.scenario_tables import choices, tallies
from sandbox.store.transaction import Transaction
from tests.store.helpers import MCH_ID, ORIGIN, call, enrolment, open_store

CALLED = CallContext("/pay/unifiedorder", origin=ORIGIN)
TERMS = Terms(appid=DEFAULT_APPID, trade_type=TradeType.NATIVE, total_fee=100, body="茶", notify_url="")
NEXT = Application(scenario="notify-none", mch_id=MCH_ID, next=True)
MINE = Application(scenario="pay-late", mch_id=MCH_ID)
SECOND: Definition = {"when": {"out_trade_no": "S*", "nth": "2"}, "notify": "none"}


class Process:
    """One process: what it knows of scenarios, and orders that are placed by it. Each call begins with what is new."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.scenarios = ScenarioRegistry(store, FACES)

    @classmethod
    async def start(cls, store: Store, *asked: str) -> "Process":
        made = cls(store)
        made.scenarios.load(shipped("scenarios"))
        store.follow(made.scenarios.follow)
        await store.read_now(made.scenarios.restore)
        made.scenarios.ask_for(asked)
        await made.scenarios.apply_asked()
        return made

    async def called(self) -> ScenarioRegistry:
        if (news := self.store.catch_up()) is not None:
            await news
        return self.scenarios

    async def put(self, name: str, definition: Definition) -> None:
        scenarios = await self.called()
        await scenarios.put(scenarios.read(scenarios.write(definition), name))

    def take(self, number: str, call: CallContext = CALLED, terms: Terms = TERMS) -> Callable[[UnitOfWork], str]:
        """The work that places an order; gives the scenario that decides over it."""

        def work(tx: UnitOfWork) -> str:
            links = Links("http://sandbox")
            context = Context(tx, Clock(), Ids(), self.scenarios, links, FACES, call_context=call)
            return named(Payments(context).take(OrderKey(MCH_ID, number), terms))

        return work

    async def place(self, number: str, call: CallContext = CALLED) -> str:
        await self.called()
        return await self.store.write(self.take(number, call))

    async def meet(self, number: str, call: CallContext = CALLED) -> str:
        """A call that does not come to place its order."""
        scenarios, key = await self.called(), OrderKey(MCH_ID, number)
        if not await self.store.read_now(lambda tx: scenarios.may_choose(tx, key, TERMS, call)):
            return ""
        return named(await self.store.write(lambda tx: scenarios.choose_ahead(tx, key, TERMS, call)))

    async def cannot_apply(self) -> bool:
        return (await self.called()).cannot_apply(CALLED, "")

    async def in_force(self) -> list[str]:
        return [one.scenario for one in (await self.called()).in_force()]


def named(decided: Plan | Order | None) -> str:
    plan = decided.plan if isinstance(decided, Order) else decided
    return plan.scenario if plan else ""


Opening = Callable[[], Awaitable[Store]]


@pytest.fixture(params=["sqlite", "postgresql"])
async def opening(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opening]:
    """Opens a store for one more process on the database; in SQLite, which one has alone, all share it."""
    stores: list[Store] = []
    async with AsyncExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = await stack.enter_async_context(request.getfixturevalue("postgresql").prepared())

        async def opened() -> Store:
            if url or not stores:
                stores.append(await Store.open(url, tmp_path))
                stack.push_async_callback(stores[-1].close)
            return stores[-1]

        first = await opened()
        await first.write(lambda tx: enrolment(first, tx).ensure_default())
        yield opened


@pytest.fixture
async def one(opening: Opening) -> Process:
    return await Process.start(await opening())


@pytest.fixture
async def other(opening: Opening, one: Process) -> Process:
    return await Process.start(await opening())


@pytest.fixture
def store(one: Process) -> Store:
    return one.store


async def test_orders_are_counted_together_each_once(one: Process, other: Process) -> None:
    await one.put("second", SECOND)
    met = [await one.meet("S1"), await other.meet("S1"), await other.place("S1")]
    assert met == ["", "", ""]
    assert [await other.meet("S2"), await one.place("S2"), await one.place("S3")] == ["second", "second", ""]


async def test_the_next_start_goes_on_counting(opening: Opening, one: Process) -> None:
    await one.put("second", SECOND)
    await one.place("S1")
    again = await Process.start(await opening())
    assert await again.place("S2") == "second"


async def test_a_scenario_that_is_put_anew_after_it_was_deleted_counts_anew(one: Process) -> None:
    await one.put("second", SECOND)
    await one.place("S1")
    await one.scenarios.delete("second")
    await one.put("second", SECOND)
    assert [await one.place("S2"), await one.place("S3")] == ["", "second"]


async def test_what_was_chosen_stays_until_the_order_is_placed(one: Process, other: Process) -> None:
    wanted = CallContext("/pay/unifiedorder", wanted="pay-late", origin=ORIGIN)
    assert await one.meet("S1", wanted) == "pay-late"
    assert await other.meet("S1") == "pay-late"
    assert await other.place("S1") == "pay-late"
    assert not await one.store.read(lambda tx: tx.choices.with_plan())


@pytest.mark.parametrize("of", [MINE, Application(scenario="pay-late"), Application(scenario="pay-late", mch_id="1")])
async def test_what_is_applied_reopens_the_choices_that_it_concerns(
    of: Application, one: Process, other: Process
) -> None:
    await one.scenarios.apply(Application(scenario="notify-none", mch_id=MCH_ID))
    assert await one.meet("S1") == "notify-none"
    await other.scenarios.apply(of)
    concerned = of.mch_id == MCH_ID
    assert await one.meet("S1") == ("pay-late" if concerned else "notify-none")
    await other.scenarios.end(of)
    assert await one.meet("S1") == "notify-none"


async def test_what_is_for_the_next_order_is_used_up_by_one(one: Process, other: Process) -> None:
    await one.scenarios.apply(NEXT)
    assert [await one.meet("S1"), await other.meet("S2")] == ["notify-none", "notify-none"]
    # Together, so that neither has heard of the other's.
    told = await asyncio.gather(one.place("S1"), other.place("S2"), other.place("S3"))
    assert sorted(told) == ["", "", "notify-none"]
    assert [await process.in_force() for process in (one, other)] == [[], []]


async def test_each_of_two_for_the_next_order_has_its_own(one: Process, other: Process) -> None:
    await one.scenarios.apply(NEXT)
    await one.scenarios.apply(Application(scenario="pay-late", mch_id=MCH_ID, next=True))
    for number in ("S1", "S2"):
        assert await one.meet(number) == "notify-none"
    assert sorted(await asyncio.gather(one.place("S1"), other.place("S2"))) == ["notify-none", "pay-late"]


async def test_an_order_that_comes_to_nothing_uses_nothing_up(one: Process, other: Process) -> None:
    await one.scenarios.apply(NEXT)

    def undone(tx: UnitOfWork) -> None:
        one.take("S1")(tx)
        raise OrderPaid

    with pytest.raises(OrderPaid):
        await one.store.write(undone)
    assert await one.in_force() == ["notify-none"]
    assert await other.place("S2") == "notify-none"


async def test_an_order_that_is_refused_has_counted_nothing_and_spoils_no_others(one: Process) -> None:
    await one.put("second", SECOND)
    soon = replace(TERMS, time_expire=Clock().now() + timedelta(seconds=1))
    works = [one.take("S1"), one.take("S2", terms=soon), one.take("S3")]
    first, refused, third = await asyncio.gather(
        *[one.store.write(work, guarded=False) for work in works], return_exceptions=True
    )
    assert ({first, third}, type(refused)) == ({"", "second"}, ExpiryTooSoon)


async def test_calls_are_spared_as_long_as_nothing_applies_at_any_process(one: Process, other: Process) -> None:
    assert await one.cannot_apply()
    await one.scenarios.apply(MINE)
    assert not await other.cannot_apply()
    await other.scenarios.end(MINE)
    assert await one.cannot_apply()
    await one.put("mine", {"when": {"path": "/pay/unifiedorder"}, "notify": "none"})
    assert not await other.cannot_apply()
    await other.scenarios.delete("mine")
    assert await one.cannot_apply()


@pytest.mark.parametrize("placed", [True, False])
async def test_they_are_looked_at_once_something_follows_a_scenario(
    placed: bool, one: Process, other: Process, opening: Opening
) -> None:
    wanted = CallContext(wanted="pay-late", origin=ORIGIN)
    await (one.place("S1", wanted) if placed else one.meet("S1", wanted))
    assert not await other.cannot_apply()
    assert not await (await Process.start(await opening())).cannot_apply()


async def test_what_was_put_is_known_and_made_once(one: Process, other: Process) -> None:
    await one.put("mine", {"notify": "none"})
    (made,) = [found for found in (await other.called()).all() if found.name == "mine"]
    await one.put("another", {"notify": "none"})
    assert any(found is made for found in (await other.called()).all())
    await one.put("mine", {"payer": {"outcome": "cancel"}})
    assert (await other.called()).get("mine").definition == {"payer": {"outcome": "cancel"}}


async def test_a_file_hides_what_was_put_before_and_not_what_is_put_since(
    opening: Opening, one: Process, tmp_path: Path
) -> None:
    await one.put("mine", {"payer": {"outcome": "cancel"}})
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nnotify: none\n")
    of_file = await Process.start(await opening(), str(file))
    assert (of_file.scenarios.get("mine").source, one.scenarios.get("mine").source) == ("file", "api")
    await one.put("mine", {"payer": {"outcome": "error"}})
    assert (await of_file.called()).get("mine").source == "api"
    await one.scenarios.delete("mine")
    assert (await of_file.called()).get("mine").source == "file"
    await of_file.scenarios.delete("mine")
    assert "mine" not in [found.name for found in (await of_file.called()).all()]


async def test_the_last_start_says_what_is_asked_for_and_whoever_ends_it_ends_it_at_all(
    opening: Opening, one: Process
) -> None:
    await one.scenarios.apply(MINE)
    asking = await Process.start(await opening(), "notify-none", "pay-cancel", "notify-none")
    for process in (one, asking):
        assert await process.in_force() == ["pay-late", "notify-none", "pay-cancel"]
    await one.scenarios.end(Application(scenario="notify-none"))
    assert await asking.in_force() == ["pay-late", "pay-cancel"]
    await Process.start(await opening())
    assert await asking.in_force() == ["pay-late"]


async def test_what_was_decided_goes_with_the_order(one: Process, store: Store) -> None:
    def drop(tx: UnitOfWork) -> None:
        assert isinstance(tx, Transaction)
        drop_numbered(tx, ORDER, 0, 0, 10)

    await one.put("second", SECOND)
    await one.meet("S1")
    await one.place("S1")
    await store.write(lambda tx: tx.tallies.count(OrderKey(MCH_ID, "S1"), "orderquery"))
    await store.write(lambda tx: tx.tallies.count(OrderKey(MCH_ID, "", "", "T1"), "transfer-bills"))
    await store.write(lambda tx: tx.orders.save(closed(tx, "S1")))
    await store.write(lambda tx: tx.record(call("LATER")))  # the newest line of the journal never goes
    await store.write(drop)
    assert await rows(store) == (0, 2), "those of the merchant and of its transfer stay"
    await one.meet("S2")
    await store.write(lambda tx: tx.forget_orders(MCH_ID))
    assert await rows(store) == (0, 0)


async def test_a_merchants_scenarios_go_with_it_everywhere(one: Process, other: Process, store: Store) -> None:
    await one.scenarios.apply(MINE)
    await one.scenarios.put(one.scenarios.read("notify: none", "own", MCH_ID))
    await store.write(lambda tx: tx.delete_merchant(MCH_ID))
    for process in (one, other):
        assert await process.in_force() == []
        assert not process.scenarios.wished("own", MCH_ID)


async def test_only_the_newest_are_kept_of_what_never_comes_to_be(tmp_path: Path) -> None:
    store = await open_store({"data_dir": tmp_path})

    async def many(n: int) -> None:
        key = OrderKey(MCH_ID, f"N{n}")
        await store.write(lambda tx: tx.choices.keep(key, None))
        await store.write(lambda tx: tx.tallies.count(key, "unifiedorder"))

    def later(tx: UnitOfWork) -> None:
        assert isinstance(tx, Transaction)
        last = {"id": KEPT, "mch_id": MCH_ID, "out_trade_no": "LAST", "sub_mch_id": ""}
        tx.connection.execute(insert(choices), {**last, "plan": None})
        tx.connection.execute(insert(tallies), {**last, "out_bill_no": "", "name": "unifiedorder", "n": 1})

    await store.write(lambda tx: tx.tallies.count(OrderKey(MCH_ID, ""), "when all second"))
    await many(1)
    await store.write(later)
    await many(2)
    await many(3)
    assert await rows(store) == (3, 4)
    assert await store.read(lambda tx: tx.choices.find(OrderKey(MCH_ID, "N1"))) is None
    await store.close()


KINDS = (choices, tallies)


async def rows(store: Store) -> tuple[int, int]:
    """How many choices and tallies there are."""

    def counted(tx: UnitOfWork) -> tuple[int, int]:
        assert isinstance(tx, Transaction)
        kept, counts = [tx.connection.execute(select(func.count()).select_from(one)).scalar_one() for one in KINDS]
        return kept, counts

    return await store.read(counted)


def closed(tx: UnitOfWork, number: str) -> Order:
    order = tx.orders.find(OrderKey(MCH_ID, number))
    assert order is not None
    return order.close(Clock().now())
