"""Questions to the journal about API calls. None of them reads the whole of it, however rare what it looks for is.

What an index serves (whose call, of which order, all that failed) is found at once. The rest is looked for among the
newest lines that the index gives: `LOOKED` a question, after which a page's cursor goes on.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Integer, Select, func, literal, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from sandbox.core.journal import ExchangeKind, ExchangeOutcome
from sandbox.core.ports.queries import CallFilter, Entry, Page
from sandbox.core.ports.repositories import Sieve
from sandbox.store import paging
from sandbox.store.journal_tables import journal
from sandbox.store.paging import Asked
from sandbox.store.repositories.journal_rows import entry_of
from sandbox.store.searching import KNOWN

LOOKED = 5000
"""Lines that one page looks through: some milliseconds, in a reader, where a searched text stands in none."""

PAGE_BYTES = 8 * 1024 * 1024
"""What the lines of a page may hold together; one line always finds room."""

Conditions = list[ColumnElement[bool]]

# A partial index serves a query only where its condition stands there in so many words, not as a bound value.
_WRONG = journal.c.signature == literal_column("'wrong'")
_FAILED = journal.c.outcome == literal_column("'failed'")
_newest = select(func.max(journal.c.id))


class _Place(FunctionElement[int]):
    """Where the second of two byte strings begins in the first, from 1; 0 where it does not stand there."""

    name = "instr"
    type = Integer()
    inherit_cache = True


@compiles(_Place)
def _in_sqlite(place: _Place, compiler: Any, **options: Any) -> str:
    within, sought = [compiler.process(one, **options) for one in place.clauses]
    return f"instr({within}, {sought})"


@compiles(_Place, "postgresql")
def _in_postgresql(place: _Place, compiler: Any, **options: Any) -> str:
    within, sought = [compiler.process(one, **options) for one in place.clauses]
    return f"position({sought} IN {within})"


def page(connection: Connection, chosen: CallFilter, cursor: str | None, limit: int) -> Page[Entry]:
    """Calls, newest first, from below `cursor`; with `next` there may be more, though fewer than `limit` were found."""
    floor = _floor(connection, chosen, cursor)
    found: list[Any] = []
    room = PAGE_BYTES
    for row in connection.execute(page_query(chosen, cursor, floor).limit(limit + 1)):
        if len(found) == limit or (found and row.size > room):
            return Page([entry_of(one) for one in found], str(found[-1].id))
        found.append(row)
        room -= row.size
    return Page([entry_of(one) for one in found], str(floor) if floor else None)


def numbers(connection: Connection, chosen: CallFilter, cursor: str | None, limit: int) -> Page[int]:
    """The same calls' numbers alone."""
    floor = _floor(connection, chosen, cursor)
    query = page_query(chosen, cursor, floor).with_only_columns(journal.c.id, maintain_column_froms=True)
    found = connection.execute(query.limit(limit + 1)).scalars().all()
    following = str(found[limit - 1]) if len(found) > limit else str(floor) if floor else None
    return Page(found[:limit], following)


def after(
    connection: Connection, chosen: CallFilter, entry_id: int, limit: int, sieve: Sieve | None = None
) -> Sequence[Entry]:
    """Calls with a larger number, oldest first; of what a sieve holds back nothing but the body is read."""
    query = _calls(chosen).where(journal.c.id > entry_id).order_by(journal.c.id)
    if sieve is not None:
        bodies = query.with_only_columns(journal.c.id, journal.c.request_body, maintain_column_froms=True)
        with closing(connection.execute(bodies)) as found:
            passed = list(islice((number for number, body in found if sieve(body)), limit))
        query = select(journal).where(journal.c.id.in_(passed)).order_by(journal.c.id)
    return [entry_of(row) for row in connection.execute(query.limit(limit))]


def wrongly_signed(connection: Connection, mch_id: str, since: datetime, contains: str, most: int) -> int:
    """How many calls were, of a merchant or of all, with a text in their request; no more than `most` are looked at."""
    # Said so that the index on merchants does not offer itself, which knows of no signatures.
    mine = [journal.c.mch_id.concat("") == mch_id] if mch_id else []
    looked = select(journal.c.id).where(_WRONG, journal.c.at >= since, *mine).limit(most)
    query = select(func.count()).where(journal.c.id.in_(looked), *([mentions(contains)] if contains else []))
    return connection.execute(query).scalar() or 0


def newest(connection: Connection) -> int:
    """The number of the newest line; 0 where there is none."""
    return connection.execute(_newest).scalar() or 0


def horizon(connection: Connection, chosen: CallFilter, lines: int, cursor: str | None = None) -> int:
    """The number of the oldest of the newest `lines` that an index gives for a filter; 0 where there are fewer."""
    return paging.horizon(connection, journal.c.id, Asked(scope_of(chosen)), cursor, lines)


def page_query(chosen: CallFilter, cursor: str | None, floor: int) -> Select[Any]:
    """Calls, newest first, between a floor (with it) and a cursor (without)."""
    query = paging.newest(_calls(chosen), journal.c.id, (), cursor)
    return query.where(journal.c.id >= floor) if floor else query


def _floor(connection: Connection, chosen: CallFilter, cursor: str | None) -> int:
    """Down to which line a page looks; 0 where an index finds what it asks for."""
    return 0 if _is_indexed(chosen) else horizon(connection, chosen, LOOKED, cursor)


def _calls(chosen: CallFilter) -> Select[Any]:
    return select(journal).where(*scope_of(chosen), journal.c.kind == ExchangeKind.API.value, *_rest(chosen))


def scope_of(chosen: CallFilter) -> Conditions:
    """What an index serves."""
    scope: Conditions = []
    if chosen.mch_id:
        scope.append(journal.c.mch_id == chosen.mch_id)
    elif chosen.out_trade_no:
        # The index begins with the merchant; a line with a number belongs to one that is known.
        scope.append(journal.c.mch_id.in_(KNOWN))
    elif chosen.outcome is ExchangeOutcome.FAILED:
        scope.append(_FAILED)
    if chosen.out_trade_no:
        scope.append(journal.c.out_trade_no == chosen.out_trade_no)
    return scope


def _rest(chosen: CallFilter) -> Conditions:
    """What each line must be asked."""
    equal = {
        journal.c.path: chosen.path,
        journal.c.outcome: chosen.outcome.value,
        journal.c.signature: chosen.signature.value,
    }
    rest: Conditions = [column == value for column, value in equal.items() if value]
    if chosen.since is not None:
        rest.append(journal.c.at >= chosen.since)
    if chosen.contains:
        rest.append(mentions(chosen.contains))
    return rest


def mentions(text: str) -> ColumnElement[bool]:
    """Whether a text stands in a call's request."""
    return _Place(journal.c.request_body, literal(text.encode("utf-8", "replace"))) > 0


def _is_indexed(chosen: CallFilter) -> bool:
    by_outcome = chosen.outcome is ExchangeOutcome.FAILED and not (chosen.mch_id or chosen.out_trade_no)
    return len(_rest(chosen)) == by_outcome
