"""Retention on a database that several processes share: by one of them at a time, and counted in the database."""

import asyncio
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from sandbox.core.errors import StorageFailed
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.journal_tables import journal
from sandbox.store.retention import (
    BYTES,
    LINES,
    ORDER,
    SLACK,
    TRANSFER,
    Dropped,
    Kind,
    Limits,
    drop_lines,
    drop_numbered,
)
from sandbox.store.tables import orders
from sandbox.store.transaction import Transaction
from sandbox.store.transfer_tables import transfers

if TYPE_CHECKING:
    from sandbox.store.postgresql.storage import PostgresqlStore

log = logging.getLogger(__name__)

HOLD = "retention"

LOOK_SECONDS = 10.0
"""How often it is counted, where something was written."""

MANY = 10
"""A round may drop so many batches before it counts again."""


class Dropping:
    """One process's share of it. `written` is told of every commit, `beat` comes about once a second."""

    def __init__(self, limits: Limits, store: "PostgresqlStore") -> None:
        self._limits, self._store = limits, store
        self._wrote = True
        self._next = 0.0
        self._round: asyncio.Task[None] | None = None

    def written(self, committed: ChangeSet) -> None:
        self._wrote = self._wrote or committed.lines > 0

    def beat(self) -> None:
        """Begin a round where it is time for one."""
        keeps = self._limits.calls or self._limits.orders or self._limits.bytes
        if not keeps or not self._wrote or time.monotonic() < self._next or self._round is not None:
            return
        self._wrote = False
        self._round = asyncio.create_task(self._look())
        self._round.add_done_callback(self._ended)

    async def stop(self) -> None:
        if self._round is not None:
            self._round.cancel()
            await asyncio.wait([self._round])

    def _ended(self, round_: "asyncio.Task[None]") -> None:
        self._round = None
        self._next = time.monotonic() + LOOK_SECONDS
        error = None if round_.cancelled() else round_.exception()
        if error is not None and not isinstance(error, StorageFailed):  # of those the store tells
            log.error("what is too old could not be dropped", exc_info=error)

    async def _look(self) -> None:
        async with self._store.if_nobody_does(HOLD) as mine:
            if not mine:
                return
            await self._drop_lines()
            await self._drop_numbered(ORDER, orders)
            await self._drop_numbered(TRANSFER, transfers)

    async def _drop_lines(self) -> None:
        calls, size = self._limits.calls, self._limits.bytes
        lines, held = await self._store.looked(_lines)
        wanted = Dropped(lines=_excess(lines, calls), bytes=_excess(held, size))
        while wanted.lines > 0 or wanted.bytes > 0:
            gone = await self._store.write(partial(_drop_lines, wanted))
            wanted.lines, wanted.bytes = wanted.lines - gone.lines, wanted.bytes - gone.bytes
            if not gone.lines:
                return
            self._wrote = True

    async def _drop_numbered(self, kind: Kind, table: object) -> None:
        keep = self._limits.orders
        count = await self._store.looked(lambda one: _count(one, table))
        wanted, above = _excess(count, keep), 0
        while wanted > 0:
            gone = await self._store.write(partial(_drop_numbered, kind, keep, above, min(wanted, LINES)))
            wanted -= gone.numbered
            if gone.above is None:
                return
            above = gone.above


def _drop_lines(wanted: Dropped, tx: Transaction) -> Dropped:
    return drop_lines(tx.connection, wanted, Dropped(lines=MANY * LINES, bytes=MANY * BYTES))


def _drop_numbered(kind: Kind, keep: int, above: int, wanted: int, tx: Transaction) -> Dropped:
    return drop_numbered(tx, kind, keep, above, wanted)


def _excess(count: int, limit: int) -> int:
    """How many are to go; none within a limit's slack."""
    return count - limit if limit and count > limit + limit // SLACK else 0


def _lines(connection: Connection) -> tuple[int, int]:
    found = connection.execute(select(func.count(), func.sum(journal.c.size))).one()
    return int(found[0]), int(found[1] or 0)


def _count(connection: Connection, table: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)  # type: ignore[arg-type]
