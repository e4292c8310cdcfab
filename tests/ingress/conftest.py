"""A sandbox with all three ways in, in this process."""

import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.server import Server


@pytest.fixture
def settings() -> dict[str, object]:
    return {"https_port": 0, "proxy_port": 0}


@pytest.fixture
def trusting(server: Server) -> ssl.SSLContext:
    """A client's context that trusts the sandbox's CA and no other."""
    return ssl.create_default_context(cafile=server.ways()["ca"])


@pytest.fixture
async def client(trusting: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of anywhere."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as session:
        yield session
