"""Scenarios in the console: cards, applying, writing one's own, and their say on an order's page."""

import re

import aiohttp

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

PAGE = "/console/scenarios"
ORDER = "/console/orders/1900000109/"
MINE = "1900000109"


async def post(session: aiohttp.ClientSession, path: str, **form: str) -> tuple[int, str]:
    """A form sent without script; gives the page that it leads to."""
    async with session.post(path, data=form) as response:
        return response.status, await response.text()


async def test_every_scenario_has_a_card_with_what_a_good_merchant_does(visitor: Visitor, control: Control) -> None:
    names = [one["name"] for one in (await control.get("/scenarios"))["items"]]
    page = await visitor.get(PAGE)
    assert len(names) >= 40
    assert [name for name in names if f'id="{name}"' not in page.text] == []
    assert "好的商户会" in page.text
    only = await visitor.get(PAGE + "?group=forgery")
    assert 'id="forged-wrong-sign"' in only.text
    assert 'id="pay-success"' not in only.text


async def test_one_click_puts_it_on_the_next_order_only(
    session: aiohttp.ClientSession, visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    status, text = await post(session, f"{PAGE}/notify-none/apply", mch_id=MINE, next="1")
    assert status == 200
    assert "1900000109 的下一笔订单" in text
    await merchant.order("FIRST1")
    await merchant.order("SECOND1")
    assert (await control.order("FIRST1"))["scenario"] == "notify-none"
    assert "scenario" not in await control.order("SECOND1")
    assert "下一笔订单</span>" not in (await visitor.get(f"{PAGE}/notify-none")).text


async def test_what_is_applied_to_a_merchant_can_be_stopped(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control
) -> None:
    await post(session, f"{PAGE}/notify-none/apply", mch_id=MINE)
    await merchant.order("WITH01")
    await post(session, f"{PAGE}/notify-none/end", mch_id=MINE)
    await merchant.order("WITHOUT1")
    assert (await control.order("WITH01"))["scenario"] == "notify-none"
    assert "scenario" not in await control.order("WITHOUT1")


async def test_the_editor_names_each_mistake_and_keeps_the_text(session: aiohttp.ClientSession) -> None:
    broken = "payer: {outcom: success}\nnotify:\n  - fault: wrong-sing\n"
    status, text = await post(session, f"{PAGE}/new", name="mine", text=broken, act="save")
    assert status == 400
    assert "第 1 行" in text
    assert "payer.outcom" in text
    assert "Did you mean wrong-sign?" in text
    assert "fault: wrong-sing" in text
    status, text = await post(session, f"{PAGE}/new", name="mine", text="notify: none", act="check")
    assert (status, "写得没有问题" in text) == (200, True)
    assert (await session.get("/_sandbox/scenarios/mine")).status == 404


async def test_one_of_your_own_is_saved_edited_and_deleted(
    session: aiohttp.ClientSession, visitor: Visitor, control: Control
) -> None:
    await post(session, f"{PAGE}/new", name="mine", text="notify: none", act="save")
    assert (await control.get("/scenarios/mine"))["notify"] == "none"
    assert "notify: none" in (await visitor.get(f"{PAGE}/new?from=mine")).text
    await post(session, f"{PAGE}/mine/delete", owner="")
    await control.get("/scenarios/mine", 404)


async def test_a_built_in_one_cannot_be_overwritten(session: aiohttp.ClientSession) -> None:
    status, text = await post(session, f"{PAGE}/new", name="notify-none", text="notify: none", act="save")
    assert (status, "内置场景不能改" in text) == (400, True)


async def test_an_order_is_put_under_a_scenario_and_acts_as_it_says(
    session: aiohttp.ClientSession, visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await merchant.order("CHOSEN1")
    await post(session, ORDER + "CHOSEN1/scenario", scenario="pay-error-balance")
    page = await visitor.get(ORDER + "CHOSEN1")
    assert "在控制台为这笔订单选定" in page.text
    status, text = await post(session, ORDER + "CHOSEN1/pay", outcome="scenario")
    assert (status, "余额不足" in text) == (200, True)
    await post(session, ORDER + "CHOSEN1/scenario", scenario="")
    await post(session, ORDER + "CHOSEN1/pay", outcome="scenario")
    assert (await control.order("CHOSEN1"))["trade_state"] == "SUCCESS"


async def test_a_forgery_is_sent_and_its_acceptance_is_told(
    session: aiohttp.ClientSession, visitor: Visitor, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("FORGE1")
    await control.pay("FORGE1")
    await control.wait("FORGE1", "notified")
    _, text = await post(session, ORDER + "FORGE1/notify", fault="amount-lower")
    assert "收下了伪造通知" in text
    assert inbox.received[-1].fields["total_fee"] == "99"
    page = await visitor.get(ORDER + "FORGE1")
    assert "一条伪造的通知" in page.text
    assert "金额少一分" in (await visitor.get("/console/notifications")).text


async def test_an_unknown_name_in_attach_is_told(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ATTACH1", attach="scenario:no-such-thing")
    assert "attach 里的场景 no-such-thing 不存在" in (await visitor.get(ORDER + "ATTACH1")).text


async def test_an_orders_story_is_saved_and_happens_again(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("STORY1")
    await control.advance(3)
    await control.pay("STORY1", "error", reason="balance")
    await control.advance(4)
    await control.pay("STORY1", bank_type="CMB_DEBIT")
    await control.wait("STORY1", "notified")
    await control.advance(60)
    await control.post("/orders/1900000109/STORY1/notify", {"fault": "wrong-sign"})
    async with session.get(ORDER + "STORY1/scenario.yaml") as response:
        assert 'filename="as-story1.yaml"' in response.headers["Content-Disposition"]
        text = await response.text()
    headers = {"Content-Type": "application/yaml"}
    async with session.put("/_sandbox/scenarios/as-story1", data=text, headers=headers) as put:
        assert put.status == 200, await put.text()
    inbox.received.clear()
    await merchant.order("STORY2", attach="scenario:as-story1")
    await control.advance(3 + 4 + 61)
    story = [line["name"] for line in await control.timeline("STORY2") if line["kind"] in ("payer", "wechat")]
    assert [name for name in story if not name.startswith("warning")] == ["payment_failed", "paid"]
    assert (await control.order("STORY2"))["bank_type"] == "CMB_DEBIT"
    right = [merchant.verifies(one.fields) for one in inbox.received]
    assert right == [True, False]
    assert re.search(r"after: 7s|after: 8s", text)
