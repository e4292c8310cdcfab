"""Calls of APIv3 that are not played: 404 or 405 without a body, and the journal says why."""

from typing import Any

import aiohttp
import pytest

from sandbox.v3 import unsupported
from sandbox.words.families import FAMILIES, V3_FAMILIES
from tests.support.control import Control
from tests.support.merchant import Merchant

SCORE = "/v3/payscore/serviceorder"
SIGNED = 'WECHATPAY2-SHA256-RSA2048 mchid="1900000109",nonce_str="n",timestamp="1",serial_no="A",signature="s"'

CALLS = [
    ("POST", SCORE, "pay_score"),
    ("GET", SCORE, "pay_score"),
    ("POST", "/v3/pay/instal/partner/transactions", "other_payment"),
    ("POST", "/v3/transfer/batches", "v3_transfers"),
    ("PATCH", "/v3/marketing/busifavor/callbacks", "marketing"),
]


async def ask(session: aiohttp.ClientSession, method: str, path: str, **more: Any) -> tuple[int, str, bytes]:
    async with session.request(method, path, **more) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.read()


@pytest.mark.parametrize(("method", "path", "family"), CALLS)
async def test_what_is_known_and_not_played_is_404_and_named_in_the_journal(
    session: aiohttp.ClientSession, control: Control, method: str, path: str, family: str
) -> None:
    async with session.request(method, path, json={}) as response:
        assert (response.status, await response.read()) == (404, b"")
        assert "Request-ID" not in response.headers
    (call,) = (await control.get("/journal"))["items"]
    assert (call["path"], call["outcome"], call["facts"]["family"]) == (path, "failed", family)
    assert f"{method} {path}" in call["summary"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_another_method_is_405_without_a_body(
    session: aiohttp.ClientSession, control: Control, method: str
) -> None:
    path = "/v3/pay/transactions/native"
    async with session.request(method, path) as response:
        assert (response.status, await response.read()) == (405, b"")
    (call,) = (await control.get("/journal", lang="en"))["items"]
    assert call["explanation"] == (
        f"{path} takes POST; this call was a {method}, hence 405 without a body, as the real server answers."
    )


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
        (
            "zh",
            f"微信支付有 POST {SCORE} 这类接口（支付分），沙箱还不支持：什么都没有检查，也什么都没有做，"
            "按没有这个接口应答 404。",
        ),
        (
            "en",
            f"WeChat Pay has calls like POST {SCORE} (pay score); the sandbox does not play them: nothing was "
            "checked, nothing was done, and the answer is that of an unknown path, 404.",
        ),
    ],
)
async def test_people_are_told_in_words(session: aiohttp.ClientSession, control: Control, lang: str, said: str) -> None:
    await ask(session, "POST", SCORE, json={})
    (call,) = (await control.get("/journal", lang=lang))["items"]
    assert call["explanation"] == said
    async with session.get("/console/calls", params={"lang": lang}) as page:
        assert said in await page.text()


async def test_it_stands_on_the_timeline_of_the_order_that_it_names(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    order = {"mchid": "1900000109", "out_trade_no": "ORDER001"}
    await ask(merchant.session, "POST", SCORE, json=order)
    query = "/v3/payscore/out-trade-no/ORDER001"
    await ask(merchant.session, "GET", query, headers={"Authorization": SIGNED})
    told = [line["path"] for line in await control.timeline("ORDER001") if line["kind"] == "api"]
    assert told == ["/pay/unifiedorder", SCORE, query]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000, b"x" * 100_000, b"[1]", b'{"mchid": 1}'])
async def test_whatever_was_sent(session: aiohttp.ClientSession, body: bytes) -> None:
    assert (await ask(session, "POST", SCORE, data=body))[0] == 404


async def test_no_path_makes_a_label_of_its_own(session: aiohttp.ClientSession) -> None:
    await ask(session, "GET", "/v3/payscore/of-ones-own")
    await ask(session, "GET", "/v3/of-ones-own")
    page = (await ask(session, "GET", "/_sandbox/metrics"))[2].decode()
    assert 'path="/v3/payscore/*"' in page
    assert 'path="/v3/*"' in page
    assert "of-ones-own" not in page


def test_every_family_has_its_name() -> None:
    assert set(unsupported.FAMILIES) <= set(FAMILIES | V3_FAMILIES)
    assert set(V3_FAMILIES) <= set(unsupported.FAMILIES)


async def test_the_call_has_its_page(session: aiohttp.ClientSession, control: Control) -> None:
    await ask(session, "POST", SCORE, json={"mchid": "1900000109"})
    (call,) = (await control.get("/journal"))["items"]
    status, _, page = await ask(session, "GET", f"/console/calls/{call['id']}", params={"lang": "en"})
    assert status == 200
    assert "does not play them" in page.decode()


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
