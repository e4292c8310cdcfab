"""No query by key may read a whole table: SQLite's own plan of each is asked."""

import pytest
from sqlalchemy import Select, create_engine
from sqlalchemy.sql.compiler import SQLCompiler

from sandbox.store import repositories
from sandbox.store.prepared import Prepared
from sandbox.store.tables import metadata

QUERIES = {
    name: value._statement if isinstance(value, Prepared) else value
    for name, value in vars(repositories).items()
    if isinstance(value, Select) or (isinstance(value, Prepared) and isinstance(value._statement, Select))
}


@pytest.mark.parametrize("name", QUERIES)
def test_it_uses_an_index(name: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        compiled = (
            QUERIES[name]
            .params(hour_ago=0)
            .compile(dialect=engine.dialect, compile_kwargs={"render_postcompile": True})
        )
        assert isinstance(compiled, SQLCompiler)
        values = tuple(0 for _ in compiled.positiontup or ())
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]
    engine.dispose()
    assert plan
    assert [step for step in plan if step.startswith("SCAN") and "USING INDEX" not in step] == []


def test_the_queries_are_found() -> None:
    assert {"_attempts", "_find_order", "_expired"} <= set(QUERIES)
