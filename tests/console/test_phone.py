"""A payer's phone: its living code, as bars, as QR, as digits; who may see it; what waits for the password."""

import re

import pytest
from barcode import Code128
from playwright.async_api import expect

from sandbox.console.accounts.phone import bars
from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control
from tests.support.merchant import Merchant

PAYER = "oSandboxPayer000000000000001"


def code_on(page: str) -> str:
    found = re.search(r'data-copy="(1[0-5]\d{16})"', page)
    assert found is not None
    return found[1]


async def test_the_code_lives_a_minute_and_is_good_once(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    first = code_on((await visitor.get("/console/phone")).text)
    await control.advance(58)
    assert code_on((await visitor.get("/console/phone")).text) == first
    await control.advance(2)
    second = code_on((await visitor.get("/console/phone")).text)
    assert second != first
    assert (await merchant.micropay("ORDER001", second))["openid"] == PAYER
    assert code_on((await visitor.get("/console/phone")).text) != second


async def test_a_choice_of_payer(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    other = (await control.post("/payers", {"appid": merchant.appid}, 201))["openid"]
    page = (await visitor.get(f"/console/phone?openid={other}")).text
    assert re.search(rf'<option value="{other}" selected>', page)
    assert (await merchant.micropay("ORDER001", code_on(page)))["openid"] == other
    assert re.search(rf'<option value="{PAYER}" selected>', (await visitor.get("/console/phone?openid=nobody")).text)


async def test_what_waits_for_the_password(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await merchant.micropay("ORDER001", await control.auth_code(), 100_001)
    page = (await visitor.get(f"/console/phone?openid={PAYER}")).text
    assert f"/cashier/{(await control.order('ORDER001'))['prepay_id']}" in page
    order = (await visitor.get("/console/orders/1900000109/ORDER001")).text
    assert "待输密码" in order
    assert f"/console/phone?openid={PAYER}" in order
    await control.password("ORDER001")
    assert "/cashier/" not in (await visitor.get(f"/console/phone?openid={PAYER}")).text
    await merchant.reverse("ORDER001")
    order = (await visitor.get("/console/orders/1900000109/ORDER001")).text
    assert "商户在" in order
    assert "已撤销" in order


async def test_a_phone_that_cannot_pay_shows_why(visitor: Visitor, control: Control) -> None:
    code = code_on((await visitor.get("/console/phone")).text)
    await control.call("PATCH", f"/payers/{PAYER}", {"logged_in": False})
    page = (await visitor.get("/console/phone")).text
    assert "微信被其他设备挤下线" in page
    assert f'href="/console/payers/{PAYER}"' in page
    assert code not in page
    assert code not in (await visitor.get(f"/console/payers/{PAYER}")).text
    await control.call("PATCH", f"/payers/{PAYER}", {"logged_in": True})
    assert code_on((await visitor.get("/console/phone")).text) == code


async def test_nobody_to_show_a_code(visitor: Visitor, control: Control) -> None:
    await control.call("DELETE", "/merchants/1900000109", None, 204)
    for app in (await control.get("/apps"))["items"]:
        await control.call("DELETE", f"/apps/{app['appid']}", None, 204)
    assert "还没有付款人" in (await visitor.get("/console/phone")).text


def test_the_bars_are_those_of_code_128() -> None:
    width, path = bars("134567890123456789")
    modules = ["0"] * width
    for x, run in re.findall(r"M(\d+) 0h(\d+)", path):
        modules[int(x) : int(x) + int(run)] = "1" * int(run)
    assert "".join(modules).strip("0") == Code128("134567890123456789").build()[0].strip("0")
    assert modules[:10] == modules[-10:] == ["0"] * 10


@pytest.mark.parametrize("lang", ["zh-CN", "en-US"])
async def test_it_renews_by_itself_and_leads_to_the_password(
    watch: Watchers, merchant: Merchant, control: Control, lang: str
) -> None:
    page = await (await watch(locale=lang)).open(f"/console/phone?openid={PAYER}")
    code = await page.locator("#code [data-copy]").get_attribute("data-copy")
    assert code is not None
    await merchant.micropay("ORDER001", code, 100_001)
    await expect(page.locator("#passwords")).to_contain_text("ORDER001")
    await expect(page.locator("#code [data-copy]")).not_to_have_attribute("data-copy", code)
    async with page.context.expect_page() as opened:
        await page.locator("#passwords .button").click()
    cashier = await opened.value
    await cashier.locator("#confirm").click()
    await cashier.locator("#password").fill("123456")
    await expect(page.locator("#passwords")).to_have_count(0)
    assert (await merchant.query("ORDER001"))["trade_state"] == "SUCCESS"
