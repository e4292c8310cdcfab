"""Fixtures: two sandboxes on one database, as a balancer would have them, with a client of each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.postgresql import Databases

DEFAULT = ("1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000")


@dataclass
class Side:
    """One of the sandboxes, with the default merchant as it calls this one."""

    server: Server
    session: aiohttp.ClientSession
    control: Control
    merchant: Merchant


async def begun(url: str, data_dir: Path, **settings: object) -> Server:
    """A sandbox on a database."""
    return await Server.start(Settings(port=0, database=url, data_dir=data_dir, **settings))  # type: ignore[arg-type]


@pytest.fixture
async def database(postgresql: Databases) -> AsyncIterator[str]:
    """One that has our tables."""
    async with postgresql.prepared() as url:
        yield url


@pytest.fixture
async def sides(database: str, tmp_path: Path, inbox: Inbox) -> AsyncIterator[list[Side]]:
    """Two sandboxes, each of which knows of the other."""
    async with AsyncExitStack() as ends:
        servers = await asyncio.gather(*[begun(database, tmp_path / name) for name in "ab"])
        for server in servers:
            ends.push_async_callback(server.stop)
        sessions = [await ends.enter_async_context(aiohttp.ClientSession(server.url)) for server in servers]
        yield [
            Side(server, session, Control(session), Merchant(session, *DEFAULT, notify_url=inbox.url))
            for server, session in zip(servers, sessions, strict=True)
        ]
