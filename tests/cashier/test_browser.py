"""The cashier in a real browser, and the shim on a merchant's own page."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, Route, expect

from sandbox.server import Server
from tests.support.accessible import violations
from tests.support.control import Control
from tests.support.merchant import Merchant, signature
from tests.support.patience import PATIENCE
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import top_up, transfer

OPENID = "oSandboxPayer000000000000001"


class Watched:
    """A page, and everything that went wrong on it."""

    def __init__(self, page: Page, own: str) -> None:
        self.page = page
        self.trouble: list[str] = []
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("console", lambda said: self.trouble.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith((own, "data:")) else self.trouble.append(sent.url))


async def phone(browser: Browser, server: Server, **context: Any) -> Watched:
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **context}
    return Watched(await (await browser.new_context(**options)).new_page(), server.url)


async def order(merchant: Merchant, out_trade_no: str, trade_type: str = "JSAPI", **fields: str) -> str:
    named = {"openid": OPENID} if trade_type == "JSAPI" else {}
    return (await merchant.order(out_trade_no, trade_type=trade_type, **named, **fields))["prepay_id"]


async def test_the_payer_types_six_digits_and_has_paid(
    browser: Browser, server: Server, merchant: Merchant, control: Control
) -> None:
    prepay_id = await order(merchant, "B1")
    seen = await phone(browser, server)
    await seen.page.goto(f"{server.url}/cashier/{prepay_id}")
    await seen.page.get_by_text("工商银行信用卡").click()
    await seen.page.get_by_role("button", name="确认支付").click()
    await seen.page.get_by_role("button", name="数字 1").click()
    await seen.page.keyboard.type("2x3")
    await seen.page.keyboard.press("Backspace")
    assert await seen.page.locator(".pad__dots .filled").count() == 2
    await seen.page.keyboard.type("4567")
    await expect(seen.page.get_by_role("heading", name="支付成功")).to_be_visible()
    assert (await control.order("B1"))["bank_type"] == "ICBC_CREDIT"
    assert seen.trouble == []


async def test_it_works_without_scripts(browser: Browser, server: Server, merchant: Merchant, control: Control) -> None:
    prepay_id = await order(merchant, "B2")
    seen = await phone(browser, server, java_script_enabled=False)
    await seen.page.goto(f"{server.url}/cashier/{prepay_id}")
    await seen.page.get_by_role("button", name="QA").click()
    await seen.page.get_by_role("button", name="余额不足").click()
    await expect(seen.page.get_by_text("余额不足，请更换支付方式")).to_be_visible()
    await seen.page.get_by_text("重新支付").click()
    await seen.page.get_by_role("button", name="确认支付").click()
    await seen.page.get_by_label("请输入支付密码", exact=True).last.fill("123456")
    await seen.page.locator("#pad").get_by_role("button", name="确认支付").click()
    await expect(seen.page.get_by_role("heading", name="支付成功")).to_be_visible()
    assert (await control.order("B2"))["trade_state"] == "SUCCESS"


async def test_leaving_asks_first(browser: Browser, server: Server, merchant: Merchant, control: Control) -> None:
    prepay_id = await order(merchant, "B3")
    seen = await phone(browser, server)
    await seen.page.goto(f"{server.url}/cashier/{prepay_id}")
    await seen.page.get_by_role("button", name="关闭").click()
    await seen.page.get_by_role("button", name="继续支付").click()
    await seen.page.get_by_role("button", name="关闭").click()
    await seen.page.get_by_role("button", name="放弃").click()
    await expect(seen.page.get_by_role("heading", name="已取消支付")).to_be_visible()
    assert any(item.get("name") == "cancelled" for item in await control.timeline("B3"))


@pytest.mark.parametrize(
    ("outcome", "said"), [("success", "支付成功"), ("error", "支付失败"), ("cancel", "已取消支付")]
)
async def test_what_is_decided_elsewhere_shows_at_once(
    browser: Browser, server: Server, merchant: Merchant, control: Control, outcome: str, said: str
) -> None:
    prepay_id = await order(merchant, "B4")
    seen = await phone(browser, server)
    await seen.page.goto(f"{server.url}/cashier/{prepay_id}")
    await control.pay("B4", outcome)
    await expect(seen.page.get_by_role("heading", name=said)).to_be_visible()


async def test_an_order_closed_elsewhere_shows_at_once(browser: Browser, server: Server, merchant: Merchant) -> None:
    prepay_id = await order(merchant, "B5")
    seen = await phone(browser, server)
    await seen.page.goto(f"{server.url}/cashier/{prepay_id}")
    await merchant.close("B5")
    await expect(seen.page.get_by_role("heading", name="当前订单已关闭，无法支付")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
async def test_every_screen_is_accessible(
    browser: Browser, server: Server, merchant: Merchant, control: Control, scheme: str, locale: str
) -> None:
    seen = await phone(browser, server, color_scheme=scheme, locale=locale, reduced_motion="reduce")
    page = seen.page
    prepay_id = await order(merchant, "B6", limit_pay="no_credit")

    async def check(what: str) -> None:
        found = [(one["id"], one["nodes"][0]["html"]) for one in await violations(page)]
        assert found == [], what
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what

    await page.goto(f"{server.url}/cashier/{prepay_id}")
    await check("pay")
    for sheet in ("pad", "leave", "qa"):
        await page.locator(f"[popovertarget={sheet}]").first.click()
        await check(sheet)
        await page.keyboard.press("Escape")
    for query in ("result=error&cause=balance", "result=cancel"):
        await page.goto(f"{server.url}/cashier/{prepay_id}?{query}")
        await check(query)
    await page.goto("about:blank")  # a page that is open would follow by itself
    await control.pay("B6")
    for query in ("", "?result=success"):
        await page.goto(f"{server.url}/cashier/{prepay_id}{query}")
        await check(query)
    await page.goto(f"{server.url}/cashier")
    await check("scan")
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.goto(f"{server.url}/cashier/{await order(merchant, 'B7', body='W' * 128, total_fee='999999999')}")
    await check("hostile")
    assert seen.trouble == []


# -- weixin.js on a merchant's page ------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>茶叶店</title>
<script src="{sandbox}/_sandbox/client/weixin.js"></script><script src="/shop.js"></script><button>买</button>"""

SHOP = """
window.results = [];
document.addEventListener("WeixinJSBridgeReady", () => { window.bridgeReady = true; });
window.bridge = (params) => WeixinJSBridge.invoke("getBrandWCPayRequest", params, (res) => results.push(res));
window.choose = (params) => wx.chooseWXPay({
  ...params, success: (res) => results.push(["success", res]), fail: (res) => results.push(["fail", res]),
  cancel: (res) => results.push(["cancel", res]), complete: (res) => results.push(["complete", res]) });
window.mini = (params) => wx.requestPayment({
  ...params, success: (res) => results.push(["success", res]), fail: (res) => results.push(["fail", res]) });
window.receive = (params) => WeixinJSBridge.invoke("requestMerchantTransfer", params, (res) => results.push(res));
window.receiveInMini = (params) => wx.requestMerchantTransfer({
  ...params, success: (res) => results.push(["success", res]), fail: (res) => results.push(["fail", res]) });
"""


@pytest.fixture
async def shop(server: Server) -> AsyncIterator[str]:
    """A merchant's page on another origin, with a Content-Security-Policy as strict as one can be with the shim."""
    policy = f"default-src 'none'; script-src 'self' {server.url}; connect-src {server.url}; frame-src {server.url}"

    async def page(request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=PAGE.format(sandbox=server.url), content_type="text/html", headers=headers)

    async def script(request: web.Request) -> web.Response:
        return web.Response(text=SHOP, content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/shop.js", script)])
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://localhost:{runner.addresses[0][1]}/"
    await runner.cleanup()


class Till:
    """The merchant's page in the browser."""

    def __init__(self, page: Page, merchant: Merchant) -> None:
        self.page = page
        self.merchant = merchant
        self.cashier = page.frame_locator("iframe")

    def fields(self, prepay_id: str) -> dict[str, str]:
        fields = {
            "appId": self.merchant.appid,
            "timeStamp": "1795464115",
            "nonceStr": "abc",
            "package": f"prepay_id={prepay_id}",
            "signType": "MD5",
        }
        return fields | {"paySign": signature(fields, self.merchant.key)}

    async def call(self, function: str, fields: dict[str, str]) -> None:
        await self.page.evaluate(f"(fields) => {{ {function}(fields); }}", fields)

    async def results(self, count: int = 1) -> list[Any]:
        """What the callbacks got; polled from here, since the page's policy forbids `eval`."""
        async with asyncio.timeout(PATIENCE):
            while len(results := await self.page.evaluate("window.results")) < count:  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.05)
        return list(results)

    async def type_password(self) -> None:
        """All but the last digit."""
        await self.cashier.get_by_role("button", name="确认支付").click()
        await self.cashier.get_by_role("button", name="数字 1").click()
        await self.page.keyboard.type("2345")

    async def pay(self) -> None:
        await self.type_password()
        await self.page.keyboard.type("6")
        await self.cashier.get_by_role("link", name="完成").click()


@pytest.fixture
async def till(browser: Browser, merchant: Merchant, shop: str) -> Till:
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(shop)
    assert await page.evaluate("window.bridgeReady")
    return Till(page, merchant)


async def test_the_bridge_pays(till: Till, merchant: Merchant, control: Control) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S1")))
    await till.pay()
    assert await till.results() == [{"err_msg": "get_brand_wcpay_request:ok"}]
    assert (await control.order("S1"))["trade_state"] == "SUCCESS"
    await expect(till.page.locator("iframe")).to_have_count(0)


async def test_the_bridge_cancels(till: Till, merchant: Merchant) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S2")))
    await till.cashier.get_by_role("button", name="关闭").click()
    await till.cashier.get_by_role("button", name="放弃").click()
    assert await till.results() == [{"err_msg": "get_brand_wcpay_request:cancel"}]


async def test_the_bridge_tells_of_a_failure(till: Till, merchant: Merchant) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S3")))
    await till.cashier.get_by_role("button", name="QA").click()
    await till.cashier.get_by_role("button", name="银行卡被拒绝").click()
    await till.cashier.get_by_role("link", name="确定").click()
    (told,) = await till.results()
    assert told == {
        "err_msg": "get_brand_wcpay_request:fail",
        "err_code": "-1",
        "err_desc": "银行卡扣款失败，请更换其他银行卡支付",
    }


async def test_a_failure_may_be_mended_before_the_page_hears_of_it(till: Till, merchant: Merchant) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S4")))
    await till.cashier.get_by_role("button", name="QA").click()
    await till.cashier.get_by_role("button", name="余额不足").click()
    await till.cashier.get_by_role("link", name="重新支付").click()
    await till.pay()
    assert await till.results() == [{"err_msg": "get_brand_wcpay_request:ok"}]


async def test_a_payer_may_be_quicker_than_the_scripts(till: Till, merchant: Merchant) -> None:
    arrives = asyncio.Event()
    arrives.set()

    async def script(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await till.page.route("**/cashier.js*", script)
    await till.call("bridge", till.fields(await order(merchant, "S9")))
    await till.type_password()
    arrives.clear()
    await till.page.keyboard.type("6")
    await till.cashier.get_by_role("link", name="完成").click()
    arrives.set()
    assert await till.results() == [{"err_msg": "get_brand_wcpay_request:ok"}]


async def test_a_wrong_signature_opens_nothing(till: Till, merchant: Merchant) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S5")) | {"paySign": "0" * 32})
    (told,) = await till.results()
    assert (told["err_msg"], told["err_desc"]) == ("get_brand_wcpay_request:fail", "支付验证签名失败")


async def test_choose_wx_pay_spells_timestamp(till: Till, merchant: Merchant) -> None:
    fields = till.fields(await order(merchant, "S6"))
    await till.page.evaluate("wx.config({appId: 'wx8888888888888888'})")
    del fields["appId"]
    await till.call("choose", {**fields, "timestamp": fields.pop("timeStamp")})
    await till.pay()
    ok = {"errMsg": "chooseWXPay:ok"}
    assert await till.results(2) == [["success", ok], ["complete", ok]]


async def test_request_payment_fails_with_a_cancel(till: Till, merchant: Merchant) -> None:
    fields = till.fields(await order(merchant, "S7"))
    del fields["appId"]
    await till.call("mini", fields)
    await till.page.get_by_role("button", name="取消支付").click()
    assert await till.results() == [["fail", {"errMsg": "requestPayment:fail cancel"}]]


async def test_what_the_console_decides_reaches_the_page(till: Till, merchant: Merchant, control: Control) -> None:
    await till.call("bridge", till.fields(await order(merchant, "S8")))
    await expect(till.cashier.get_by_role("button", name="确认支付")).to_be_visible()
    await control.pay("S8", "cancel")
    assert await till.results() == [{"err_msg": "get_brand_wcpay_request:cancel"}]


# -- a transfer that its person confirms -------------------------------------------------------------------------------


@pytest.fixture
async def package(control: Control) -> dict[str, str]:
    """A transfer that waits, as a page asks for it."""
    await top_up(control)
    v3 = await V3Merchant.of(control)
    return {"mchId": v3.mch_id, "appId": v3.appid, "package": (await transfer(v3, "T01")).json["package_info"]}


async def test_a_person_confirms_a_transfer(till: Till, package: dict[str, str], control: Control) -> None:
    await till.call("receive", package)
    await expect(till.cashier.get_by_text("0.30")).to_be_visible()
    await till.cashier.get_by_role("button", name="收款", exact=True).click()
    await till.cashier.get_by_role("link", name="完成").click()
    assert await till.results() == [{"err_msg": "requestMerchantTransfer:ok"}]
    await control.advance(1)
    assert (await control.get("/transfers/1900000109/T01"))["state"] == "SUCCESS"


async def test_a_person_leaves_a_transfer_and_comes_back(till: Till, package: dict[str, str], control: Control) -> None:
    await till.call("receiveInMini", package)
    await till.cashier.get_by_role("button", name="关闭").click()
    await till.cashier.get_by_role("button", name="暂不收款").click()
    assert await till.results() == [["fail", {"errMsg": "requestMerchantTransfer:fail cancel"}]]
    await till.call("receiveInMini", package)
    await expect(till.cashier.get_by_role("button", name="收款", exact=True)).to_be_visible()
    await control.post("/transfers/1900000109/T01", {"outcome": "confirm"})
    await till.cashier.get_by_role("link", name="完成").click()
    assert await till.results(2) == [
        ["fail", {"errMsg": "requestMerchantTransfer:fail cancel"}],
        ["success", {"errMsg": "requestMerchantTransfer:ok"}],
    ]


async def test_the_page_to_confirm_it_is_accessible(
    browser: Browser, server: Server, package: dict[str, str], control: Control
) -> None:
    seen = await phone(browser, server, reduced_motion="reduce")
    page = seen.page
    number = (await control.get("/transfers/1900000109/T01"))["transfer_bill_no"]
    await page.goto(f"{server.url}/cashier/transfers/{number}")
    for sheet in ("", "leave", "qa"):
        if sheet:
            await page.locator(f"[popovertarget={sheet}]").first.click()
        assert [(one["id"], one["nodes"][0]["html"]) for one in await violations(page)] == [], sheet
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), sheet
        await page.keyboard.press("Escape")
    await page.locator("[popovertarget=qa]").first.click()
    await page.get_by_role("button", name="NAME_NOT_CORRECT").click()
    await expect(page.get_by_role("heading")).to_be_visible()
    assert (await control.get("/transfers/1900000109/T01"))["fail_reason"] == "NAME_NOT_CORRECT"
    assert seen.trouble == []


async def test_the_real_thing_is_left_alone(browser: Browser, shop: str) -> None:
    context = await browser.new_context(user_agent="Mozilla/5.0 MicroMessenger/8.0.49")
    page = await context.new_page()
    await page.goto(shop)
    await asyncio.sleep(0.1)
    assert await page.evaluate("typeof window.WeixinJSBridge") == "undefined"
    assert await page.evaluate("typeof window.wx") == "undefined"
