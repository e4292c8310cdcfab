"""Connections to a PostgreSQL that are kept, and what runs on them.

The works of the store are plain functions. Each runs in a greenlet of its own on the event loop, and wherever it waits
for the database, the loop goes on with others: threads would give the interpreter's lock away at each of these places,
and wait for up to 5 ms to have it back from a busy loop.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar, cast

import asyncpg
from sqlalchemy import Connection, Dialect, Engine, NullPool, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from sandbox.core.errors import StorageFailed
from sandbox.store.prepared import QUICK

T = TypeVar("T")

CONNECTIONS = 10
"""That one process works with at most, beside the one on which it listens."""

CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 15.0
"""How long one statement may take: whoever waits longer is told that it failed."""

WAIT_SECONDS = 5.0
"""How long a work waits for a connection."""

SETTINGS = {
    "application_name": "wxpay-sandbox",
    "jit": "off",  # it compiles for longer than our statements run
    # A plan that was made for an empty table is kept while the table grows; each of our questions has its index.
    "enable_seqscan": "off",
    "TimeZone": "UTC",
    "statement_timeout": "15000",
    # Who waits longer may stand in a circle: it is run again. PostgreSQL itself looks for circles after a second only.
    "lock_timeout": "250",
    # One who is stopped in the middle of a transaction must not hold its rows for ever.
    "idle_in_transaction_session_timeout": "30000",
    # Of a machine that has gone nobody says so: what it holds ends with its connection.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

OPTIONS: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "compiled_cache": {}}
"""Of SQLAlchemy's connections: transactions are begun and ended by the driver."""

DRIVER_ERRORS = (
    *(SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
    *(OSError, TimeoutError),
)


class Uncertain(Exception):
    """The connection was cut off while it committed: whether that was stored, nobody knows."""


def sqlstate(error: BaseException | None) -> str:
    """PostgreSQL's code of an error, "" where it has none; SQLAlchemy wraps some."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def is_lost(error: BaseException) -> bool:
    """Whether the connection on which an error happened is of no use any more."""
    return isinstance(error, DRIVER_ERRORS) and (not sqlstate(error) or sqlstate(error)[:2] in ("08", "57"))


class Found:
    """What a statement has found and done, as a driver's cursor tells it."""

    __slots__ = ("_next", "_rows", "_status")

    def __init__(self, rows: Sequence[Any], status: str) -> None:
        self._rows, self._status, self._next = rows, status, 0

    @property
    def rowcount(self) -> int:
        """How many rows were found, added, changed or dropped."""
        return int(self._status.rpartition(" ")[2])

    def fetchone(self) -> Any:
        if self._next == len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchall(self) -> Sequence[Any]:
        return self._rows

    def __iter__(self) -> Any:
        return iter(self._rows)


class Quick:
    """Executes what is `Prepared`, each statement prepared once a connection; called in a greenlet."""

    def __init__(self, driver: "asyncpg.Connection[Any]") -> None:
        self._driver = driver
        self._statements: dict[str, Any] = {}
        self.changes = 0
        """How many statements were executed that may have changed something, SQLAlchemy's among them."""

    def execute(self, sql: str, values: Sequence[Any]) -> Found:
        self.count(sql)
        found: Found = await_only(self._execute(sql, values))
        return found

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.count(sql)
        await_only(self._driver.executemany(sql, list(rows)))

    def count(self, sql: str) -> None:
        if not sql.startswith("SELECT"):
            self.changes += 1

    async def _execute(self, sql: str, values: Sequence[Any]) -> Found:
        statement = self._statements.get(sql)
        if statement is None:
            statement = self._statements[sql] = await self._driver.prepare(sql)
        rows = await statement.fetch(*values)
        return Found(rows, statement.get_statusmsg())


class Session:
    """One connection: SQLAlchemy's, which is left in its transaction for good, and the driver's below it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver = cast("asyncpg.Connection[Any]", connection.connection.driver_connection)
        connection.info[QUICK] = Quick(self.driver)

        self.clean = True
        """Whether it waits for nothing, and no transaction is open: then the next work may have it."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run a plain function of the connection, each of whose statements is a transaction.

        It waits for the database without holding up the loop.
        """
        self.clean = False
        try:
            found = await greenlet_spawn(work, self.connection)
        except Exception as error:
            self.clean = not is_lost(error)
            raise
        self.clean = True
        return found

    async def transact(self, work: Callable[[Connection], T], begin: str = "BEGIN") -> T:
        """The same in one transaction: what it raises undoes it. Raises Uncertain where the end was cut off."""
        self.clean = False
        await self.driver.execute(begin)
        try:
            found = await greenlet_spawn(work, self.connection)
        except Exception as error:
            if not is_lost(error):
                await self.driver.execute("ROLLBACK")
                self.clean = True
            raise
        try:
            await self.driver.execute("COMMIT")
        except DRIVER_ERRORS as error:
            raise Uncertain from error
        self.clean = True
        return found

    async def fetch(self, query: str, *values: object) -> Sequence[Any]:
        """The rows of a query in PostgreSQL's own words."""
        self.clean = False
        found: Sequence[Any] = await self.driver.fetch(query, *values)
        self.clean = True
        return found

    async def end(self) -> None:
        """Close it in peace; the server forgets what it held."""
        try:
            with contextlib.suppress(*DRIVER_ERRORS):
                await self.driver.close(timeout=1)
        finally:  # also where whoever waits for it is cancelled
            self.drop()

    def drop(self) -> None:
        """Close it at once, whatever it is in."""
        self.driver.terminate()
        self.connection.invalidate()


class Sessions:
    """Those of one process: made when they are needed, kept, and shared by all works."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        pool = NullPool(_creator(dsn), dialect=dialect())
        self._engine = Engine(pool, dialect(), make_url("postgresql+asyncpg://"), execution_options=OPTIONS)
        event.listen(self._engine, "before_cursor_execute", _count)
        self._free: list[Session] = []
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._closed = False

    async def open(self) -> Session:
        """One more, whatever there are; raises one of DRIVER_ERRORS."""
        return await greenlet_spawn(self._open)

    async def listening(self) -> "asyncpg.Connection[Any]":
        """A connection of the driver's alone."""
        return await connect(self._dsn)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """One for a while; closed where what was done with it ended in the middle of something.

        Raises one of DRIVER_ERRORS, TimeoutError among them where all are in use for too long.
        """
        if self._places.locked():
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        else:
            await self._places.acquire()
        session = None
        try:
            session = self._free.pop() if self._free else await self.open()
            yield session
        finally:
            self._places.release()
            if session is not None and session.clean and not self._closed:
                self._free.append(session)
            elif session is not None:
                session.drop()

    def drop_free(self) -> None:
        """Close those that nobody uses: the server has gone, and they with it."""
        for session in self._free:
            session.drop()
        self._free.clear()

    async def close(self) -> None:
        self._closed = True
        await asyncio.gather(*[session.end() for session in self._free])
        self._free.clear()

    def _open(self) -> Session:
        connection = self._engine.connect()
        connection.begin()  # of ours alone: the driver is told to begin nothing, for we do
        return Session(connection)


async def connect(dsn: str) -> "asyncpg.Connection[Any]":
    """A new connection of the driver's; raises one of DRIVER_ERRORS."""
    return await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=SETTINGS
    )


def _count(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    connection.info[QUICK].count(statement)


def _creator(dsn: str) -> Callable[[], Any]:
    """What makes a connection as SQLAlchemy wants it; called in a greenlet."""
    return lambda: dialect().loaded_dbapi.connect(async_creator_fn=lambda: connect(dsn))


@cache
def dialect() -> Dialect:
    """One for all databases of the process, so that a statement is compiled once."""
    return create_async_engine("postgresql+asyncpg://").dialect


def failed(error: BaseException) -> StorageFailed:
    """The failure that everybody else is told of."""
    failure = StorageFailed()
    failure.__cause__ = error
    return failure
