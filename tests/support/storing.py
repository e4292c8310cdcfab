"""Stores past the public way: rows written where a test needs thousands of them, and what is of SQLite alone."""

from collections.abc import Callable

from sandbox.core.ports.storage import UnitOfWork
from sandbox.store import Store
from sandbox.store.sqlite.storage import SqliteStore


def in_a_file(store: Store) -> SqliteStore:
    """A store of SQLite's, whose file a test is about."""
    assert isinstance(store, SqliteStore)
    return store


def repeated(times: int, act: Callable[[UnitOfWork], None]) -> Callable[[UnitOfWork], None]:
    """The same work so many times, in one transaction."""

    def work(tx: UnitOfWork) -> None:
        for _ in range(times):
            act(tx)

    return work
