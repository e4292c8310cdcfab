"""The page of calls: its filters, and the archive of what they find."""

import html
import json
import re

import pytest

from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.order_keys import OrderKey
from sandbox.server import Server
from sandbox.store.calls import LOOKED
from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.storing import repeated


@pytest.mark.parametrize(("lang", "said"), [("zh", "下载 HAR"), ("en", "Download HAR")])
async def test_the_page_links_to_the_archive_of_what_is_filtered(
    visitor: Visitor, merchant: Merchant, lang: str, said: str
) -> None:
    await merchant.query("ORDER001")
    page = await visitor.get(f"/console/calls?lang={lang}&outcome=failed&mch_id={merchant.mch_id}")
    assert said in page.text
    assert f'href="/console/calls.har?outcome=failed&amp;mch_id={merchant.mch_id}" download' in page.text


async def test_the_archive_holds_what_is_filtered(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    other = Merchant.opened(merchant.session, await control.post("/merchants", {}, 201), merchant.notify_url)
    await merchant.order("ORDER001")
    await merchant.query("UNKNOWN1")
    await other.query("UNKNOWN2")
    answer = await visitor.get(f"/console/calls.har?outcome=failed&mch_id={merchant.mch_id}")
    assert "wxpay-sandbox.har" in answer.headers["Content-Disposition"]
    assert [entry["_out_trade_no"] for entry in json.loads(answer.text)["log"]["entries"]] == ["UNKNOWN1"]


async def test_the_archive_holds_all_calls_of_all_parts(visitor: Visitor, merchant: Merchant) -> None:
    for number in range(60):
        await merchant.query(f"ORDER{number:03}")
    page = await visitor.get("/console/calls")
    assert page.text.count("data-row") == 50
    log = json.loads((await visitor.get("/console/calls.har")).text)["log"]
    assert [entry["_out_trade_no"] for entry in log["entries"]] == [f"ORDER{number:03}" for number in range(60)]


async def test_the_tile_of_signature_errors_leads_to_them_alone(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    await merchant.query("UNKNOWN1")
    await merchant.call("/pay/orderquery", out_trade_no="UNKNOWN2", _key="k" * 32)
    tile = re.search(r'href="(/console/calls[^"]*signature=wrong)"', (await visitor.get("/console/")).text)
    assert tile is not None
    page = (await visitor.get(html.unescape(tile[1]))).text
    assert page.count("data-row") == 1
    assert "UNKNOWN2" in page


async def test_a_filter_that_finds_nothing_can_be_dropped(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.query("ORDER001")
    page = await visitor.get("/console/calls?path=/pay/closeorder")
    assert "没有符合条件的调用。" in page.text
    assert 'class="paging"' not in page.text


@pytest.mark.slow
async def test_a_rare_call_is_looked_for_further_on(visitor: Visitor, merchant: Merchant, server: Server) -> None:
    """A page looks through a part of the journal only: then it says so, and leads on."""
    await merchant.query("ORDER001")
    event = Event(at=server.parts.clock.now(), name=EventName.CLOCK_ADVANCED, key=OrderKey("", ""))
    await server.parts.storage.write(repeated(LOOKED, lambda tx: tx.note(event)))
    page = await visitor.get("/console/calls?path=/pay/orderquery")
    assert "更早的还没有找过" in page.text
    older = re.search(r'href="(/console/calls[^"]*cursor=\d+)"', page.text)
    assert older is not None
    assert "ORDER001" in (await visitor.get(older[1].replace("&amp;", "&"))).text


async def test_what_is_only_remarked_is_no_part_of_a_failure(visitor: Visitor, merchant: Merchant) -> None:
    """A refund of no order over plain HTTP: that no certificate was asked for has nothing to do with it."""
    remark = "真实接口在这里要商户 API 证书"
    await merchant.order("ORDER001")
    await merchant.refund("ORDER001", "R1")
    page = (await visitor.get("/console/calls?outcome=failed")).text
    assert remark not in page
    number = re.search(r"/console/calls/(\d+)", page)
    assert number is not None
    for address in (number[0], f"/console/orders/{merchant.mch_id}/ORDER001"):
        text = (await visitor.get(address)).text
        assert re.search(rf'<(p|span) class="remark">{remark}', text), address
        assert not re.search(rf'class="(why|mend|next bad)"[^>]*>(?:(?!</(?:span|p)>).)*{remark}', text), address
