"""The PostgreSQL that tests run on: databases of their own, clusters that end and come back, and that leave nothing."""

import asyncio
import socket
import time

import asyncpg
import pytest

from tests.conftest import need
from tests.support.patience import PATIENCE
from tests.support.postgresql import Cluster, Databases, own_cluster, places

COUNT = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


async def asked(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_database_is_empty_of_a_late_version_and_gone_when_the_next_is_made(postgresql: Databases) -> None:
    async with postgresql.empty() as first:
        assert await asked(first, COUNT) == 0
        assert int(str(await asked(first, "SHOW server_version_num"))) >= 150000
        assert await asked(first, "SELECT 'a' < 'B'")  # not in the order of their bytes
        await asked(first, "CREATE TABLE kept (n int)")
    async with postgresql.empty() as second:
        assert await asked(second, COUNT) == 0
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await asked(first, COUNT)


@pytest.mark.slow
async def test_a_cluster_comes_back_with_all_that_was_committed(cluster: Cluster) -> None:
    url = cluster.url("postgres")
    await asked(url, "CREATE TABLE kept (n int)")
    for end in (cluster.stop, lambda: cluster.stop("immediate"), cluster.kill):
        await asked(url, "INSERT INTO kept VALUES (1)")
        await asyncio.to_thread(end)
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await asked(url, COUNT)
        await asyncio.to_thread(cluster.start)
    assert await asked(url, "SELECT count(*) FROM kept") == 3


@pytest.mark.slow
def test_a_cluster_is_gone_after_its_users() -> None:
    need("initdb", "postgresql", places())
    with own_cluster() as cluster:
        assert cluster.folder.exists()
    deadline = time.monotonic() + PATIENCE
    while cluster.folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", cluster.port))
