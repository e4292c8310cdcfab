"""The storage that all parts share: reads on connections of their own, writes through the one writer."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, delete, insert

from sandbox.core.errors import StorageFailed
from sandbox.core.health import Trouble
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports.services import Listener
from sandbox.core.ports.storage import ChangeSet, UnitOfWork
from sandbox.store.census import counted
from sandbox.store.database import Database, kept, open_database, unusable
from sandbox.store.repositories.accounts import load_accounts
from sandbox.store.retention import Limits, Retention
from sandbox.store.tables import room
from sandbox.store.transaction import Transaction
from sandbox.store.watch import Watch
from sandbox.store.writer import DRIVER_ERRORS, Writer

log = logging.getLogger(__name__)

T = TypeVar("T")
Observer = Callable[[Sequence[Event | Exchange]], None]
JOT_SECONDS = 0.1
"""How long a call that changed nothing may wait for its line in the journal."""

READERS = 4

STUCK_SECONDS = 10.0
"""How long a group may be under way before health calls the disk stuck."""

PROBE_SECONDS = 1.0
"""How long health waits for a trial write."""

ROOM = b"\0" * 128 * 1024
"""What a trial write asks for: more than a call needs."""


class Store:
    """Open with `Store.open`, inside the event loop that will use it; close with `close`."""

    def __init__(self, database: Database, accounts: Accounts, limits: Limits) -> None:
        self.accounts = accounts
        self._database = database
        self._listeners: list[Listener] = []
        self._observers: list[Observer] = []
        self._watch = Watch(database.path)
        writing, driver = kept(database.writing)
        self._watch.take(driver)
        told = (self._tell, self._hear)
        self._writer = Writer(writing, driver, self._watch, accounts, *told, synced=not database.temporary)
        with database.reading.connect() as connection:
            self.census = counted(connection)
            self._retention = Retention(limits, connection, self._writer.submit, self.census.orders.total())
        self._looking = kept(database.reading)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._jotted: list[Exchange] = []
        self._jotting: asyncio.TimerHandle | None = None
        self._flushed: asyncio.Future[None] | None = None
        self._probing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, database: str, data_dir: Path, limits: Limits = Limits()) -> "Store":
        """Open, make or migrate the database; raises DatabaseUnusable."""
        opened = open_database(database, data_dir)
        try:
            return cls(opened, _load_accounts(opened.writing), limits)
        except DRIVER_ERRORS as error:
            raise unusable(opened.path, error) from error

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every commit, on the event loop."""
        self._listeners.append(listener)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every line of the journal once it is on disk, those of one commit together."""
        self._observers.append(observer)

    def write(self, work: Callable[[UnitOfWork], T], *, guarded: bool = True) -> Awaitable[T]:
        self._flush()
        return self._writer.submit(work, guarded=guarded)

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        self._flush()
        if self._flushed is not None:
            await asyncio.wait([self._flushed])
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, work)

    async def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        # On the event loop, by a connection that is kept: a look by key is over before a thread has started.
        connection, driver = self._looking
        with self._reading():
            driver.execute("BEGIN")
            try:
                self._watch.require(driver)
                return work(Transaction(connection, self.accounts))
            finally:
                driver.rollback()

    def journal_later(self, exchange: Exchange) -> None:
        self._jotted.append(exchange)
        if self._jotting is None:
            self._jotting = asyncio.get_running_loop().call_later(JOT_SECONDS, self._flush)

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
        """Write what waits, then close. Nothing acknowledged is lost even without this."""
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
            await self._writer.submit(_take_room)
            await self._writer.submit(_give_room_back)
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

    def _hear(self, recorded: Sequence[Event | Exchange]) -> None:
        for observer in self._observers:
            observer(recorded)

    def _tell(self, committed: ChangeSet) -> None:
        self.census.merge(committed.census)
        self._retention.written(committed)
        for listener in self._listeners:
            listener(committed)


def _take_room(transaction: Transaction) -> None:
    transaction.connection.execute(insert(room), {"taken": ROOM})


def _give_room_back(transaction: Transaction) -> None:
    transaction.connection.execute(delete(room))


def _record_all(transaction: Transaction, exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        transaction.record(exchange)


def _load_accounts(engine: Engine) -> Accounts:
    with engine.begin() as connection:
        return load_accounts(connection)
