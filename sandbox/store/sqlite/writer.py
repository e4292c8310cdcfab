"""The one writer: it owns the only write connection, and commits in groups.

All that wait are run one after the other; then one disk sync, in a thread; and only then are the answers given. So
durability costs one sync a group, not one an order. While the disk syncs, the event loop goes on taking calls, and they
are the next group.

A guarded work runs in a savepoint: what it raises undoes it alone. SQLite then copies each page before it is changed,
which was an eighth of an order's processor time; so merchants' calls go without, since their use cases decide before
they store. Should one raise all the same after it has stored something, its whole group is undone.

The works themselves run on the event loop: they are short, and a thread that shares the interpreter with the loop cost
more than they did (the profile: 350 microseconds an order with a writer thread, of which 75 were work).
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sandbox.core.errors import StorageFailed
from sandbox.core.health import Ailment
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.sqlite.watch import Watch, ailment_of
from sandbox.store.transaction import Transaction

log = logging.getLogger(__name__)

GROUP = 256
DRIVER_ERRORS = (DBAPIError, sqlite3.Error)
"""Prepared statements raise the driver's own errors."""

PATIENCE = 5.0
"""How long a group waits for another program that holds the database."""

AGAIN = 0.02
"""When it asks again: the event loop does not wait inside SQLite."""

Work = Callable[[Transaction], Any]


@dataclass(slots=True)
class _Job:
    work: Work
    guarded: bool
    future: "asyncio.Future[Any]"
    result: Any = None
    failure: BaseException | None = None
    cause: BaseException | None = None
    """The driver's error behind a failure."""


class Writer:
    """Runs transactions, many in one commit, on a connection that is `database.kept`.

    `told` hears of each group before its answers are given, `heard` of its lines of the journal after that.
    """

    def __init__(
        self,
        connection: Connection,
        driver: sqlite3.Connection,
        watch: Watch,
        accounts: Accounts,
        told: Callable[[ChangeSet], None],
        heard: Callable[[Sequence[Event | Exchange]], None],
        *,
        synced: bool,
    ) -> None:
        self._connection, self._driver = connection, driver
        driver.execute("PRAGMA busy_timeout=0")
        self._watch = watch
        self._accounts = accounts
        self._told = told
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        # What is never synced is committed on the loop: a thread would cost more than the commit.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="store-disk") if synced else None
        self._waiting: deque[_Job] = deque()
        self._busy = False
        self._began = 0.0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def idle(self) -> bool:
        return not self._busy

    @property
    def waits(self) -> float:
        """For how many seconds the group under way has been."""
        return self._loop.time() - self._began if self._busy else 0.0

    def submit(self, work: Work, *, guarded: bool = True) -> "asyncio.Future[Any]":
        job = _Job(work, guarded, self._loop.create_future())
        self._waiting.append(job)
        if not self._busy:
            # Not at once: calls that arrived together should share a group.
            self._busy, self._began = True, self._loop.time()
            self._idle.clear()
            self._loop.call_soon(self._next_group)
        return job.future

    async def finish(self) -> None:
        """Do what waits."""
        await self._idle.wait()
        if self._disk is not None:
            self._disk.shutdown()

    def close(self) -> None:
        self._connection.close()

    def _next_group(self) -> None:
        self._began = self._loop.time()
        if self._watch.touched():
            inspected = self._loop.run_in_executor(self._disk, self._watch.inspect)
            inspected.add_done_callback(lambda _: self._run_group(touched=True))
        else:
            self._run_group()

    def _run_group(self, *, touched: bool = False) -> None:
        try:
            self._watch.require_files()
            if touched:
                self._gather()
            self._driver.execute("BEGIN IMMEDIATE")
        except (StorageFailed, *DRIVER_ERRORS) as failure:
            if ailment_of(failure) is Ailment.DATABASE_BUSY and self.waits < PATIENCE:
                self._loop.call_later(AGAIN, self._run_group)
                return
            self._fail(self._group(), failure)
            return
        self._perform_all(self._group())

    def _group(self) -> list[_Job]:
        return [self._waiting.popleft() for _ in range(min(GROUP, len(self._waiting)))]

    def _gather(self) -> None:
        """Bring all that the log holds into the database: of a log that another has cut, the rest would be lost."""
        if self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise StorageFailed

    def _perform_all(self, group: list[_Job]) -> None:
        done: list[Transaction] = []
        try:
            self._watch.require(self._driver)
            for job in group:
                self._perform(job, done)
        except Exception as failure:
            self._fail(group, failure)
            return
        self._commit().add_done_callback(lambda synced: self._synced(synced, group, done))

    def _commit(self) -> "asyncio.Future[None]":
        if self._disk is not None:
            return self._loop.run_in_executor(self._disk, self._driver.commit)
        committed = self._loop.create_future()
        try:
            self._driver.commit()
        except DRIVER_ERRORS as failure:
            committed.set_exception(failure)
        else:
            committed.set_result(None)
        return committed

    def _perform(self, job: _Job, done: list[Transaction]) -> None:
        transaction = Transaction(self._connection, done[-1].accounts if done else self._accounts)
        before = self._driver.total_changes
        if job.guarded:
            self._driver.execute("SAVEPOINT job")
        try:
            job.result = job.work(transaction)
            transaction.finish()
        except Exception as failure:
            job.failure = failure
            if isinstance(failure, DRIVER_ERRORS):
                log.error("a transaction could not be written: %s", failure)
                job.failure, job.cause = StorageFailed(), failure
            if job.guarded:
                self._driver.execute("ROLLBACK TO SAVEPOINT job")
            elif self._driver.total_changes != before:
                raise
        else:
            done.append(transaction)
        if job.guarded:
            self._driver.execute("RELEASE SAVEPOINT job")

    def _synced(
        self,
        synced: "asyncio.Future[None]",
        group: list[_Job],
        done: list[Transaction],
    ) -> None:
        failure = synced.exception()
        try:
            if failure is None:
                self._watch.committed()
        except StorageFailed as lost:
            failure = lost
        if failure is not None:
            self._fail(group, failure)
            return
        self._watch.met(_cause(group))
        if done:
            self._accounts.become(done[-1].accounts)
        self._answer(group, [one.committed for one in done])
        if recorded := [what for one in done for what in one.recorded]:
            self._heard(recorded)

    def _fail(self, group: list[_Job], failure: BaseException) -> None:
        """The group did not reach the disk: nobody may be told that it did."""
        if isinstance(failure, DRIVER_ERRORS):
            log.error("a group could not be written: %s", failure)
            self._watch.met(_cause(group) or failure)
        elif not isinstance(failure, StorageFailed):
            log.error("a call failed when it had stored something, and its group with it", exc_info=failure)
        for job in group:
            job.failure = StorageFailed()
        self._undo()
        self._answer(group, [])

    def _undo(self) -> None:
        with contextlib.suppress(*DRIVER_ERRORS):
            self._driver.rollback()

    def _answer(self, group: list[_Job], changes: list[ChangeSet]) -> None:
        if self._waiting:
            self._loop.call_soon(self._next_group)
        else:
            self._busy = False
            self._idle.set()
        told = ChangeSet()
        for committed in changes:
            told.merge(committed)
        if told:
            self._told(told)
        for job in group:
            if job.future.done():
                continue
            if job.failure is not None:
                job.future.set_exception(job.failure)
            else:
                job.future.set_result(job.result)


def _cause(group: list[_Job]) -> BaseException | None:
    """The first error that tells something of the database."""
    return next((job.cause for job in group if job.cause and ailment_of(job.cause)), None)
