"""Statements of the hot path, compiled once: SQLAlchemy's own execution costs several times the driver's.

The profile of unifiedorder asked for it: three statements an order were two fifths of its processor time.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from sandbox.store.columns import Converting

Converter = Callable[[Any], Any]

# None and bytes go to SQLite as they are; but without being told so, the driver looks for somebody who adapts them,
# which takes it ten times as long as the rest of binding a value.
for _kind in (type(None), bytes):
    sqlite3.register_adapter(_kind, lambda value: value)


class Prepared:
    """A statement with named parameters, run through the driver's cursor."""

    def __init__(self, statement: ClauseElement, columns: list[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._sql = ""
        self._given: Callable[[Mapping[str, Any]], tuple[Any, ...]] = _nothing
        self._converted: list[tuple[int, Converter]] = []

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute, and give the driver's cursor, with rows as the driver has them."""
        return self._driver(connection).execute(self._sql, self._bound(values))

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each of `rows`."""
        self._driver(connection).executemany(self._sql, map(self._bound, rows))

    def _driver(self, connection: Connection) -> Any:
        if not self._sql:
            self._compile(connection.dialect)
        return connection.connection.dbapi_connection

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        bound = list(self._given(values))
        for place, convert in self._converted:
            if (value := bound[place]) is not None:
                bound[place] = convert(value)
        return bound

    def _compile(self, dialect: Dialect) -> None:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = compiled.positiontup
        given = itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])
        # What stands in the statement itself: a limit, a state that is compared.
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._given = (lambda values: given({**fixed, **values})) if fixed else given
        self._converted = _by_place([_converter(compiled.binds[name].type, dialect) for name in names])
        self._sql = str(compiled)


class PreparedQuery(Prepared):
    """One whose rows are wanted as SQLAlchemy gives them: values restored, by the names of their columns."""

    def __init__(self, query: Select[Any]) -> None:
        super().__init__(query)
        self._selected = list(query.selected_columns)
        self._restored: list[tuple[int, Converter]] = []
        self._row: Callable[[Iterable[Any]], Any] = tuple

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row that is found, or None."""
        found = self.run(connection, values).fetchone()
        return None if found is None else self._of(found)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows that are found."""
        return [self._of(found) for found in self.run(connection, values).fetchall()]

    def _of(self, found: tuple[Any, ...]) -> Any:
        row = list(found)
        for place, restore in self._restored:
            if (value := row[place]) is not None:
                row[place] = restore(value)
        return self._row(row)

    def _compile(self, dialect: Dialect) -> None:
        super()._compile(dialect)
        self._restored = _by_place([_restorer(column.type, dialect) for column in self._selected])
        names = [str(column.key) for column in self._selected]
        named: Any = namedtuple("Row", names)  # type: ignore[misc] # its columns are known at run time only
        self._row = named._make


def _by_place(converters: list[Converter | None]) -> list[tuple[int, Converter]]:
    return [(place, convert) for place, convert in enumerate(converters) if convert is not None]


# Both are for values that are not None. Our own columns say theirs without SQLAlchemy's wrapping.


def _converter(kind: Any, dialect: Dialect) -> Converter | None:
    """What makes the driver's value."""
    if isinstance(kind, Converting):
        return kind.converted
    processor: Converter | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _restorer(kind: Any, dialect: Dialect) -> Converter | None:
    """What makes a value of the driver's."""
    if isinstance(kind, Converting):
        return kind.restored
    processor: Converter | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return processor


def _nothing(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return ()
