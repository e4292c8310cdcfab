"""Merchants, apps and payers in the console: each setting is changed in a browser, and its effect is felt."""

import re
from zipfile import ZIP_LZMA

import aiohttp
import pytest
from playwright.async_api import Page, expect

from sandbox.server import Server
from sandbox.web.proof import FIELD
from tests.console.conftest import Visitor, Watchers
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.pages import token_of
from tests.support.refunds import told
from tests.support.signing import SigningCertificate, zipped
from tests.support.words import SIGN_WRONG
from tests.v2.test_native import code_of, scan
from tests.wechat.conftest import Phone
from tests.wechat.test_settings import MWEB, open_h5

ONE = "/merchants/1900000109"
APPID = "wx8888888888888888"
OPENID = "oSandboxPayer000000000000001"
PAGE = "/console/merchants/1900000109"
APP = f"/console/apps/{APPID}"
DATA_OF_PKCS7 = bytes.fromhex("300f06092a864886f70d010701a0020400")
"""PKCS #7 of the type data: there is no signature in it."""
OF_VERSION_9 = SigningCertificate().pem_of_version(9).encode()


@pytest.fixture
def phone(session: aiohttp.ClientSession, merchant: Merchant) -> Phone:
    return Phone(session, merchant)


async def saved(page: Page, sentence: str = "已保存") -> None:
    await expect(page.locator("#said")).to_contain_text(sentence)


async def changed(page: Page, *texts: str) -> None:
    """The page's timeline shows a change."""
    for text in texts:
        await expect(page.locator("#changes li").first).to_contain_text(text)


async def test_a_product_is_closed_and_opened(watch: Watchers, merchant: Merchant) -> None:
    page = await (await watch()).open(PAGE)
    for state, label, words in (
        ("not_opened", "未开通", "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"),
        ("restricted", "受限", "此商家涉嫌违规，收款功能已被限制，暂无法支付"),
        ("pending", "预开通", "商户号该产品权限预开通中，请等待产品开通后重试"),
    ):
        await page.locator("#products select[name=NATIVE]").select_option(state)
        await page.locator("#products button").click()
        await changed(page, "控制台", "products.NATIVE", f"→ {state}", label)
        answer = await merchant.order("ORDER001")
        assert words in answer["return_msg"] + answer.get("err_code_des", "")
    await page.locator("#products select[name=NATIVE]").select_option("opened")
    await page.locator("#products button").click()
    await changed(page, "pending", "opened")
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_the_timeline_says_how_each_setting_is_mended(visitor: Visitor, phone: Phone, control: Control) -> None:
    """Each of these is the client's one and the same cause, no-permission, and is mended in another place."""
    prepay_id = await phone.place("ORDER002", "JSAPI")
    mended = {
        "产品中心”开通这个产品": (ONE, {"products": {"JSAPI": "not_opened"}}, {"products": {"JSAPI": "opened"}}),
        "加上这个支付授权目录": (ONE, {"jsapi_directories": ["https://shop.example/"]}, {"jsapi_directories": []}),
        "等应用审核通过": (f"/apps/{APPID}", {"review": "reviewing"}, {"review": "passed"}),
        "申请并开通微信支付能力": (f"/apps/{APPID}", {"payment": "refused"}, {"payment": "opened"}),
    }
    for advice, (path, wrong, right) in mended.items():
        await control.call("PATCH", path, wrong)
        refused = await phone.call("jsapi", phone.page_fields(prepay_id), url="https://elsewhere.example/")
        assert refused["cause"] == "no-permission"
        assert advice in (await visitor.get("/console/orders/1900000109/ORDER002")).text
        await control.call("PATCH", path, right)
    accepted = await phone.call("jsapi", phone.page_fields(prepay_id), url="https://elsewhere.example/")
    assert accepted["errCode"] is None


async def test_a_key_is_replaced_and_the_page_tells_who_has_the_old_one(
    watch: Watchers, merchant: Merchant, control: Control
) -> None:
    page = await (await watch()).open(PAGE)
    await page.locator("#keys input[name=key]").first.fill("n" * 32)
    await page.get_by_role("button", name="更换 api_key", exact=True).click()
    await saved(page, "api_key 已更换")
    await expect(page.locator(".old-keys")).to_contain_text("没有调用再用旧密钥")
    assert (await merchant.order("ORDER001"))["return_msg"] == SIGN_WRONG["today"]
    await expect(page.locator("#keys")).to_contain_text("这些调用还在用旧密钥")
    await expect(page.locator("#keys .pairs")).to_contain_text("/pay/unifiedorder")
    merchant.key = "n" * 32
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"
    await page.get_by_role("button", name="显示 api_v3_key").click()
    before = await page.locator("#key-api_v3_key code").inner_text()
    assert len(before) == 32
    await page.get_by_role("button", name="更换 api_v3_key", exact=True).click()
    await changed(page, "api_v3_key", "••••")
    await expect(page.locator("#key-api_v3_key")).not_to_contain_text(before)
    assert (await control.get(ONE))["api_v3_key"] != "sandboxv3key00000000000000000000"


async def test_an_appid_is_unpaired_and_paired_again(watch: Watchers, merchant: Merchant, control: Control) -> None:
    page = await (await watch()).open(PAGE)
    await page.get_by_role("button", name=f"解除关联 {APPID}").click()
    await saved(page, "已解除关联")
    assert (await merchant.order("ORDER001"))["return_msg"] == "商户号mch_id与appid不匹配"
    await expect(page.get_by_role("button", name=f"解除关联 {APPID}")).to_have_count(0)
    typed = page.locator("input[name=appid][required]")
    await typed.fill(APPID)
    # A click on plain text holds nothing up; what is typed stays while the page shows it, and goes when it is done.
    await page.locator("h1").first.click()
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"name": "茶铺"})
    await expect(page.locator("h1").first).to_have_text("茶铺")
    await expect(typed).to_have_value(APPID)
    await page.get_by_role("button", name="关联", exact=True).click()
    await saved(page, "已关联")
    await expect(typed).to_have_value("")
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_pairing_from_the_apps_side(watch: Watchers, control: Control) -> None:
    other = await control.post("/merchants", {"name": "茶铺", "certificate": False}, 201)
    page = await (await watch()).open(APP)
    await page.locator("#pairing select").select_option(other["mch_id"])
    await page.get_by_role("button", name="关联", exact=True).click()
    await changed(page, "mch_ids", other["mch_id"])
    assert APPID in (await control.get(f"/merchants/{other['mch_id']}"))["appids"]
    await page.get_by_role("button", name=f"解除关联 {other['mch_id']}").click()
    await saved(page, "已解除关联")
    assert APPID not in (await control.get(f"/merchants/{other['mch_id']}"))["appids"]


async def test_directories_and_domains_are_set(watch: Watchers, phone: Phone, control: Control) -> None:
    page = await (await watch()).open(PAGE)
    await page.locator("textarea[name=jsapi_directories]").fill("https://shop.example/pay/\nhttps://shop.example/m/")
    await page.locator("textarea[name=h5_domains]").fill("h5.example")
    await page.locator("input[name=h5_check_ip]").check()
    await page.locator("#places button").click()
    await saved(page)
    one = await control.get(ONE)
    assert one["jsapi_directories"] == ["https://shop.example/pay/", "https://shop.example/m/"]
    assert (one["h5_domains"], one["h5_check_ip"]) == (["h5.example"], True)
    fields = phone.page_fields(await phone.place("P1", "JSAPI"))
    refused = await phone.call("jsapi", fields, url="https://shop.example/cart/")
    assert refused["err_desc"] == "当前页面的URL未注册:https://shop.example/cart/"
    mweb_url = (await phone.merchant.order("H1", **MWEB))["mweb_url"]
    assert "商家存在未配置的参数" in await open_h5(phone.session, mweb_url, "https://other.example/")
    assert "网络环境未能通过安全验证" in await open_h5(phone.session, mweb_url, "https://h5.example/")
    await page.locator("textarea[name=jsapi_directories]").fill("https://shop.example/")
    await page.locator("textarea[name=h5_domains]").fill("other.example")
    await page.locator("input[name=h5_check_ip]").uncheck()
    await page.locator("#places button").click()
    await changed(page, "h5_check_ip", "→ false")
    assert (await phone.call("jsapi", fields, url="https://shop.example/cart/"))["errCode"] is None
    assert (await open_h5(phone.session, mweb_url, "https://other.example/")).startswith("/cashier/")


async def test_addresses_rate_and_balance_are_changed(
    watch: Watchers, visitor: Visitor, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    assert (await scan(control, code_of(merchant)))["verdict"] == "native_unset"
    page = await (await watch()).open(PAGE)
    for name in ("notify_url", "refund_notify_url", "native_callback_url"):
        await page.locator(f"#settings input[name={name}]").fill(inbox.url)
    await page.locator("#settings input[name=rate]").fill("1%")
    await page.locator("#settings button").click()
    await changed(page, "rate", "→ 1.00%")
    await visitor.send("/console/sample", mch_id=merchant.mch_id)
    (sample,) = (await control.get("/orders"))["items"]
    assert (await control.order(sample["out_trade_no"]))["notify_url"] == inbox.url
    await scan(control, code_of(merchant))
    assert inbox.received.pop().fields["product_id"] == "88888"
    await merchant.order("ORDER001", total_fee="10000")
    await control.pay("ORDER001")
    await expect(page.locator("#money .balance")).to_contain_text("¥99.00")
    for act, code in (("提现", "NOTENOUGH"), ("充值", None)):
        await page.locator("#money input[name=amount]").fill("99")
        await page.get_by_role("button", name=act).click()
        await saved(page, f"{act} ¥99.00")
        assert (await merchant.refund("ORDER001", "REFUND001", 10000, total_fee="10000")).get("err_code") == code
    await control.advance(61)
    assert told(inbox.received[-1], merchant)["out_refund_no"] == "REFUND001"


@pytest.mark.parametrize("state", ["not_applied", "reviewing", "refused"])
async def test_the_apps_capability_is_changed(watch: Watchers, phone: Phone, state: str) -> None:
    fields = phone.app_fields(await phone.place("A1", "APP"))
    page = await (await watch()).open(APP)
    for value, code in ((state, -1), ("opened", None)):
        await page.locator("select[name=payment]").select_option(value)
        await page.locator("#registration button").click()
        await changed(page, "payment", value)
        assert (await phone.call("app", fields))["errCode"] == code


@pytest.mark.parametrize("name", ["package_name", "bundle_id"])
async def test_the_apps_identity_is_changed(watch: Watchers, phone: Phone, name: str) -> None:
    fields = phone.app_fields(await phone.place("A2", "APP"))
    page = await (await watch()).open(APP)
    for value, code in (("com.example.other", -1), ("com.example.right", None)):
        await page.locator(f"input[name={name}]").fill(value)
        await page.locator("#registration button").click()
        await changed(page, name, value)
        answer = await phone.call("app", fields, device={name: "com.example.right"})
        assert (answer["errCode"], answer.get("cause")) == (code, "app-signature" if code else None)


async def test_the_apps_signature_comes_from_a_pasted_certificate(watch: Watchers, phone: Phone) -> None:
    signing = SigningCertificate()
    fields = phone.app_fields(await phone.place("A3", "APP"))
    device = {"app_signature": signing.md5}
    assert (await phone.call("app", fields, device=device))["cause"] == "app-signature"
    page = await (await watch()).open(APP)
    await page.locator("textarea[name=certificate]").fill(f"Alias name: key\n{signing.pem}")
    await page.get_by_role("button", name="算出并登记").click()
    await saved(page, f"应用签名已登记：{signing.md5}")
    await expect(page.locator("input[name=app_signature]")).to_have_value(signing.md5)
    assert (await phone.call("app", fields, device=device))["errCode"] is None


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=other"])
async def test_a_form_without_its_boundary_says_so(server: Server, session: aiohttp.ClientSession, kind: str) -> None:
    headers = {"Content-Type": kind, "Accept-Language": "zh-CN", "HX-Request": "true"}
    body = b'--mine\r\nContent-Disposition: form-data; name="certificate"\r\n\r\nAAAA\r\n--mine--\r\n'
    proof = {FIELD: await token_of(server, APP)}
    async with session.post(f"{APP}/certificate", data=body, headers=headers, params=proof) as answer:
        assert answer.status == 409
        assert "读不出证书" in await answer.text()


async def test_the_apps_signature_comes_from_an_apk(watch: Watchers, control: Control) -> None:
    signing = SigningCertificate()
    page = await (await watch()).open(APP)
    apk = {"name": "shop.apk", "mimeType": "application/vnd.android.package-archive", "buffer": signing.apk}
    await page.locator("input[type=file]").set_input_files(apk)  # type: ignore[arg-type]
    await page.get_by_role("button", name="算出并登记").click()
    await saved(page, signing.md5)
    assert (await control.get(f"/apps/{APPID}"))["app_signature"] == signing.md5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "先粘贴证书"),
        (b"no certificate", "读不出证书"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "读不出证书"),
        (zipped({"classes.dex": b"dex"}), "没有 v1 签名"),
        (zipped({"META-INF/CERT.RSA": b"nothing"}), "读不出证书"),
        (zipped({"META-INF/CERT.RSA": b"\0" * 2_000_000}), "文件太大"),
        (zipped({"META-INF/CERT.RSA": b"nothing" * 999})[:-40], "读不出证书"),
        (zipped({"META-INF/CERT.RSA": b"nothing" * 99}, ZIP_LZMA).replace(b"\x5d\x00", b"\xff\xff"), "读不出证书"),
        (DATA_OF_PKCS7, "读不出证书"),
        (OF_VERSION_9, "读不出证书"),
    ],
)
async def test_what_holds_no_certificate_says_so(
    server: Server, session: aiohttp.ClientSession, content: bytes, sentence: str
) -> None:
    form = aiohttp.FormData()
    form.add_field("certificate", "")
    form.add_field("file", content, filename="shop.apk" if content else "", content_type="application/octet-stream")
    headers = {"HX-Request": "true", "Accept-Language": "zh-CN"}
    proof = {FIELD: await token_of(server, APP)}
    async with session.post(f"{APP}/certificate", data=form, headers=headers, params=proof) as answer:
        assert answer.status == 409
        assert sentence in await answer.text()


@pytest.mark.parametrize(
    ("fill", "mend", "cause"),
    [
        ({"logged_in": "no"}, {"logged_in": "yes"}, "logged-out"),
        ({"wechat_version": "4.5"}, {"wechat_version": "8.0.49"}, "too-old"),
        ({"balance": "0.99"}, {"balance": ""}, "balance"),
    ],
)
async def test_a_payers_phone_is_changed(
    watch: Watchers, phone: Phone, fill: dict[str, str], mend: dict[str, str], cause: str
) -> None:
    fields = phone.page_fields(await phone.place("W1", "JSAPI"))
    page = await (await watch()).open(f"/console/payers/{OPENID}")
    form = "#wallet" if "balance" in fill else "#phone-settings"
    for values, code in ((fill, -1), (mend, 0)):
        for name, value in values.items():
            if name == "logged_in":
                await page.locator("select[name=logged_in]").select_option(value)
            else:
                await page.locator(f"{form} input[name={name}]").fill(value)
        await page.locator(f"{form} button").click()
        await saved(page)
        await expect(page.locator("#changes li")).to_have_count(1 if values is fill else 2)
        answer = await phone.call("jsapi", fields, outcome="success")
        assert (answer["errCode"], answer.get("cause")) == (code, cause if code else None)


async def test_a_payer_is_added(watch: Watchers, control: Control) -> None:
    page = await (await watch()).open("/console/payers")
    await page.get_by_role("button", name="新建", exact=True).click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    assert len((await control.get("/payers"))["items"]) == 2
    openid = "oNewPayer0000000000000000001"
    await page.locator("main input[name=openid]").fill(openid)
    await page.get_by_role("button", name="新建", exact=True).click()
    await expect(page.locator("tbody tr").first).to_contain_text(openid)
    assert (await control.get(f"/payers/{openid}"))["appid"] == APPID


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        (f"{PAGE}/key", {"name": "api_key", "key": "short"}, "api_key：密钥是 32 个可见的 ASCII 字符"),
        (f"{PAGE}/key", {"name": "api_key", "key": "sandboxv2key00000000000000000000"}, "这就是现在的密钥"),
        (
            f"{PAGE}/places",
            {"h5_domains": "https://h5.example"},
            "“https://h5.example”：h5_domains 最多 5 个，每个是域名",
        ),
        (
            f"{PAGE}/places",
            {"jsapi_directories": "https://shop.example/pay"},
            "“https://shop.example/pay”：jsapi_directories",
        ),
        (f"{PAGE}/places", {"h5_domains": "\n".join(f"h{n}.example" for n in range(6))}, "最多 5 个"),
        ("/console/pairings", {"mch_id": "1900000109", "appid": "a b", "act": "pair"}, "appid 是 1 到 32 个"),
        (APP, {"review": "maybe"}, "review 没有这个选项"),
        (APP, {"app_signature": "AA:BB"}, "app_signature 是 32 位小写十六进制"),
        (f"/console/payers/{OPENID}", {"balance": "much"}, "余额写成 12.34"),
        (f"/console/payers/{OPENID}/cards", {"act": "keep", "bank_type": "LQT", "balance": "-1"}, "余额写成 12.34"),
        (f"/console/payers/{OPENID}/cards", {"act": "keep", "bank_type": "CFT"}, "没有这种银行卡"),
        (f"/console/payers/{OPENID}", {"wechat_version": "new"}, "版本写成 8.0.49"),
    ],
)
async def test_what_is_wrong_in_a_form_is_said(
    visitor: Visitor, path: str, form: dict[str, str], sentence: str
) -> None:
    answer = await visitor.post(path, form, **{"HX-Request": "true"})
    assert answer.status == 409
    assert sentence in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/console/merchants",
        "/console/merchants/new",
        PAGE,
        f"{PAGE}/sub-merchants",
        f"{PAGE}/close",
        "/console/apps",
        "/console/apps/new",
        APP,
        f"{APP}/drop",
        "/console/payers",
        f"/console/payers/{OPENID}",
    ],
)
async def test_the_pages_read_in_english(visitor: Visitor, control: Control, path: str) -> None:
    visitor.headers["Accept-Language"] = "en-GB"
    await control.call("PATCH", ONE, {"name": "Tea", "api_key": "n" * 32, "h5_domains": ["h5.example"]})
    await control.call("PATCH", ONE, {"service_provider": True, "sub_merchants": [{"sub_mch_id": "1900000201"}]})
    await control.call("PATCH", f"/apps/{APPID}", {"name": "Tea", "payment": "refused", "review": "refused"})
    await control.auth_code()
    await control.call("PATCH", f"/payers/{OPENID}", {"logged_in": False, "balance_fen": 0, "cards": []})
    text = (await visitor.get(path)).text.replace("中文", "").replace("沙箱商店 Sandbox Shop", "")
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", text.replace(f"应用 {APPID}", ""))) == []


async def test_no_key_stands_on_the_page(visitor: Visitor, control: Control) -> None:
    await control.call("PATCH", ONE, {"api_key": "n" * 32, "api_v3_key": "v" * 32})
    text = (await visitor.get(PAGE)).text
    for key in ("sandboxv2key", "sandboxv3key", "n" * 32, "v" * 32):
        assert key not in text


@pytest.mark.parametrize("path", ["/console/apps/wxnone", "/console/payers/oNobody000000000000000000000"])
async def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status == 404
