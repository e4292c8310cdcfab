"""Who does what is owed: a notification is taken by one process, and held until its attempt is recorded.

What a process holds ends with it: a holder that lives no longer (see `wire`) holds nothing. Who owes what is due at
once holds it from the same transaction on; all else is taken by whoever is first.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sandbox.core.notifications import Notification
from sandbox.core.ports.storage import Moments, Owing
from sandbox.store.columns import Instant
from sandbox.store.postgresql.gathering import Gathering
from sandbox.store.postgresql.wire import LIVING, Wire

Ask = Callable[..., Awaitable[Sequence[Any]]]
"""Asks the database: a query and its values; its rows."""

MOST = 500
"""Notifications that a look for what nobody has taken gives at most."""

_DUE = """
notifications AS n LEFT JOIN unnest($1::varchar[], $2::bigint[]) AS own(mch_id, at) ON own.mch_id = n.mch_id
WHERE n.state = 'pending' AND n.next_at <= $3 AND n.next_at <= coalesce(own.at, $4)
"""
# Asked in the same breath: of a process that has just begun, this one need not have heard.
_FREE = f"(n.holder IS NULL OR n.holder NOT IN ({LIVING}))"
_COLUMNS = "n.id, n.mch_id, coalesce(nullif(n.receiver, ''), n.mch_id) AS told, n.url, n.next_at"
# What this process holds is told too, but for what it is at: of a commit that was cut off it may not know.
_LEFT = f"(n.holder = $5 OR ({_FREE} AND ($6 OR n.holder IS NULL))) AND n.id <> ALL($7::varchar[])"
_UNTAKEN = f"SELECT {_COLUMNS} FROM {_DUE} AND {_LEFT} ORDER BY n.next_at LIMIT {MOST}"  # noqa: S608 - our own text
_OWING = f"SELECT {_COLUMNS} FROM {_DUE}"  # noqa: S608
_NOT_DONE = f"SELECT EXISTS (SELECT 1 FROM {_DUE} AND n.holder IS DISTINCT FROM $5)"  # noqa: S608
_TAKE = f"""
WITH free AS (
    SELECT n.seq FROM notifications AS n
    JOIN unnest($1::varchar[], $2::bigint[]) AS asked(id, at) ON asked.id = n.id
    WHERE n.state = 'pending' AND n.next_at <= asked.at
      AND (n.holder = $3 OR {_FREE})
    FOR UPDATE OF n SKIP LOCKED
)
UPDATE notifications AS n SET holder = $3 FROM free WHERE n.seq = free.seq RETURNING n.id
"""  # noqa: S608


class SharedWork:
    """Implements `OwedWork` among the processes on one database. `ask` runs a query and gives its rows."""

    shared = True

    def __init__(self, wire: Wire, ask: Ask) -> None:
        self._wire, self._ask = wire, ask
        self._mine: set[str] = set()
        """What this process has held since it owed it."""
        self._taking: Gathering[tuple[str, datetime], set[str]] = Gathering(self._take)

    @property
    def processes(self) -> int:
        return len(self._wire.living)

    def owes(self, owed: Sequence[Notification]) -> None:
        """Learn what a transaction of this process has owed."""
        self._mine.update(one.id for one in owed if one.next_at == one.created_at)

    async def take(self, notification_id: str, now: datetime) -> bool:
        if notification_id in self._mine:
            self._mine.discard(notification_id)
            return True
        return notification_id in await self._taking.ask((notification_id, now))

    async def untaken(self, moments: Moments, known: Collection[str]) -> Sequence[Owing]:
        asked = (self._wire.number, self._wire.settled, list(known))
        return [_owing(row) for row in await self._ask(_UNTAKEN, *_values(moments), *asked)]

    async def owing(self, until: Moments) -> Sequence[Owing]:
        return [_owing(row) for row in await self._ask(_OWING, *_values(until))]

    async def is_done(self, moments: Moments) -> bool:
        found = await self._ask(_NOT_DONE, *_values(moments), self._wire.number)
        return not found[0][0]

    async def _take(self, asked: Sequence[tuple[str, datetime]]) -> set[str]:
        ids, moments = [one for one, _ in asked], [Instant.converted(at) for _, at in asked]
        found = await self._ask(_TAKE, ids, moments, self._wire.number)
        return {row[0] for row in found}


def _values(moments: Moments) -> tuple[Any, ...]:
    """The first four values of a query of what is due: whose clocks show something else, the latest, the others."""
    own = {mch_id: Instant.converted(at) for mch_id, at in moments.own.items()}
    of_all = None if moments.of_all is None else Instant.converted(moments.of_all)
    latest = max([*own.values(), *([] if of_all is None else [of_all])], default=0)
    return list(own), list(own.values()), latest, of_all


def _owing(row: Any) -> Owing:
    return Owing(row[0], row[1], row[2], row[3], Instant.restored(row[4]))
