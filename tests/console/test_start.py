"""First steps: every step and every usual mistake happens for real, from an empty sandbox to a paid order."""

import html
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from sandbox.config import Settings
from sandbox.server import Server
from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control

FACES = ["v3", "v2"]
RIGHT = {
    "account": "1900000109",
    "app": "com.example.shop",
    "pairing": "已与 1900000109 关联",
    "key": "待签名串",
    "order": "成功：wx",
    "second": '"prepayid"',
    "client": "errCode 0",
    "notification": "transaction_id",
    "reply": "SUCCESS",
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
WRONG_V3 = {
    **WRONG,
    "pairing": "APPID_MCHID_NOT_MATCH",
    "key": "微信支付平台证书",
    "second": "不带 prepay_id=",
    "reply": "200 就是收到",
    "query": "必须带 ?mchid=",
}


async def press(page: Page, act: str) -> None:
    await page.locator(f".tour-step [name=act][value={act}]").click()


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    """One sandbox for the module: every tour has an order of its own."""
    running = await Server.start(Settings(port=0, database=":memory:"))
    yield running
    await running.stop()


@pytest.mark.parametrize(("face", "title"), [("v3", "APIv3"), ("v2", "V2")])
async def test_from_nothing_to_a_paid_order_in_the_browser(
    watch: Watchers, control: Control, face: str, title: str
) -> None:
    page = await (await watch()).open("/console/")
    await page.get_by_role("link", name="入门").click()
    await expect(page.get_by_role("heading", name="第一次接入")).to_be_visible()
    # Newcomers come for APIv3.
    await expect(page.locator(".faces [aria-current]")).to_have_text("APIv3")
    await page.get_by_role("link", name=title, exact=True).click()
    await expect(page.locator(".faces [aria-current]")).to_have_text(title)
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
    order = await control.order(number)
    assert (order["trade_state"], order["face"]) == ("SUCCESS", face)


async def test_a_pasted_address_shows_the_same_to_somebody_else(watch: Watchers) -> None:
    """Step, ticks and what came of it stand in the address, not in one browser."""
    page = await (await watch()).open("/console/start?face=v2&order=FIRST7&step=order&done=account.app.pairing.key")
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


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("step", list(WRONG))
async def test_every_usual_mistake_is_made_and_explained(visitor: Visitor, step: str, face: str) -> None:
    page = await visitor.send("/console/start", face=face, step=step, act="wrong", order=f"FIRST1{face}")
    assert page.status == 200
    assert (WRONG_V3 if face == "v3" else WRONG)[step] in page.text
    assert "next bad" in page.text


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("step", ["second", "client", "notification", "reply", "query"])
async def test_a_step_too_early_says_what_comes_first(visitor: Visitor, step: str, face: str) -> None:
    page = await visitor.send("/console/start", face=face, step=step, act="do", order="FIRST2")
    assert page.status == 200
    assert "next bad" in page.text


async def test_a_call_of_v3_is_signed_line_by_line_under_its_own_serial(visitor: Visitor) -> None:
    page = html.unescape((await visitor.send("/console/start", face="v3", step="key", act="do", order="FIRST3")).text)
    shown = page.partition("最后一行也有）</h3>")[2].partition("</pre>")[0]
    lines = re.findall(r'<span class="line">(.*)</span>', shown)[1:]
    assert lines[0] == "/v3/pay/transactions/app"
    assert lines[3].startswith('{"appid":"wx8888888888888888"')
    assert f'timestamp="{lines[1]}"' in page
    assert f'nonce_str="{lines[2]}"' in page
    assert "serial_no=" in page


async def test_a_notification_of_v3_stands_sealed_beside_what_it_says(visitor: Visitor) -> None:
    for step in ("order", "client", "notification"):
        shown = (await visitor.send("/console/start", face="v3", step=step, act="do", order="FIRST4")).text
    assert "ciphertext" in shown
    assert "out_trade_no: FIRST4" in shown.partition("解密以后")[2]


async def test_a_mistake_that_wechat_does_not_name_is_explained_all_the_same(visitor: Visitor) -> None:
    """Such an answer has no Request-ID: the call is found by what was sent."""
    shown = (await visitor.send("/console/start", face="v3", step="account", act="wrong", order="FIRST5")).text
    assert "沙箱里没有商户号 1900000000" in shown
    assert "/console/calls/" in shown


async def test_an_unknown_version_is_refused(visitor: Visitor) -> None:
    assert (await visitor.get("/console/start?face=v9")).status == 404


async def test_an_address_without_an_order_begins_a_new_tour(visitor: Visitor) -> None:
    for query in ("", "?order=", "?order=%3Cscript%3E"):
        begun = await visitor.get("/console/start" + query)
        assert begun.status == 302
        assert (await visitor.get(begun.headers["Location"])).status == 200
    assert (await visitor.post("/console/start", {"step": "none", "order": "FIRST1"})).status == 404


async def test_camel_case_shows_the_string_that_was_signed_and_the_right_one(visitor: Visitor) -> None:
    page = (await visitor.send("/console/start", face="v2", step="second", act="wrong", order="FIRST1")).text
    signed, _, right = page.partition("实际签的串")[2].partition("应该签的串")
    assert "partnerId=" in signed
    assert "partnerid=" in right
    assert "key=********" in signed
    assert "key=********" in right
    assert "key=***<" not in page


async def test_a_mistake_ticks_nothing(visitor: Visitor) -> None:
    for act, ticked in (("wrong", False), ("do", True)):
        shown = (await visitor.send("/console/start", face="v2", step="key", act=act, order="FIRST6")).text
        assert ("做完了" in shown) is ticked


async def test_what_an_address_cannot_show_again_it_says(visitor: Visitor) -> None:
    """A result is told in one language, and kept while the sandbox runs; what only computes is computed again."""
    await visitor.send("/console/start", face="v2", step="order", act="do", order="FIRST8", done="key")
    there = "/console/start?face=v2&order=FIRST8&act=do&done=key.order"
    assert "Press the button again" in (await visitor.get(there + "&step=order&lang=en")).text
    assert "It is signed." in (await visitor.get(there + "&step=key&lang=en")).text
