"""The storage that all parts share: reads on connections of their own, writes through the one writer."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Engine, select

from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports import Committed, Listener, UnitOfWork
from sandbox.store import rows
from sandbox.store.database import Database, open_database
from sandbox.store.retention import Limits, Retention
from sandbox.store.tables import apps, merchants
from sandbox.store.transaction import Transaction
from sandbox.store.writer import Writer

log = logging.getLogger(__name__)

T = TypeVar("T")
Observer = Callable[[Sequence[Event | Exchange]], None]
JOT_SECONDS = 0.1
"""How long a call that changed nothing may wait for its line in the journal."""

READERS = 4


class Store:
    """Open with `Store.open`, inside the event loop that will use it; close with `close`."""

    def __init__(self, database: Database, accounts: Accounts, limits: Limits) -> None:
        self.accounts = accounts
        self._database = database
        self._listeners: list[Listener] = []
        self._observers: list[Observer] = []
        self._writer = Writer(database.writing, accounts, self._tell, self._hear, synced=not database.temporary)
        with database.reading.connect() as connection:
            self._retention = Retention(limits, connection, self._writer.submit)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._jotted: list[Exchange] = []
        self._jotting: asyncio.TimerHandle | None = None
        self._flushed: asyncio.Future[None] | None = None

    @classmethod
    async def open(cls, database: str, data_dir: Path, limits: Limits = Limits()) -> "Store":
        """Open, make or migrate the database; raises DatabaseUnusable."""
        opened = open_database(database, data_dir)
        return cls(opened, _load_accounts(opened.writing), limits)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every commit, on the event loop."""
        self._listeners.append(listener)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every line of the journal once it is on disk, those of one commit together."""
        self._observers.append(observer)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        self._flush()
        return cast(T, await self._writer.submit(work))

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        self._flush()
        if self._flushed is not None:
            await asyncio.wait([self._flushed])
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, work)

    async def peek(self, work: Callable[[UnitOfWork], T]) -> T:
        # On the event loop: a look by key is over before a thread would have started.
        return self._run(work)

    def jot(self, exchange: Exchange) -> None:
        self._jotted.append(exchange)
        if self._jotting is None:
            self._jotting = asyncio.get_running_loop().call_later(JOT_SECONDS, self._flush)

    async def close(self) -> None:
        """Write what waits, then close. Nothing acknowledged is lost even without this."""
        self._flush()
        self._retention.stop()
        await self._writer.stop()
        self._readers.shutdown()
        self._database.dispose()

    def _run(self, work: Callable[[UnitOfWork], T]) -> T:
        with self._database.reading.connect() as connection:
            return work(Transaction(connection, self.accounts))

    def _flush(self) -> None:
        if self._jotting is None:
            return
        self._jotting.cancel()
        self._jotting = None
        jotted, self._jotted = self._jotted, []
        flushed = self._writer.submit(lambda transaction: _record_all(transaction, jotted))
        self._flushed = flushed
        flushed.add_done_callback(self._settled)

    def _settled(self, flushed: "asyncio.Future[None]") -> None:
        if self._flushed is flushed:
            self._flushed = None
        if flushed.exception() is not None:
            log.error("calls that changed nothing could not be journalled: %s", flushed.exception())

    def _hear(self, recorded: Sequence[Event | Exchange]) -> None:
        for observer in self._observers:
            observer(recorded)

    def _tell(self, committed: Committed) -> None:
        self._retention.written(committed)
        for listener in self._listeners:
            listener(committed)


def _record_all(transaction: Transaction, exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        transaction.record(exchange)


def _load_accounts(engine: Engine) -> Accounts:
    with engine.begin() as connection:
        return Accounts(
            [rows.merchant_of(row) for row in connection.execute(select(merchants).order_by(merchants.c.seq))],
            [rows.app_of(row) for row in connection.execute(select(apps).order_by(apps.c.seq))],
        )
