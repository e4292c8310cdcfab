"""What a transaction on PostgreSQL holds until it ends."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from sandbox.store.holding import Holding
from sandbox.store.prepared import QUICK, PreparedQuery

_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"


class HoldingRows(Holding):
    """For one transaction, of one process, that writes."""

    rows = True

    def __init__(self, process: int) -> None:
        self.process = process
        self._held: set[str] = set()

    def first(self, query: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> Any:
        return query.holding.first(connection, values)

    def all(self, query: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        return query.holding.all(connection, values)

    def name(self, connection: Connection, name: str) -> None:
        if name not in self._held:
            connection.info[QUICK].execute(_HOLD, [name])
            self._held.add(name)

    def name_if_free(self, connection: Connection, name: str) -> bool:
        """The same without waiting: whether it is held now."""
        if name not in self._held and connection.info[QUICK].execute(_TRY, [name]).fetchone()[0]:
            self._held.add(name)
        return name in self._held
