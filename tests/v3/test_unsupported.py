"""APIv3 is not played yet: each call says so by its name in V3's manner, and stands in the journal."""

from typing import Any

import aiohttp
import pytest

from sandbox.v3 import unsupported
from sandbox.words.families import FAMILIES, V3_FAMILIES
from tests.support.control import Control
from tests.support.merchant import Merchant

NATIVE = "/v3/pay/transactions/native"
SIGNED = 'WECHATPAY2-SHA256-RSA2048 mchid="1900000109",nonce_str="n",timestamp="1",serial_no="A",signature="s"'

CALLS = [
    ("POST", NATIVE, "basic_payment"),
    ("GET", NATIVE, "basic_payment"),
    ("POST", "/v3/pay/partner/transactions/jsapi", "basic_payment"),
    ("POST", "/v3/pay/instal/partner/transactions", "other_payment"),
    ("POST", "/v3/combine-transactions/app", "combined_orders"),
    ("POST", "/v3/refund/domestic/refunds", "refunds"),
    ("GET", "/v3/bill/tradebill", "bills"),
    ("GET", "/v3/certificates", "v3_certificates"),
    ("POST", "/v3/fund-app/mch-transfer/transfer-bills", "v3_transfers"),
    ("POST", "/v3/profitsharing/orders", "profit_sharing"),
    ("POST", "/v3/payscore/serviceorder", "pay_score"),
    ("PATCH", "/v3/marketing/busifavor/callbacks", "marketing"),
]


async def ask(session: aiohttp.ClientSession, method: str, path: str, **more: Any) -> tuple[int, str, bytes]:
    async with session.request(method, path, **more) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.read()


@pytest.mark.parametrize(("method", "path", "family"), CALLS)
async def test_each_call_names_itself_in_json(
    session: aiohttp.ClientSession, control: Control, method: str, path: str, family: str
) -> None:
    async with session.request(method, path, json={}) as response:
        assert response.status == 501
        assert response.headers["Content-Type"].startswith("application/json")
        assert response.headers["Request-ID"]
        said = await response.json()
    assert said == {
        "code": "NOT_SUPPORTED",
        "message": f"wxpay-sandbox尚不支持APIv3: {method} {path} (not supported yet)",
    }
    (call,) = (await control.get("/journal"))["items"]
    assert (call["path"], call["outcome"], call["facts"]["family"]) == (path, "failed", family)
    assert f"{method} {path}" in call["summary"]


@pytest.mark.parametrize("path", ["/v3/", "/v3/nothing", "/v3/nothing/at/all", "/v3/pay2/transactions/native"])
async def test_a_path_that_apiv3_does_not_have_is_404_without_a_body(
    session: aiohttp.ClientSession, control: Control, path: str
) -> None:
    assert (await ask(session, "POST", path, json={}))[::2] == (404, b"")
    (call,) = (await control.get("/journal"))["items"]
    assert (call["path"], call["reply"]["status"]) == (path, 404)
    assert path in call["explanation"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", f"沙箱还不支持 APIv3：POST {NATIVE} 是基础支付的接口。什么都没有检查，也什么都没有做。"),
        (
            "en",
            f"The sandbox does not play APIv3 yet: POST {NATIVE} is one of payments. Nothing was checked, and nothing "
            "was done.",
        ),
    ],
)
async def test_people_are_told_in_words(session: aiohttp.ClientSession, control: Control, lang: str, said: str) -> None:
    await ask(session, "POST", NATIVE, json={})
    (call,) = (await control.get("/journal", lang=lang))["items"]
    assert call["explanation"] == said
    async with session.get("/console/calls", params={"lang": lang}) as page:
        assert said in await page.text()


async def test_it_stands_on_the_timeline_of_the_order_that_it_names(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    order = {"mchid": "1900000109", "out_trade_no": "ORDER001"}
    await ask(merchant.session, "POST", NATIVE, json=order)
    query = "/v3/pay/transactions/out-trade-no/ORDER001"
    await ask(merchant.session, "GET", query, headers={"Authorization": SIGNED})
    told = [line["path"] for line in await control.timeline("ORDER001") if line["kind"] == "api"]
    assert told == ["/pay/unifiedorder", NATIVE, query]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000, b"x" * 100_000, b"[1]", b'{"mchid": 1}'])
async def test_whatever_was_sent(session: aiohttp.ClientSession, body: bytes) -> None:
    assert (await ask(session, "POST", NATIVE, data=body))[0] == 501


async def test_no_path_makes_a_label_of_its_own(session: aiohttp.ClientSession) -> None:
    await ask(session, "GET", "/v3/pay/transactions/id/of-ones-own")
    await ask(session, "GET", "/v3/of-ones-own")
    page = (await ask(session, "GET", "/_sandbox/metrics"))[2].decode()
    assert 'path="/v3/pay/transactions/*"' in page
    assert 'path="/v3/*"' in page
    assert "of-ones-own" not in page


def test_every_family_has_its_name() -> None:
    assert set(unsupported.FAMILIES) <= set(FAMILIES | V3_FAMILIES)
    assert set(V3_FAMILIES) <= set(unsupported.FAMILIES)


async def test_the_call_has_its_page(session: aiohttp.ClientSession, control: Control) -> None:
    await ask(session, "POST", NATIVE, json={"mchid": "1900000109"})
    (call,) = (await control.get("/journal"))["items"]
    status, _, page = await ask(session, "GET", f"/console/calls/{call['id']}", params={"lang": "en"})
    assert status == 200
    assert "NOT_SUPPORTED" in page.decode()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("//v3/pay/transactions/native", {}),
        ("/v3", {}),
        ("/V3/certificates", {}),
        ("/hk/v3/transactions/native", {}),
        ("/pay/transactions/native", {"Authorization": SIGNED}),
        ("/certificates", {"Authorization": SIGNED}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_path_that_misses_apiv3_is_answered_by_it(
    session: aiohttp.ClientSession, control: Control, method: str, path: str, headers: dict[str, str]
) -> None:
    url = str(session._base_url).rstrip("/") + path
    async with aiohttp.ClientSession() as other:
        assert (await ask(other, method, url, headers=headers))[::2] == (404, b"")
    (call,) = (await control.get("/journal"))["items"]
    assert (call["path"], call["facts"]["fault"], call["outcome"]) == (path, "no_v3_endpoint", "failed")
