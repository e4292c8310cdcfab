"""The stream that tells open pages to look again."""

import asyncio

import aiohttp
import msgspec

from sandbox.console.frame.live import NAMED_ORDERS, what_changed
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import ChangeSet
from sandbox.server import Server
from tests.support.merchant import Merchant
from tests.support.patience import PATIENCE


async def event(stream: aiohttp.StreamReader) -> tuple[str, str]:
    """The next event: its name and data."""
    lines = (await asyncio.wait_for(stream.readuntil(b"\n\n"), PATIENCE)).decode().splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return fields["event"].strip(), fields["data"].strip()


async def test_a_change_is_told_with_what_it_concerns(session: aiohttp.ClientSession, merchant: Merchant) -> None:
    async with session.get("/console/events") as answer:
        assert answer.content_type == "text/event-stream"
        assert (await event(answer.content))[0] == "hello"
        await merchant.order("TOLD01")
        name, data = await event(answer.content)
        assert name == "changed"
        assert "1900000109/TOLD01/" in msgspec.json.decode(data)["orders"]


async def test_a_burst_is_told_in_few_events(session: aiohttp.ClientSession, merchant: Merchant) -> None:
    async with session.get("/console/events") as answer:
        await event(answer.content)
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(merchant.order(f"BURST{number:03}") for number in range(60)))
        await asyncio.sleep(0.5)
        passed = asyncio.get_running_loop().time() - began
        told = answer.content.read_nowait().count(b"event: changed")
        assert 1 <= told <= passed / 0.15 + 2


async def test_an_open_stream_does_not_hold_up_the_end(server: Server, session: aiohttp.ClientSession) -> None:
    async with session.get("/console/events") as answer:
        await event(answer.content)
        began = asyncio.get_running_loop().time()
        await server.stop()
        assert asyncio.get_running_loop().time() - began < 1.5


def test_many_orders_are_told_as_many() -> None:
    keys = {OrderKey("1", str(number)) for number in range(NAMED_ORDERS + 1)}
    assert what_changed(ChangeSet(orders=keys))["orders"] == "many"
    assert what_changed(ChangeSet(orders={OrderKey("1", "2", "3")}))["orders"] == ["1/2/3"]
