"""Which database a test's sandbox is on: what is in the folders of `ON_BOTH` runs on SQLite and on PostgreSQL.

A plugin of the tests (tests/conftest.py). Of a table's rows only the first runs on PostgreSQL, unless `--all-databases`
is given; what is of SQLite alone says so: `@pytest.mark.sqlite_only("reason")`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgresql import Databases
from tests.support.process import ROOT

ON_BOTH = {"control", "delivery", "scenario", "scenarios", "store"}
"""Where it matters; all else is tested on SQLite."""
SQLITE, POSTGRESQL = "sqlite", "postgresql"
FIXTURES = ("database", "kept_database", "shared_database")
"""Those by which a test is on a database."""
Place = dict[str, Any]
"""Settings that say where a sandbox keeps what it has."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-databases", action="store_true", help="run all rows of tables on PostgreSQL, not the first")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that has a database on both."""
    used, test = [name for name in FIXTURES if name in metafunc.fixturenames], metafunc.definition
    if used and folder_of(test.path) in ON_BOTH and not test.get_closest_marker("sqlite_only"):
        kinds = (SQLITE, POSTGRESQL)
        metafunc.parametrize(used, [[kind] * len(used) for kind in kinds], indirect=True, ids=kinds)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out rows on PostgreSQL."""
    if config.getoption("all_databases"):
        return
    begun: set[str] = set()
    left_out: list[pytest.Item] = []
    for item in filter(on_postgresql, items):
        table = item.nodeid.partition("[")[0]
        if table in begun:
            left_out.append(item)
        begun.add(table)
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [item for item in items if item not in gone]


def folder_of(path: Path) -> str:
    """The folder of `tests/` in which a file of tests is."""
    return path.relative_to(ROOT / "tests").parts[0]


def on_postgresql(item: pytest.Item) -> bool:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return POSTGRESQL in [params.get(name) for name in FIXTURES]


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """A database of the test's own: in memory, or in PostgreSQL."""
    async with _opened(request, {"database": ":memory:"}) as place:
        yield place


@pytest.fixture
async def kept_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """One that who opens it again finds as it was: a file in `tmp_path`, or in PostgreSQL."""
    async with _opened(request, {"data_dir": tmp_path}) as place:
        yield place


@pytest.fixture(scope="module")
async def shared_database(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """As `database`, for all tests of a module."""
    async with _opened(request, {"database": ":memory:"}) as place:
        yield place


@asynccontextmanager
async def _opened(request: pytest.FixtureRequest, sqlite: Place) -> AsyncIterator[Place]:
    if getattr(request, "param", SQLITE) == SQLITE:
        yield sqlite
        return
    databases: Databases = request.getfixturevalue("postgresql")
    folders: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    async with databases.prepared() as url:
        yield {"database": url, "data_dir": folders.mktemp("machine")}
