"""The journal: calls, attempts and what happened, as it is read."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, literal_column, or_, select

from sandbox.core import forgery_verdicts
from sandbox.core.events import Actor, EventName
from sandbox.core.forgery_verdicts import Proof
from sandbox.core.journal import Exchange, ExchangeKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.queries import CallFilter, Entry, Page
from sandbox.core.ports.repositories import Sieve
from sandbox.store import calls
from sandbox.store.journal_tables import journal
from sandbox.store.prepared import PreparedQuery
from sandbox.store.repositories.journal_rows import entry_of, exchange_of, verdict_of
from sandbox.store.repositories.notifications import NotificationRepository
from sandbox.store.rows import About, AnyRow

_END = 2**63 - 1
"""Behind every line."""

_IS_ATTEMPT = journal.c.notification_id != literal_column("''")
_timeline = About(select(journal).order_by(journal.c.id), journal)
_after = About(
    select(journal).where(journal.c.id > bindparam("after")).order_by(journal.c.id).limit(bindparam("limit")), journal
)
_before = About(
    select(journal).where(journal.c.id < bindparam("before")).order_by(journal.c.id.desc()).limit(bindparam("limit")),
    journal,
)
_marks = About(
    select(journal)
    .where(journal.c.kind != ExchangeKind.API.value)
    .order_by(journal.c.id.desc())
    .limit(bindparam("limit")),
    journal,
)
_last = About(select(func.max(journal.c.id).label("newest")), journal)
_canary_hits = About(select(journal.c.facts).where(journal.c.name == EventName.CANARY_HIT.value), journal)
_clock_jumps = select(journal).where(
    journal.c.kind == literal_column(f"'{Actor.CLOCK}'"),
    # Said so that no index on merchants offers itself: of their lines without an order there may be very many.
    journal.c.mch_id.concat("").in_(["", bindparam("m")]),
    journal.c.out_trade_no.concat("") == "",
    journal.c.id > bindparam("above"),
    journal.c.id < bindparam("below"),
)
_exchanges = (
    select(journal)
    .where(
        journal.c.id > bindparam("after"), or_(*[journal.c.kind == literal_column(f"'{one}'") for one in ExchangeKind])
    )
    .order_by(journal.c.id)
    .limit(bindparam("limit"))
)
_entry = select(journal).where(journal.c.id == bindparam("id"))
_attempts = PreparedQuery(
    select(journal).where(journal.c.notification_id == bindparam("id"), _IS_ATTEMPT).order_by(journal.c.id)
)
_verdicts = select(journal.c.notification_id, journal.c.verdict).where(
    journal.c.notification_id.in_(bindparam("ids", expanding=True)), _IS_ATTEMPT
)


class JournalRepository:
    def __init__(self, connection: Connection, notification_repository: NotificationRepository) -> None:
        self._connection = connection
        self._notifications = notification_repository

    def timeline(self, key: OrderKey) -> Sequence[Entry]:
        """Its own entries, with the clock's jumps since its first."""
        found = _timeline.ask(self._connection, key)
        return self._with_jumps(key, found, found[0].id, _END) if found else []

    def timeline_before(self, key: OrderKey, cursor: str | None, limit: int) -> Page[Entry]:
        before = int(cursor) if cursor else _END
        found = _before.ask(self._connection, key, before=before, limit=limit + 1)
        part = found[:limit][::-1]
        entries = self._with_jumps(key, part, part[0].id, before) if part else []
        return Page(entries, str(part[0].id) if len(found) > limit else None)

    def timeline_after(self, key: OrderKey, cursor: str | None, limit: int) -> Page[Entry]:
        after = int(cursor or 0)
        found = _after.ask(self._connection, key, after=after, limit=limit + 1)
        part, more = found[:limit], len(found) > limit
        entries = self._with_jumps(key, part, after or part[0].id, part[-1].id if more else _END) if part else []
        return Page(entries, str(part[-1].id) if more else None)

    def marks(self, key: OrderKey, limit: int) -> Sequence[Entry]:
        found = _marks.ask(self._connection, key, limit=limit)
        return [self._read(row) for row in reversed(found)]

    def last_of(self, key: OrderKey) -> int:
        return _last.ask(self._connection, key)[0].newest or 0

    def entry(self, entry_id: int) -> Entry | None:
        row = self._connection.execute(_entry, {"id": entry_id}).first()
        return None if row is None else self._read(row)

    def attempts(self, notification_id: str) -> Sequence[Exchange]:
        found = _attempts.all(self._connection, {"id": notification_id})
        return [self.settled(exchange_of(row)) for row in found]

    def receipts(self, notification_ids: Collection[str]) -> Mapping[str, int]:
        # Only what proves nothing is open: a receipt stays one.
        found = self._connection.execute(_verdicts, {"ids": list(notification_ids)})
        return Counter(row.notification_id for row in found if (it := verdict_of(row.verdict)) and it.accepted)

    def settled(self, exchange: Exchange) -> Exchange:
        verdict = exchange.verdict
        if verdict is None:
            return exchange
        if forgery_verdicts.is_open(verdict):
            verdict = forgery_verdicts.settled(verdict, self._proof(exchange), fetched=self._fetched(exchange))
        exchange.judged(verdict)
        return exchange

    def _with_jumps(self, key: OrderKey, own: Sequence[AnyRow], above: int, below: int) -> Sequence[Entry]:
        """An order's own lines and the clock's jumps between two lines, oldest first."""
        jumps = self._connection.execute(_clock_jumps, {"m": key.mch_id, "above": above, "below": below})
        return sorted([*map(self._read, own), *map(entry_of, jumps)], key=lambda entry: entry.id)

    def _read(self, row: AnyRow) -> Entry:
        entry = entry_of(row)
        return Entry(entry.id, self.settled(entry.what)) if isinstance(entry.what, Exchange) else entry

    def _proof(self, exchange: Exchange) -> Proof:
        """What the merchant's way with true notifications tells of its answer to a forged one."""
        assert exchange.key is not None, "a notification is about something"
        about = (exchange.tells_of, exchange.out_refund_no, exchange.party)
        told = self._notifications.of_order(exchange.key)
        true = [one for one in told if one.true and (one.kind, one.out_refund_no, one.told) == about]
        if true:
            return forgery_verdicts.proof_of(true)
        there = self._notifications.accepted_at(exchange.mch_id, exchange.path, exchange.tells_of)
        return Proof.ELSEWHERE if there else Proof.NONE

    def _fetched(self, exchange: Exchange) -> bool:
        """Whether the canary of an attempt's message was asked for."""
        assert exchange.key is not None, "a notification is about something"
        hits = _canary_hits.ask(self._connection, exchange.key)
        return any(hit.facts.get("notification_id") == exchange.notification_id for hit in hits)

    def calls(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[Entry]:
        return calls.page(self._connection, chosen, cursor, limit)

    def call_numbers(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[int]:
        return calls.numbers(self._connection, chosen, cursor, limit)

    def calls_after(self, chosen: CallFilter, entry_id: int, limit: int, sieve: Sieve | None = None) -> Sequence[Entry]:
        return calls.after(self._connection, chosen, entry_id, limit, sieve)

    def horizon(self, chosen: CallFilter, lines: int) -> int:
        return calls.horizon(self._connection, chosen, lines)

    def exchanges_after(self, entry_id: int, limit: int) -> Sequence[Entry]:
        found = self._connection.execute(_exchanges, {"after": entry_id, "limit": limit})
        return [entry_of(row) for row in found]

    def newest(self) -> int:
        return calls.newest(self._connection)
