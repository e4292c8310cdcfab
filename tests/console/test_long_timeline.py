"""The page of an order, and of a transfer, that many things happened to."""

import re

from playwright.async_api import expect

from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.order_keys import OrderKey
from sandbox.server import Server
from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.storing import repeated
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import top_up, transfer


async def happened(server: Server, key: OrderKey) -> None:
    """Some harmless things, one and a half pages of them."""
    event = Event(at=server.parts.clock.now(), name=EventName.NUMBER_BURNT, key=key)
    await server.parts.storage.write(repeated(150, lambda tx: tx.note(event)))


async def both_parts(visitor: Visitor, address: str) -> tuple[str, str]:
    """The last lines, which come first, and those before, to which a link leads."""
    last = (await visitor.get(address)).text
    older = re.search(r'href="([^"]*cursor=\d+)"', last)
    assert older is not None
    first = (await visitor.get(older[1].replace("&amp;", "&"))).text
    assert f'href="{address}"' in first
    return first, last


def lines(*pages: str) -> list[int]:
    return [int(number) for page in pages for number in re.findall(r'id="entry-(\d+)"', page)]


async def test_a_long_timeline_comes_in_parts_the_last_first(
    visitor: Visitor, merchant: Merchant, server: Server, control: Control
) -> None:
    await merchant.order("ORDER001")
    await control.post(f"/orders/{merchant.mch_id}/ORDER001/pay", {"outcome": "error", "reason": "other"})
    await happened(server, OrderKey(merchant.mch_id, "ORDER001"))
    first, last = await both_parts(visitor, f"/console/orders/{merchant.mch_id}/ORDER001")
    assert "/pay/unifiedorder" in first
    assert "/pay/unifiedorder" not in last
    assert "errCode -1" in last  # what the client returned stays in sight, though its line is not
    assert len(lines(last)) == 100
    whole = (await control.get(f"/orders/{merchant.mch_id}/ORDER001/timeline", limit="1000"))["items"]
    assert lines(first, last) == [line["id"] for line in whole]


async def test_the_button_that_was_pressed_says_where_the_next_press_leads(
    watch: Watchers, merchant: Merchant, server: Server
) -> None:
    await merchant.order("ORDER001")
    await happened(server, OrderKey(merchant.mch_id, "ORDER001"))
    page = await (await watch(locale="en-US")).open(f"/console/orders/{merchant.mch_id}/ORDER001")
    buttons = page.locator(".story .paging")
    for before, after in (("↑ Older", "Back to the newest ↓"), ("Back to the newest ↓", "↑ Older")):
        await expect(buttons).to_have_text([before])
        await buttons.get_by_role("link").click()
        await expect(buttons).to_have_text([after])


async def test_a_transfers_timeline_does_likewise_and_the_control_api_reads_it_by_cursor(
    visitor: Visitor, server: Server, control: Control, inbox: Inbox
) -> None:
    await top_up(control)
    v3 = await V3Merchant.of(control, inbox.url)
    await transfer(v3, "T01")
    await happened(server, OrderKey(v3.mch_id, "", "", "T01"))
    first, last = await both_parts(visitor, f"/console/transfers/{v3.mch_id}/T01")
    assert len(lines(last)) == 100
    timeline = f"/transfers/{v3.mch_id}/T01/timeline"
    part = await control.get(timeline)
    rest = await control.get(timeline, cursor=part["next"])
    assert rest["next"] is None
    assert lines(first, last) == [line["id"] for line in (*part["items"], *rest["items"])]
