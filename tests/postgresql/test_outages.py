"""A database that goes and comes back: merchants are told SYSTEMERROR, health why, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Server
from tests.postgresql.conftest import begun
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.postgresql import Cluster


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
    async with session.get("/console/") as page:
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
