"""Statements of the hot path, compiled once: SQLAlchemy's own execution costs several times the driver's.

The profile of unifiedorder asked for it: three statements an order were two fifths of its processor time.
"""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from sandbox.store.columns import Converting

Converter = Callable[[Any], Any]


class Prepared:
    """A statement with named parameters, run through the driver's cursor. Rows come as the driver gives them."""

    def __init__(self, statement: ClauseElement, columns: list[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._sql = ""
        self._given: Callable[[Mapping[str, Any]], tuple[Any, ...]] = _nothing
        self._converted: list[tuple[int, Converter]] = []

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute, and give the driver's cursor."""
        if not self._sql:
            self._compile(connection.dialect)
        bound = list(self._given(values))
        for place, convert in self._converted:
            if (value := bound[place]) is not None:
                bound[place] = convert(value)
        driver: Any = connection.connection.dbapi_connection
        return driver.execute(self._sql, bound)

    def _compile(self, dialect: Dialect) -> None:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = compiled.positiontup
        kinds = [compiled.binds[name].type for name in names]
        converters = [_converter(kind, dialect) for kind in kinds]
        self._given = itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])
        self._converted = [(place, convert) for place, convert in enumerate(converters) if convert is not None]
        self._sql = str(compiled)


def _converter(kind: Any, dialect: Dialect) -> Converter | None:
    """What makes the driver's value of one that is not None: our own columns say it without SQLAlchemy's wrapping."""
    if isinstance(kind, Converting):
        return kind.converted
    processor: Converter | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _nothing(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return ()
