"""What the tests of the store share: a store with the default merchant, and orders made by the core."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import Table, func, insert, select

from sandbox.core.changes import Author
from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange, ExchangeKind, ExchangeOutcome, Message
from sandbox.core.ledger import OWN, Owner
from sandbox.core.links import Links
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Prepay, Terms, TradeType
from sandbox.core.placing import place
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.accounts import DEFAULT_APPID, DEFAULT_MERCHANT, AccountService
from sandbox.core.usecases.context import Context
from sandbox.parts import FACES
from sandbox.scenario import ScenarioRegistry
from sandbox.signing.flat import SignType
from sandbox.store import Store
from sandbox.store.sqlite.storage import SqliteStore
from sandbox.store.transaction import Transaction
from sandbox.v2.origin import called_at, placed_by
from tests.support.databases import Place

MCH_ID = DEFAULT_MERCHANT.mch_id
ORIGIN = placed_by(SignType.MD5)
CALLED = CallContext(origin=ORIGIN)
NOON = datetime(2026, 11, 23, 4, 0, 0, 123457, UTC)
"""Noon in Beijing, with an odd number of microseconds."""


async def open_store(place: Place, *, synced: bool = True) -> Store:
    """A store; not `synced`, a file waits for no disk, where a test writes thousands of times.

    Then it commits as what is never synced does: on the event loop.
    """
    opened = await Store.open(place.get("database", ""), place["data_dir"])
    if isinstance(opened, SqliteStore) and not synced:
        writer = opened._writer
        writer._driver.execute("PRAGMA synchronous=OFF")
        disk, writer._disk = writer._disk, None
        assert disk is not None
        disk.shutdown()
    await opened.write(lambda tx: enrolment(opened, tx).ensure_default())
    return opened


def enrolment(store: Store, tx: UnitOfWork) -> AccountService:
    return AccountService(
        Context(tx, Clock(), Ids(), ScenarioRegistry(store, FACES), Links("http://sandbox"), FACES), Author.FILE
    )


def order(number: str, **terms: object) -> Order:
    """An unpaid order; `terms` differ from the usual ones."""
    usual = {
        "appid": DEFAULT_APPID,
        "trade_type": TradeType.NATIVE,
        "total_fee": 100,
        "body": "龙井茶",
        "notify_url": "http://shop.example/notify",
    }
    prepay = Prepay(f"wx{number}", NOON, f"code{number}", NOON)
    return place(OrderKey(MCH_ID, number), ORIGIN, Terms(**{**usual, **terms}), prepay, NOON)  # type: ignore[arg-type]


async def keep(store: Store, *placed: Order) -> None:
    for one in placed:
        await store.write(lambda tx, one=one: tx.orders.add(one))  # type: ignore[misc]


async def numbers(store: Store, chosen: OrderFilter | None = None, limit: int = 100) -> list[str]:
    """The out_trade_nos that a filter finds, in their order."""
    page = await store.read(lambda tx: tx.orders.page(chosen or OrderFilter(), None, limit))
    return [row.order.key.out_trade_no for row in page.items]


def check_days(tx: UnitOfWork) -> None:
    """What is kept of each day of the merchant's ledger is what its lines come to."""
    begin, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    lines = [line.move for account in OWN for line in tx.ledger.flow(Owner(MCH_ID), account, begin, end)]
    kept: Counter[str] = Counter()
    for one in tx.ledger.days(MCH_ID, begin.date()):
        kept.update({f"{one.movement} lines": one.lines, f"{one.movement} fen": one.fen})
    for move in lines:
        kept.subtract({f"{move.movement} lines": 1, f"{move.movement} fen": move.fen})
    assert kept == Counter()


def numbered(tx: Transaction, table: Table, number: int, **values: object) -> None:
    """Store a row as the so-manieth of its table: the next has the number after it."""
    tx.connection.execute(insert(table), {"id": number, **values})
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), number)))


def find(number: str):  # type: ignore[no-untyped-def]
    """A piece of work: the order of this number, or None."""

    def work(tx: UnitOfWork) -> Order | None:
        return tx.orders.find(OrderKey(MCH_ID, number))

    return work


def call(number: str, minutes: int = 0) -> Exchange:
    """An API call about an order, as the edge makes it."""
    return call_about(OrderKey(MCH_ID, number), minutes)


def call_about(key: OrderKey, minutes: int = 0) -> Exchange:
    """An API call about an order or a transfer."""
    return Exchange(
        at=NOON + timedelta(minutes=minutes),
        kind=ExchangeKind.API,
        origin=called_at(official=False),
        method="POST",
        path="/pay/orderquery",
        request=Message((("Content-Type", "text/xml"),), b"<xml></xml>"),
        key=key,
        mch_id=key.mch_id,
        status=200,
        reply=Message((), b"<xml></xml>"),
        outcome=ExchangeOutcome.OK,
    )
