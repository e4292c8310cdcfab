"""A payer's cards and payment code, an app's review, kind and universal link: set in a browser, and felt."""

import aiohttp
import pytest
from playwright.async_api import expect

from tests.console.conftest import Visitor, Watchers
from tests.console.test_accounts import APP, OPENID, changed, saved
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.wechat.conftest import Phone

PAGE = f"/console/payers/{OPENID}"


@pytest.fixture
def phone(session: aiohttp.ClientSession, merchant: Merchant) -> Phone:
    return Phone(session, merchant)


async def test_cards_are_added_and_removed_and_the_cashier_follows(
    watch: Watchers, phone: Phone, control: Control
) -> None:
    seen = await watch()
    page = await seen.open(PAGE)
    await page.locator("#wallet input[name=balance]").fill("0.50")
    await page.locator("#wallet button").click()
    await changed(page, "balance_fen", "50")
    for bank_type, left in (("CCB_DEBIT", "0.99"), ("CMB_CREDIT", "")):
        await page.locator("#cards select[name=bank_type]").select_option(bank_type)
        await page.locator("#new-card input[name=balance]").fill(left)
        await page.get_by_role("button", name="添加或更改").click()
        await expect(page.locator("#cards .pairs")).to_contain_text(bank_type)
    for usual in ("招商银行储蓄卡", "工商银行信用卡"):  # which the page showed before any card was added
        await page.get_by_role("button", name=f"移除 {usual}").click()
        await expect(page.locator("#cards .pairs")).not_to_contain_text(usual)
    await changed(page, "cards", "CCB_DEBIT 99, CMB_CREDIT")
    prepay_id = await phone.place("K1", "JSAPI")
    cashier = await page.context.new_page()
    await cashier.goto(f"{seen.own}/cashier/{prepay_id}")
    for text in ("零钱", "余额不足（剩余 ¥0.50）", "建设银行储蓄卡", "余额不足（剩余 ¥0.99）", "招商银行信用卡"):
        await expect(cashier.locator(".methods")).to_contain_text(text)
    assert await cashier.locator("input[name=bank_type]:disabled").count() == 2
    assert await cashier.locator("input[name=bank_type]:checked").get_attribute("value") == "CMB_CREDIT"
    await cashier.locator("#confirm").click()
    await cashier.locator("#password").press_sequentially("123456")
    await expect(cashier.get_by_role("heading", name="支付成功")).to_be_visible()
    assert (await control.order("K1"))["bank_type"] == "CMB_CREDIT"
    await page.get_by_role("button", name="移除 招商银行信用卡").click()
    await changed(page, "cards", "CCB_DEBIT 99")
    fields = phone.page_fields(await phone.place("K2", "JSAPI"))
    assert (await phone.call("jsapi", fields, outcome="success"))["cause"] == "balance"
    await page.get_by_role("button", name="恢复常用的银行卡").click()
    await expect(page.locator("#cards")).to_contain_text("没有设置银行卡")


async def test_the_living_code_stands_on_the_payers_page(watch: Watchers, control: Control) -> None:
    page = await (await watch()).open(PAGE)
    await expect(page.locator("#payment-code")).to_contain_text("现在没有有效的付款码")
    code = await control.auth_code()
    await page.reload()
    await expect(page.locator("#payment-code")).to_contain_text(code)
    await page.get_by_role("link", name="打开付款人的手机").click()
    await expect(page.locator("#code")).to_contain_text(code[:4])


@pytest.mark.parametrize(("name", "wrong", "right"), [("review", "refused", "passed"), ("kind", "mini_program", "app")])
async def test_the_apps_review_and_kind_are_changed(
    watch: Watchers, phone: Phone, name: str, wrong: str, right: str
) -> None:
    fields = phone.app_fields(await phone.place("A1", "APP"))
    page = await (await watch()).open(APP)
    for value, code in ((wrong, -1), (right, None)):
        await page.locator(f"select[name={name}]").select_option(value)
        await page.locator("#registration button").click()
        await changed(page, name, value)
        assert (await phone.call("app", fields))["errCode"] == code


async def test_the_apps_universal_link_is_changed(watch: Watchers, phone: Phone, control: Control) -> None:
    fields = phone.app_fields(await phone.place("A2", "APP"))
    page = await (await watch()).open(APP)
    for value, warned in (("https://tea.example/other/", "universal_link"), ("https://tea.example/app/", None)):
        await page.locator("input[name=universal_link]").fill(value)
        await page.locator("#registration button").click()
        await changed(page, "universal_link", value)
        await phone.call("app", fields, device={"universal_link": "https://tea.example/app/"})
        assert (await control.timeline("A2"))[-1]["facts"].get("explanation") == warned
    await saved(page)


async def test_more_cards_than_a_payer_may_have_are_refused(visitor: Visitor, control: Control) -> None:
    cards = [{"bank_type": f"B{n:02}_DEBIT"} for n in range(20)]
    await control.call("PATCH", f"/payers/{OPENID}", {"cards": cards})
    answer = await visitor.post(f"{PAGE}/cards", {"act": "keep", "bank_type": "CMB_DEBIT"}, **{"HX-Request": "true"})
    assert (answer.status, "最多 20 张" in answer.text) == (409, True)


@pytest.mark.parametrize("form", [{}, {"act": "steal", "bank_type": "CMB_DEBIT"}])
async def test_a_form_that_the_page_would_not_send(visitor: Visitor, form: dict[str, str]) -> None:
    assert (await visitor.post(f"{PAGE}/cards", form)).status == 400
