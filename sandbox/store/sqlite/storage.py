"""The storage in a file of SQLite's: reads on connections of their own, writes through the one writer."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from sandbox.core.errors import StorageFailed
from sandbox.core.health import Trouble
from sandbox.core.journal import Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports.storage import Alone, Census, ChangeSet, UnitOfWork
from sandbox.store import room
from sandbox.store.census import counted
from sandbox.store.repositories.accounts import load_accounts
from sandbox.store.retention import Limits, Retention
from sandbox.store.sqlite.database import Database, kept, open_database, unusable
from sandbox.store.sqlite.watch import Watch
from sandbox.store.sqlite.writer import DRIVER_ERRORS, Writer
from sandbox.store.storage import Store
from sandbox.store.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
JOT_SECONDS = 0.1
"""How long a call that changed nothing may wait for its line in the journal."""

READERS = 4

STUCK_SECONDS = 10.0
"""How long a group may be under way before health calls the disk stuck."""

PROBE_SECONDS = 1.0
"""How long health waits for a trial write."""


class SqliteStore(Store):
    """One process, which alone has the file."""

    kind = "sqlite"
    owed = Alone()

    def __init__(self, database: Database, accounts: Accounts, limits: Limits) -> None:
        super().__init__(accounts)
        self._database = database
        self._watch = Watch(database.path)
        writing, driver = kept(database.writing)
        self._watch.take(driver)
        told = (self._tell, self._hear)
        self._writer = Writer(writing, driver, self._watch, accounts, *told, synced=not database.temporary)
        with database.reading.connect() as connection:
            self._census = counted(connection)
            self._retention = Retention(limits, connection, self._writer.submit, self._census.orders.total())
        self._looking = kept(database.reading)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._jotted: list[Exchange] = []
        self._jotting: asyncio.TimerHandle | None = None
        self._flushed: asyncio.Future[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._behind = False
        """Whether scenarios have changed and could not be read again."""

    @classmethod
    def begin(cls, database: str, data_dir: Path, limits: Limits) -> "SqliteStore":
        opened = open_database(database, data_dir)
        try:
            return cls(opened, _load_accounts(opened.writing), limits)
        except DRIVER_ERRORS as error:
            raise unusable(opened.path, error) from error

    def exclusively(self, name: str) -> AbstractAsyncContextManager[None]:
        return self._locks[name]

    def write(self, work: Callable[[UnitOfWork], T], *, guarded: bool = True) -> Awaitable[T]:
        self._flush()
        return self._writer.submit(work, guarded=guarded)

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        self._flush()
        if self._flushed is not None:
            await asyncio.wait([self._flushed])
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, work)

    async def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        return self._look(work)

    def _look(self, work: Callable[[UnitOfWork], T]) -> T:
        # On the event loop, by a connection that is kept: a look by key is over before a thread has started.
        connection, driver = self._looking
        with self._reading():
            driver.execute("BEGIN")
            try:
                self._watch.require(driver)
                return work(Transaction(connection, self.accounts))
            finally:
                driver.rollback()

    def journal_later(self, exchange: Exchange) -> Awaitable[None] | None:
        self._jotted.append(exchange)
        if self._jotting is None:
            self._jotting = asyncio.get_running_loop().call_later(JOT_SECONDS, self._flush)
        return None

    def catch_up(self) -> Awaitable[None] | None:
        return None

    async def counted(self) -> Census:
        return self._census

    def trouble(self) -> Trouble | None:
        return self._watch.trouble()

    async def examine(self) -> Trouble | None:
        if self._writer.waits > STUCK_SECONDS:
            return self._watch.stuck(self._writer.waits)
        if self._watch.trouble() or self._watch.nearly_full:
            await self._probe(self._try_to_write)
        elif self._writer.idle and self._watch.touched():
            await self._probe(self._begin)
        with contextlib.suppress(StorageFailed):
            await self.read_now(lambda tx: None)
        return self._watch.trouble()

    async def close(self) -> None:
        self._flush()
        self._retention.stop()
        await self._writer.finish()
        self._readers.shutdown()
        self._looking[0].close()
        self._writer.close()
        self._database.dispose()

    async def _probe(self, trial: Callable[[], Coroutine[None, None, None]]) -> None:
        """See what the writer meets; those who ask at the same time share one trial."""
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(trial())
        await asyncio.wait([self._probing], timeout=PROBE_SECONDS)

    async def _begin(self) -> None:
        with contextlib.suppress(StorageFailed):
            await self._writer.submit(lambda transaction: None)

    async def _try_to_write(self) -> None:
        with contextlib.suppress(StorageFailed):
            await self._writer.submit(room.take)
            await self._writer.submit(room.give_back)
            self._watch.has_room()

    def _run(self, work: Callable[[UnitOfWork], T]) -> T:
        with self._reading(), self._database.reading.connect() as connection:
            self._watch.require(connection.connection.driver_connection)
            return work(Transaction(connection, self.accounts))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """What the driver meets in reading is noted, and raised as StorageFailed."""
        try:
            yield
        except DRIVER_ERRORS as error:
            log.error("the database could not be read: %s", error)
            self._watch.seen(error)
            raise StorageFailed from error

    def _flush(self) -> None:
        if self._jotting is None:
            return
        self._jotting.cancel()
        self._jotting = None
        jotted, self._jotted = self._jotted, []
        flushed = self._writer.submit(lambda transaction: _record_all(transaction, jotted), guarded=False)
        self._flushed = flushed
        flushed.add_done_callback(self._settled)

    def _settled(self, flushed: "asyncio.Future[None]") -> None:
        if self._flushed is flushed:
            self._flushed = None
        if flushed.exception() is not None:
            log.error("calls that changed nothing could not be journalled: %s", flushed.exception())

    def _tell(self, committed: ChangeSet) -> None:
        self._census.merge(committed.census)
        self._retention.written(committed)
        self._behind = self._behind or committed.scenarios
        if self._behind:
            self._follow()
        super()._tell(committed)

    def _follow(self) -> None:
        """Have scenarios read again before anybody is answered; where nothing can be read, after the next commit."""
        with contextlib.suppress(StorageFailed):
            self._look(self._read_again)
            self._behind = False

    def _read_again(self, tx: UnitOfWork) -> None:
        for follower in self._followers:
            follower(tx, ChangeSet(scenarios=True))


def _record_all(transaction: Transaction, exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        transaction.record(exchange)


def _load_accounts(engine: Engine) -> Accounts:
    with engine.begin() as connection:
        return load_accounts(connection)
