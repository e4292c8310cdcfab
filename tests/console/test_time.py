"""Sandbox time in the console: how far a long jump has come, stopping it, what a clock that was set back leaves."""

import asyncio

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

DAY = 86400


async def paid(merchant: Merchant, control: Control, out_trade_no: str, notify_url: str) -> None:
    await merchant.order(out_trade_no, notify_url=notify_url)
    await control.pay(out_trade_no)


async def test_a_long_jump_says_how_far_it_is_and_stops_when_told(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    hanging = inbox.url.replace("/notify", "/hang")
    await paid(merchant, control, "HANGS1", hanging)
    said = await visitor.send("/console/clock", advance=str(DAY), back="/console/")
    assert "沙箱时间正在快进 1 天" in said.text
    page = await visitor.get("/console/calls")
    assert '<progress id="moving" max="86400.0" value="0.0">' in page.text
    assert f"在等 {hanging} 应答第 1 次通知" in page.text
    page = await visitor.send("/console/clock/halt", back="/console/")
    assert "快进已停下" in page.text
    assert "<progress" not in (await visitor.get("/console/")).text
    assert (await control.get("/clock"))["advanced"] < DAY
    assert [item["summary"] for item in await control.timeline("HANGS1") if item["kind"] == "clock"]


async def test_whoever_advances_by_the_api_is_answered_at_the_halt(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await paid(merchant, control, "HANGS2", inbox.url.replace("/notify", "/hang"))
    advancing = asyncio.ensure_future(control.advance(DAY))
    while "<progress" not in (await visitor.get("/console/")).text:
        assert not advancing.done()
    await visitor.send("/console/clock/halt", back="/console/")
    assert (await advancing)["advanced"] < DAY


async def test_a_short_jump_is_just_done(visitor: Visitor, control: Control) -> None:
    assert "沙箱时间快进了 1 天" in (await visitor.send("/console/clock", advance=str(DAY))).text
    assert "<progress" not in (await visitor.get("/console/")).text


async def test_going_back_to_now_says_what_is_left_in_the_future_and_helps(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    inbox.answer(500)
    await paid(merchant, control, "LEFT01", inbox.url)
    await control.advance(DAY / 2)
    await merchant.order("AHEAD1")
    page = await visitor.send("/console/clock", advance="reset", back="/console/")
    assert "1 个通知的重试排在将来，最久要等" in page.text
    assert "1 个订单的下单时间在将来" in page.text
    listed = await visitor.get("/console/")
    assert "沙箱时间往回走过，1 个通知的重试因此排在将来" in listed.text
    inbox.answer()
    received = len(inbox.received)
    helped = await visitor.send("/console/clock/catch-up", back="/console/")
    assert "1 个通知" in helped.text
    assert len(inbox.received) == received + 1
    assert "沙箱时间往回走过" not in (await visitor.get("/console/")).text


async def test_an_ordinary_retry_is_not_left_behind(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    inbox.answer(500)
    await paid(merchant, control, "USUAL1", inbox.url)
    await control.advance(DAY / 2)
    assert "沙箱时间往回走过" not in (await visitor.get("/console/")).text


async def test_a_scenario_in_force_is_in_sight_and_ends_there(
    visitor: Visitor, control: Control, merchant: Merchant
) -> None:
    await merchant.order("SCENE1")
    for to in ({}, {"mch_id": "1900000109"}):
        await control.post("/scenarios/notify-none/apply", to)
    await visitor.post("/console/scenarios/pay-slow/apply", {"to": "next", "mch_id": "1900000109"})
    await control.post("/scenarios/notify-none/apply", {"mch_id": "1900000109", "out_trade_no": "OTHER1"})
    for path in ("/console/", "/console/calls"):
        page = await visitor.get(path)
        in_force = page.text[page.text.index('id="in-force"') :]
        assert "notify-none</a>" in in_force
        assert "OTHER1" not in in_force
    ended = await visitor.send("/console/scenarios/notify-none/end", mch_id="", back="/console/")
    assert "全部订单" not in ended.text[ended.text.index('id="in-force"') : ended.text.index('id="main"')]
