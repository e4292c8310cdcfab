"""One sandbox for a module: its keys cost more than all that is asked of it. Each test uses numbers of its own."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer


@pytest.fixture
async def shared_control(shared_server: Server) -> AsyncIterator[Control]:
    async with aiohttp.ClientSession(shared_server.url) as session:
        yield Control(session)


@pytest.fixture
async def v3(shared_control: Control, inbox: Inbox) -> V3Merchant:
    """The default merchant of the module's sandbox, with its own inbox for each test."""
    inbox.answer(204, "")
    return await V3Merchant.of(shared_control, inbox.url)


@pytest.fixture
async def sharer(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> Sharer:
    """The default merchant, and another one to share with, which wants to be told where the test's inbox is."""
    opened = await shared_control.post("/merchants", {"name": "茶叶供应商", "sharing_notify_url": inbox.url}, 201)
    made = Sharer(v3, shared_control, opened["mch_id"])
    await made.add()
    return made
