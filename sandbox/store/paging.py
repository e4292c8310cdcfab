"""Parts of a list, newest first, by the number of the last row of the part before."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

from sandbox.core.ports.queries import Page

Item = TypeVar("Item")


def page(
    connection: Connection,
    query: Select[Any],
    number: Any,
    cursor: str | None,
    limit: int,
    make: Callable[[Row[Any]], Item],
) -> Page[Item]:
    """Newest first, from below `cursor`."""
    if cursor is not None:
        query = query.where(number < int(cursor))
    found = connection.execute(query.order_by(number.desc()).limit(limit + 1)).all()
    more = str(getattr(found[limit - 1], number.name)) if len(found) > limit else None
    return Page([make(row) for row in found[:limit]], more)
