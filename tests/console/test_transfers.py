"""Transfers to people as people see them: their list, one with its timeline, and what one can do about it."""

import re

import pytest

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import balance, top_up, transfer

LIST = "/console/transfers"
ONE = LIST + "/1900000109/BILL1"


@pytest.fixture
async def v3(control: Control, inbox: Inbox) -> V3Merchant:
    await top_up(control)
    return await V3Merchant.of(control, inbox.url)


async def test_the_list_says_how_each_stands(visitor: Visitor, v3: V3Merchant, control: Control) -> None:
    assert "还没有转账" in (await visitor.get(LIST)).text
    for number in ("BILL1", "BILL2"):
        await transfer(v3, number, transfer_remark="<script>alert(1)</script>")
    await control.post("/transfers/1900000109/BILL2", {"outcome": "success"})
    text = (await visitor.get(LIST)).text
    assert "<script>alert(1)" not in text
    assert re.findall(r'class="open mono" href="([^"]+)"', text) == [LIST + "/1900000109/BILL2", ONE]
    assert "可以确认" in text
    assert "到了收款人零钱" in text
    assert "BILL1" not in (await visitor.get(LIST + "?state=SUCCESS")).text
    assert "BILL2" not in (await visitor.get(LIST + "?q=BILL1")).text
    assert "没有符合条件的转账。" in (await visitor.get(LIST + "?q=BILL9")).text


async def test_the_list_goes_on_in_pages(visitor: Visitor, v3: V3Merchant) -> None:
    for number in range(51):
        await transfer(v3, f"MANY{number:02}")
    first = (await visitor.get(LIST)).text
    older = re.search(r'href="[^"]*cursor=(\d+)', first)
    assert older is not None
    assert "/1900000109/MANY00" not in first
    assert "/1900000109/MANY00" in (await visitor.get(f"{LIST}?cursor={older[1]}")).text


async def test_one_is_confirmed_and_its_timeline_tells_it(visitor: Visitor, v3: V3Merchant, control: Control) -> None:
    await transfer(v3, "BILL1")
    page = await visitor.get(ONE)
    assert "package_info" in page.text
    assert re.findall(r'name="outcome" value="(\w+)"', page.text) == ["confirm", "success", "fail"]
    page = await visitor.send(ONE + "/decide", outcome="confirm")
    assert "转账 BILL1：收款人已确认" in page.text
    await control.advance(1)
    page = await visitor.get(ONE)
    assert "到了收款人零钱" in page.text
    assert 'name="outcome"' not in page.text
    assert "第 1 次通知商户转账结果" in page.text
    assert (await visitor.post(ONE + "/decide", {"outcome": "success", "back": ONE})).status == 303
    assert (await visitor.post(ONE + "/decide", {"outcome": "lost"})).status == 400
    assert (await visitor.get(LIST + "/1900000109/NOWHERE")).status == 404


async def test_one_fails_for_the_chosen_reason(visitor: Visitor, v3: V3Merchant, control: Control) -> None:
    before = await balance(control)
    await transfer(v3, "BILL1")
    page = await visitor.send(ONE + "/decide", outcome="fail", fail_reason="NAME_NOT_CORRECT")
    assert "收款人姓名校验不通过（NAME_NOT_CORRECT）" in page.text
    assert await balance(control) == before


async def test_a_notification_that_failed_is_sent_again(
    visitor: Visitor, v3: V3Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await transfer(v3, "BILL1")
    await control.post("/transfers/1900000109/BILL1", {"outcome": "success"})
    await control.advance(0)
    assert "转账结果的通知失败（第 1 次）：商户返回 HTTP 500" in (await visitor.get(ONE)).text
    inbox.answer(204, "")
    assert "通知已重发" in (await visitor.send(ONE + "/notify")).text
    assert v3.open(inbox.received[-1])["state"] == "SUCCESS"


async def test_where_nobody_is_told_the_page_says_why(visitor: Visitor, v3: V3Merchant, control: Control) -> None:
    await transfer(v3, "BILL1", notify_url=None)
    await control.post("/transfers/1900000109/BILL1", {"outcome": "success"})
    page = await visitor.get(ONE)
    assert "没有通知：发起时没传 notify_url。" in page.text
    assert "/notify" not in page.text


async def test_a_number_that_is_searched_for_leads_to_it(visitor: Visitor, v3: V3Merchant) -> None:
    await transfer(v3, "BILL1")
    assert ONE in (await visitor.get("/console/palette?q=BILL1")).text
