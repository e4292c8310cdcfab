"""What a transaction holds for itself, so that nobody changes it before the transaction has ended.

SQLite has one writer, and nothing to hold. Where several processes write at once, a transaction that writes holds each
row that it has found by its key, and so decides of an order, a refund, a payer as it is and not as it was.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from sandbox.store.prepared import PreparedQuery


class Holding:
    """Nothing is held: one writer, or a transaction that only reads."""

    rows = False
    """Whether rows that are found by key are held."""
    process: int | None = None
    """The number of the process that writes, where there are several."""

    def first(self, query: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row that is found by its key, or None."""
        return query.first(connection, values)

    def all(self, query: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows that are found."""
        return query.all(connection, values)

    def name(self, connection: Connection, name: str) -> None:
        """Hold what has no row of its own, by a name."""


NOTHING = Holding()
