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


async def press(page: Page, step: str, act: str) -> None:
    await page.locator(f"#step-{step} [name=act][value={act}]").click()


async def test_from_nothing_to_a_paid_order_in_the_browser(watch: Watchers, control: Control) -> None:
    page = await (await watch()).open("/console/")
    await page.get_by_role("link", name="第一次接入微信支付").click()
    await expect(page.get_by_role("heading", name="第一次接入")).to_be_visible()
    handed = []
    for step, told in RIGHT.items():
        await press(page, step, "do")
        await expect(page.locator(f"#result-{step}")).to_contain_text(told)
        await expect(page.locator(f"#result-{step} .next")).to_have_class("next good")
        # What was clicked is ticked, and nothing else.
        await expect(page.locator(f"#step-{step} h2")).to_contain_text("做完了")
        assert await page.locator(".tour-step.done").count() == list(RIGHT).index(step) + 1
        if step in ("second", "client"):
            handed.append(await page.locator(f"#result-{step} pre", has_text='prepayid":').inner_text())
    assert handed[0] == handed[1]
    for step in RIGHT:
        await expect(page.locator(f"#step-{step} h2")).to_contain_text("做完了")
    number = await page.locator("code").first.inner_text()
    await page.reload()
    await expect(page.locator("#step-client h2")).to_contain_text("做完了")
    assert (await control.order(number))["trade_state"] == "SUCCESS"


@pytest.mark.parametrize("step", list(WRONG))
async def test_every_usual_mistake_is_made_and_explained(visitor: Visitor, step: str) -> None:
    page = await visitor.post(
        "/console/start", {"step": step, "act": "wrong", "order": "FIRST1"}, **{"HX-Request": "true"}
    )
    assert page.status == 200
    assert WRONG[step] in page.text
    assert "next bad" in page.text


@pytest.mark.parametrize("step", ["second", "client", "notification", "reply", "query"])
async def test_a_step_too_early_says_what_comes_first(visitor: Visitor, step: str) -> None:
    page = await visitor.post("/console/start", {"step": step, "act": "do", "order": "FIRST1"})
    assert page.status == 200
    assert "next bad" in page.text


async def test_an_address_without_an_order_begins_a_new_tour(visitor: Visitor) -> None:
    for query in ("", "?order=", "?order=%3Cscript%3E"):
        begun = await visitor.get("/console/start" + query)
        assert begun.status == 302
        assert (await visitor.get(begun.headers["Location"])).status == 200
    assert (await visitor.post("/console/start", {"step": "none", "order": "FIRST1"})).status == 404


async def test_camel_case_shows_the_string_that_was_signed_and_the_right_one(visitor: Visitor) -> None:
    form = {"step": "second", "act": "wrong", "order": "FIRST1"}
    page = (await visitor.post("/console/start", form, **{"HX-Request": "true"})).text
    signed, _, right = page.partition("实际签的串")[2].partition("应该签的串")
    assert "partnerId=" in signed
    assert "partnerid=" in right
    assert "key=********" in signed
    assert "key=********" in right
    assert "key=***<" not in page


async def test_a_mistake_ticks_nothing(visitor: Visitor) -> None:
    for act, ticked in (("wrong", False), ("do", True)):
        await visitor.post("/console/start", {"step": "key", "act": act, "order": "FIRST1"})
        shown = (await visitor.get("/console/start?order=FIRST1")).text
        assert ("做完了" in shown) is ticked
        assert "做完了" not in (await visitor.get("/console/start?order=FIRST2")).text
