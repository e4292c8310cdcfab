"""The schema on PostgreSQL: built from the tables, built from the migrations, and that of SQLite."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Inspector, create_engine, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from sandbox.store.migrations import configuration
from sandbox.store.schema import statements
from sandbox.store.sqlite.database import open_database

COLUMNS = """
SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename != 'alembic_version' ORDER BY indexname
"""
SEQUENCES = "SELECT sequencename, data_type FROM pg_sequences WHERE schemaname = current_schema() ORDER BY sequencename"


@pytest.fixture
async def connection(postgresql_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to an empty database."""
    engine = create_async_engine(make_url(postgresql_url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as opened:
        yield opened
    await engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    """A new database of SQLite."""
    opened = open_database("", tmp_path)
    opened.dispose()
    return opened.path


async def build(connection: AsyncConnection) -> None:
    for statement in statements(connection.dialect):
        await connection.exec_driver_sql(statement)


async def found(connection: AsyncConnection, query: str) -> list[Any]:
    return list((await connection.execute(text(query))).all())


async def schema_of(connection: AsyncConnection) -> list[list[Any]]:
    return [await found(connection, query) for query in (COLUMNS, INDEXES, SEQUENCES)]


def upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


def tables_of(there: Inspector) -> dict[str, list[object]]:
    """Of each table its columns (name, kind of value, whether it may be missing, default), and what is unique in it."""
    return {
        table: [
            *[
                (column["name"], column["type"].python_type, column["nullable"], default_of(column["default"]))
                for column in there.get_columns(table)
            ],
            there.get_pk_constraint(table)["constrained_columns"],
            sorted(unique["column_names"] for unique in there.get_unique_constraints(table)),
        ]
        for table in there.get_table_names()
        if table != "alembic_version"
    }


def default_of(said: str | None) -> str | None:
    """What a column holds where nothing is said, but for numbers that grow by themselves."""
    if said is None or said.startswith("nextval"):
        return None
    return {"false": "0", "true": "1"}.get(said, said.partition("::")[0].strip("'"))


async def test_the_migrations_build_the_same_schema_as_the_tables(connection: AsyncConnection) -> None:
    await build(connection)
    from_tables = await schema_of(connection)
    assert min(len(part) for part in from_tables) > 10
    await connection.rollback()
    assert await schema_of(connection) == [[], [], []]
    await connection.rollback()
    await connection.run_sync(upgrade)
    assert await schema_of(connection) == from_tables


async def test_both_databases_have_the_same_tables(connection: AsyncConnection, sqlite: Path) -> None:
    await build(connection)
    engine = create_engine(f"sqlite:///{sqlite}")
    assert await connection.run_sync(lambda there: tables_of(inspect(there))) == tables_of(inspect(engine))
    engine.dispose()


async def test_both_databases_have_the_same_indexes(connection: AsyncConnection, sqlite: Path) -> None:
    """What SQLite says of its own, said to PostgreSQL, makes what is there."""
    await build(connection)
    there = await found(connection, INDEXES)
    with closing(sqlite3.connect(sqlite)) as opened:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        said = dict(opened.execute(query).fetchall())
    assert said.keys() == {name for name, _ in there if name.startswith("ix_")}
    for name, statement in said.items():
        await connection.exec_driver_sql(f"DROP INDEX {name}")
        await connection.exec_driver_sql(statement)
    assert await found(connection, INDEXES) == there
