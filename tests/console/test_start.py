"""First steps: every step and every usual mistake happens for real, from an empty sandbox to a paid order."""

import pytest
from playwright.async_api import Page, expect

from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control

RIGHT = {
    "account": "1900000109",
    "app": "com.example.shop",
    "pairing": "已与 1900000109 关联",
    "key": "签名：",
    "order": "成功：wx",
    "second": '"prepayid"',
    "client": "errCode 0",
    "notification": "transaction_id",
    "reply": "return_code",
    "query": "成功：SUCCESS",
}
WRONG = {
    "account": "没有商户号 1900000000",
    "app": "errCode -1",
    "pairing": "没有与商户号",
    "key": "APIv3",
    "order": "0.01",
    "second": "partnerId",
    "client": "errCode -2",
    "notification": "登录",
    "reply": "JSON",
    "query": "只送了前 32 个字符",
}


async def press(page: Page, act: str) -> None:
    await page.locator(f".tour-step [name=act][value={act}]").click()


async def test_from_nothing_to_a_paid_order_in_the_browser(watch: Watchers, control: Control) -> None:
    page = await (await watch()).open("/console/")
    await page.get_by_role("link", name="第一次接入微信支付").click()
    await expect(page.get_by_role("heading", name="第一次接入")).to_be_visible()
    number = await page.locator("code").first.inner_text()
    handed = []
    for taken, (step, told) in enumerate(RIGHT.items(), 1):
        # One step is the present one, and one button is the next to press.
        await expect(page.locator(".tour [aria-current=step]")).to_have_id(f"step-{step}")
        assert await page.locator(".start .yes").count() == 1
        await press(page, "do")
        await expect(page.locator("#result")).to_contain_text(told)
        await expect(page.locator("#result .next")).to_have_class("next good")
        # What was clicked is ticked, and nothing else.
        await expect(page.locator(f"#step-{step} h2")).to_contain_text("做完了")
        assert await page.locator(".tour .done").count() == taken
        if step in ("second", "client"):
            handed.append(await page.locator("#result pre", has_text='prepayid":').inner_text())
        if step != "query":
            await page.get_by_role("link", name="下一步").click()
    assert handed[0] == handed[1]
    await expect(page.locator(".progress")).to_contain_text("已完成 10 / 10")
    assert (await control.order(number))["trade_state"] == "SUCCESS"


async def test_a_pasted_address_shows_the_same_to_somebody_else(watch: Watchers) -> None:
    """Step, ticks and what came of it stand in the address, not in one browser."""
    page = await (await watch()).open("/console/start?order=FIRST7&step=order&done=account.app.pairing.key")
    await press(page, "do")
    await expect(page.locator("#result")).to_contain_text("成功：wx")
    result = await page.locator("#result").inner_text()
    await press(page, "wrong")
    await expect(page.locator("#result")).to_contain_text("0.01")
    await page.go_back()
    await expect(page.locator("#result")).to_have_text(result, use_inner_text=True)
    another = await (await watch()).open(page.url.removeprefix(page.url.split("/console")[0]))
    await expect(another.locator(".tour [aria-current=step]")).to_have_id("step-order")
    assert await another.locator(".tour .done").count() == 5
    assert await another.locator("#result").inner_text() == result
    # The step on the left, what came of it on the right.
    step, shown = await another.locator(".tour-step").bounding_box(), await another.locator("#result").bounding_box()
    assert step is not None
    assert shown is not None
    assert shown["x"] > step["x"] + step["width"]


@pytest.mark.parametrize("step", list(WRONG))
async def test_every_usual_mistake_is_made_and_explained(visitor: Visitor, step: str) -> None:
    page = await visitor.send("/console/start", step=step, act="wrong", order="FIRST1")
    assert page.status == 200
    assert WRONG[step] in page.text
    assert "next bad" in page.text


@pytest.mark.parametrize("step", ["second", "client", "notification", "reply", "query"])
async def test_a_step_too_early_says_what_comes_first(visitor: Visitor, step: str) -> None:
    page = await visitor.send("/console/start", step=step, act="do", order="FIRST1")
    assert page.status == 200
    assert "next bad" in page.text


async def test_an_address_without_an_order_begins_a_new_tour(visitor: Visitor) -> None:
    for query in ("", "?order=", "?order=%3Cscript%3E"):
        begun = await visitor.get("/console/start" + query)
        assert begun.status == 302
        assert (await visitor.get(begun.headers["Location"])).status == 200
    assert (await visitor.post("/console/start", {"step": "none", "order": "FIRST1"})).status == 404


async def test_camel_case_shows_the_string_that_was_signed_and_the_right_one(visitor: Visitor) -> None:
    page = (await visitor.send("/console/start", step="second", act="wrong", order="FIRST1")).text
    signed, _, right = page.partition("实际签的串")[2].partition("应该签的串")
    assert "partnerId=" in signed
    assert "partnerid=" in right
    assert "key=********" in signed
    assert "key=********" in right
    assert "key=***<" not in page


async def test_a_mistake_ticks_nothing(visitor: Visitor) -> None:
    for act, ticked in (("wrong", False), ("do", True)):
        shown = (await visitor.send("/console/start", step="key", act=act, order="FIRST1")).text
        assert ("做完了" in shown) is ticked


async def test_what_an_address_cannot_show_again_it_says(visitor: Visitor) -> None:
    """A result is told in one language, and kept while the sandbox runs; what only computes is computed again."""
    await visitor.send("/console/start", step="order", act="do", order="FIRST1", done="key")
    there = "/console/start?order=FIRST1&act=do&done=key.order"
    assert "Press the button again" in (await visitor.get(there + "&step=order&lang=en")).text
    assert "The signature:" in (await visitor.get(there + "&step=key&lang=en")).text
