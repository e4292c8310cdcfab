"""What a merchant or payer has set, as it acts in the client and on WeChat's H5 page: the wrong value, and its mend."""

from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.wechat.conftest import Phone

ONE = "/merchants/1900000109"
OPENID = "oSandboxPayer000000000000001"
MWEB = {"trade_type": "MWEB", "scene_info": '{"h5_info":{"type":"Wap"}}'}
DIRECTORY = "https://shop.example/pay/"


@pytest.fixture
def phone(session: aiohttp.ClientSession, merchant: Merchant) -> Phone:
    return Phone(session, merchant)


async def test_a_page_outside_the_directories_is_not_registered(phone: Phone, control: Control) -> None:
    await control.call("PATCH", ONE, {"jsapi_directories": [DIRECTORY]})
    fields = phone.page_fields(await phone.place("P1", "JSAPI"))
    page = "https://shop.example/cart/index.html"
    refused = await phone.call("jsapi", fields, url=page)
    assert (refused["err_msg"], refused["err_desc"]) == (
        "get_brand_wcpay_request:fail",
        f"当前页面的URL未注册:{page}",
    )
    assert DIRECTORY in refused["explanation"]
    await control.call("PATCH", ONE, {"jsapi_directories": [DIRECTORY, "https://shop.example/cart/"]})
    assert (await phone.call("jsapi", fields, url=page))["errCode"] is None


@pytest.mark.parametrize(
    ("page", "inside"),
    [
        (DIRECTORY, True),
        (DIRECTORY + "index.html?order=1#top", True),
        (DIRECTORY + "deeper/index.html", True),
        ("HTTPS://SHOP.example/pay/", True),
        ("https://shop.example/pay", False),
        ("https://shop.example/Pay/", False),
        ("https://shop.example/payment/", False),
        ("http://shop.example/pay/", False),
        ("https://shop.example:8443/pay/", False),
        ("https://shop.example.evil/pay/", False),
        ("https://evil.example/?https://shop.example/pay/", False),
        ("https://[/pay/", False),
    ],
)
async def test_a_directory_is_a_prefix_up_to_the_last_slash(
    phone: Phone, control: Control, page: str, inside: bool
) -> None:
    await control.call("PATCH", ONE, {"jsapi_directories": [DIRECTORY]})
    answer = await phone.call("jsapi", phone.page_fields(await phone.place("P2", "JSAPI")), url=page)
    assert (answer["errCode"] is None) == inside


async def test_referer_tells_the_page_where_nothing_else_does(
    phone: Phone, control: Control, session: aiohttp.ClientSession
) -> None:
    await control.call("PATCH", ONE, {"jsapi_directories": [DIRECTORY]})
    fields = phone.page_fields(await phone.place("P3", "JSAPI"))
    pages = {"https://shop.example/cart/a": -1, "https://shop.example/": None, DIRECTORY: None, "http://[/a": None}
    for referer, code in pages.items():
        async with session.post("/_sandbox/client/jsapi", json=fields, headers={"Referer": referer}) as answer:
            assert (await answer.json())["errCode"] == code, referer


async def test_a_mini_program_has_no_directory(phone: Phone, control: Control) -> None:
    await control.call("PATCH", ONE, {"jsapi_directories": [DIRECTORY]})
    fields = phone.page_fields(await phone.place("P4", "JSAPI"))
    answer = await phone.call("jsapi", fields, api="requestPayment", url="https://servicewechat.com/wx8/1/page.html")
    assert answer["errCode"] is None


async def test_without_directories_every_page_may_and_the_timeline_warns(phone: Phone, control: Control) -> None:
    fields = phone.page_fields(await phone.place("P5", "JSAPI"))
    assert (await phone.call("jsapi", fields, url="https://anywhere.example/"))["errCode"] is None
    told = (await control.get("/orders/1900000109/P5/timeline", lang="zh"))["items"]
    assert "没有设置 JSAPI 支付授权目录" in told[-1]["summary"]


@pytest.mark.parametrize(
    "directories",
    [
        ["shop.example/pay/"],
        ["https://shop.example/pay"],
        ["https://a.example/?x=/"],
        ["https://[/"],
        ["https://a.example/\n/"],
        ["https://a.example/" + "a" * 300 + "/"],
        [DIRECTORY] * 6,
    ],
)
async def test_a_directory_that_is_none_is_refused(control: Control, directories: list[str]) -> None:
    answer = await control.call("PATCH", ONE, {"jsapi_directories": directories}, 400)
    assert answer["error"]["field"].startswith("jsapi_directories")


@pytest.mark.parametrize("state", ["not_opened", "pending", "restricted"])
@pytest.mark.parametrize("channel", ["app", "jsapi"])
async def test_a_product_that_was_closed_since_the_order(
    phone: Phone, control: Control, channel: str, state: str
) -> None:
    prepay_id = await phone.place("R1", channel.upper())
    fields = phone.app_fields(prepay_id) if channel == "app" else phone.page_fields(prepay_id)
    await control.call("PATCH", ONE, {"products": {channel.upper(): state}})
    refused = await phone.call(channel, fields)
    words = refused["errStr"] if channel == "app" else refused["err_desc"]
    assert (refused["errCode"], refused["cause"], words) == (-1, "no-permission", "商家暂时没有此类交易权限")
    assert state in refused["explanation"]
    await control.call("PATCH", ONE, {"products": {channel.upper(): "opened"}})
    assert (await phone.call(channel, fields))["errCode"] is None


# -- H5 ----------------------------------------------------------------------------------------------------------------


async def open_h5(session: aiohttp.ClientSession, mweb_url: str, referer: str, redirect_url: str = "") -> str:
    """Where the page leads to, or its text."""
    parts = urlsplit(mweb_url)
    address = f"{parts.path}?{parts.query}" + (f"&redirect_url={quote(redirect_url, safe='')}" if redirect_url else "")
    headers = {"Referer": referer} if referer else {}
    async with session.get(address, headers=headers, allow_redirects=False) as answer:
        return answer.headers.get("Location") or await answer.text()


@pytest.mark.parametrize(
    ("referer", "redirect_url", "sentence"),
    [
        ("", "", "商家参数格式有误，请联系商家解决"),
        ("https://www.h5.example/", "", "商家存在未配置的参数，请联系商家解决"),
        ("https://h5.example/", "https://other.example/done", "商家存在未配置的参数，请联系商家解决"),
        ("http://[", "", "商家存在未配置的参数，请联系商家解决"),
        ("https://h5.example/", "http://[", "商家存在未配置的参数，请联系商家解决"),
    ],
)
async def test_h5_comes_from_its_domains_and_goes_back_to_them(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession, referer: str, redirect_url: str, sentence: str
) -> None:
    await control.call("PATCH", ONE, {"h5_domains": ["h5.example"]})
    answer = await merchant.order("H1", **MWEB)
    assert sentence in await open_h5(session, answer["mweb_url"], referer, redirect_url)
    told = (await control.get("/orders/1900000109/H1/timeline"))["items"]
    assert sentence in told[-1]["summary"]
    mended = await open_h5(session, answer["mweb_url"], "https://h5.example/cart", "https://h5.example/done")
    assert mended.startswith("/cashier/")
    await control.call("PATCH", ONE, {"h5_domains": []})
    assert (await open_h5(session, answer["mweb_url"], referer, redirect_url)).startswith("/cashier/")


async def test_h5_wants_the_payers_address_where_that_is_asked(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    await control.call("PATCH", ONE, {"h5_check_ip": True})
    elsewhere = await merchant.order("H2", **MWEB)
    text = await open_h5(session, elsewhere["mweb_url"], "")
    assert "网络环境未能通过安全验证，请稍后再试" in text
    assert "123.12.12.123" in text
    here = await merchant.order("H3", **MWEB, spbill_create_ip="127.0.0.1")
    assert (await open_h5(session, here["mweb_url"], "")).startswith("/cashier/")


async def test_an_h5_order_without_domains_is_warned_of(merchant: Merchant, control: Control) -> None:
    await merchant.order("H4", **MWEB)
    await control.call("PATCH", ONE, {"h5_domains": ["h5.example"]})
    await merchant.order("H5", **MWEB)
    for number, warned in (("H4", True), ("H5", False)):
        told = (await control.get(f"/orders/1900000109/{number}/timeline"))["items"]
        assert any(one.get("name") == "warning_h5_domains_unset" for one in told) == warned


# -- the payer's phone -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right", "cause"),
    [
        ({"logged_in": False}, {"logged_in": True}, "logged-out"),
        ({"wechat_version": "4.5.1"}, {"wechat_version": "8.0.49"}, "too-old"),
    ],
)
@pytest.mark.parametrize("channel", ["app", "jsapi"])
async def test_the_payers_phone_decides(
    phone: Phone, control: Control, channel: str, wrong: dict[str, object], right: dict[str, object], cause: str
) -> None:
    prepay_id = await phone.place("W1", channel.upper())
    fields = phone.app_fields(prepay_id) if channel == "app" else phone.page_fields(prepay_id)
    await control.call("PATCH", f"/payers/{OPENID}", wrong)
    refused = await phone.call(channel, fields, outcome="success")
    assert (refused["errCode"], refused["cause"]) == (-1, cause)
    await control.call("PATCH", f"/payers/{OPENID}", right)
    assert (await phone.call(channel, fields, outcome="success"))["errCode"] == 0


async def test_only_the_orders_payer_counts(phone: Phone, control: Control) -> None:
    other = await control.post("/payers", {"appid": phone.merchant.appid}, 201)
    await control.call("PATCH", f"/payers/{OPENID}", {"logged_in": False})
    fields = phone.page_fields(await phone.place("W2", "JSAPI", openid=other["openid"]))
    assert (await phone.call("jsapi", fields))["errCode"] is None
