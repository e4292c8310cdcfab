"""Parts of a list, newest first, by the number of the last row of the part before.

However many rows there are, a part costs the same: an index gives the rows of a `scope` in their order, and what else
they are asked is asked of the newest `LOOKED` of them. There the part ends, though it may hold fewer rows than a page
or none, and its cursor goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Connection, Row, Select, desc, func, select, union
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.ports.queries import Page

LOOKED = 1000
"""Rows that one page looks through: a few milliseconds, in a reader."""

Item = TypeVar("Item")
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows that are looked for: those of a scope, which an index gives in their order, that fit the rest.

    So do those of a scope `beside` it, which another index gives: both are met in one order.
    """

    scope: Conditions = ()
    rest: Conditions = ()
    beside: Conditions = ()

    @property
    def plain(self) -> bool:
        """Whether one index gives the rows, and nothing else."""
        return not (self.rest or self.beside)


def page(
    connection: Connection,
    number: Any,
    asked: Asked,
    cursor: str | None,
    limit: int,
    make: Callable[[Row[Any]], Item],
) -> Page[Item]:
    """Rows of the table whose serial is `number`, from below `cursor`."""
    query = page_query(select(number.table), number, asked, cursor, LOOKED)
    found = connection.execute(query.limit(limit + 1)).all()
    full = len(found) > limit
    more = getattr(found[limit - 1], number.name) if full else floor(connection, number, asked, cursor)
    return Page([make(row) for row in found[:limit]], str(more) if more else None)


def count(connection: Connection, number: Any, asked: Asked, most: int) -> int:
    """How many rows there are, of those that a page begins with; no more than `most` are looked through."""
    few = page_query(select(number), number, asked, None, most).limit(most).subquery()
    return connection.execute(select(func.count()).select_from(few)).scalar() or 0


def floor(connection: Connection, number: Any, asked: Asked, cursor: str | None) -> int:
    """Down to which row a page looks, with it; 0 where that is the end."""
    return 0 if asked.plain else horizon(connection, number, asked, cursor, LOOKED)


def horizon(connection: Connection, number: Any, asked: Asked, cursor: str | None, lines: int) -> int:
    """The number of the oldest of the newest `lines` rows of the scopes, below a cursor; 0 where there are fewer."""
    return connection.execute(numbers(number, asked, cursor).limit(1).offset(lines - 1)).scalar() or 0


def page_query(query: Select[Any], number: Any, asked: Asked, cursor: str | None, looked: int = LOOKED) -> Select[Any]:
    """Rows, newest first. Of which the rest is asked is settled before: else an index of the rest might be chosen."""
    if asked.plain:
        return newest(query, number, asked.scope, cursor)
    part = numbers(number, asked, cursor).limit(looked)
    return query.where(number.in_(part), *asked.rest).order_by(number.desc())


def numbers(number: Any, asked: Asked, cursor: str | None) -> Select[Any] | CompoundSelect[Any]:
    """The numbers of the rows of the scopes below a cursor, in their order."""
    if not asked.beside:
        return newest(select(number), number, asked.scope, cursor)
    both = [select(number).where(*scope, *_below(number, cursor)) for scope in (asked.scope, asked.beside)]
    return union(*both).order_by(desc(number.name))


def newest(query: Select[Any], number: Any, scope: Conditions, cursor: str | None) -> Select[Any]:
    """Rows of a scope below a cursor, in their order."""
    return query.where(*scope, *_below(number, cursor)).order_by(number.desc())


def _below(number: Any, cursor: str | None) -> Conditions:
    return [] if cursor is None else [number < int(cursor)]
