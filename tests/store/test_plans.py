"""No query by key may read a whole table: SQLite's own plan of each is asked."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from sqlalchemy import Select, create_engine
from sqlalchemy.sql.compiler import SQLCompiler

from sandbox.store import repositories
from sandbox.store.prepared import Prepared
from sandbox.store.tables import metadata

MODULES = [import_module(f"{repositories.__name__}.{one.name}") for one in iter_modules(repositories.__path__)]
QUERIES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value._statement if isinstance(value, Prepared) else value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Select) or (isinstance(value, Prepared) and isinstance(value._statement, Select))
}


@pytest.mark.parametrize("name", QUERIES)
def test_it_uses_an_index(name: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        compiled = (
            QUERIES[name]
            .params(hour_ago=0, ids=["A"])
            .compile(dialect=engine.dialect, compile_kwargs={"render_postcompile": True})
        )
        assert isinstance(compiled, SQLCompiler)
        values = tuple(0 for _ in compiled.positiontup or ())
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    engine.dispose()
    assert plan
    assert [step for step in plan if step.startswith("SCAN") and "USING INDEX" not in step] == []


def test_the_queries_are_found() -> None:
    assert {"journal._attempts", "orders._find_order", "orders._expired", "ledger._balance"} <= set(QUERIES)
