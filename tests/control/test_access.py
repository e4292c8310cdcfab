"""Who may use the control API. Source: contract, "Access"."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.core.merchants import Secret
from sandbox.server import Server
from sandbox.web.guesses import Guesses
from tests.support.databases import Place
from tests.support.merchant import Merchant, document
from tests.support.pages import token_of

TOKEN = "correct-horse-battery-staple"
PROTECTED = [
    ("GET", "/_sandbox/orders"),
    ("GET", "/_sandbox/orders/1900000109/ORDER001"),
    ("GET", "/_sandbox/orders/1900000109/ORDER001/timeline"),
    ("POST", "/_sandbox/orders/1900000109/ORDER001/pay"),
    ("POST", "/_sandbox/orders/1900000109/ORDER001/notify"),
    ("GET", "/_sandbox/wait"),
    ("GET", "/_sandbox/merchants"),
    ("POST", "/_sandbox/merchants"),
    ("GET", "/_sandbox/merchants/1900000109"),
    ("PATCH", "/_sandbox/merchants/1900000109"),
    ("DELETE", "/_sandbox/merchants/1900000109"),
    ("GET", "/_sandbox/merchants/1900000109/apiclient_cert.p12"),
    ("GET", "/_sandbox/apps"),
    ("POST", "/_sandbox/apps"),
    ("GET", "/_sandbox/apps/wx8888888888888888"),
    ("PATCH", "/_sandbox/apps/wx8888888888888888"),
    ("GET", "/_sandbox/payers"),
    ("POST", "/_sandbox/payers"),
    ("GET", "/_sandbox/notifications"),
    ("GET", "/_sandbox/notifications/ntf_1"),
    ("POST", "/_sandbox/notifications/ntf_1/retry"),
    ("GET", "/_sandbox/journal"),
    ("GET", "/_sandbox/journal.har"),
    ("GET", "/_sandbox/journal/1"),
    ("GET", "/_sandbox/journal/1/curl"),
    ("POST", "/_sandbox/journal/verify"),
    ("POST", "/_sandbox/journal/wait"),
    ("GET", "/_sandbox/clock"),
    ("POST", "/_sandbox/clock"),
    ("GET", "/_sandbox/events"),
    ("GET", "/_sandbox/metrics"),
    ("POST", "/_sandbox/reset"),
    ("GET", "/_sandbox/nothing"),
]
NO_HOSTS = [
    "127.0.0.1#evil.com",
    "127.0.0.1/evil.com",
    "127.0.0.1?evil.com",
    "127.0.0.1\\evil.com",
    "127.0.0.1%2eevil.com",
    "evil.com@127.0.0.1",
    "127.0.0.1@evil.com",
    "localhost:evil.com",
    "localhost:8686:evil.com",
    "localhost:8686evil",
    "localhost:",
    "localhost:123456",
    "localhost:٨",
    "localhost, evil.com",
    "localhost evil.com",
    "[::1].evil.com",
    "[::1]evil.com:80",
    "[::1",
    "::1",
    "[localhost]",
    "[127.0.0.1]",
    "[::1%25lo]",
    "ｌocalhost",
    "locaſhost",
]
"""What begins or ends like a loopback address, and is no host at all."""
CHANGING = [(method, path) for method, path in PROTECTED if method != "GET"]


@pytest.fixture
def server(shared_server: Server) -> Server:
    """One for all: their calls are refused, or only look."""
    return shared_server


class Apart:
    """One for a class, with its own settings."""

    settings: ClassVar[dict[str, object]]

    @pytest.fixture(scope="class")
    @classmethod
    async def server(cls, shared_database: Place, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
        place = {**shared_database, "data_dir": tmp_path_factory.mktemp("apart")}  # beside the module's own
        running = await Server.start(Settings(port=0, **place, **cls.settings))  # type: ignore[arg-type]
        yield running
        await running.stop()


async def refused(session: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    async with session.request(method, path, headers=headers) as response:
        return response.status, (await response.json())["error"]["code"]


async def status(session: aiohttp.ClientSession, path: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with session.get(path, headers=named) as response:
        return response.status


def url_of(session: aiohttp.ClientSession) -> str:
    return str(session._base_url).rstrip("/")


# -- on this machine, without a token ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), PROTECTED)
async def test_every_route_refuses_a_strange_host(session: aiohttp.ClientSession, method: str, path: str) -> None:
    assert await refused(session, method, path, {"Host": "evil.example"}) == (403, "host")


@pytest.mark.parametrize("host", ["localhost", "localhost:8686", "127.0.0.1", "127.0.0.1:1", "[::1]:8686", "127.8.8.8"])
async def test_a_loopback_host_passes(session: aiohttp.ClientSession, host: str) -> None:
    assert await status(session, "/_sandbox/clock", Host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "evil.example:8686",
        "[fe80::1]",
        *NO_HOSTS,
    ],
)
async def test_no_other_host_passes(session: aiohttp.ClientSession, host: str) -> None:
    assert await status(session, "/_sandbox/clock", Host=host) == 403


@pytest.mark.parametrize(("method", "path"), CHANGING)
async def test_every_change_refuses_another_sites_page(session: aiohttp.ClientSession, method: str, path: str) -> None:
    assert await refused(session, method, path, {"Origin": "https://evil.example"}) == (403, "cross_site")
    assert await refused(session, method, path, {"Sec-Fetch-Site": "cross-site"}) == (403, "cross_site")


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1:1", "file://", ""])
async def test_a_foreign_origin_is_refused(session: aiohttp.ClientSession, origin: str) -> None:
    assert await refused(session, "POST", "/_sandbox/reset", {"Origin": origin}) == (403, "cross_site")


async def test_the_sandboxs_own_pages_pass(session: aiohttp.ClientSession) -> None:
    headers = {"Origin": url_of(session), "Sec-Fetch-Site": "same-origin"}
    async with session.post("/_sandbox/reset", headers=headers) as response:
        assert response.status == 204


async def test_a_refused_call_changes_nothing(session: aiohttp.ClientSession) -> None:
    await refused(session, "DELETE", "/_sandbox/merchants/1900000109", {"Origin": "https://evil.example"})
    assert await status(session, "/_sandbox/merchants/1900000109") == 200


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/ca.pem"])
async def test_what_is_open_is_open_to_any_host(session: aiohttp.ClientSession, path: str) -> None:
    assert await status(session, path, Host="evil.example") == 200


async def test_wechats_own_addresses_are_open_to_any_host(session: aiohttp.ClientSession) -> None:
    async with session.post("/pay/orderquery", data=b"", headers={"Host": "api.mch.weixin.qq.com"}) as response:
        assert "post数据为空" in await response.text("utf-8")


class TestPublicUrl(Apart):
    """The public URL's host is known too."""

    settings: ClassVar = {"public_url": "https://pay.shop.example/"}

    async def test_its_host_passes(self, session: aiohttp.ClientSession) -> None:
        assert await status(session, "/_sandbox/clock", Host="pay.shop.example") == 200

    async def test_others_do_not(self, session: aiohttp.ClientSession) -> None:
        assert await status(session, "/_sandbox/clock", Host="shop.example") == 403


class TestPublicUrlInChinese(Apart):
    """A browser sends its host as DNS has it."""

    settings: ClassVar = {"public_url": "https://例子.test"}

    async def test_its_host_passes(self, session: aiohttp.ClientSession) -> None:
        assert await status(session, "/_sandbox/clock", Host="xn--fsqu00a.test") == 200


class TestBeyondLoopback(Apart):
    """Listening for others without a token, nobody may meddle."""

    settings: ClassVar = {"host": "0.0.0.0"}

    async def test_the_control_api_asks_for_a_token(self, session: aiohttp.ClientSession) -> None:
        assert await refused(session, "GET", "/_sandbox/clock", {}) == (403, "token_needed")

    async def test_health_and_wechats_addresses_are_open(self, session: aiohttp.ClientSession) -> None:
        assert await status(session, "/_sandbox/health") == 200
        assert await status(session, "/pay/orderquery") == 200


class TestAdminToken(Apart):
    """With a token the Host is free, and every route asks for it."""

    settings: ClassVar = {"admin_token": Secret(TOKEN)}

    @pytest.mark.parametrize(("method", "path"), PROTECTED)
    async def test_every_route_asks_for_the_token(self, session: aiohttp.ClientSession, method: str, path: str) -> None:
        assert await refused(session, method, path, {}) == (401, "unauthorized")

    @pytest.mark.parametrize(
        "given", [f"Bearer {TOKEN}x", "Bearer ", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer ***", f"Bearer  {TOKEN}"]
    )
    async def test_a_wrong_token_is_refused(self, server: Server, session: aiohttp.ClientSession, given: str) -> None:
        server._access._guesses = Guesses()  # nobody has guessed yet: the answer comes at once
        assert await status(session, "/_sandbox/clock", Authorization=given) == 401

    async def test_the_right_token_passes_under_any_host(self, session: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Host": "sandbox.corp.example"}
        assert await status(session, "/_sandbox/clock", **headers) == 200

    async def test_the_right_token_does_not_let_another_sites_page_pass(self, session: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Origin": "https://evil.example"}
        assert await refused(session, "POST", "/_sandbox/reset", headers) == (403, "cross_site")

    @pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/ca.pem"])
    async def test_what_is_open_stays_open(self, session: aiohttp.ClientSession, path: str) -> None:
        assert await status(session, path) == 200

    async def test_merchants_need_no_token_for_wechats_addresses(self, session: aiohttp.ClientSession) -> None:
        assert await status(session, "/pay/orderquery") == 200


async def log_in(server: Server, token: str) -> str:
    """The session cookie, as it is sent from then on."""
    form = {"token": token, "page_token": await token_of(server, "/console/login")}
    async with (
        aiohttp.ClientSession(server.url) as session,
        session.post("/console/login", data=form, allow_redirects=False) as answer,
    ):
        assert answer.status == 303
        return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.sqlite_only("on several databases; on PostgreSQL: tests/postgresql")
async def test_a_login_holds_until_the_token_is_another(tmp_path: Path) -> None:
    """Whichever process on the database is asked, and after a restart."""

    async def answers(data_dir: Path, token: str, *cookies: str) -> tuple[str, list[int]]:
        """What a login at one more start comes to, and how those that were made before are answered."""
        server = await Server.start(Settings(port=0, data_dir=data_dir, admin_token=Secret(token)))
        try:
            async with aiohttp.ClientSession(server.url) as session:
                known = [await status(session, "/_sandbox/clock", Cookie=cookie) for cookie in cookies]
            return await log_in(server, token), known
        finally:
            await server.stop()

    first, _ = await answers(tmp_path / "one", TOKEN)
    assert await answers(tmp_path / "one", TOKEN, first) == (first, [200])
    second, known = await answers(tmp_path / "one", "another", first)
    assert (second != first, known) == (True, [401])
    third, known = await answers(tmp_path / "another database", TOKEN, first)
    assert (third != first, known) == (True, [401])


async def raw_status(server: Server, header: bytes) -> bytes:
    """The status of a request with headers that no client library sends."""
    head = b"POST /_sandbox/reset HTTP/1.1\r\n" + header
    return await answer_to(server, head + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


async def answer_to(server: Server, request: bytes) -> bytes:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.split()[1]


@pytest.mark.parametrize(
    "header",
    [
        b"Host: [bad",
        b"Host: 127.0.0.1\r\nOrigin: http://[bad",
        b"Host: ",
        b"Host: \xff",
        b"Host: 127.0.0.1\r\nOrigin: \xff",
        b"Host: 127.0.0.1\r\nHost: evil.com",
        b"X-Host: 127.0.0.1",
    ],
)
async def test_a_malformed_header_is_refused(server: Server, header: bytes) -> None:
    assert await raw_status(server, header) in (b"400", b"403")


@pytest.mark.parametrize("path", ["/_sandbox/clock", "/console/", "/console/nowhere"])
async def test_who_names_no_host_is_refused(server: Server, path: str) -> None:
    assert await answer_to(server, f"GET {path} HTTP/1.0\r\n\r\n".encode()) == b"403"


# -- WeChat's API is for backends --------------------------------------------------------------------------------------

WECHATS = {
    "/pay/unifiedorder": 200,
    "/secapi/pay/refund": 200,
    "/sandboxnew/pay/unifiedorder": 200,
    "/sandboxnew/pay/getsignkey": 200,
    "/xdc/apiv2sandbox/pay/orderquery": 200,
    "/pay/downloadbill": 200,
    "/mmpaymkttransfers/promotion/transfers": 200,
    "/v3/pay/transactions/native": 401,
    "/pay/nothing/of/the/kind": 404,
}
"""Of its addresses some, and what they answer to a backend that sends nothing of use."""
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
]


async def answered(session: aiohttp.ClientSession, path: str, method: str = "POST", **headers: str) -> int:
    named = {"Content-Type": "text/plain", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with session.request(method, path, data=b"<xml/>", headers=named) as response:
        return response.status


@pytest.mark.parametrize("path", WECHATS)
async def test_another_sites_page_cannot_call_wechats_api(session: aiohttp.ClientSession, path: str) -> None:
    for headers in FOREIGN:
        assert await answered(session, path, **headers) == 403
    assert await answered(session, path, "OPTIONS", Origin="https://evil.example") == 403


@pytest.mark.parametrize("path", WECHATS)
async def test_nor_does_a_page_whose_own_name_was_made_to_mean_this_machine(
    session: aiohttp.ClientSession, path: str
) -> None:
    """DNS rebinding: to the browser it is one site, so that only the name tells."""
    rebound = {"Host": "evil.example:8686", "Origin": "http://evil.example:8686"}
    assert await answered(session, path, **rebound) == 403
    own = url_of(session)
    assert await answered(session, path, Origin=own) == WECHATS[path]


@pytest.mark.parametrize("path", WECHATS)
async def test_backends_call_it_under_any_host(session: aiohttp.ClientSession, path: str) -> None:
    for host in ("127.0.0.1", "sandbox.corp.example", "wxpay_sandbox:8686"):
        assert await answered(session, path, Host=host) == WECHATS[path]


async def test_under_wechats_own_name_it_answers_as_wechat_does(session: aiohttp.ClientSession) -> None:
    for headers in FOREIGN:
        assert await answered(session, "/pay/orderquery", Host="api.mch.weixin.qq.com", **headers) == 200
        assert await answered(session, "/pay/orderquery", Host="API.mch.weixin.qq.com:80", **headers) == 200


async def test_a_page_cannot_place_an_order(session: aiohttp.ClientSession, merchant: Merchant) -> None:
    """The public key of the default merchant is in every page's hand."""
    terms = {"body": "x", "out_trade_no": "EVIL01", "total_fee": "1", "spbill_create_ip": "1.1.1.1"}
    way = {"notify_url": merchant.notify_url, "trade_type": "NATIVE", "product_id": "1"}
    body = document(merchant.signed(**terms, **way))
    async with session.post("/pay/unifiedorder", data=body, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403
    assert await status(session, "/_sandbox/orders/1900000109/EVIL01") == 404


class TestMalformedToken(Apart):
    """A token that is no text is a wrong one."""

    settings: ClassVar = {"admin_token": Secret(TOKEN)}

    async def test_it_is_refused(self, server: Server) -> None:
        assert await raw_status(server, b"Host: x\r\nAuthorization: Bearer \xff") == b"401"
