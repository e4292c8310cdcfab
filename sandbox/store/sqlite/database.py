"""The database itself: which one, how it is opened, and its schema's version."""

import contextlib
import logging
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, Pool, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from sandbox.core.databases import FORM, is_postgresql, shown
from sandbox.core.health import LASTING
from sandbox.store.schema import statements
from sandbox.store.sqlite.watch import address, ailment_of, checked
from sandbox.store.tables import SCHEMA_REVISION
from sandbox.store.unusable import DatabaseUnusable

log = logging.getLogger(__name__)

# None and bytes go to SQLite as they are; but without being told so, the driver looks for somebody who adapts them,
# which takes it ten times as long as the rest of binding a value.
for _kind in (type(None), bytes):
    sqlite3.register_adapter(_kind, lambda value: value)

MEMORY = ":memory:"
SQLITE = "sqlite:///"
FILE_NAME = "sandbox.db"
WAL = b"\2\2"
"""What a database that keeps a log says of itself: https://sqlite.org/fileformat2.html#file_format_version_numbers."""
_TABLES = text("SELECT name FROM sqlite_master WHERE type = 'table'")
_COMPILED: dict[Any, Any] = {}

DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error, OSError)


@dataclass(slots=True)
class Database:
    """An SQLite file with its two engines. `temporary` is removed at the end."""

    path: Path
    writing: Engine
    reading: Engine
    temporary: bool

    def dispose(self) -> None:
        self.writing.dispose()
        self.reading.dispose()
        if self.temporary:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def open_database(database: str, data_dir: Path) -> Database:
    """Open, make or migrate; raises DatabaseUnusable.

    `database` is "" (the file in `data_dir`), ":memory:" (a private temporary file, never synced) or sqlite:///PATH.
    """
    path, temporary = _locate(database, data_dir)
    try:
        if temporary:
            path.write_bytes(_blank())
        else:
            _make(path)
        if unfinished(path) and (found := checked(path)) != "ok":
            raise DatabaseUnusable(damaged(path, found))
        opened = Database(path, _engine(path, synced=not temporary), _reader(path), temporary)
        _bring_up_to_date(opened.writing)
    except DRIVER_ERRORS as error:
        raise unusable(path, error) from error
    return opened


def unusable(path: Path, error: Exception) -> DatabaseUnusable:
    """An error of the driver's or the system's, as a sentence."""
    reason = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).rstrip(".")
    if ailment_of(error) in LASTING:
        return DatabaseUnusable(damaged(path, reason))
    return DatabaseUnusable(f"The database {path} cannot be used: {reason}.")


def damaged(path: Path, found: str) -> str:
    what = " ".join(found.split()).removeprefix("*** in database main *** ")
    return f"The database {path} is damaged ({what}): put a copy back, or move it away to begin with an empty one."


def unfinished(path: Path) -> bool:
    """Whether the last process ended without closing it: then log and database may not belong together."""
    with contextlib.suppress(OSError):
        return os.stat(f"{path.resolve()}-wal").st_size > 0
    return False


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    names = os.fstat(opened).st_nlink
    os.close(opened)
    if names > 1:
        # SQLite keeps its log beside the name: two of them are two logs of one database.
        raise DatabaseUnusable(f"The database {path} has another name (a hard link): keep one of them, or make a copy.")


def database_locks(database: str, data_dir: Path) -> list[Path]:
    """The lock beside the database's file, by whatever name the file goes; none where there is no file."""
    return [] if is_postgresql(database) else [Path(f"{_path(database, data_dir).resolve()}.lock")]


def _locate(database: str, data_dir: Path) -> tuple[Path, bool]:
    if database == MEMORY:
        handle, name = tempfile.mkstemp(prefix="wxpay-sandbox-", suffix=".db")
        os.close(handle)
        return Path(name), True
    return _path(database, data_dir), False


def _path(database: str, data_dir: Path) -> Path:
    name = database.removeprefix(SQLITE)
    if not database:
        return data_dir / FILE_NAME
    if not database.startswith(SQLITE) or name in ("", MEMORY):
        raise DatabaseUnusable(f"database: {shown(database)!r} is none of :memory:, sqlite:///PATH and {FORM}.")
    return Path(name)


def _engine(path: Path, *, synced: bool) -> Engine:
    # One connection, used by the event loop and, while it syncs, by the disk's thread: never by both at once.
    engine = _alike(QueuePool(_opener(path), pool_size=1, max_overflow=0, dialect=_dialect()))
    # A rarer checkpoint writes a page that many orders touch once, not once a thousand pages.
    pragmas = ["journal_mode=WAL", "busy_timeout=5000", "wal_autocheckpoint=8000"]
    pragmas.append(f"synchronous={'FULL' if synced else 'OFF'}")
    _prepare(engine, pragmas, "BEGIN IMMEDIATE")
    return engine


def _reader(path: Path) -> Engine:
    engine = _alike(QueuePool(_opener(path), pool_size=4, max_overflow=4, dialect=_dialect()))
    _prepare(engine, ["query_only=ON", "busy_timeout=5000"], "BEGIN")
    return engine


@cache
def _dialect() -> Dialect:
    """One for all databases of the process, once it has met SQLite."""
    engine = create_engine("sqlite://")
    with engine.connect():
        return engine.dialect


def _alike(pool: Pool) -> Engine:
    """An engine that shares what statements were compiled to: else each database of a test run compiles all of them."""
    return Engine(pool, _dialect(), make_url("sqlite://"), execution_options={"compiled_cache": _COMPILED})


def _opener(path: Path) -> Callable[[], Any]:
    # Never made anew: what was there is missed.
    return lambda: sqlite3.connect(address(path), uri=True, check_same_thread=False)


def _prepare(engine: Engine, pragmas: list[str], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own waits until the first write
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        # By the driver: SQLAlchemy's own way costs more than most transactions do.
        connection.connection.driver_connection.execute(begin)


def kept(engine: Engine) -> tuple[Connection, sqlite3.Connection]:
    """A connection that stays out of the pool, and the driver's below it, by which its transactions begin and end.

    SQLAlchemy is left in one for good: its own way to begin and end them costs ten times as much.
    """
    connection = engine.connect()
    connection.begin()
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.rollback()
    return connection, driver


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:
        present = connection.execute(_TABLES).scalars().all()
        if not present:
            _build(connection.connection.cursor())
            return
        if "alembic_version" not in present:
            raise DatabaseUnusable("The database file holds other tables, none of this sandbox.")
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision != SCHEMA_REVISION:
        began = time.monotonic()
        log.info("bringing the database from revision %s to %s", revision, SCHEMA_REVISION)
        _migrate(engine, str(revision))
        log.info("the database is up to date after %.1f s", time.monotonic() - began)


def _build(cursor: Any) -> None:
    """Make a new database, by a cursor of the driver's."""
    for statement in statements(_dialect()):
        cursor.execute(statement)


@cache
def _blank() -> bytes:
    """A new database as a file, made once a process: a test run opens thousands of temporary ones."""
    with contextlib.closing(sqlite3.connect(MEMORY)) as connection:
        _build(connection.cursor())
        connection.commit()
        made = bytearray(connection.serialize())
    made[18:20] = WAL
    return bytes(made)


def _migrate(engine: Engine, revision: str) -> None:
    """Bring an older database up to date. Alembic is imported only here: it costs more than the whole start."""
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    from sandbox.store.migrations import configuration  # noqa: PLC0415

    with engine.connect() as connection:
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            raise DatabaseUnusable(f"The database is of revision {revision}, newer than this sandbox.") from error
