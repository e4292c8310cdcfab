"""One sandbox and one demo shop for all stories of a module: each has orders of its own."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.demo_shop import DemoShop
from tests.support.market import Market


@pytest.fixture(scope="module")
async def market() -> AsyncIterator[Market]:
    server = await Server.start(Settings(port=0, database=":memory:"))
    async with aiohttp.ClientSession(server.url) as session, DemoShop(server.url) as shop:
        yield Market(shop, Control(session))
    await server.stop()
