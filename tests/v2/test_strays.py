"""Calls that lead nowhere: answered in the API's manner, kept in the journal, and told what was probably meant."""

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant, elements

WRONG = [
    ("/pay/unifiedOrder", "/pay/unifiedorder"),
    ("/pay/unifiedorder/", "/pay/unifiedorder"),
    ("//pay/unifiedorder", "/pay/unifiedorder"),
    ("/pay/unified_order", "/pay/unifiedorder"),
    ("/unifiedorder", "/pay/unifiedorder"),
    ("/secapi/pay/refunds", "/secapi/pay/refund"),
    ("/sandboxnew/pay/orderQuery", "/sandboxnew/pay/orderquery"),
    ("/xdc/apiv2sandbox/pay/closeOrder", "/xdc/apiv2sandbox/pay/closeorder"),
    ("/mmpaymkttransfers/sendredpacks", "/mmpaymkttransfers/sendredpack"),
    ("/pay/something-else", ""),
    ("/sandboxnew/nothing", ""),
    ("/api/v2/whatever", ""),
]


@pytest.mark.parametrize(("path", "meant"), WRONG)
async def test_a_path_that_v2_does_not_have_is_told_by_its_name(
    merchant: Merchant, control: Control, path: str, meant: str
) -> None:
    body = b"<xml><mch_id>1900000109</mch_id><out_trade_no>ORDER001</out_trade_no></xml>"
    url = str(merchant.session._base_url).rstrip("/") + path
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        assert response.status == 404
        assert response.headers["Content-Type"] == "text/plain"
        said = elements(await response.text())
    assert said == {"return_code": "FAIL", "return_msg": f"wxpay-sandbox没有这个接口: {path} (no such endpoint)"}
    (call,) = (await control.get("/journal", mch_id="1900000109", lang="en"))["items"]
    assert (call["path"], call["outcome"]) == (path, "failed")
    assert call["explanation"] == (
        f"WeChat Pay has no {path}; was {meant} meant?"
        if meant
        else f"WeChat Pay has no {path}: nothing was checked, and nothing was done."
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_whatever_the_method(merchant: Merchant, control: Control, method: str) -> None:
    async with merchant.session.request(method, "/pay/nothing") as response:
        assert (response.status, elements(await response.text())["return_code"]) == (404, "FAIL")
    assert (await control.get("/journal"))["items"][0]["request"]["method"] == method


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_is_no_visit_is_a_call_wherever_it_goes(merchant: Merchant, control: Control, method: str) -> None:
    async with merchant.session.request(method, "/facepay/nothing", json={}) as response:
        assert (response.status, elements(await response.text())["return_code"]) == (404, "FAIL")
    assert [one["path"] for one in (await control.get("/journal"))["items"]] == ["/facepay/nothing"]


async def test_a_host_of_wechats_is_enough(merchant: Merchant, control: Control) -> None:
    async with merchant.session.get("/anything", headers={"Host": "api.mch.weixin.qq.com"}) as response:
        assert elements(await response.text())["return_msg"].startswith("wxpay-sandbox没有这个接口: /anything")
    assert [one["path"] for one in (await control.get("/journal"))["items"]] == ["/anything"]


@pytest.mark.parametrize(
    "path", ["/sns/jscode2session", "/sns/oauth2/access_token", "/cgi-bin/token", "/wxa/getwxacode"]
)
async def test_the_accounts_api_is_told_to_be_none_of_wechat_pays(
    merchant: Merchant, control: Control, path: str
) -> None:
    async with merchant.session.get(path, params={"appid": "wx8888888888888888"}) as response:
        said = await response.json()
    assert said == {"errcode": 40066, "errmsg": f"wxpay-sandbox只有微信支付: {path} (not WeChat Pay)"}
    (call,) = (await control.get("/journal"))["items"]
    assert "api.weixin.qq.com" in call["explanation"]


@pytest.mark.parametrize(
    "path", ["/favicon.ico", "/index.html", "/console/nothing", "/static/nothing.css", "/cashier/x/y/z"]
)
async def test_pages_that_are_not_there_are_no_calls(merchant: Merchant, control: Control, path: str) -> None:
    async with merchant.session.get(path) as response:
        assert response.status == 404
    assert (await control.get("/journal"))["items"] == []


@pytest.mark.parametrize("body", [b"", b"<xml>", b"\xff" * 100, b"<xml>" + b"x" * 200_000])
async def test_whatever_was_sent(merchant: Merchant, body: bytes) -> None:
    async with merchant.session.post("/pay/nothing", data=body) as response:
        assert response.status == 404
        assert elements(await response.text())["return_code"] == "FAIL"


async def test_no_path_makes_a_label_of_its_own(merchant: Merchant) -> None:
    async with merchant.session.get("/pay/of-ones-own"):
        pass
    async with merchant.session.get("/_sandbox/metrics") as page:
        assert "of-ones-own" not in await page.text()
