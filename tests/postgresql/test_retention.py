"""What is too old on a shared database: dropped by one process at a time, by what the database itself counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Server
from sandbox.store import Store
from sandbox.store.postgresql.storage import PostgresqlStore
from tests.postgresql.conftest import DEFAULT, begun
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant


@pytest.fixture
async def servers(database: str, tmp_path: Path) -> AsyncIterator[list[Server]]:
    """Two that keep five calls and five orders."""
    async with AsyncExitStack() as ends:
        started = [await begun(database, tmp_path / name, keep_calls=5, keep_orders=5) for name in "ab"]
        for one in started:
            ends.push_async_callback(one.stop)
        yield started


def dropping(store: Store) -> PostgresqlStore:
    assert isinstance(store, PostgresqlStore)
    return store


async def rounds(servers: list[Server]) -> None:
    """A round of each, at the same time."""
    await asyncio.gather(*[dropping(server.parts.storage)._dropping._look() for server in servers])


async def test_the_newest_lines_and_orders_are_kept_and_what_has_something_to_do(
    servers: list[Server], inbox: Inbox
) -> None:
    async with aiohttp.ClientSession(servers[0].url) as session:
        merchant, control = Merchant(session, *DEFAULT, notify_url=inbox.url), Control(session)
        await merchant.order("UNPAID")
        for n in range(12):
            await merchant.order(f"ORDER{n:03}")
            await control.pay(f"ORDER{n:03}")
            await control.wait(f"ORDER{n:03}", "notified")
        for _ in range(3):  # what goes with an order goes a batch at a time
            await rounds(servers)
        kept = [one["out_trade_no"] for one in (await control.get("/orders"))["items"]]
        assert kept[-1] == "UNPAID"
        assert kept[:-1] == [f"ORDER{n:03}" for n in range(11, 11 - len(kept) + 1, -1)]
        assert 5 <= len(kept) <= 6
        assert len((await control.get("/journal"))["items"]) <= 5


async def test_a_round_is_left_to_who_is_at_it(servers: list[Server]) -> None:
    first, second = (dropping(server.parts.storage) for server in servers)
    async with first.if_nobody_does("retention") as mine, second.if_nobody_does("retention") as theirs:
        assert (mine, theirs) == (True, False)
    async with second.if_nobody_does("retention") as later:
        assert later
