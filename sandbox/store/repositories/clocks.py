"""Clocks that people have moved."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from sandbox.core.clock import ClockSetting
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.prepared import Prepared
from sandbox.store.rows import AnyRow, Values
from sandbox.store.tables import clocks

_drop = Prepared(delete(clocks).where(clocks.c.mch_id == bindparam("key")))


class ClockRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection, self._committed = connection, committed

    def save(self, mch_id: str, setting: ClockSetting | None) -> None:
        _drop.run(self._connection, {"key": mch_id})
        if setting is not None:
            self._connection.execute(insert(clocks), clock_values(mch_id, setting))
        self._committed.clocks = True

    def all(self) -> Mapping[str, ClockSetting]:
        return {row.mch_id: clock_of(row) for row in self._connection.execute(select(clocks))}


def clock_values(mch_id: str, setting: ClockSetting) -> Values:
    return {
        "mch_id": mch_id,
        "since": setting.since,
        "ahead": setting.ahead,
        "scale": setting.scale,
        "advanced": setting.advanced,
    }


def clock_of(row: AnyRow) -> ClockSetting:
    return ClockSetting(row.since, row.ahead, row.scale, row.advanced)
