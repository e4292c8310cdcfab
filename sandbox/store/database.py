"""The database itself: which one, how it is opened, and its schema's version."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from sandbox.store.tables import SCHEMA_REVISION, metadata

MEMORY = ":memory:"
FILE_NAME = "sandbox.db"


class DatabaseUnusable(Exception):
    """The database cannot be opened; the message is one sentence for a person."""


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
        if not temporary:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        opened = Database(path, _engine(path, synced=not temporary), _reader(path), temporary)
        _bring_up_to_date(opened.writing)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(f"The database {path} cannot be used: {_reason(error)}.") from error
    return opened


def database_locks(database: str) -> list[Path]:
    """The lock beside a database file that lies outside the data dir."""
    return [Path(f"{database.removeprefix('sqlite:///')}.lock")] if database.startswith("sqlite:///") else []


def _locate(database: str, data_dir: Path) -> tuple[Path, bool]:
    if database == MEMORY:
        handle, name = tempfile.mkstemp(prefix="wxpay-sandbox-", suffix=".db")
        os.close(handle)
        return Path(name), True
    if not database:
        return data_dir / FILE_NAME, False
    if database.startswith("sqlite:///"):
        return Path(database.removeprefix("sqlite:///")), False
    raise DatabaseUnusable(f"database: {database!r} is none of :memory: and sqlite:///PATH.")


def _engine(path: Path, *, synced: bool) -> Engine:
    # One connection, used by the event loop and, while it syncs, by the disk's thread: never by both at once.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})
    # A rarer checkpoint writes a page that many orders touch once, not once a thousand pages.
    pragmas = ["journal_mode=WAL", "busy_timeout=5000", "wal_autocheckpoint=8000"]
    pragmas.append(f"synchronous={'FULL' if synced else 'OFF'}")
    _prepare(engine, pragmas, "BEGIN IMMEDIATE")
    return engine


def _reader(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=QueuePool, pool_size=4, max_overflow=4)
    _prepare(engine, ["query_only=ON", "busy_timeout=5000"], "BEGIN")
    return engine


def _prepare(engine: Engine, pragmas: list[str], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own waits until the first write
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:
        present = inspect(connection).get_table_names()
        if not present:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": SCHEMA_REVISION})
            return
        if "alembic_version" not in present:
            raise DatabaseUnusable("The database file holds other tables, none of this sandbox.")
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision != SCHEMA_REVISION:
        _migrate(engine, str(revision))


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


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).rstrip(".")
