"""Questions about calls: none reads the whole journal, and what is looked through in parts is found in the end."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import CompoundSelect, Select, create_engine

from sandbox.core.journal import ExchangeOutcome, SignatureState
from sandbox.core.ports.queries import CallFilter
from sandbox.store import Store
from sandbox.store.calls import LOOKED, page_query, scope_of
from sandbox.store.journal_tables import journal
from sandbox.store.paging import Asked, numbers
from sandbox.store.tables import metadata
from tests.store.helpers import MCH_ID, call
from tests.support.storing import repeated

FILTERS = [
    CallFilter(mch_id="1"),
    CallFilter(out_trade_no="1"),
    CallFilter(mch_id="1", out_trade_no="1"),
    CallFilter(outcome=ExchangeOutcome.FAILED),
    CallFilter(mch_id="1", outcome=ExchangeOutcome.FAILED),
    CallFilter(path="/x"),
    CallFilter(contains="x"),
    CallFilter(signature=SignatureState.OK, since=datetime(2026, 11, 23, tzinfo=UTC)),
    CallFilter(mch_id="1", path="/x", contains="x"),
]


def plan(query: Select[Any] | CompoundSelect[Any]) -> list[str]:
    """SQLite's own plan of a query."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        compiled = query.compile(dialect=engine.dialect, compile_kwargs={"render_postcompile": True})
        values = tuple(0 for _ in compiled.positiontup or ())
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    engine.dispose()
    return steps


@pytest.mark.parametrize("chosen", FILTERS, ids=str)
def test_a_page_is_read_between_its_floor_and_its_cursor(chosen: CallFilter) -> None:
    (step, *_) = plan(page_query(chosen, "9", 5))
    assert step.startswith("SEARCH journal USING")
    assert "id>? AND " in step.replace("rowid", "id")


@pytest.mark.parametrize("chosen", FILTERS, ids=str)
def test_how_far_a_page_looks_is_asked_of_an_index(chosen: CallFilter) -> None:
    (step, *_) = plan(numbers(journal.c.id, Asked(scope_of(chosen)), "9"))
    assert step.startswith("SEARCH journal USING")


@pytest.mark.slow
@pytest.mark.parametrize("mch_id", ["", MCH_ID])
async def test_a_rare_call_is_found_part_by_part(store: Store, mch_id: str) -> None:
    rare = call("ORDER001")
    rare.path = "/rare"
    await store.write(lambda tx: tx.record(rare))
    await store.write(repeated(LOOKED, lambda tx: tx.record(call("ORDER002"))))
    chosen = CallFilter(path="/rare", mch_id=mch_id)
    first = await store.read(lambda tx: tx.journal.calls(chosen, None, 10))
    assert (list(first.items), first.next) == ([], "2")
    second = await store.read(lambda tx: tx.journal.calls(chosen, first.next, 10))
    assert [entry.id for entry in second.items] == [1]
    assert second.next is None


@pytest.mark.slow
async def test_what_an_index_serves_is_found_however_far_it_lies(store: Store) -> None:
    await store.write(lambda tx: tx.record(call("ORDER001")))
    await store.write(repeated(LOOKED, lambda tx: tx.record(call("ORDER002"))))
    page = await store.read(lambda tx: tx.journal.calls(CallFilter(out_trade_no="ORDER001"), None, 10))
    assert [entry.id for entry in page.items] == [1]
