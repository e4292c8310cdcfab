"""The console in a real browser: live, quick by keyboard, nothing that moves under one's hand."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from sandbox.server import Server
from tests.console.conftest import Watched, Watchers
from tests.console.test_live import event
from tests.support.accessible import violations
from tests.support.control import Control
from tests.support.days import quiet_morning
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import combined
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer
from tests.support.v3_transfers import top_up, transfer

ORDER = "/console/orders/1900000109/"
PAGES = [
    "/console/",
    "/console/?state=CLOSED",
    ORDER + "WAITS1",
    ORDER + "FAILS1",
    ORDER + "BACK01",
    ORDER + "NEVER1",
    ORDER + "ALL001",
    ORDER + "PART01",
    "/console/?q=NEVER1",
    "/console/refunds",
    "/console/refunds?state=CHANGE",
    "/console/refunds?state=CHANGE&cursor=1",
    "/console/transfers",
    "/console/transfers?state=SUCCESS",
    "/console/transfers/1900000109/TWAITS",
    "/console/transfers/1900000109/TFAILS",
    ORDER + "SHARE1",
    "/console/sharings",
    "/console/sharings?state=PROCESSING",
    "/console/sharings?cursor=1",
    "/console/calls",
    "/console/calls?outcome=ok",
    "/console/calls/1",
    "/console/notifications",
    "/console/scenarios",
    "/console/scenarios/forged-wrong-sign",
    "/console/scenario-editor",
    "/console/merchants",
    "/console/merchants/1900000109",
    "/console/merchants/new",
    "/console/merchants/1900000109/sub-merchants",
    "/console/merchants/1900000109/close",
    "/console/apps",
    "/console/apps/new",
    "/console/apps/wx8888888888888888",
    "/console/payers",
    "/console/payers/oSandboxPayer000000000000001",
    "/console/merchants/1900000109/certificates",
    "/console/merchants/1900000109/ledger",
    "/console/merchants/1900000109/ledger?cursor=1",
    "/console/phone",
    "/console/connect",
    "/console/connect?face=v2",
    "/console/start?face=v3&order=FIRST1&step=key&act=do&done=account.app.pairing.key",
    "/console/debug",
    "/console/debug?api=/secapi/pay/refund",
    "/console/debug?tab=check",
    "/console/debug?tab=second",
    "/console/debug?tab=payment",
    "/console/debug?tab=refund",
    "/console/clear",
    "/console/nowhere",
]


@pytest.fixture
async def orders(merchant: Merchant, inbox: Inbox, control: Control) -> None:
    """An order that waits, one whose notification failed, one with hostile text."""
    await merchant.order("WAITS1", body="龙井茶")
    await merchant.order("HOSTILE", body="<script>alert(1)</script>", attach="'\"><img src=x onerror=alert(2)>")
    await merchant.order("FAILS1")
    inbox.answer(500, "<script>alert(3)</script>")
    await control.pay("FAILS1")
    await control.advance(16)
    await merchant.query("NEVER1")
    await merchant.call("/pay/orderquery", out_trade_no="FAILS1", _key="wrong")


@pytest.fixture
async def refunds(merchant: Merchant, control: Control) -> None:
    """An order with a refund of each state, one of them with hostile text; a forgery of which nobody can tell."""
    await merchant.order("BACK01")
    await control.pay("BACK01")
    await control.post("/orders/1900000109/BACK01/notify", {"fault": "amount-lower"})
    for outcome in ("success", "change", "close", ""):
        await merchant.refund("BACK01", f"R-{outcome}", 20, refund_desc="<script>alert(4)</script>")
        if outcome:
            await control.post(f"/refunds/1900000109/R-{outcome}", {"outcome": outcome})


@pytest.fixture
async def transfers(control: Control, inbox: Inbox) -> None:
    """A transfer that waits, with hostile text, and one that failed."""
    await top_up(control)
    v3 = await V3Merchant.of(control, inbox.url)
    await transfer(v3, "TWAITS", transfer_remark="<script>alert(5)</script>")
    await transfer(v3, "TFAILS")
    await control.post("/transfers/1900000109/TFAILS", {"outcome": "fail", "fail_reason": "TRANSFER_RISK"})


@pytest.fixture
async def sharings(control: Control, inbox: Inbox) -> None:
    """An order that is shared in part, and one of which a receiver could not take its share."""
    sharer = Sharer(await V3Merchant.of(control, inbox.url), control, "1900000201")
    await sharer.add()
    shared = await sharer.paid("SHARE1")
    failing = await sharer.paid("SHARE2", attach="scenario:sharing-receiver-fails")
    order_id = (await sharer.share(shared, "P-1")).json["order_id"]
    await sharer.share(failing, "P-2", sharer.to(description="<script>alert(5)</script>"), unfreeze_unsplit=True)
    await control.advance(5)
    terms = {"return_mchid": sharer.receiver, "amount": 400, "description": "退货"}
    await sharer.post("return-orders", order_id=order_id, out_return_no="B-1", **terms)
    await sharer.share(shared, "P-3", sharer.to(1))


@pytest.fixture
async def combined_order(server: Server, merchant: Merchant, inbox: Inbox) -> None:
    """A combined order of two sub-orders."""
    await combined(server, merchant, inbox, "ALL001", PART01=70, PART02=30)


async def row(page: Page, out_trade_no: str) -> str:
    """The selector of an order's row."""
    link = page.get_by_role("link", name=out_trade_no, exact=True)
    return "#" + str(await link.evaluate("link => link.closest('tr').id"))


async def test_an_order_appears_and_is_decided_without_a_reload(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    page = await (await watch()).open("/console/")
    await expect(page.get_by_role("heading", name="还没有订单")).to_be_visible()
    await merchant.order("LIVE01")
    await expect(page.get_by_role("link", name="LIVE01", exact=True)).to_be_visible()
    await page.get_by_role("button", name="成功：LIVE01").click()
    await expect(page.locator("#said")).to_contain_text("LIVE01 付款成功")
    await expect(page.locator("#said")).to_contain_text("errCode 0")
    await expect(page.locator("tr", has_text="LIVE01")).to_contain_text("已送达")
    assert (await control.order("LIVE01"))["trade_state"] == "SUCCESS"


async def test_an_error_asks_for_its_cause(watch: Watchers, merchant: Merchant) -> None:
    await merchant.order("CAUSE1")
    page = await (await watch()).open("/console/")
    await page.get_by_role("button", name="失败：CAUSE1").click()
    await page.get_by_role("button", name="余额不足").click()
    await expect(page.locator("#said")).to_contain_text("CAUSE1 付款失败：余额不足")
    await expect(page.locator("#said")).to_contain_text("errCode -1")
    await expect(page.locator("#causes")).to_be_hidden()


async def test_the_keyboard_decides(watch: Watchers, merchant: Merchant) -> None:
    for number in range(3):
        await merchant.order(f"KEYS0{number}")
    page = await (await watch()).open("/console/")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("c")
    await expect(page.locator("#said")).to_contain_text("KEYS01 付款人取消")
    await page.keyboard.press("k")
    await page.keyboard.press("e")
    await expect(page.locator("#causes")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#causes")).to_be_hidden()
    await page.keyboard.press("s")
    await expect(page.locator("#said")).to_contain_text("KEYS02 付款成功")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("KEYS00")
    await expect(page).to_have_url(f"{watch.own}/console/?q=KEYS00")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{watch.own}{ORDER}KEYS00")
    await page.wait_for_selector("#live", state="visible")
    await page.keyboard.press("s")
    await expect(page.locator("#next")).to_contain_text("商户在第 1 次通知时确认收到")


async def test_filters_stand_in_the_address_and_back_works(watch: Watchers, orders: None) -> None:
    page = await (await watch()).open("/console/")
    await page.get_by_role("navigation", name="筛选").get_by_role("link", name="待支付").click()
    await expect(page.get_by_role("link", name="FAILS1", exact=True)).to_be_hidden()
    await expect(page).to_have_url(f"{watch.own}/console/?state=NOTPAY")
    await page.go_back()
    await expect(page.get_by_role("link", name="FAILS1", exact=True)).to_be_visible()
    await expect(page).to_have_url(f"{watch.own}/console/")


async def test_new_rows_do_not_move_what_is_under_the_pointer(watch: Watchers, merchant: Merchant) -> None:
    for number in range(4):
        await merchant.order(f"STILL{number}")
    page = await (await watch()).open("/console/")
    selector = await row(page, "STILL3")
    await page.locator(selector).hover()
    before = await page.locator(selector).bounding_box()
    for number in range(3):
        await merchant.order(f"ABOVE{number}")
        await expect(page.get_by_role("link", name=f"ABOVE{number}", exact=True)).to_have_count(1)
    after = await page.locator(selector).bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) <= 1


async def test_rows_above_the_window_are_told_of(watch: Watchers, merchant: Merchant) -> None:
    for number in range(30):
        await merchant.order(f"DEEP{number:02}")
    page = await (await watch()).open("/console/")
    await page.evaluate("scrollTo(0, 600)")
    selector = await row(page, "DEEP12")
    before = await page.locator(selector).bounding_box()
    await merchant.order("NEWONE")
    above = page.get_by_role("button", name="↑ 1 条新的")
    await expect(above).to_be_visible()
    assert await page.locator(selector).bounding_box() == before
    await above.click()
    await expect(page.get_by_role("link", name="NEWONE", exact=True)).to_be_in_viewport()
    await expect(page.locator("#above")).to_be_hidden()


async def test_the_timeline_fills_and_what_is_open_stays_open(
    watch: Watchers, merchant: Merchant, inbox: Inbox
) -> None:
    await merchant.order("STORY1")
    inbox.gate = asyncio.Event()
    page = await (await watch()).open(ORDER + "STORY1")
    await page.get_by_text("POST /pay/unifiedorder").click()
    raw = page.locator(".item .raw").first
    await expect(raw.locator("pre").first).to_contain_text("<out_trade_no>STORY1</out_trade_no>")
    await page.get_by_role("button", name="付款成功").click()
    await expect(page.locator("#next")).to_contain_text("正在通知商户")
    inbox.gate.set()
    await expect(page.locator("#next")).to_contain_text("确认收到")
    await expect(page.locator(".timeline")).to_contain_text("第 1 次通知商户")
    await expect(raw.locator("pre").first).to_be_visible()


async def test_an_address_with_an_anchor_opens_that_entry(
    watch: Watchers, merchant: Merchant, orders: None, control: Control
) -> None:
    page = await (await watch()).open(ORDER + "FAILS1")
    attempt = page.locator(".item", has_text="第 2 次通知商户")
    await attempt.locator("summary").first.click()
    await expect(attempt.locator(".raw pre").first).to_be_visible()
    address = page.url
    assert "#entry-" in address
    again = (await watch()).page
    await again.goto(address)
    opened = again.locator(".item", has_text="第 2 次通知商户").locator(".raw pre")
    await expect(opened.first).to_be_visible()
    await expect(opened.last).to_contain_text("<script>alert(3)</script>")


async def test_the_difference_between_two_attempts_is_shown(
    watch: Watchers, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("DIFF01")
    inbox.answer(500, "first")
    await control.pay("DIFF01")
    await control.advance(1)
    inbox.answer(404, "second")
    await control.advance(15)
    page = await (await watch()).open(ORDER + "DIFF01")
    await page.get_by_text("第 2 次通知商户").click()
    await expect(page.locator(".diff .minus", has_text="HTTP 500")).to_be_visible()
    await expect(page.locator(".diff .plus", has_text="second")).to_be_visible()


async def test_a_wrong_signature_shows_what_was_to_be_signed(watch: Watchers, orders: None) -> None:
    page = await (await watch()).open("/console/calls?outcome=failed")
    await page.get_by_role("link", name="/pay/orderquery").first.click()
    await expect(page.locator(".sign pre")).to_contain_text("key=********")
    await expect(page.locator("h1")).to_have_text("POST /pay/orderquery")


async def test_the_phone_stands_beside_the_page(watch: Watchers, merchant: Merchant) -> None:
    await merchant.order("PHONE1")
    page = await (await watch()).open(ORDER + "PHONE1")
    await page.get_by_role("link", name="打开手机收银台").click()
    frame = page.frame_locator("#phone iframe")
    await expect(frame.locator("body")).to_contain_text("1.00")
    await merchant.query("PHONE1")
    await expect(page.locator(".timeline")).to_contain_text("/pay/orderquery")
    await expect(frame.locator("body")).to_contain_text("1.00")
    await page.get_by_role("button", name="收起手机").click()
    await expect(page.locator("#phone")).to_be_hidden()


async def test_a_key_is_copied_without_being_shown(watch: Watchers) -> None:
    watched = await watch(permissions=["clipboard-read", "clipboard-write"])
    page = await watched.open("/console/merchants/1900000109")
    await page.get_by_role("button", name="复制 api_key").click()
    await expect(page.locator("#said")).to_contain_text("已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == "sandboxv2key00000000000000000000"
    assert "sandboxv2key" not in await page.content()
    await page.get_by_role("button", name="显示 api_key").click()
    await expect(page.locator("#key-api_key")).to_contain_text("sandboxv2key00000000000000000000")


async def test_the_clock_moves_and_says_so(watch: Watchers, orders: None) -> None:
    page = await (await watch()).open("/console/notifications")
    await page.get_by_role("button", name="下次重试").click()
    await expect(page.locator("#said")).to_contain_text("沙箱时间快进了")
    await expect(page.locator(".ladder")).to_have_attribute("aria-label", "第 3 次，共 16 次")
    await expect(page.locator(".clock.off")).to_be_visible()
    await page.get_by_role("button", name="回到现在").click()
    await expect(page.locator(".clock.off")).to_be_hidden()


async def test_clearing_asks_once(watch: Watchers, orders: None) -> None:
    page = await (await watch()).open("/console/")
    await page.get_by_role("link", name="清空…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("清空全部商户的 3 个订单")
    await page.get_by_role("link", name="不清空").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("link", name="清空…").click()
    await page.get_by_role("button", name="清空", exact=True).click()
    await expect(page.get_by_role("heading", name="还没有订单")).to_be_visible()


async def test_a_lost_connection_is_said_and_heals(watch: Watchers, merchant: Merchant) -> None:
    watched = await watch()
    page = await watched.open("/console/")
    await page.route("**/console/events", lambda route: route.abort())
    await page.context.set_offline(True)
    await page.evaluate("dispatchEvent(new Event('pagehide'))")
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await expect(page.locator("#lost")).to_be_visible()
    await merchant.order("MISSED1")
    await page.unroute("**/console/events")
    await page.context.set_offline(False)
    await expect(page.locator("#lost")).to_be_hidden()
    await expect(page.get_by_role("link", name="MISSED1", exact=True)).to_be_visible()
    watched.trouble.clear()  # the browser says that it was offline


async def test_a_page_that_is_being_left_does_not_look_and_one_that_stays_is_live_again(
    watch: Watchers, merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    watched = await watch()
    await watched.page.clock.install(time=0)
    page = await watched.open("/console/")
    await page.clock.pause_at(30)
    await page.route("**/file", lambda leaving: leaving.fulfill(status=204))
    async with page.expect_event("requestfailed"):  # which is how a browser calls a way that leads nowhere
        await page.evaluate("location.assign('/file')")
    looks: list[str] = []
    page.on("request", lambda sent: looks.append(sent.url))
    async with session.get("/console/events") as told:
        await event(told.content)
        await merchant.order("MEANWHILE1")
        assert (await event(told.content))[0] == "changed"
    await page.clock.run_for(1000)
    assert looks == []
    await page.clock.run_for(2500)
    await expect(page.locator("tr", has_text="MEANWHILE1")).to_be_visible()


async def test_the_light_turns_green_on_the_first_call(watch: Watchers, merchant: Merchant) -> None:
    page = await (await watch()).open("/console/connect")
    await expect(page.locator("#light")).to_contain_text("等待第一次调用")
    await merchant.order("FIRST1")
    await expect(page.locator("#light.on")).to_contain_text("/pay/unifiedorder")


async def test_without_script_an_order_can_be_decided(watch: Watchers, merchant: Merchant, control: Control) -> None:
    await merchant.order("PLAIN1")
    page = (await watch(java_script_enabled=False)).page
    await page.goto(f"{watch.own}/console/")
    await page.get_by_role("button", name="成功：PLAIN1").click()
    await expect(page.locator("#said")).to_contain_text("PLAIN1 付款成功")
    assert (await control.order("PLAIN1"))["trade_state"] == "SUCCESS"


async def test_scenarios_are_found_as_one_types_and_the_chips_stay_in_view(watch: Watchers) -> None:
    page = await (await watch()).open("/console/scenarios")
    await page.keyboard.press("/")
    await page.keyboard.type("forged amount")
    await expect(page.locator("#notify-none")).to_have_count(0)
    await expect(page.locator("#forged-amount-lower")).to_be_visible()
    assert "find=forged+amount" in page.url
    assert await page.locator("#find").input_value() == "forged amount"
    await page.locator("#find").fill("")
    await expect(page.locator("#notify-none")).to_be_visible()
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(page.locator("#find")).to_be_in_viewport()
    await expect(page.locator(".chips .chip").first).to_be_in_viewport()


async def test_a_scenario_is_applied_and_decides(watch: Watchers, merchant: Merchant, control: Control) -> None:
    page = await (await watch()).open("/console/scenarios")
    card = page.locator("#notify-none")
    await card.get_by_role("button", name="notify-none：用于下一笔订单").click()
    await expect(page.locator("#said")).to_contain_text("notify-none 用于1900000109 的下一笔订单")
    await expect(card).to_contain_text("已用于")
    await merchant.order("SCENE01")
    await expect(card).not_to_contain_text("已用于")
    page = await (await watch()).open(ORDER + "SCENE01")
    await expect(page.locator("#scenario")).to_contain_text("指定给商户的下一笔订单")
    await page.get_by_label("让场景决定").select_option("forged-wrong-sign")
    await page.get_by_role("button", name="选定").click()
    await expect(page.locator("#scenario")).to_contain_text("在控制台为这笔订单选定")
    await page.keyboard.press("s")
    await expect(page.locator(".timeline")).to_contain_text("签名错一位")


async def test_a_refund_is_made_and_decided_on_its_orders_page(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    await merchant.order("GOBACK1")
    await control.pay("GOBACK1")
    page = await (await watch()).open(ORDER + "GOBACK1")
    await page.get_by_text("退款…").click()
    await page.get_by_label("金额").fill("0.30")
    await page.get_by_label("原因").fill("少发一罐")
    await merchant.query("GOBACK1")
    await expect(page.locator(".timeline")).to_contain_text("/pay/orderquery")
    await expect(page.get_by_label("金额")).to_have_value("0.30")
    await page.get_by_role("button", name="退款", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("已受理退款 ¥0.30")
    await expect(page.locator(".refund")).to_contain_text("自动到账")
    await expect(page.get_by_label("金额")).to_have_value("0.70")
    await page.get_by_role("button", name="到账：R20").click()
    await expect(page.locator(".refund")).to_contain_text("退到付款人账户")
    await expect(page.locator(".sums")).to_contain_text("还剩¥0.70")


async def test_the_keyboard_decides_over_refunds(watch: Watchers, refunds: None, merchant: Merchant) -> None:
    page = await (await watch()).open("/console/refunds")
    await merchant.refund("BACK01", "R-new", 10)
    await expect(page.get_by_role("link", name="R-new", exact=True)).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("e")
    await expect(page.locator("#said")).to_contain_text("退款 R-new 变为异常")
    await expect(page.locator("tr", has_text="R-new")).to_contain_text("异常")
    await page.keyboard.press("j")
    await page.keyboard.press("s")
    await expect(page.locator("#said")).to_contain_text("退款 R- 已到账")
    await page.keyboard.press("k")
    await page.keyboard.press("c")
    await expect(page.locator("#said")).to_contain_text("退款 R-new 已关闭")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{watch.own}{ORDER}BACK01#refund-R-new")


async def test_a_merchants_money_is_live_and_moved_by_hand(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    page = await (await watch()).open("/console/merchants/1900000109")
    await page.get_by_role("button", name="显示 api_key").click()
    await expect(page.locator("#key-api_key")).to_contain_text("sandboxv2key00000000000000000000")
    await page.get_by_label("refund_notify_url").fill("https://shop.example/refunds")
    await page.get_by_label("金额").fill("50")
    await page.get_by_role("button", name="充值").click()
    await expect(page.locator("#said")).to_contain_text("充值 ¥50.00，余额 ¥50.00")
    await expect(page.locator(".headline")).to_contain_text("余额¥50.00")
    await merchant.order("MONEY1", total_fee="10000")
    await control.pay("MONEY1")
    await expect(page.locator(".headline")).to_contain_text("余额¥149.40")
    await expect(page.locator("#key-api_key")).to_contain_text("sandboxv2key00000000000000000000")
    await expect(page.get_by_label("refund_notify_url")).to_have_value("https://shop.example/refunds")
    await page.locator("#settings").get_by_role("button", name="保存").click()
    await expect(page.locator("#said")).to_contain_text("已保存")
    assert (await control.get("/merchants/1900000109"))["refund_notify_url"] == "https://shop.example/refunds"


async def test_a_bill_is_looked_at_and_downloaded(watch: Watchers, refunds: None, control: Control) -> None:
    traded = await quiet_morning(control) - timedelta(days=1)
    page = await (await watch()).open("/console/merchants/1900000109/bills")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(f"{traded}")
    await expect(page.locator(".bill")).to_contain_text("BACK01")
    await page.get_by_role("link", name="资金账单").click()
    await expect(page.locator(".bill")).to_contain_text("扣除交易手续费")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载 CSV").click()
    assert (await download.value).suggested_filename == f"1900000109Basic{traded}.csv"


async def test_a_merchant_that_is_down_is_named(watch: Watchers, merchant: Merchant, control: Control) -> None:
    gone = web.AppRunner(web.Application())
    await gone.setup()
    await web.TCPSite(gone, "127.0.0.1", 0).start()
    port = gone.addresses[0][1]
    await gone.cleanup()
    await merchant.order("DOWN01", notify_url=f"http://127.0.0.1:{port}/notify")
    await control.pay("DOWN01")
    page = await (await watch()).open(ORDER + "DOWN01")
    await expect(page.locator("#next")).to_contain_text("拒绝连接")
    await page.keyboard.press("r")
    await expect(page.locator("#said")).to_contain_text("通知已重发：连不上")


LOOKS: list[dict[str, object]] = [
    {"locale": "zh-CN", "color_scheme": "light"},
    {"locale": "en-US", "color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
]


@pytest.mark.parametrize("look", LOOKS, ids=["zh-light-wide", "en-dark-phone"])
async def test_every_page_is_accessible_and_fits_its_window(
    watch: Watchers,
    sharings: None,
    orders: None,
    refunds: None,
    transfers: None,
    combined_order: None,
    look: dict[str, object],
) -> None:
    watched = await watch(**look)
    found = [fault for path in PAGES for fault in await faults(watched, path)]
    watched.trouble = [one for one in watched.trouble if "404" not in one]  # /console/nowhere
    assert found == []


@pytest.mark.parametrize("look", LOOKS, ids=["zh-light-wide", "en-dark-phone"])
async def test_bills_are_accessible_and_fit_their_window(
    watch: Watchers, refunds: None, control: Control, look: dict[str, object]
) -> None:
    day, bills = await quiet_morning(control), "/console/merchants/1900000109/bills"
    traded = day - timedelta(days=1)
    watched = await watch(**look)
    found = []
    for path in (
        bills,
        f"{bills}/{traded}",
        f"{bills}/{traded}?type=FUND_FLOW&columns=all",
        f"{bills}/{traded}?type=RECHARGE_REFUND",
        f"{bills}/{day}",
    ):
        found += await faults(watched, path)
    assert found == []


async def faults(watched: Watched, path: str) -> list[str]:
    """What is wrong with a page, with all that folds open unfolded."""
    await watched.page.goto(watched.own + path)
    for summary in await watched.page.locator(".timeline .item.bad > details > summary").all():
        await summary.click()
        await summary.locator("xpath=..").locator(".raw pre").first.wait_for(state="attached")
    for folded in await watched.page.locator("details.make-refund").all():
        await folded.locator("summary").click()
    found = [f"{path} {one['id']} {one['nodes'][0]['html']}" for one in await violations(watched.page)]
    width = await watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{path} is {width} px too wide"] if width > 0 else [])
