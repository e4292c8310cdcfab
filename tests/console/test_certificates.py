"""A merchant's certificates in the console, and what a client that shows one is told."""

import re
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from playwright.async_api import Page, expect

from sandbox.server import Server
from tests.console.conftest import Visitor, Watchers
from tests.console.test_browser import LOOKS, faults
from tests.support.control import Control
from tests.support.merchant import Merchant, document

PAGE = "/console/merchants/1900000109/certificates"
ALL = "/merchants/1900000109/certificates"

Refunded = Callable[[str], Awaitable[int]]


@pytest.fixture
def settings() -> dict[str, object]:
    return {"https_port": 0}


@pytest.fixture
def refunded(server: Server, session: aiohttp.ClientSession, merchant: Merchant, tmp_path: Path) -> Refunded:
    """Ask for a refund with the certificate of this number, in the files that the console gives; the HTTP status."""

    async def ask(serial_no: str) -> int:
        texts = []
        for name in ("apiclient_cert.pem", "apiclient_key.pem"):
            async with session.get(f"{PAGE}/{serial_no}/{name}") as answer:
                texts.append(await answer.text())
        (tmp_path / "both.pem").write_text("".join(texts))
        context = ssl.create_default_context(cafile=server.ways()["ca"])
        context.load_cert_chain(tmp_path / "both.pem")
        address = server.ways()["https"] + "/secapi/pay/refund"
        wanted = {"out_trade_no": "T1", "out_refund_no": "R1", "total_fee": "100", "refund_fee": "100"}
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as client,
            client.post(address, data=document(merchant.signed(**wanted))) as told,
        ):
            return told.status

    return ask


async def serials(page: Page) -> list[str]:
    return await page.locator(".certificates code").all_text_contents()


async def test_a_certificate_is_revoked_and_a_new_one_issued(
    watch: Watchers, control: Control, refunded: Refunded
) -> None:
    first = (await control.get("/merchants/1900000109"))["serial_no"]
    assert await refunded(first) == 200
    page = await (await watch()).open(PAGE)
    one = page.locator(f"#s{first}")
    await expect(one).to_contain_text("有效")

    await one.get_by_text("作废", exact=True).click()
    await expect(page.locator("#ask")).to_contain_text("作废这张证书？")
    await page.locator("#ask [data-close]").click()
    await expect(one).to_contain_text("有效")
    await one.get_by_text("作废", exact=True).click()
    await page.locator("#ask .danger").click()
    await expect(page.locator("main")).to_contain_text("没有有效的证书")
    assert await refunded(first) == 400
    await expect(page.locator("#issue .pairs")).to_contain_text("/secapi/pay/refund")

    await page.get_by_role("button", name="申请新证书").click()
    await expect(page.locator("#said")).to_contain_text("已签发")
    await expect(page.locator(".certificates li")).to_have_count(2)
    second = (await serials(page))[0]
    assert await refunded(second) == 200
    await page.locator("#issue .pairs a").first.click()
    await expect(page.locator(".headline .tag")).to_have_text("证书已作废")
    await expect(page.locator(".headline")).to_contain_text("400 The SSL certificate error")

    await page.goto(page.url.split("/console")[0] + PAGE)
    await page.locator(f"#s{first}").get_by_role("button", name=f"恢复（{first}）").click()
    await expect(page.locator(f"#s{first}")).to_contain_text("有效")
    assert await refunded(first) == 200


async def test_a_certificate_ends_and_the_merchants_page_tells(
    watch: Watchers, control: Control, refunded: Refunded
) -> None:
    await control.get("/merchants/1900000109")
    page = await (await watch()).open("/console/merchants/1900000109")
    await page.get_by_role("link", name="申请、下载、作废证书 →").click()
    (first,) = await serials(page)
    await page.locator(f"#s{first}").get_by_text("立即过期", exact=True).click()
    await page.locator("#ask .danger").click()
    await expect(page.locator(f"#s{first}")).to_contain_text("已过期")
    assert await refunded(first) == 400
    await page.locator("input[name=days]").fill("0")
    await page.get_by_role("button", name="申请新证书").click()
    await expect(page.locator(".certificates li")).to_have_count(2)
    assert await refunded((await serials(page))[0]) == 400
    await page.goto(page.url.removesuffix("/certificates"))
    await expect(page.locator("#changes li").first).to_contain_text("控制台")
    await expect(page.locator("#changes li").nth(1)).to_contain_text(re.compile(f"{first}.*valid.*expired"))
    await page.get_by_role("button", name="显示商户证书").click()
    await expect(page.locator("#key-certificate")).to_contain_text("没有有效的证书")


@pytest.mark.parametrize("look", LOOKS, ids=["zh-light-wide", "en-dark-phone"])
async def test_the_pages_are_accessible_and_fit_their_window(
    watch: Watchers, control: Control, look: dict[str, object]
) -> None:
    made = await control.post(ALL, {}, 201)
    await control.post(f"{ALL}/{made['serial_no']}/revoke")
    await control.post(ALL, {"days": 0}, 201)
    last = await control.post(ALL, {}, 201)
    watched = await watch(**look)
    assert [
        fault for path in (PAGE, f"{PAGE}/{last['serial_no']}/revoke") for fault in await faults(watched, path)
    ] == []


async def test_the_files_can_be_downloaded(session: aiohttp.ClientSession, control: Control) -> None:
    one = await control.post(ALL, {}, 201)
    async with session.get(f"{PAGE}/{one['serial_no']}/apiclient_cert.p12") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="apiclient_cert.p12"'
        assert answer.headers["Cache-Control"] == "no-store"
        key, certificate, _ = pkcs12.load_key_and_certificates(await answer.read(), b"1900000109")
        assert None not in (key, certificate)
    for name, text in (("apiclient_cert.pem", one["certificate"]), ("apiclient_key.pem", one["private_key"])):
        async with session.get(f"{PAGE}/{one['serial_no']}/{name}") as answer:
            assert await answer.text() == text


async def test_no_key_stands_on_the_page(visitor: Visitor, control: Control) -> None:
    await control.post(ALL, {}, 201)
    assert "PRIVATE KEY" not in (await visitor.get(PAGE)).text


@pytest.mark.parametrize(
    ("days", "sentence"), [("-1", "天数是 0 到 1825"), ("1826", "天数是 0 到 1825"), ("²", "天数是 0 到 1825")]
)
async def test_days_that_cannot_be_are_said(visitor: Visitor, days: str, sentence: str) -> None:
    answer = await visitor.post(PAGE, {"days": days}, **{"HX-Request": "true"})
    assert (answer.status, sentence in answer.text) == (409, True)


async def test_rules_are_told_in_a_sentence(visitor: Visitor, control: Control) -> None:
    made: list[Any] = [await control.post(ALL, {}, 201) for _ in range(3)]
    live = {"HX-Request": "true"}
    assert "最多有 3 张有效的证书" in (await visitor.post(PAGE, {}, **live)).text
    one = f"{PAGE}/{made[0]['serial_no']}"
    await control.post(f"{ALL}/{made[0]['serial_no']}/expire")
    assert "已作废或已过期" in (await visitor.post(f"{one}/revoke", {}, **live)).text
    assert (await visitor.get(f"{PAGE}/{'0' * 40}/revoke")).status == 404
    assert (await visitor.get("/console/merchants/1900000199/certificates")).status == 404


async def test_the_page_reads_in_english(visitor: Visitor, control: Control) -> None:
    visitor.headers["Accept-Language"] = "en-GB"
    await control.call("PATCH", "/merchants/1900000109", {"name": "Tea"})
    made = await control.post(ALL, {}, 201)
    await control.post(f"{ALL}/{made['serial_no']}/revoke")
    await control.post(ALL, {"days": 0}, 201)
    last = await control.post(ALL, {}, 201)
    for path in (PAGE, f"{PAGE}/{last['serial_no']}/revoke", f"{PAGE}/{last['serial_no']}/expire"):
        text = (await visitor.get(path)).text.replace("中文", "")
        assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", text)) == []
