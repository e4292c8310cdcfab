"""What a walk through the console found, in a browser: nothing cut, nothing over anything else, several at once."""

import re

import pytest
from playwright.async_api import expect

from tests.console.conftest import Watchers
from tests.support.accessible import violations
from tests.support.control import Control
from tests.support.merchant import Merchant

OPENID = "oSandboxPayer000000000000001"
CUT = """() => [...document.querySelectorAll('.rows td, .rows th')]
    .filter((cell) => !cell.matches('.c-what') && cell.scrollWidth > cell.clientWidth + 1)
    .map((cell) => cell.className + ': ' + cell.textContent.trim())"""
NAMES = {"label-content-name-mismatch": {"enabled": True}}


async def crowd(merchant: Merchant, control: Control) -> None:
    """Orders with the longest of everything that a list shows."""
    await control.post("/merchants", {"name": "Tea & Co", "certificate": False}, status=201)
    await merchant.order("20261130A0001", total_fee="100000000", body="龙井茶 West Lake Longjing, first harvest, boxed")
    await merchant.micropay("20261130A0002", await control.auth_code())
    await merchant.order("20261130A0003", trade_type="JSAPI", openid=OPENID)
    await control.pay("20261130A0003")
    await merchant.refund("20261130A0003", "R-20261130", 20)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_nothing_of_an_order_is_cut_on_a_laptop(
    watch: Watchers, merchant: Merchant, control: Control, locale: str
) -> None:
    await crowd(merchant, control)
    page = await (await watch(locale=locale)).open("/console/")
    assert await page.evaluate(CUT) == []
    item = page.locator(".c-what").last
    assert (await item.bounding_box() or {"width": 0})["width"] > 120
    for width in (1090, 1020):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_a_name_that_is_read_out_is_the_one_that_is_seen(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    await crowd(merchant, control)
    await control.post("/refunds/1900000109/R-20261130", {"outcome": "success"})
    watched = await watch(locale="en-US")
    for path in ("/console/", "/console/refunds", "/console/orders/1900000109/20261130A0003"):
        page = await watched.open(path)
        assert [one["nodes"][0]["html"] for one in await violations(page, rules=NAMES)] == [], path


async def test_several_orders_are_chosen_and_decided(watch: Watchers, merchant: Merchant, control: Control) -> None:
    for number in range(5):
        await merchant.order(f"MANY0{number}")
    page = await (await watch()).open("/console/")
    bar = page.get_by_role("form", name="决定选中的订单")
    await expect(bar).to_be_hidden()
    await page.get_by_role("checkbox", name="选择 MANY04").click()
    await page.get_by_role("checkbox", name="选择 MANY02").click(modifiers=["Shift"])
    await expect(bar).to_contain_text("已选 3 个订单")
    await merchant.order("LATER1")
    await expect(page.get_by_role("link", name="LATER1", exact=True)).to_be_visible()
    await expect(bar).to_contain_text("已选 3 个订单")
    await bar.get_by_role("button", name="取消", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("3 个订单中 3 个由付款人取消。")
    assert (await control.timeline("MANY03"))[-1]["kind"] == "payer"
    await bar.get_by_role("button", name="取消选择").click()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("X")
    await expect(bar).to_contain_text("已选 2 个订单")
    await page.keyboard.press("s")
    await expect(page.locator("#said")).to_contain_text("2 个订单中 2 个付款成功。")


async def test_a_sandbox_that_is_down_is_said_to_be_silent(watch: Watchers, merchant: Merchant) -> None:
    await merchant.order("SILENT1")
    watched = await watch()
    page = await watched.open("/console/")
    await page.route("**/pay", lambda route: route.abort("connectionrefused"))
    await page.get_by_role("button", name="成功：SILENT1").click()
    await expect(page.locator("#said")).to_contain_text("沙箱没有应答")
    watched.trouble.clear()


async def test_the_cashiers_last_words_do_not_lie_over_each_other(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    await merchant.order("LAST01")
    await control.pay("LAST01")
    prepay_id = (await control.order("LAST01"))["prepay_id"]
    watched = await watch(locale="en-US")
    await watched.page.goto(f"{watched.own}/cashier/{prepay_id}?result=success")
    await watched.page.get_by_role("link", name="Done").click()
    close, footer = watched.page.locator(".may-close"), watched.page.locator(".sandbox")
    await expect(close).to_be_visible()
    above, below = await close.bounding_box(), await footer.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    assert below["y"] + below["height"] <= 800


async def test_keys_after_the_palettes_go_into_it_and_decide_nothing(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    await merchant.order("20261130TEA7")
    page = await (await watch()).open("/console/orders/1900000109/20261130TEA7")
    await page.wait_for_selector("#live", state="visible")
    box = page.get_by_role("combobox", name="找订单、商户、场景、页面，或做一件事")
    await page.evaluate(
        """() => { for (const [key, ctrlKey] of [['k', true], ['s', false]])
          document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, ctrlKey, bubbles: true})) }"""
    )
    await expect(box).to_be_focused()
    assert (await control.order("20261130TEA7"))["trade_state"] == "NOTPAY"


async def test_the_palette_goes_anywhere_by_keyboard_alone(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    await merchant.order("20261130TEA7", body="龙井茶")
    watched = await watch()
    page = await watched.open("/console/calls")
    await page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="找订单、商户、场景、页面，或做一件事")
    await expect(box).to_be_focused()
    await expect(page.locator("#palette-list li").first).to_contain_text("订单")
    assert [one["id"] for one in await violations(page)] == []
    await page.keyboard.type("1130tea")
    await expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("20261130TEA7")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{watched.own}/console/orders/1900000109/20261130TEA7")
    await page.wait_for_selector("#live", state="visible")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("付款成功")
    await expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("这一页")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("20261130TEA7 付款成功")
    await page.keyboard.press("Meta+k")
    await page.keyboard.type("sample jsapi")
    await expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("放一笔样单：JSAPI")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("已下单")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ntfy none next")
    await page.keyboard.press("Enter")
    await expect(page.locator(".in-force")).to_contain_text("notify-none")
    await page.keyboard.press("Control+k")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()


async def test_a_phone_has_one_row_and_a_drawer(watch: Watchers, merchant: Merchant, control: Control) -> None:
    await crowd(merchant, control)
    await control.post("/scenarios/notify-none/apply", {})
    await control.advance(86400)
    watched = await watch(locale="en-US", viewport={"width": 360, "height": 740})
    page = watched.page
    await page.goto(watched.own + "/console/")
    header = await page.locator("#top").bounding_box()
    assert header is not None
    assert header["height"] < 60
    await page.get_by_role("button", name="Menu").click()
    for name in ("+15 s", "+5 min", "Next retry", "+1 day", "Back to now"):
        button = page.locator("#drawer").get_by_role("button", name=name)
        await expect(button).to_be_in_viewport(ratio=1)
        assert await button.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert [one["id"] for one in await violations(page)] == []
    await page.get_by_role("link", name="Refunds", exact=True).click()
    await expect(page).to_have_url(re.compile("/console/refunds"))
    await expect(page.locator("#drawer")).to_be_hidden()
