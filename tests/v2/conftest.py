"""Fixtures of the V2 tests: other merchants, and one sandbox for a module whose tests do not meet each other."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from hypothesis import settings as hypothesis_settings

from sandbox.config import Settings
from sandbox.core.merchants import Wording
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

Open = Callable[..., Awaitable[Merchant]]

# The same examples each time, and no deadline: a busy machine is no failure.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture
def open_merchant(session: aiohttp.ClientSession, control: Control, inbox: Inbox) -> Open:
    """Opens a merchant; the fields are those of POST /_sandbox/merchants."""

    async def open_one(**fields: object) -> Merchant:
        opened = await control.post("/merchants", {"certificate": False, **fields}, 201)
        return Merchant.opened(session, opened, inbox.url)

    return open_one


@pytest.fixture
async def newcomer(open_merchant: Open, control: Control) -> Merchant:
    """A merchant that no other test has, of which `control` speaks: for a module that shares a sandbox."""
    opened = await open_merchant(appids=["wx8888888888888888"])
    control.mch_id = opened.mch_id
    return opened


@pytest.fixture(scope="module")
def wording() -> str:
    """Which generation of its words the shared sandbox speaks; a test module may override it."""
    return "today"


@pytest.fixture(scope="module")
async def shared_session(wording: str) -> AsyncIterator[aiohttp.ClientSession]:
    """One sandbox for all tests of a module, which therefore must not depend on each other's orders."""
    running = await Server.start(Settings(port=0, database=":memory:", wording=Wording(wording)))
    async with aiohttp.ClientSession(running.url) as open_session:
        yield open_session
    await running.stop()


@pytest.fixture
def shopkeeper(shared_session: aiohttp.ClientSession) -> Merchant:
    """The default merchant of the shared sandbox."""
    key = "sandboxv2key00000000000000000000"
    return Merchant(shared_session, "1900000109", "wx8888888888888888", key, "http://127.0.0.1:9/notify")
