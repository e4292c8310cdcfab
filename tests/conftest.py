"""Fixtures: a whole sandbox per test, in memory, on a free port; a merchant; an inbox for its notifications."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

Configure = Callable[..., None]


@pytest.fixture
def settings() -> dict[str, object]:
    """What differs from the defaults; a test module may override it."""
    return {}


@pytest.fixture
async def server(settings: dict[str, object]) -> AsyncIterator[Server]:
    """A sandbox with the default merchant, all in memory."""
    running = await Server.start(Settings(**{"port": 0, "database": ":memory:", **settings}))  # type: ignore[arg-type]
    yield running
    await running.stop()


@pytest.fixture
async def session(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as open_session:
        yield open_session


@pytest.fixture
def control(session: aiohttp.ClientSession) -> Control:
    return Control(session)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    """Receives notifications; answers SUCCESS until told otherwise."""
    received = Inbox()
    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_route("*", "/notify", received.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    received.url = f"http://127.0.0.1:{runner.addresses[0][1]}/notify"
    yield received
    if received.gate is not None:
        received.gate.set()
    await runner.cleanup()


@pytest.fixture
def merchant(session: aiohttp.ClientSession, inbox: Inbox) -> Merchant:
    """The default merchant."""
    return Merchant(
        session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", notify_url=inbox.url
    )
