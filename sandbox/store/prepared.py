"""Statements of the hot path, compiled once: SQLAlchemy's own execution costs several times the driver's.

The profile of unifiedorder asked for it: three statements an order were two fifths of its processor time.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from propcache.api import cached_property
from sqlalchemy import Connection, Float, Insert, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from sandbox.store.columns import Converting

Converter = Callable[[Any], Any]

QUICK = "quick"
"""Under which a connection has (`Connection.info`) what executes for us, where that is not the driver's connection."""


class Prepared:
    """A statement with named parameters, run through the driver's cursor."""

    def __init__(self, statement: ClauseElement, columns: list[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute, and give the driver's cursor, with rows as the driver has them."""
        compiled = self._for(connection)
        return compiled.driver(connection).execute(compiled.sql, compiled.bound(values))

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each of `rows`."""
        compiled = self._for(connection)
        compiled.driver(connection).executemany(compiled.sql, map(compiled.bound, rows))

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        found = self._compiled.get(name)
        if found is None:
            found = self._compiled[name] = _Compiled(self._statement, self._columns, connection.dialect)
        return found


class PreparedQuery(Prepared):
    """One whose rows are wanted as SQLAlchemy gives them: values restored, by the names of their columns."""

    def __init__(self, query: Select[Any]) -> None:
        super().__init__(query)
        self._query = query
        self._selected = list(query.selected_columns)
        self._restored: dict[str, list[tuple[int, Converter]]] = {}

    @cached_property
    def holding(self) -> "PreparedQuery":
        """The same, of rows that nobody else changes until this transaction ends.

        SQLite has one writer, so there it says nothing more.
        """
        return PreparedQuery(self._query.with_for_update())

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row that is found, or None."""
        found = self.run(connection, values).fetchone()
        return None if found is None else self._made(self._restorers(connection.dialect), found)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows that are found."""
        restorers = self._restorers(connection.dialect)
        return [self._made(restorers, found) for found in self.run(connection, values).fetchall()]

    def _made(self, restorers: "list[tuple[int, Converter]]", found: Iterable[Any]) -> Any:
        row = list(found)
        for place, restore in restorers:
            if (value := row[place]) is not None:
                row[place] = restore(value)
        return self._row(row)

    @cached_property
    def _row(self) -> Callable[[Iterable[Any]], Any]:
        names = [str(column.key) for column in self._selected]
        named: Any = namedtuple("Row", names)  # type: ignore[misc] # its columns are known at run time only
        make: Callable[[Iterable[Any]], Any] = named._make
        return make

    def _restorers(self, dialect: Dialect) -> "list[tuple[int, Converter]]":
        found = self._restored.get(dialect.name)
        if found is None:
            found = _by_place([_restorer(column.type, dialect) for column in self._selected])
            self._restored[dialect.name] = found
        return found


class _Compiled:
    """A statement as one kind of database takes it: its text, and what makes the driver's values of ours."""

    __slots__ = ("_converted", "_given", "driver", "sql")

    def __init__(self, statement: ClauseElement, columns: list[str] | None, dialect: Dialect) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # nobody asks for the number of what was added
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        names = compiled.positiontup
        # What stands in the statement itself: a limit, a state that is compared.
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        given = _picked(names)
        self.sql = str(compiled)
        self._given: Callable[[Mapping[str, Any]], tuple[Any, ...]] = (
            (lambda values: given({**fixed, **values})) if fixed else given
        )
        self._converted = _by_place([_converter(compiled.binds[name].type, dialect) for name in names])
        self.driver = _own_driver if dialect.name == "sqlite" else _quick_driver

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        bound = list(self._given(values))
        for place, convert in self._converted:
            if (value := bound[place]) is not None:
                bound[place] = convert(value)
        return bound


def _own_driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _quick_driver(connection: Connection) -> Any:
    return connection.info[QUICK]


def _picked(names: list[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])


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
    if isinstance(kind, Float):
        return None  # both drivers give it as it is
    processor: Converter | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return processor
