"""The storage in a PostgreSQL, which any number of processes share."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection
from sqlalchemy.util.concurrency import await_only

from sandbox.core.databases import shown
from sandbox.core.errors import StorageFailed
from sandbox.core.health import Trouble
from sandbox.core.journal import Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports.storage import Census, ChangeSet, UnitOfWork
from sandbox.store import room
from sandbox.store.census import counted
from sandbox.store.postgresql import database, news
from sandbox.store.postgresql.dropping import Dropping
from sandbox.store.postgresql.gathering import Gathering
from sandbox.store.postgresql.holding import HoldingRows
from sandbox.store.postgresql.news import Behind, News
from sandbox.store.postgresql.owed import SharedWork
from sandbox.store.postgresql.sessions import DRIVER_ERRORS, Session, Sessions, Uncertain, failed, is_lost
from sandbox.store.postgresql.together import Job, NotTogether, perform_all
from sandbox.store.postgresql.troubles import Troubles, stands_in_the_way
from sandbox.store.postgresql.wire import Wire
from sandbox.store.repositories.accounts import load_accounts, load_some
from sandbox.store.retention import Limits
from sandbox.store.storage import Store
from sandbox.store.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Transaction], T]

TRIES = 20
"""How often a work is run that another one stood in the way of."""

PAUSE = 0.002
"""How long it waits for the second time; each time twice as long, up to LONGEST_PAUSE."""

LONGEST_PAUSE = 0.1

LONGEST_LOCK = 3600.0
"""How long one process waits for another's, in seconds: a jump of the clock may take its time."""

BETWEEN_HINTS = 0.02
"""How long what is told to the other processes gathers, in seconds, behind what was told before."""

_WAIT_FOR_LOCK = "SELECT pg_advisory_lock(hashtextextended($1, 0))"
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"

READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""All that a reader sees is of one moment."""


class InTheWay(Exception):
    """Another work was quicker: this one is to be run again."""


class PostgresqlStore(Store):
    """One process of those on a database."""

    kind = "postgresql"

    def __init__(self, sessions: Sessions, where: str, accounts: Accounts, revision: int, limits: Limits) -> None:
        super().__init__(accounts)
        self._sessions = sessions
        self._troubles = Troubles(where)
        self._revision = revision
        self._wire = Wire(sessions, self._heard, self._beaten, self._troubles.met)
        self.owed = self._shared = SharedWork(self._wire, self._ask)
        self._looks: Gathering[None, None] = Gathering(self._read_news)
        self._groups: Gathering[Job, None] = Gathering(self._perform_all)
        self._telling: Gathering[ChangeSet, None] = Gathering(self._tell_others)
        self._dropping = Dropping(limits, self)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turn = asyncio.Lock()

    @classmethod
    async def begin(cls, dsn: str, limits: Limits) -> "PostgresqlStore":
        """Open, make or migrate the database; raises DatabaseUnusable."""
        sessions = Sessions(dsn)
        try:
            await database.bring_up_to_date(sessions)
            async with sessions.session() as session:
                accounts, revision = await session.run(lambda one: (load_accounts(one), news.newest_revision(one)))
            store = cls(sessions, shown(dsn), accounts, revision, limits)
            await store._wire.start()
        except (*DRIVER_ERRORS, ValueError) as error:  # ValueError: an option of the URL that the driver cannot read
            await sessions.close()
            raise database.unusable(dsn, error) from error
        return store

    # -- the works -----------------------------------------------------------------------------------------------------

    def write(self, work: Callable[[UnitOfWork], T], *, guarded: bool = True) -> Awaitable[T]:
        # A task of its own: what was begun is stored also where nobody waits for it any more.
        task = asyncio.create_task(self._write(work) if guarded else self._write_together(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return asyncio.shield(task)

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._use(lambda session: session.transact(self._reading(work), READING))

    async def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        # A look by key needs no transaction: each of its questions is answered as of its own moment.
        return await self._use(lambda session: session.run(self._reading(work)))

    def journal_later(self, exchange: Exchange) -> Awaitable[None] | None:
        return self._jot(exchange)

    def catch_up(self) -> Awaitable[None] | None:
        return self._looks.ask(None)

    @asynccontextmanager
    async def exclusively(self, name: str) -> AsyncIterator[None]:
        async with self._locked(name, _WAIT_FOR_LOCK):
            await self.catch_up_now()
            yield

    @asynccontextmanager
    async def if_nobody_does(self, name: str) -> AsyncIterator[bool]:
        """The same, where no other process is at it: whether this one may."""
        async with self._locked(name, _TRY_LOCK) as locked:
            yield locked

    @asynccontextmanager
    async def _locked(self, name: str, how: str) -> AsyncIterator[bool]:
        """On a connection of its own, whose end ends the lock."""
        try:
            session = await self._sessions.open()
        except DRIVER_ERRORS as error:
            self._troubles.met(error)
            raise failed(error) from error
        try:
            try:
                await session.driver.execute("SET statement_timeout = 0; SET lock_timeout = 0")
                locked = await session.driver.fetchval(how, name, timeout=LONGEST_LOCK)
            except DRIVER_ERRORS as error:
                raise failed(error) from error
            yield locked is not False
        finally:
            await session.end()

    async def catch_up_now(self) -> None:
        """The same as `catch_up`, which here always has something to wait for."""
        await self._looks.ask(None)

    # -- the state of it -----------------------------------------------------------------------------------------------

    def trouble(self) -> Trouble | None:
        return self._troubles.current

    async def examine(self) -> Trouble | None:
        with contextlib.suppress(StorageFailed):
            if self._troubles.full:
                await self._write(room.take)
                await self._write(room.give_back)
            else:
                await self.read_now(lambda tx: tx.clocks.all())
        return self._troubles.current

    async def counted(self) -> Census:
        return await self.looked(counted)

    async def looked(self, look: Callable[[Connection], T]) -> T:
        """What a plain function of a connection finds; for the store's own work."""
        return await self._use(lambda session: session.run(look))

    async def close(self) -> None:
        await self._dropping.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._telling.idle()
        await self._wire.stop()
        await self._sessions.close()

    # -- writing -------------------------------------------------------------------------------------------------------

    async def _write(self, work: Work[T]) -> T:
        pause = PAUSE
        for _ in range(TRIES):
            try:
                return await self._try(work)
            except Behind:
                # Each that changes what is remembered would leave all others behind again: they take turns.
                async with self._turn:
                    with contextlib.suppress(Behind, InTheWay):
                        return await self._try(work, in_turn=True)
            except InTheWay:  # locks were waited for; who comes again at once would meet the same one
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        log.error("a work was given up that others stood in the way of %d times", TRIES)
        raise StorageFailed

    async def _write_together(self, work: Work[T]) -> T:
        job = Job(work)
        await self._groups.ask(job)
        result: T = job.settle()
        return result

    async def _perform_all(self, jobs: Sequence[Job]) -> None:
        """Works of the same moment in one transaction; where that cannot be, each in its own."""
        if len(jobs) == 1:
            return await self._alone(jobs[0])
        holding = HoldingRows(self._wire.number)
        try:
            done = await self._use(
                lambda session: session.transact(lambda one: perform_all(one, jobs, self.accounts, holding)),
                writes=True,
            )
        except (NotTogether, InTheWay):
            await asyncio.gather(*[self._alone(job) for job in jobs])
        except StorageFailed as failure:
            for job in jobs:
                job.failure = failure
        else:
            for transaction in done:
                self._committed(transaction)
        return None

    async def _alone(self, job: Job) -> None:
        try:
            job.result, job.failure = await self._write(job.work), None
        except Exception as failure:
            job.failure = failure

    async def _try(self, work: Work[T], *, in_turn: bool = False) -> T:
        """Run a work once; raises Behind or InTheWay where it is to be run again, and what the work raises.

        One that is `in_turn` holds off all others that change what is remembered, and so knows the newest of it. No
        other waits for that: they would have all connections, and it none to read the newest with.
        """
        known = self._revision
        holding = HoldingRows(self._wire.number)

        def perform(connection: Connection) -> tuple[T, Transaction]:
            nonlocal known
            if in_turn:
                holding.name(connection, news.HOLD)
                await_only(self.catch_up_now())
                known = self._revision
            transaction = Transaction(connection, self.accounts, holding)
            result = work(transaction)
            transaction.finish()
            if transaction.committed.remembered:
                if not holding.name_if_free(connection, news.HOLD):
                    raise Behind
                news.add_revision(connection, news.remembered(transaction.committed, self._wire.number), known)
            return result, transaction

        result, transaction = await self._use(lambda session: session.transact(perform), writes=True)
        if transaction.committed.remembered:
            await self.catch_up_now()
        self._committed(transaction)
        return result

    def _committed(self, transaction: Transaction) -> None:
        committed = transaction.committed
        if committed:
            self._shared.owes(committed.owed)
            self._tell(committed)
            self._dropping.written(committed)
            self._telling_task(committed)
        if transaction.recorded:
            self._hear(transaction.recorded)

    # -- connections ---------------------------------------------------------------------------------------------------

    async def _use(self, use: Callable[[Session], Awaitable[T]], *, writes: bool = False) -> T:
        """Have something done on a connection; once more where that has gone since it was last used.

        Raises what the work raises; StorageFailed for what the driver meets, or InTheWay.
        """
        try:
            try:
                done = await self._use_once(use)
            except DRIVER_ERRORS as error:
                if not is_lost(error) or isinstance(error, TimeoutError):
                    raise
                self._sessions.drop_free()
                done = await self._use_once(use)
        except (Uncertain, *DRIVER_ERRORS) as error:
            if stands_in_the_way(error):
                raise InTheWay from error
            cause = error.__cause__ if isinstance(error, Uncertain) else error
            self._troubles.met(cause)
            raise failed(cause or error) from error
        self._troubles.met(None, wrote=writes)
        return done

    async def _use_once(self, use: Callable[[Session], Awaitable[T]]) -> T:
        async with self._sessions.session() as session:
            return await use(session)

    def _reading(self, work: Callable[[UnitOfWork], T]) -> Callable[[Connection], T]:
        return lambda connection: work(Transaction(connection, self.accounts))

    async def _ask(self, query: str, *values: object) -> Sequence[Any]:
        return await self._use(lambda session: session.fetch(query, *values))

    async def _jot(self, exchange: Exchange) -> None:
        try:
            await self._write_together(lambda transaction: transaction.record(exchange))
        except StorageFailed as error:
            log.error("a call that changed nothing could not be journalled: %s", error.__cause__)

    # -- the other processes -------------------------------------------------------------------------------------------

    async def _read_news(self, asked: Sequence[None]) -> None:
        """Read again what was changed of what is remembered, by whichever process."""
        found = await self._use(lambda session: session.run(lambda one: _news_since(one, self._revision)))
        if not found:
            return
        newest = found[-1][0]
        whole = found[0][0] != self._revision + 1
        changes = ChangeSet(accounts=set(), clocks=whole, scenarios=whole)
        foreign = ChangeSet()
        for _, kept in found:
            changes.merge(kept.changes())
            if kept.process != self._wire.number:
                foreign.merge(kept.changes())

        def follow(connection: Connection) -> Accounts:
            transaction = Transaction(connection, self.accounts)
            for follower in self._followers:
                follower(transaction, changes)
            if whole:
                return load_accounts(connection)
            return load_some(connection, self.accounts, changes.accounts, changes.apps)

        accounts = await self._use(lambda session: session.run(follow))
        self.accounts.become(accounts)
        self._revision = newest
        if foreign:
            self._tell(foreign)

    def _heard(self, changes: ChangeSet) -> None:
        """Another process has told what it stored."""
        if changes.merchants or changes.clocks or changes.scenarios:
            self._spawn(self._follow(changes))
        else:
            self._tell(changes)

    async def _follow(self, changes: ChangeSet) -> None:
        with contextlib.suppress(StorageFailed):
            await self.catch_up_now()
        self._tell(changes)

    def _beaten(self) -> None:
        self._dropping.beat()

    def _telling_task(self, committed: ChangeSet) -> None:
        if self.owed.processes > 1:
            self._spawn(self._telling.ask(committed))

    async def _tell_others(self, told: Sequence[ChangeSet]) -> None:
        together = ChangeSet()
        for one in told:
            together.merge(one)
        await self._wire.tell(news.shown(together, self._wire.number))
        await asyncio.sleep(BETWEEN_HINTS)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _news_since(connection: Connection, known: int) -> list[tuple[int, News]]:
    found = news.since.run(connection, {"known": known}).fetchall()
    return [(row[0], msgspec.json.decode(row[1], type=News)) for row in found]
