"""The debugging tool's page: every step in sight, what is typed survives, and the same without script."""

import json
import re

import pytest
from playwright.async_api import Page, expect

from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document, elements, signature

KEY = "sandboxv2key00000000000000000000"
PAGE = "/console/debug"


async def field(page: Page, name: str) -> str:
    return await page.locator(f"[name='f.{name}']").input_value()


async def test_a_first_call_is_sent_from_the_page(watch: Watchers, control: Control) -> None:
    page = await (await watch()).open(PAGE)
    await page.locator("[name='f.total_fee']").fill("1990")
    await page.locator("[name='f.body']").fill("龙井茶 & 茶杯")
    steps = page.locator("#debug-steps")
    await expect(steps).to_contain_text("total_fee=1990")
    await expect(steps).to_contain_text("&key=********")
    await page.get_by_role("button", name="发送").click()
    answer = page.locator("#debug-answer")
    await expect(answer).to_contain_text("成功：wx")
    await expect(answer).to_contain_text("签名正确")
    order = await control.order(await field(page, "out_trade_no"))
    assert (order["total_fee"], order["body"]) == (1990, "龙井茶 & 茶杯")


async def test_a_field_of_few_values_is_a_choice_and_takes_any_text(watch: Watchers) -> None:
    page = await (await watch()).open(PAGE)
    row = page.locator(".row", has=page.locator("[name='f.trade_type']"))
    assert await row.get_by_role("button").all_inner_texts() == ["JSAPI", "NATIVE", "APP", "MWEB"]
    await row.get_by_role("button", name="NATIVE").click()
    await expect(page.locator("#debug-steps")).to_contain_text("trade_type=NATIVE")
    await expect(row.locator("[aria-pressed=true]")).to_have_text("NATIVE")
    await page.locator("[name='f.trade_type']").fill("QR")
    await expect(page.locator("#debug-steps")).to_contain_text("trade_type=QR")
    await expect(row.locator("[aria-pressed=true]")).to_have_count(0)
    # Chosen again, an optional one is empty again.
    await page.get_by_text("选填字段").click()
    yes = page.locator(".row", has=page.locator("[name='f.receipt']")).get_by_role("button", name="Y")
    await yes.click()
    await expect(page.locator("#debug-steps")).to_contain_text("receipt=Y")
    await yes.click()
    await expect(page.locator("#debug-steps")).not_to_contain_text("receipt=")


async def test_every_field_of_few_values_offers_them_in_every_call(visitor: Visitor, control: Control) -> None:
    """The choices are those of the shapes; in notifications, those of the requests' fields of the same name."""
    offered = set()
    for api in (await control.get("/debug/apis"))["items"]:
        page = (await visitor.get(f"{PAGE}?api={api['path']}")).text
        for field in api["fields"]:
            for one in field.get("choices") or ():
                assert f'<option value="{one}">' in page
                assert f'data-choose="f-{field["name"]}" value="{one}"' in page, (api["path"], field["name"])
                offered.add(field["name"])
    assert offered >= {"trade_type", "sign_type", "bill_type", "tar_type", "account_type", "refund_account"}
    assert offered >= {"limit_pay", "receipt", "profit_sharing", "fee_type"}
    for tab, name in (("payment", "trade_type"), ("refund", "refund_status"), ("refund", "refund_account")):
        assert f'data-choose="f-{name}"' in (await visitor.get(f"{PAGE}?tab={tab}")).text


async def test_a_remark_stands_apart_from_why_a_call_failed(visitor: Visitor) -> None:
    form = {"tab": "request", "api": "/secapi/pay/refund", "act": "send", "mch_id": "1900000109"}
    answer = (await visitor.post(PAGE, form, **{"HX-Request": "true"})).text
    failure, _, rest = answer.partition("</p>")
    assert "没有成功" in failure
    assert "证书" not in failure
    assert '<p class="remark">真实接口在这里要商户 API 证书' in rest


async def test_the_steps_end_in_the_signature_that_the_rules_give(watch: Watchers) -> None:
    page = await (await watch()).open(PAGE)
    shown = {one: await field(page, one) for one in await page.eval_on_selector_all("[name^='f.']", NAMES)}
    await expect(page.locator(".sign-value code")).to_have_text(signature(shown, KEY))
    await page.get_by_label("签名算法").select_option("HMAC-SHA256")
    await expect(page.locator("#debug-steps")).to_contain_text("sign_type 字段没有写")
    await expect(page.locator(".sign-value code")).to_have_text(signature(shown, KEY, "HMAC-SHA256"))


NAMES = "inputs => inputs.map(one => one.name.slice(2))"


async def test_typed_values_survive_a_reload_and_a_key_is_never_in_the_address(watch: Watchers) -> None:
    page = await (await watch()).open(PAGE)
    await page.locator("[name='f.body']").fill("红茶")
    await page.get_by_label("显示密钥").check()
    await page.get_by_label("或者自己的密钥").fill("k" * 32)
    await expect(page.locator("#debug-steps")).to_contain_text("&key=" + "k" * 32)
    number = await field(page, "out_trade_no")
    assert "k" * 32 not in page.url
    await page.reload()
    assert await field(page, "body") == "红茶"
    assert await field(page, "out_trade_no") == number
    await expect(page.locator("#debug-steps")).to_contain_text("&key=" + KEY)


async def test_a_program_is_copied_with_the_key_that_the_page_hides(watch: Watchers) -> None:
    page = await (await watch(permissions=["clipboard-read", "clipboard-write"])).open(PAGE)
    await page.locator("#program-python summary").click()
    await expect(page.locator("#program-python pre")).to_contain_text('KEY = "********"')
    await page.get_by_role("button", name="复制 Python").click()
    await expect(page.locator("#said")).to_contain_text("已复制")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert f'KEY = "{KEY}"' in copied
    assert await field(page, "out_trade_no") in copied


async def test_a_wrong_signature_is_explained(watch: Watchers) -> None:
    page = await (await watch()).open(PAGE)
    await page.get_by_label("或者自己的密钥").fill("k" * 32)
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator("#debug-answer")).to_contain_text("没有成功：return_code FAIL 签名错误，请检查后再试")
    await expect(page.locator("#debug-answer")).to_contain_text("没有签名")


async def test_a_pasted_message_is_checked(watch: Watchers, merchant: Merchant) -> None:
    page = await (await watch()).open(PAGE + "?tab=check")
    fields = merchant.signed(body="茶", total_fee="1")
    await page.get_by_label("消息").fill(document(fields).decode())
    answer = page.locator("#debug-answer")
    await expect(answer).to_contain_text("签名正确")
    await page.get_by_label("消息").fill(document({**fields, "sign": fields["sign"].lower()}).decode())
    await expect(answer).to_contain_text("签名不对")
    await expect(answer).to_contain_text("小写")
    await page.reload()
    await expect(answer).to_contain_text("签名不对")
    await page.get_by_label("消息").fill('{"id": 1}')
    await expect(answer).to_contain_text("没有 sign 或 paySign")


async def test_the_client_answers_a_second_signature(watch: Watchers, merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", trade_type="APP")
    page = await (await watch()).open(PAGE + "?tab=second")
    handed = json.loads(await page.locator("#debug-steps pre").last.inner_text())
    assert handed["partnerid"] == merchant.mch_id
    await page.get_by_label("换一个签名").fill(handed["sign"].lower())
    await page.get_by_role("button", name="交给微信客户端").click()
    answer = page.locator("#debug-answer")
    await expect(answer).to_contain_text("errCode -1")
    await page.get_by_label("换一个签名").fill("")
    await page.get_by_label("交给微信客户端").and_(page.locator("select")).select_option("success")
    await page.get_by_role("button", name="交给微信客户端").click()
    await expect(answer).to_contain_text("errCode 0")
    assert (await control.order("ORDER001"))["trade_state"] == "SUCCESS"


async def test_a_notification_is_sent_and_its_reply_judged(watch: Watchers, merchant: Merchant, inbox: Inbox) -> None:
    inbox.answer(200, "<!doctype html><title>login</title>")
    page = await (await watch()).open(PAGE + "?tab=payment")
    await page.get_by_label("发到哪里").fill(merchant.notify_url)
    await page.locator("[name='f.total_fee']").fill("7")
    await page.get_by_role("button", name="发送通知").click()
    await expect(page.locator("#debug-answer")).to_contain_text("HTML")
    received = elements(inbox.received[-1].body)
    assert received["total_fee"] == "7"
    assert received["sign"] == signature(received, KEY)


async def test_a_refund_notification_is_sealed_and_opened(watch: Watchers) -> None:
    page = await (await watch()).open(PAGE + "?tab=refund")
    await page.locator("[name='f.refund_status']").fill("CHANGE")
    await expect(page.locator("#debug-steps")).to_contain_text("CHANGE")
    message = await page.locator("#debug-steps pre.xml").inner_text()
    await page.get_by_label("解密一条通知").fill(message)
    await expect(page.locator("#debug-steps .answer")).to_contain_text("CHANGE")
    await page.get_by_role("button", name="发送通知").click()
    await expect(page.locator("#debug-answer")).to_contain_text("✓")


async def test_everything_works_without_script(visitor: Visitor, control: Control) -> None:
    page = await visitor.get(PAGE)
    form = dict(re.findall(r'name="(f\.\w+)" value="([^"]*)"', page.text))
    form |= {"tab": "request", "api": "/pay/unifiedorder", "f.body": "<script>alert(1)</script>"}
    built = await visitor.post(PAGE, {**form, "act": "build"})
    assert (built.status, "成功：wx" in built.text) == (200, False)
    assert "<script>alert" not in built.text
    sent = await visitor.post(PAGE, {**form, "act": "send"})
    assert "成功：wx" in sent.text
    assert (await control.order(form["f.out_trade_no"]))["trade_state"] == "NOTPAY"


@pytest.mark.parametrize("tab", ["request", "check", "payment", "refund"])
async def test_a_tool_that_was_not_used_yet_complains_of_nothing(visitor: Visitor, tab: str) -> None:
    assert 'class="next' not in (await visitor.get(f"{PAGE}?tab={tab}")).text


async def test_a_page_for_what_is_not_there_still_shows(visitor: Visitor) -> None:
    for query in ("?tab=none&api=/nowhere", "?tab=second&prepay_id=wx0&channel=none", "?f.a%20b=1", "?algorithm=SHA1"):
        assert (await visitor.get(PAGE + query)).status == 200
    assert (await visitor.post(PAGE + "/copy", {"field": "cobol"})).status == 404


OTHER = {
    "mch_id": "1900000909",
    "name": "Other shop",
    "api_key": "k" * 32,
    "appids": ["wxother00000000001"],
    "jsapi_directories": ["https://shop.example/pay/"],
}


async def test_another_merchant_signs_for_itself_and_the_header_s_switch_stays_on_the_page(
    watch: Watchers, control: Control
) -> None:
    await control.call("POST", "/apps", {"appid": "wxother00000000001"}, 201)
    await control.call("POST", "/merchants", OTHER, 201)
    page = await (await watch()).open("/console/merchants/1900000909?mch_id=1900000909")
    await page.locator(".main-nav").get_by_role("link", name="调试").click()
    assert await field(page, "mch_id") == "1900000909"
    await expect(page.get_by_label("用谁的密钥签名").locator("option:checked")).to_have_text("按消息里的商户号")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator("#debug-answer")).to_contain_text("成功：wx")
    await page.get_by_role("link", name="下一步：二次签名").click()
    await expect(page.locator("#merchant")).to_have_value("1900000909")
    await expect(page.locator("#debug-steps")).to_contain_text("1900000909")
    await page.get_by_role("link", name="请求", exact=True).click()
    await page.locator("[name='f.body']").fill("红茶")
    await page.locator("#merchant").select_option("1900000109")
    await expect(page.locator("#debug-steps")).to_contain_text("mch_id=1900000109")
    await expect(page.locator("[name='f.appid']")).to_have_value("wx8888888888888888")
    assert (await field(page, "body"), "/console/debug?" in page.url) == ("红茶", True)
    # Whose key it is, follows what is typed.
    await page.locator("[name='f.mch_id']").fill("1900000909")
    await page.locator("[name='f.appid']").fill("wxother00000000001")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator("#debug-answer")).to_contain_text("成功：wx")


async def test_a_page_outside_the_directories_is_refused(watch: Watchers, merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", "/merchants/1900000109", {"jsapi_directories": ["https://shop.example/pay/"]})
    await merchant.order("ORDER001", trade_type="JSAPI", openid="oSandboxPayer000000000000001")
    page = await (await watch()).open(PAGE + "?tab=second")
    address, send = page.get_by_label("页面地址"), page.get_by_role("button", name="交给微信客户端")
    await expect(address).to_have_value("https://shop.example/pay/")
    await address.fill("https://shop.example/cart/")
    await send.click()
    await expect(page.locator("#debug-answer")).to_contain_text("当前页面的URL未注册")
    await address.fill("https://shop.example/pay/index.html")
    await send.click()
    await expect(page.locator("#debug-answer")).to_contain_text("打开收银台")


async def test_a_product_or_sub_merchant_that_is_not_open_is_explained_with_its_page(
    visitor: Visitor, control: Control
) -> None:
    form = dict(re.findall(r'name="(f\.\w+)" value="([^"]*)"', (await visitor.get(PAGE)).text))
    own, live = "/merchants/1900000109", {"HX-Request": "true"}

    async def sent(number: int, **more: str) -> str:
        fields = {**form, **more, "f.out_trade_no": f"ORDER{number}", "act": "send", "api": "/pay/unifiedorder"}
        return (await visitor.post(PAGE, fields, **live)).text

    for number, (state, words) in enumerate(
        {"not_opened": "没有开通 APP", "pending": "预开通", "restricted": "被风控限制"}.items()
    ):
        await control.call("PATCH", own, {"products": {"APP": state}})
        shown = await sent(number, **{"f.trade_type": "APP"})
        assert words in shown.partition("在这里设置")[0]
        assert "/console/merchants/1900000109#products" in shown
    subs = [{"sub_mch_id": "1900000201", "products": {"APP": "not_opened"}}]
    await control.call("PATCH", own, {"products": {"APP": "opened"}, "service_provider": True, "sub_merchants": subs})
    for number, (sub_mch_id, words) in enumerate(
        {"": "没有传 sub_mch_id", "1900000299": "没有授权服务商", "1900000201": "没有把 APP 授权"}.items(), 5
    ):
        shown = await sent(number, **{"f.trade_type": "APP", "f.sub_mch_id": sub_mch_id})
        assert words in shown
        assert "/console/merchants/1900000109/sub-merchants" in shown


async def test_the_tool_and_the_page_of_certificates_say_when_a_certificate_is_looked_for(visitor: Visitor) -> None:
    tool = (await visitor.get(PAGE + "?api=/secapi/pay/refund")).text
    own = (await visitor.get("/console/merchants/1900000109/certificates")).text
    for shown in (tool, own):
        assert "--require-client-cert" in shown
        assert "HTTPS" in shown
    assert "--require-client-cert" not in (await visitor.get(PAGE)).text
