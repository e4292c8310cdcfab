"""No query may read a whole table, and no list sort what it finds: SQLite's own plan of each is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from itertools import product
from pkgutil import iter_modules
from typing import Any

import pytest
from sqlalchemy import Connection, Select, create_engine, event, select
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from sandbox.core.orders import TradeState
from sandbox.core.ports.queries import OrderFilter
from sandbox.store import calls, filters, repositories, retention, searching
from sandbox.store.paging import Asked, newest, numbers, page_query
from sandbox.store.prepared import Prepared
from sandbox.store.repositories.notifications import _told_of
from sandbox.store.repositories.orders import _orders_of
from sandbox.store.rows import About
from sandbox.store.sharing_tables import sharings
from sandbox.store.tables import metadata, notifications, orders, refunds
from sandbox.store.transfer_tables import transfers

MODULES = [import_module(f"{repositories.__name__}.{one.name}") for one in iter_modules(repositories.__path__)]


def queries_of(name: str, value: object) -> dict[str, Select[Any]]:
    """What a name of a module stands for, where it is a question."""
    if isinstance(value, About):
        of_transfer = f"{name} of a transfer"
        return {**queries_of(name, value._of_order), **queries_of(of_transfer, value._of_transfer)}
    if isinstance(value, tuple):
        return {f"{name}[{at}]": one for at, one in enumerate(value) if isinstance(one, Select)}
    asked = value._statement if isinstance(value, Prepared) else value
    return {name: asked} if isinstance(asked, Select) else {}


QUERIES = {
    f"{module.__name__.rpartition('.')[2]}.{told}": query
    for module in MODULES
    for name, value in vars(module).items()
    for told, query in queries_of(name, value).items()
}


@pytest.fixture
def connection() -> Iterator[Connection]:
    """To an empty database with all tables and indexes."""
    engine = create_engine("sqlite://")
    with engine.connect() as connected:
        metadata.create_all(connected)
        yield connected
    engine.dispose()


def plan_of(connection: Connection, query: ClauseElement) -> list[str]:
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    assert isinstance(compiled, SQLCompiler)
    values = tuple(0 for _ in compiled.positiontup or ())
    return explained(connection, str(compiled), values)


def explained(connection: Connection, sql: str, values: tuple[object, ...]) -> list[str]:
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert plan
    return plan


def read_whole(plan: list[str]) -> list[str]:
    """The steps that go through all of a table."""
    return [step for step in plan if step.startswith("SCAN") and "USING INDEX" not in step]


@pytest.mark.parametrize("name", QUERIES)
def test_it_uses_an_index(connection: Connection, name: str) -> None:
    assert read_whole(plan_of(connection, QUERIES[name].params(ids=["A"], numbers=["A"], m="A"))) == []


def test_the_queries_are_found() -> None:
    assert {
        "journal._attempts",
        "orders._find_order",
        "orders._expired",
        "ledger._balance",
        "orders._NEXT_DUES[5]",
    } <= set(QUERIES)


LISTS = {
    "orders": [
        (orders.c.id, filters.of_orders(OrderFilter(mch_id=mine, **chosen), Asked()))
        for mine, chosen in product(
            ("", "1900000109"),
            (
                {},
                {"out_trade_no": "A"},
                {"trade_state": TradeState.NOTPAY.value},
                {"trade_type": "JSAPI"},
                {"notification": "failed"},
                {"notification": "given_up"},
                {"notification": "none", "trade_state": TradeState.SUCCESS.value},
                {"scenario": "unpaid"},
            ),
        )
    ],
    "refunds": [
        (refunds.c.id, filters.of_refunds(*chosen, Asked())) for chosen in product(("", "1900000109"), ("", "CHANGE"))
    ],
    "transfers": [
        (transfers.c.id, filters.of_transfers(*chosen, Asked())) for chosen in product(("", "1900000109"), ("", "FAIL"))
    ],
    "sharings": [
        (sharings.c.id, filters.of_sharings(*chosen, Asked()))
        for chosen in product(("", "1900000109"), ("", "PROCESSING", "FINISHED"))
    ],
    "notifications": [
        (notifications.c.seq, filters.of_notifications(*chosen, Asked()))
        for chosen in product(("", "1900000109"), ("", "A"), ("", "pending", "untried", "failing", "failed"))
    ],
}


@pytest.mark.parametrize("cursor", [None, "9"])
@pytest.mark.parametrize("table", LISTS)
def test_a_part_of_a_list_is_read_in_the_order_of_an_index(
    connection: Connection, table: str, cursor: str | None
) -> None:
    for number, asked in LISTS[table]:
        scope = plan_of(connection, numbers(number, asked, cursor).limit(50))
        of_both = ("MERGE (UNION)", "LEFT", "RIGHT") if asked.beside else ()
        steps = (f"SEARCH {table} USING", f"SCAN {table}", *of_both)
        assert scope == [step for step in scope if step.startswith(steps)] or any(
            "out_trade_no" in str(one)
            for one in asked.scope  # of one number there are few, and they may be sorted
        )
        assert read_whole(scope) == [] or not asked.scope  # without one, the table's own order is that of the list
        whole = plan_of(connection, page_query(select(number.table), number, asked, cursor, 9).limit(50))
        assert read_whole(whole) == read_whole(scope)  # what is asked besides is asked of a part


def test_a_merchants_orders_in_a_state_have_an_index_of_their_own(connection: Connection) -> None:
    """In the other two a merchant of few orders, or a state that few are in, would be looked for to the end."""
    chosen = OrderFilter(mch_id="1900000109", trade_state=TradeState.NOTPAY.value)
    scope = filters.of_orders(chosen, Asked()).scope
    (step,) = plan_of(connection, newest(select(orders), orders.c.id, scope, None))
    assert step.endswith("(mch_id=? AND trade_state=?)")


@contextmanager
def asked(connection: Connection) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """The queries that are put, with their values."""
    queries: list[tuple[str, tuple[object, ...]]] = []

    def heard(*call: Any) -> None:
        queries.append((call[2], call[3]))

    event.listen(connection, "before_cursor_execute", heard)
    yield queries
    event.remove(connection, "before_cursor_execute", heard)


SEARCHES = [
    *(searching.of_orders, searching.of_refunds, searching.of_transfers, searching.of_sharings),
    searching.of_notifications,
]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_text_is_looked_for_in_indexes_and_among_the_newest(connection: Connection, search: Any) -> None:
    with asked(connection) as queries:
        search(connection, "20261130")
    assert len(queries) >= 3
    plans = [explained(connection, *query) for query in queries if "WHERE" in query[0]]
    assert [step for plan in plans for step in read_whole(plan)] == []


@pytest.mark.parametrize("name", ["_timeline", "_before", "_after", "_marks", "_last"])
@pytest.mark.parametrize(("whose", "index"), [("", "ix_journal_order"), (" of a transfer", "ix_journal_transfer")])
def test_a_timeline_is_read_in_the_order_of_an_index(connection: Connection, name: str, whose: str, index: str) -> None:
    (step,) = plan_of(connection, QUERIES[f"journal.{name}{whose}"])
    assert f"INDEX {index} (mch_id=? AND out_" in step


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (_told_of._of_orders, "ix_notifications_order (mch_id=? AND out_trade_no=?)"),
        (_told_of._of_transfers, "ix_notifications_transfer (mch_id=? AND out_bill_no=?)"),
        (_orders_of, "ix_orders_key (mch_id=? AND out_trade_no=?)"),
    ],
)
def test_several_of_a_merchant_are_found_by_their_numbers(
    connection: Connection, query: Select[Any], index: str
) -> None:
    (step,) = plan_of(connection, query.params(numbers=["A", "B"], m="A"))
    assert step.endswith(index)


def test_the_clocks_jumps_are_found_in_their_index(connection: Connection) -> None:
    (step,) = plan_of(connection, QUERIES["journal._clock_jumps"])
    assert step.startswith("SEARCH journal USING INDEX ix_journal_clock (id>? AND id<?)")


@pytest.mark.parametrize("kind", [retention.ORDER, retention.TRANSFER], ids=["order", "transfer"])
def test_what_goes_is_found_by_indexes(connection: Connection, kind: retention.Kind) -> None:
    prepared = [one._statement for one in (kind.newest_line, kind.drop_notifications, *kind.drops)]
    for query in (kind.finished, kind.newest, kind.drop_lines, kind.drop_ledger_lines, *prepared):
        assert read_whole(plan_of(connection, query)) == []


@pytest.mark.parametrize("mch_id", ["", "1900000109"])
def test_wrong_signatures_are_counted_in_their_index(connection: Connection, mch_id: str) -> None:
    with asked(connection) as queries:
        calls.wrongly_signed(connection, mch_id, datetime(2026, 11, 30, tzinfo=UTC), "", 1000)
    assert any("ix_journal_wrong (at>?" in step for step in explained(connection, *queries[0]))
