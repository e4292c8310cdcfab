"""The storage that all parts share, whichever database keeps it."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from sandbox.core.databases import FORM, is_postgresql, shown, wrong_in
from sandbox.core.health import Trouble
from sandbox.core.journal import Event, Exchange
from sandbox.core.merchants import Accounts
from sandbox.core.ports.services import Listener
from sandbox.core.ports.storage import Census, ChangeSet, Follower, OwedWork, UnitOfWork
from sandbox.store.retention import Limits
from sandbox.store.unusable import DatabaseUnusable

T = TypeVar("T")
Observer = Callable[[Sequence[Event | Exchange]], None]

DRIVER = ("asyncpg", "greenlet")
"""What a PostgreSQL is spoken to with, and our extra of that name brings."""


class Store(ABC):
    """Open with `Store.open`, inside the event loop that will use it; close with `close`."""

    kind: str
    owed: OwedWork

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._listeners: list[Listener] = []
        self._observers: list[Observer] = []
        self._followers: list[Follower] = []

    @staticmethod
    async def open(database: str, data_dir: Path, limits: Limits = Limits()) -> "Store":
        """Open, make or migrate the database; raises DatabaseUnusable."""
        if is_postgresql(database):
            return await _open_postgresql(database, limits)
        from sandbox.store.sqlite.storage import SqliteStore  # noqa: PLC0415 - one of the two is enough

        return SqliteStore.begin(database, data_dir, limits)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every commit, on the event loop; of another process's commits too, a little later."""
        self._listeners.append(listener)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every line of the journal that this process has written, once it is on disk.

        Those of one commit together.
        """
        self._observers.append(observer)

    def follow(self, follower: Follower) -> None:
        """Have `follower` read again what was changed of what every process remembers, before it is answered.

        Scenarios, by whichever process; where there are several, clocks too.
        """
        self._followers.append(follower)

    @abstractmethod
    def exclusively(self, name: str) -> AbstractAsyncContextManager[None]: ...
    @abstractmethod
    def write(self, work: Callable[[UnitOfWork], T], *, guarded: bool = True) -> Awaitable[T]: ...
    @abstractmethod
    async def read(self, work: Callable[[UnitOfWork], T]) -> T: ...
    @abstractmethod
    async def read_now(self, work: Callable[[UnitOfWork], T]) -> T: ...
    @abstractmethod
    def journal_later(self, exchange: Exchange) -> Awaitable[None] | None: ...
    @abstractmethod
    def catch_up(self) -> Awaitable[None] | None: ...
    @abstractmethod
    async def counted(self) -> Census: ...
    @abstractmethod
    def trouble(self) -> Trouble | None: ...
    @abstractmethod
    async def examine(self) -> Trouble | None: ...
    @abstractmethod
    async def close(self) -> None:
        """Write what waits, then close. Nothing acknowledged is lost even without this."""

    def _hear(self, recorded: Sequence[Event | Exchange]) -> None:
        for observer in self._observers:
            observer(recorded)

    def _tell(self, committed: ChangeSet) -> None:
        for listener in self._listeners:
            listener(committed)


async def _open_postgresql(url: str, limits: Limits) -> Store:
    if wrong := wrong_in(url):
        raise DatabaseUnusable(f"database: it {wrong}; write {FORM}.")
    if not all(find_spec(name) for name in DRIVER):
        extra = "pip install 'wxpay-sandbox[postgresql]'"
        raise DatabaseUnusable(f"The database {shown(url)} needs the driver: {extra}.")
    from sandbox.store.postgresql.storage import PostgresqlStore  # noqa: PLC0415 - few have its driver

    return await PostgresqlStore.begin(url, limits)
