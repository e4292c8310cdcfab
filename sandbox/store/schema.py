"""The schema: what makes a new database, the same one in SQLite and in PostgreSQL."""

from functools import lru_cache

from sqlalchemy import Dialect, Index
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from sandbox.store import (  # noqa: F401 - they are of the schema too
    journal_tables,
    key_tables,
    payer_tables,
    process_tables,
    scenario_tables,
    sharing_tables,
    transfer_tables,
)
from sandbox.store.tables import SCHEMA_REVISION, metadata

__all__ = ["metadata", "statements"]

_STAMP = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
    f"INSERT INTO alembic_version VALUES ('{SCHEMA_REVISION}')",  # noqa: S608 - our own number
)


@lru_cache(2)
def statements(dialect: Dialect) -> list[str]:
    """What makes a new database, stamped with its revision, statement by statement.

    Compiled once for a dialect, for compiling was a quarter of a start.
    """
    tables = metadata.sorted_tables
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda one: str(one.name))]
    made: list[DDLElement] = [*map(CreateTable, tables), *[_creation(index, dialect) for index in indexes]]
    return [*[str(one.compile(dialect=dialect)) for one in made], *_STAMP]


def _creation(index: Index, dialect: Dialect) -> CreateIndex:
    """With the condition that the tables tell SQLite alone."""
    index.dialect_options[dialect.name]["where"] = index.dialect_options["sqlite"]["where"]
    return CreateIndex(index)
