"""What one process tells the others of a commit: what they remember, and what their pages show."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.prepared import Prepared
from sandbox.store.process_tables import revisions

KEPT = 1000
"""So many revisions are kept: who is further behind reads all anew."""

MOST_ORDERS = 50
"""More changed orders than these go in several messages: PostgreSQL takes up to 8,000 bytes in one."""

HOLD = "revisions"
"""Held by whoever adds a revision, so that their numbers are in the order of the commits."""

_newest = Prepared(select(func.max(revisions.c.id)))
_add = Prepared(insert(revisions), ["id", "news"])
_forget = Prepared(delete(revisions).where(revisions.c.id <= bindparam("last")))
since = Prepared(select(revisions.c.id, revisions.c.news).where(revisions.c.id > bindparam("known")).order_by("id"))


class Behind(Exception):
    """A work has changed what is remembered, and did not know the newest of it: it is to be run again."""


class News(msgspec.Struct, omit_defaults=True):
    """A ChangeSet on its way, without what only its own process needs."""

    process: int = 0
    orders: list[tuple[str, str, str, str]] = []
    merchants: list[str] = []
    accounts: list[str] = []
    apps: list[str] = []
    forgotten: list[str] = []
    clocks: bool = False
    calls: bool = False
    scenarios: bool = False

    def changes(self) -> ChangeSet:
        return ChangeSet(
            orders={OrderKey(*key) for key in self.orders},
            merchants={*self.merchants, *self.accounts},
            accounts=set(self.accounts),
            apps=set(self.apps),
            forgotten=set(self.forgotten),
            clocks=self.clocks,
            calls=self.calls,
            scenarios=self.scenarios,
        )


def remembered(committed: ChangeSet, process: int) -> News:
    """What all must read again."""
    return News(
        process=process,
        accounts=sorted(committed.accounts),
        apps=sorted(committed.apps),
        clocks=committed.clocks,
        scenarios=committed.scenarios,
    )


def shown(committed: ChangeSet, process: int) -> Iterator[bytes]:
    """What pages and programs that watch are told, as messages."""
    orders: list[tuple[str, str, str, str]] = sorted(committed.orders | {owed.key for owed in committed.owed})
    first = News(
        process=process,
        orders=orders[:MOST_ORDERS],
        merchants=sorted(committed.merchants)[:MOST_ORDERS],  # pages ask only whether there are any
        forgotten=sorted(committed.forgotten),
        clocks=committed.clocks,
        calls=committed.calls,
        scenarios=committed.scenarios,
    )
    yield msgspec.json.encode(first)
    for place in range(MOST_ORDERS, len(orders), MOST_ORDERS):
        yield msgspec.json.encode(News(process=process, orders=orders[place : place + MOST_ORDERS]))


def add_revision(connection: Connection, news: News, known: int) -> None:
    """Keep what all must read again; raises Behind where there is more than is `known`.

    Called while HOLD is held.
    """
    newest = newest_revision(connection)
    if newest != known:
        raise Behind
    _add.run(connection, {"id": newest + 1, "news": news})
    if newest > KEPT:
        _forget.run(connection, {"last": newest - KEPT})


def newest_revision(connection: Connection) -> int:
    """The number of the newest; 0 where there is none."""
    return _newest.run(connection, {}).fetchone()[0] or 0
