"""HTTPS and proxy lead to the same application as plain HTTP."""

import asyncio
import io
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.core.hosts import WECHAT_HOSTS
from sandbox.server import Server
from tests.conftest import need
from tests.support.merchant import Merchant, document

ORDER_QUERY = "https://api.mch.weixin.qq.com/pay/orderquery"


async def test_https_serves_the_same_application(server: Server, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{server.ways()['https']}/_sandbox/health") as answer:
        assert (await answer.json())["status"] == "ok"


@pytest.mark.parametrize("host", [*WECHAT_HOSTS, "localhost", "127.0.0.1"])
async def test_the_certificate_names_every_host(server: Server, trusting: ssl.SSLContext, host: str) -> None:
    port = urlsplit(server.ways()["https"]).port
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=host)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_of_tls_in_use(
    server: Server, trusting: ssl.SSLContext, version: ssl.TLSVersion, client: aiohttp.ClientSession
) -> None:
    trusting.minimum_version = trusting.maximum_version = version
    async with client.get(f"{server.ways()['https']}/_sandbox/health") as answer:
        assert answer.status == 200


async def test_an_order_of_an_unchanged_client_goes_by_the_proxy(
    server: Server, client: aiohttp.ClientSession, merchant: Merchant
) -> None:
    body = document(merchant.signed(out_trade_no="NONE"))
    async with client.post(ORDER_QUERY, data=body, proxy=server.ways()["proxy"]) as answer:
        assert "ORDERNOTEXIST" in await answer.text()


async def test_curl_goes_by_the_proxy(server: Server) -> None:
    arguments = ["-sS", "-X", "POST", "--cacert", server.ways()["ca"], "-x", server.ways()["proxy"], ORDER_QUERY]
    process = await asyncio.create_subprocess_exec(
        need("curl", "curl"), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    assert errors == b""
    assert "post数据为空" in out.decode()


async def test_a_large_body_goes_both_ways_over_tls(server: Server, client: aiohttp.ClientSession) -> None:
    async with client.post(f"{server.ways()['https']}/pay/orderquery", data=io.BytesIO(b"x" * 3_000_000)) as answer:
        assert "XML格式错误" in await answer.text()


async def test_the_console_does_not_answer_under_wechats_name(server: Server, client: aiohttp.ClientSession) -> None:
    for path in ("/console/", "/_sandbox/merchants"):
        url = f"https://api.mch.weixin.qq.com{path}"
        async with client.get(url, proxy=server.ways()["proxy"]) as answer:
            assert answer.status == 403


async def test_the_file_of_the_ca_goes_with_the_sandbox() -> None:
    from sandbox.config import Settings

    server = await Server.start(Settings(port=0, https_port=0, database=":memory:"))
    ca = Path(server.ways()["ca"])
    assert await asyncio.to_thread(lambda: ca.stat().st_mode & 0o777) == 0o600
    await server.stop()
    assert not await asyncio.to_thread(ca.exists)
