"""Merchants, sub-merchants and apps come and go in the console, and what is wrong in a form is said by its field."""

import asyncio

import aiohttp
import pytest
from playwright.async_api import expect

from tests.console.conftest import Visitor, Watchers
from tests.console.test_browser import LOOKS, faults
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

DEFAULT = "/console/merchants/1900000109"
PROVIDER = {
    "mch_id": "1900000200",
    "name": "茶市",
    "appids": ["wxprovider"],
    "service_provider": True,
    "certificate": False,
}
NEWCOMER = "oNewPayer0000000000000000001"
LIVE = {"HX-Request": "true"}


async def test_a_merchant_is_opened_renamed_and_closed(
    watch: Watchers, control: Control, session: aiohttp.ClientSession, inbox: Inbox
) -> None:
    page = await (await watch()).open("/console/merchants")
    await page.get_by_role("link", name="新建商户").click()
    await page.locator("select[name=kind]").select_option("provider")
    await page.locator("input[name=name]").fill("茶市")
    await page.locator("main input[name=mch_id]").fill("1900000200")
    await page.locator("input[name=appid]").fill("wxprovider")
    await page.get_by_role("button", name="新建").click()
    await expect(page.locator("#said")).to_contain_text("商户 1900000200 已新建")
    opened = await control.get("/merchants/1900000200")
    assert (opened["name"], opened["appids"], opened["service_provider"]) == ("茶市", ["wxprovider"], True)
    shop = Merchant.opened(session, opened, inbox.url)
    assert (await shop.order("ORDER001"))["return_msg"] == "受理机构必须传入sub_mch_id"
    await page.locator("#identity input[name=name]").fill("茶铺")
    await page.locator("#identity select[name=kind]").select_option("direct")
    await page.locator("#identity button").click()
    await expect(page.locator("#changes li").first).to_contain_text("service_provider")
    assert (await shop.order("ORDER001"))["result_code"] == "SUCCESS"
    await page.get_by_role("link", name="注销商户").click()
    question = page.get_by_role("dialog")
    await expect(question).to_contain_text("订单：1")
    await expect(question).to_contain_text("wxprovider")
    await question.get_by_role("link", name="保留").click()
    await expect(question).to_be_hidden()
    await page.get_by_role("link", name="注销商户").click()
    await question.get_by_role("button", name="注销").click()
    await expect(page.locator("#said")).to_contain_text("商户 1900000200 已注销")
    await control.get("/merchants/1900000200", 404)
    await control.get("/apps/wxprovider", 404)
    await control.get("/clock", 404, mch_id="1900000200")


async def test_the_default_merchant_may_go_and_comes_back(visitor: Visitor, control: Control) -> None:
    assert "下次启动沙箱时会按默认设置重新建立" in (await visitor.get(f"{DEFAULT}/close")).text
    page = await visitor.send(f"{DEFAULT}/close")
    assert "没有商户" in page.text
    assert 'href="/console/merchants/new"' in page.text
    await control.get("/merchants/1900000109", 404)


async def test_a_sub_merchant_is_added_changed_and_removed(
    watch: Watchers, control: Control, session: aiohttp.ClientSession, inbox: Inbox
) -> None:
    shop = Merchant.opened(session, await control.post("/merchants", PROVIDER, 201), inbox.url)
    teahouse = {"sub_mch_id": "1900000201", "sub_appid": "wxteahouse"}
    assert (await shop.order("ORDER001", **teahouse))["return_msg"] == "受理关系不存在"
    page = await (await watch()).open("/console/merchants/1900000200")
    await page.get_by_role("link", name="管理子商户").click()
    await page.locator("#new-sub input[name=sub_mch_id]").fill("1900000201")
    await page.get_by_role("button", name="新增").click()
    card = page.locator("#s1900000201")
    await expect(card).to_be_visible()
    assert (await shop.order("ORDER001", **teahouse))["return_msg"] == "sub_mch_id与sub_appid不匹配"
    await card.locator("input[name=sub_appids]").fill("wxteahouse, wxother")
    await card.locator("select[name=NATIVE]").select_option("not_opened")
    await card.get_by_role("button", name="保存").click()
    await expect(page.locator("#said")).to_contain_text("已保存")
    assert (await shop.order("ORDER001", **teahouse))["return_msg"] == "特约子商户商户号未授权服务商的产品权限"
    (sub,) = (await control.get("/merchants/1900000200"))["sub_merchants"]
    assert (sub["sub_appids"], sub["products"]["NATIVE"]) == (["wxteahouse", "wxother"], "not_opened")
    await card.locator("select[name=NATIVE]").select_option("opened")
    await card.get_by_role("button", name="保存").click()
    await expect(card.locator("select[name=NATIVE]")).to_have_value("opened")
    await expect(page.locator("#said .toast")).to_have_count(3)
    assert (await shop.order("ORDER001", **teahouse))["result_code"] == "SUCCESS"
    await card.get_by_role("button", name="移除").click()
    await expect(card).to_have_count(0)
    assert (await shop.order("ORDER002", **teahouse))["return_msg"] == "受理关系不存在"
    assert (await control.get("/apps/wxteahouse/changes"))["items"][0]["field"] == "mch_ids"


async def test_a_providers_pages_are_accessible_and_fit_their_window(watch: Watchers, control: Control) -> None:
    subs = [{"sub_mch_id": "1900000201", "sub_appids": ["wxteahouse"]}, {"sub_mch_id": "1900000202"}]
    await control.post("/merchants", {**PROVIDER, "sub_merchants": subs}, 201)
    own = "/console/merchants/1900000200"
    found = []
    for look in LOOKS:
        watched = await watch(**look)
        for path in (own, f"{own}/sub-merchants", f"{own}/close"):
            found += await faults(watched, path)
    assert found == []


async def test_an_app_is_registered_and_dropped(watch: Watchers, control: Control, merchant: Merchant) -> None:
    page = await (await watch()).open("/console/apps")
    await page.get_by_role("link", name="登记应用").click()
    await page.locator("select[name=kind]").select_option("mini_program")
    await page.locator("input[name=name]").fill("茶")
    await page.locator("input[name=appid]").fill("wxtea")
    await page.locator("main select[name=mch_id]").select_option("1900000109")
    await page.get_by_role("button", name="登记").click()
    await expect(page.locator("#said")).to_contain_text("应用 wxtea 已登记")
    app = await control.get("/apps/wxtea")
    assert (app["kind"], app["name"], app["mch_ids"]) == ("mini_program", "茶", ["1900000109"])
    assert (await merchant.order("ORDER001", appid="wxtea"))["result_code"] == "SUCCESS"
    await expect(page.get_by_role("link", name="删除应用")).to_have_count(0)
    await page.get_by_role("button", name="解除关联 1900000109").click()
    await page.get_by_role("link", name="删除应用").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.locator("#said")).to_contain_text("应用 wxtea 已删除")
    await control.get("/apps/wxtea", 404)


async def test_what_is_left_empty_is_made_up(visitor: Visitor, control: Control) -> None:
    for path in ("/console/merchants", "/console/apps"):
        assert (await visitor.post(path, {"kind": "direct"} if path.endswith("merchants") else {})).status == 303
    newest = (await control.get("/merchants"))["items"][0]
    assert (newest["service_provider"], len(newest["appids"])) == (False, 1)
    assert (await control.get("/apps"))["items"][0]["mch_ids"] == []


async def test_an_app_that_is_paired_meanwhile_stays(visitor: Visitor, control: Control, merchant: Merchant) -> None:
    answer = await visitor.post(f"/console/apps/{merchant.appid}/drop", None, **LIVE)
    assert (answer.status, "先解除关联" in answer.text) == (409, True)
    await control.get(f"/apps/{merchant.appid}")


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("/console/merchants", {"mch_id": "12"}, "mch_id 是 8 到 10 位数字"),
        ("/console/merchants", {"mch_id": "1900000109"}, "mch_id: 这个号码已经有了"),
        ("/console/merchants", {"appid": "a b"}, "“a b”：appids 是 1 到 32 个"),
        ("/console/merchants", {"name": "茶" * 257}, "name 最多 256 个字符"),
        (f"{DEFAULT}/identity", {"name": "茶" * 257}, "name 最多 256 个字符"),
        (f"{DEFAULT}/products", {"NATIVE": "ajar"}, "products 没有这个选项"),
        (f"{DEFAULT}/sub-merchants", {"sub_mch_id": "x"}, "sub_mch_id 是 8 到 10 位数字"),
        (f"{DEFAULT}/sub-merchants", {"sub_mch_id": "1900000201"}, "子商户 1900000201 已经有了"),
        (f"{DEFAULT}/sub-merchants/1900000201", {"sub_appids": "wx1 茶"}, "“茶”：sub_appids 是 1 到 32 个"),
        ("/console/apps", {"appid": "a b"}, "appid 是 1 到 32 个"),
        ("/console/apps", {"appid": "wx8888888888888888"}, "已经登记过了"),
        ("/console/payers", {"appid": "wx8888888888888888", "openid": "nobody"}, "openid 是 28 个"),
        ("/console/apps", {"kind": "radio"}, "kind 没有这个选项"),
    ],
)
async def test_what_is_wrong_in_a_form_names_its_field(
    visitor: Visitor, control: Control, path: str, form: dict[str, str], sentence: str
) -> None:
    subs = [{"sub_mch_id": "1900000201"}]
    before = await control.call("PATCH", "/merchants/1900000109", {"service_provider": True, "sub_merchants": subs})
    answer = await visitor.post(path, form, **LIVE)
    assert answer.status == 409
    assert sentence in answer.text
    after = await control.get("/merchants/1900000109")
    assert {name: after[name] for name in ("name", "products", "sub_merchants")} == {
        name: before[name] for name in ("name", "products", "sub_merchants")
    }


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("/console/apps", {"appid": "wxtea"}, "appid wxtea 已经登记过了"),
        (f"{DEFAULT}/sub-merchants", {"sub_mch_id": "1900000201"}, "子商户 1900000201 已经有了"),
        ("/console/payers", {"appid": "wx8888888888888888", "openid": NEWCOMER}, f"付款人 {NEWCOMER} 已经有了"),
    ],
)
async def test_of_two_at_once_one_is_told_that_it_is_taken(
    visitor: Visitor, path: str, form: dict[str, str], sentence: str
) -> None:
    answers = await asyncio.gather(*(visitor.post(path, form, **LIVE) for _ in range(2)))
    (refused,) = [one for one in answers if one.status != 200]
    assert (refused.status, sentence in refused.text) == (409, True)


async def test_who_sends_no_script_is_led_back(visitor: Visitor) -> None:
    page = await visitor.send(f"{DEFAULT}/places", h5_domains="https://h5.example", back=DEFAULT)
    assert "h5_domains 最多 5 个" in page.text
    assert 'id="places"' in page.text


@pytest.mark.parametrize("path", [f"{DEFAULT}/sub-merchants/1900000999", "/console/merchants/1900000999/close"])
async def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert (await visitor.post(path)).status == 404
