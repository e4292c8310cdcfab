"""A database that goes and comes back: merchants are told SYSTEMERROR, health why, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from sandbox.server import Server
from tests.postgresql.conftest import DEFAULT, begun
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.postgresql import Cluster, Databases


@pytest.fixture
async def server(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Server]:
    running = await begun(cluster.url("postgres"), tmp_path)
    yield running
    await running.stop()


async def failing(session: aiohttp.ClientSession) -> list[str]:
    """What health says is wrong."""
    async with session.get("/_sandbox/health") as response:
        answer = await response.json()
        assert response.status == (503 if "failing" in answer else 200)
        return [one["code"] for one in answer.get("failing", [])]


async def test_a_database_that_is_stopped_is_told_and_comes_back_by_itself(
    cluster: Cluster, session: aiohttp.ClientSession, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500, "no")
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    await asyncio.to_thread(cluster.stop)
    answer = await merchant.order("ORDER002")
    assert (answer["err_code"], merchant.verifies(answer)) == ("SYSTEMERROR", True)
    assert (await merchant.query("ORDER001"))["err_code"] == "SYSTEMERROR"
    assert await failing(session)
    async with session.get("/console/orders") as page:
        assert page.status == 503
    await asyncio.to_thread(cluster.start)
    assert (await merchant.order("ORDER002"))["result_code"] == "SUCCESS"
    assert await failing(session) == []
    inbox.answer()
    await control.advance(60)
    assert (await control.notification("ORDER001"))["state"] == "delivered"


async def test_a_database_that_was_killed_comes_back(cluster: Cluster, merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    cluster.kill()
    await asyncio.to_thread(cluster.start)
    assert (await merchant.order("ORDER002"))["result_code"] == "SUCCESS"
    assert (await merchant.query("ORDER001"))["trade_state"] == "NOTPAY"


async def test_a_database_that_has_no_connection_left_is_told(
    postgresql: Databases, tmp_path: Path, inbox: Inbox
) -> None:
    async with postgresql.prepared() as url:
        role, name = "few", url.rpartition("/")[2]
        owner = await asyncpg.connect(url)
        await owner.execute(f"CREATE ROLE {role}_{name} LOGIN PASSWORD 'few' CONNECTION LIMIT 3")
        await owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}_{name}")
        await owner.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}_{name}")
        running = await begun(f"postgresql://{role}_{name}:few@{url.partition('@')[2]}", tmp_path)
        async with aiohttp.ClientSession(running.url) as session:
            merchant = Merchant(session, *DEFAULT, notify_url=inbox.url)
            taken = [await running.parts.storage._sessions.open() for _ in range(2)]  # type: ignore[attr-defined]
            running.parts.storage._sessions.drop_free()  # type: ignore[attr-defined]
            assert (await merchant.order("ORDER001"))["err_code"] == "SYSTEMERROR"
            assert await failing(session) == ["database_crowded"]
            for one in taken:
                await one.end()
            assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
            assert await failing(session) == []
        await running.stop()
        await owner.execute(f"DROP OWNED BY {role}_{name}; DROP ROLE {role}_{name}")
        await owner.close()
