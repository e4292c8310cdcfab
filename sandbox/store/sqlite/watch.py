"""Whether the database that is open is still the one at its path, as this process left it.

SQLite notices neither: it goes on with files that nobody finds again. So each commit looks at the files before it
begins and before it is told, and each reader before it reads: three calls of the system, 4 microseconds.

- Other files (deleted, moved, replaced): nothing is stored or read until the same ones are back.
- Another token (`PRAGMA user_version`, a new one at each start): another process has opened the database since, by
  whatever name. This one stays away from then on.
- Other contents (size and time of change, between two commits): SQLite's own check decides whether it is damaged, and
  so does a table that is not there any more, or another one.
"""

import logging
import os
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sandbox.core.errors import StorageFailed
from sandbox.core.health import LASTING, Ailment, Trouble
from sandbox.words.health import told

log = logging.getLogger(__name__)

INSPECTION_SHARE = 10
"""Between two inspections passes this many times what the last one took: where times of change mean nothing (some
shared folders) they must not become the main work."""

NEARLY_FULL = 1024 * 1024
"""Bytes left on the disk below which health asks it for room, whether or not something has failed."""

_AILMENTS = {
    sqlite3.SQLITE_FULL: Ailment.DISK_FULL,
    sqlite3.SQLITE_READONLY: Ailment.DATABASE_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Ailment.DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: Ailment.DATABASE_DAMAGED,
    sqlite3.SQLITE_BUSY: Ailment.DATABASE_BUSY,
    sqlite3.SQLITE_PROTOCOL: Ailment.DATABASE_BUSY,
    sqlite3.SQLITE_IOERR: Ailment.DATABASE_UNREACHABLE,
    sqlite3.SQLITE_CANTOPEN: Ailment.DATABASE_UNREACHABLE,
}

Identity = tuple[tuple[int, int], ...]
Tables = frozenset[tuple[str, str]]
"""Each table's name and the statement that makes it."""


def ailment_of(error: BaseException) -> Ailment | None:
    """What a driver's error says of the database; None where it says something of a statement."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return None if code is None else _AILMENTS.get(code & 0xFF)


def address(path: Path) -> str:
    """A database as SQLite is told to open it: never to make it anew where it is gone."""
    return f"{path.resolve().as_uri()}?mode=rw"


def checked(path: Path, tables: Tables = frozenset()) -> str:
    """What SQLite's check finds, or which of `tables` is another now; "ok" where nothing. Raises sqlite3.Error."""
    with closing(sqlite3.connect(address(path), uri=True)) as connection:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        changed = sorted(dict(tables - _tables(connection)))
    return f"schema: {', '.join(changed)}" if found == "ok" and changed else found


def _tables(source: Any) -> Tables:
    """By a connection or cursor of the driver's."""
    return frozenset(source.execute("SELECT name, sql FROM sqlite_master WHERE type='table'").fetchall())


def written_token(path: Path) -> int:
    """What stands in the file itself, whatever the log says; raises sqlite3.Error.

    By SQLite: a file that this process opened and closed by itself would take SQLite's locks with it.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


class Watch:
    """Looks after the files of a database. `trouble` is the last that is known; it begins with `take`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        real = path.resolve()
        self._files = (str(path), f"{real}-wal", f"{real}-shm")
        self._token = secrets.randbelow(2**31 - 1) + 1
        self._identity: Identity = ()
        self._contents: tuple[int, ...] = ()
        self._tables: Tables = frozenset()
        self._lasting: Trouble | None = None
        self._met: Trouble | None = None
        self._told: Trouble | None = None
        self._rests_until = 0.0

    def take(self, driver: Any) -> None:
        """Make the database this process's, by a transaction of the driver's connection that writes."""
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(f"PRAGMA user_version={self._token}")
        driver.execute("COMMIT")
        # So that it stands in the file itself: of another's, put in this one's place, the log would hide it.
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._tables = _tables(driver)
        found = self._look()
        assert found is not None
        self._identity = _identity(found)
        self._contents = _contents(found)

    def require(self, driver: Any) -> None:
        """Raise StorageFailed unless what this connection of the driver's reads will be found again, too."""
        self.require_files()
        if driver.execute("PRAGMA user_version").fetchone()[0] != self._token:
            self._lasting = self._trouble(Ailment.DATABASE_TAKEN)
            self._refuse()

    def require_files(self) -> None:
        """The same without asking the database itself."""
        if self._lasting or self._gone(self._look()):
            self._refuse()

    def committed(self) -> None:
        """Remember what the files are like after a commit; raises StorageFailed where it went nowhere."""
        found = self._look()
        if self._gone(found):
            self._refuse()
        if found is not None:
            self._contents = _contents(found)

    def touched(self) -> bool:
        """Whether somebody else has written into the files since the last commit."""
        found = self._look()
        if found is None or self._lasting or self._gone(found):
            return False
        return _contents(found) != self._contents and time.monotonic() >= self._rests_until

    def inspect(self) -> None:
        """Look all through the database; takes as long as reading it does."""
        began = time.monotonic()
        try:
            self._lasting = self._found()
        except sqlite3.Error as error:
            if ailment_of(error) is not Ailment.DATABASE_BUSY:
                self._lasting = self._trouble(Ailment.DATABASE_DAMAGED, str(error))
        now = time.monotonic()
        self._rests_until = now + INSPECTION_SHARE * (now - began)

    def _found(self) -> Trouble | None:
        """What is wrong with the files; raises sqlite3.Error."""
        written = written_token(self._path)
        if written != self._token:
            empty = self._trouble(Ailment.DATABASE_DAMAGED, "file is not a database")  # SQLite's own words
            return self._trouble(Ailment.DATABASE_TAKEN) if written else empty
        found = checked(self._path, self._tables)
        return None if found == "ok" else self._trouble(Ailment.DATABASE_DAMAGED, found)

    def met(self, error: BaseException | None) -> None:
        """Keep what a transaction met: an error of the driver's, or None where it met none."""
        ailment = ailment_of(error) if error is not None else None
        trouble = self._trouble(ailment, str(getattr(error, "orig", error))) if ailment else None
        if trouble and trouble.what in LASTING:
            self._lasting = trouble
        elif trouble or not self._full:
            self._met = trouble
        if trouble or self._told:
            self.trouble()

    def has_room(self) -> None:
        """A trial write has found it: what is smaller may find some on a full disk too."""
        self._met = None
        self.trouble()

    @property
    def _full(self) -> bool:
        return self._met is not None and self._met.what is Ailment.DISK_FULL

    def seen(self, error: BaseException) -> None:
        """The same of an error in reading, which tells nothing of writing but where the database is damaged."""
        if ailment_of(error) in LASTING:
            self.met(error)

    def trouble(self) -> Trouble | None:
        """What is wrong as far as is known without a transaction; a change of it is logged."""
        current = self._lasting or self._gone(self._look()) or self._met
        if current != self._told:
            if current:
                log.error("%s", told(current, "en"))
            else:
                log.info("the database %s can be used again", self._path)
            self._told = current
        return current

    @property
    def nearly_full(self) -> bool:
        """Whether there is so little room that the next write may fail."""
        try:
            disk = os.statvfs(self._path)
        except (OSError, AttributeError):  # Windows has no statvfs
            return False
        return disk.f_bavail * disk.f_frsize < NEARLY_FULL

    def stuck(self, seconds: float) -> Trouble:
        """That a write has waited so long."""
        return self._trouble(Ailment.DISK_STUCK, f"{seconds:.0f}")

    def _refuse(self) -> None:
        self.trouble()
        raise StorageFailed

    def _look(self) -> tuple[os.stat_result, ...] | None:
        try:
            return tuple([os.stat(name) for name in self._files])
        except OSError:
            return None

    def _gone(self, found: tuple[os.stat_result, ...] | None) -> Trouble | None:
        if found is not None and _identity(found) == self._identity:
            return None
        return self._trouble(Ailment.DATABASE_GONE)

    def _trouble(self, what: Ailment, detail: str = "") -> Trouble:
        return Trouble(what, str(self._path), " ".join(detail.split()).rstrip("."))


def _identity(found: tuple[os.stat_result, ...]) -> Identity:
    return tuple([(one.st_dev, one.st_ino) for one in found])


def _contents(found: tuple[os.stat_result, ...]) -> tuple[int, ...]:
    """Size and time of change, of database and log; the shared memory between them tells nothing."""
    database, written, _ = found
    return (database.st_size, database.st_mtime_ns, written.st_size, written.st_mtime_ns)
