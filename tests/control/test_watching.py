"""Waiting for an order, and the stream of events."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.control import Control, started
from tests.support.merchant import Inbox, Merchant
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow


def waiting(control: Control, event: str, status: int = 200, timeout: str = "20", number: str = "ORDER001"):  # type: ignore[no-untyped-def]
    query = {"mch_id": control.mch_id, "out_trade_no": number, "for": event, "timeout": timeout}
    return control.get("/wait", status, **query)


# -- wait --------------------------------------------------------------------------------------------------------------


async def test_waiting_for_what_has_happened_is_over_at_once(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    assert (await waiting(control, "paid"))["trade_state"] == "SUCCESS"


async def test_waiting_ends_when_the_order_is_paid(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    wait = await started(waiting(control, "paid"))
    await control.pay("ORDER001", outcome="cancel")
    assert not wait.done()
    await control.pay("ORDER001")
    order = await wait
    assert isinstance(order, dict)
    assert order["trade_state"] == "SUCCESS"


async def test_one_may_wait_for_an_order_that_is_not_there_yet(merchant: Merchant, control: Control) -> None:
    wait = await started(waiting(control, "paid"))
    await merchant.order("OTHER001")
    await control.pay("OTHER001")
    await merchant.order("ORDER001")
    assert not wait.done()
    await control.pay("ORDER001")
    await wait


async def test_waiting_for_closed_ends_with_the_close(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    wait = await started(waiting(control, "closed"))
    await merchant.close("ORDER001")
    await wait


async def test_waiting_for_closed_ends_with_the_expiry(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    wait = await started(waiting(control, "closed"))
    await control.advance(7 * 86400)
    await wait


async def test_notified_means_that_the_merchant_said_so(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    wait = await started(waiting(control, "notified"))
    assert not wait.done()
    inbox.answer(200)
    await control.advance(15)
    order = await wait
    assert isinstance(order, dict)
    assert order["notifications"][0]["state"] == "delivered"


@pytest.mark.parametrize("event", ["paid", "notified", "refunded", "closed"])
async def test_what_does_not_happen_is_a_408(merchant: Merchant, control: Control, event: str) -> None:
    await merchant.order("ORDER001")
    assert (await waiting(control, event, 408, "0.01"))["error"]["code"] == "timeout"


async def test_an_order_that_never_comes_is_a_408(control: Control) -> None:
    await waiting(control, "paid", 408, "0")


async def test_many_may_wait_for_one_order(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    waits = [await started(waiting(control, "paid")) for _ in range(20)]
    await control.pay("ORDER001")
    assert len(await asyncio.gather(*waits)) == 20


async def test_one_that_stops_waiting_leaves_nothing_behind(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    wait = await started(waiting(control, "paid"))
    wait.cancel()
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await waiting(control, "paid")


# -- events ------------------------------------------------------------------------------------------------------------


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, dict[str, str]]]:
    name = ""
    async for raw in response.content:
        field, _, value = raw.decode().strip().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def next_event(response: aiohttp.ClientResponse, name: str) -> dict[str, str]:
    async with asyncio.timeout(PATIENCE):
        async for found, data in events(response):
            if found == name:
                return data
    raise AssertionError("the stream ended")


async def test_the_stream_says_that_an_order_was_placed_paid_and_told(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    expected = {"mch_id": merchant.mch_id, "out_trade_no": "ORDER001"}
    async with session.get("/_sandbox/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        await merchant.order("ORDER001")
        assert await next_event(stream, "order") == expected
        await control.pay("ORDER001")
        assert await next_event(stream, "order") == expected


async def test_the_stream_says_that_the_clock_was_moved(control: Control, session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/events") as stream:
        await control.advance(60)
        assert await next_event(stream, "clock") == {}


async def test_the_stream_says_that_a_call_came_in(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/events") as stream:
        await merchant.post("/pay/unifiedorder", b"nonsense")
        assert await next_event(stream, "call") == {}


async def test_the_stream_says_that_orders_were_forgotten(control: Control, session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/events") as stream:
        await control.post("/reset", {"mch_id": control.mch_id}, 204)
        assert await next_event(stream, "reset") == {"mch_id": control.mch_id}


async def test_a_listener_that_goes_away_hurts_nobody(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async with session.get("/_sandbox/events"):
        pass
    for number in range(3):
        await merchant.order(f"ORDER{number:03}")
    async with session.get("/_sandbox/events") as stream:
        await control.pay("ORDER000")
        assert (await next_event(stream, "order"))["out_trade_no"] == "ORDER000"
    assert not caplog.records
