"""What the sandbox sends never reaches its own pages and APIs, whatever they are called; the sample mailbox it does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.core.merchants import Secret
from sandbox.delivery.home import Home
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.v2.test_native import code_of, scan

NAMES = [
    "127.0.0.1",
    "localhost",
    "LocalHost.",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "user:secret@127.0.0.1",
]
"""What leads a connection to 127.0.0.1."""
PLACES = [
    "/console/clear",
    "/console/clear?",
    "/console/orders/1900000109/ORDER001/notify",
    "/_sandbox/reset",
    "/_sandbox/orders/1900000109/ORDER001/notify",
    "/_sandbox/health",
    "/cashier/x",
    "/pay/unifiedorder",
    "/v3/pay/transactions/native",
    "/canary/ntf_1/xxe",
    "/nowhere",
    "/sample/notify/../../console/clear",
    "/sample/notify%2f..%2f..%2fconsole%2fclear",
    "/sample/notify/",
    "//sample/notify",
    "/sample/Notify",
]


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


async def paid(merchant: Merchant, control: Control, notify_url: str) -> dict[str, Any]:
    """Pay an order with this notify_url; gives its notification after the first attempt."""
    await merchant.order("ORDER001", notify_url=notify_url)
    await control.pay("ORDER001")
    await control.advance(0)
    return await control.notification("ORDER001")


def verdicts(notification: dict[str, Any]) -> list[str]:
    return [attempt["verdict"] for attempt in notification["attempts"]]


@pytest.mark.parametrize("name", NAMES)
async def test_under_whatever_name(server: Server, merchant: Merchant, control: Control, name: str) -> None:
    told = await paid(merchant, control, f"http://{name}:{port_of(server)}/console/clear")
    assert verdicts(told) == ["own_address"]
    assert (await control.order("ORDER001"))["trade_state"] == "SUCCESS", "everything is there"


@pytest.mark.parametrize("place", PLACES)
async def test_at_whatever_place(server: Server, merchant: Merchant, control: Control, place: str) -> None:
    told = await paid(merchant, control, server.url + place)
    assert verdicts(told) == ["own_address"]
    calls = (await control.get("/journal"))["items"]
    assert [call["path"] for call in calls] == ["/pay/unifiedorder"], "the order's own, and no other"


@pytest.mark.parametrize(
    ("lang", "explanation", "fix"),
    [("zh", "是这个沙箱自己", "换成商户后台的地址"), ("en", "is this sandbox itself", "the merchant's backend")],
)
async def test_it_is_explained(
    server: Server, merchant: Merchant, control: Control, lang: str, explanation: str, fix: str
) -> None:
    await paid(merchant, control, f"{server.url}/console/clear?secret=1")
    attempt = (await control.get("/orders/1900000109/ORDER001", lang=lang))["notifications"][0]["attempts"][0]
    assert explanation in attempt["explanation"]
    assert "127.0.0.1" in attempt["explanation"]
    assert "secret" not in attempt["explanation"]
    assert fix in attempt["fix"]


@pytest.mark.parametrize(
    ("mailbox", "verdict"), [("", "ok"), ("?shop=1", "ok"), ("/login", "login"), ("/wrong", "json")]
)
async def test_the_sample_mailbox_is_reached(
    server: Server, merchant: Merchant, control: Control, mailbox: str, verdict: str
) -> None:
    told = await paid(merchant, control, f"{server.url}/sample/notify{mailbox}")
    assert verdicts(told) == [verdict]


async def test_no_redirect_leads_there(server: Server, merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(307, Location=f"{server.url}/console/clear")
    assert verdicts(await paid(merchant, control, inbox.url)) == ["redirect"]
    assert (await control.order("ORDER001"))["trade_state"] == "SUCCESS"


async def test_neither_do_refund_notifications(server: Server, merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "REFUND001", notify_url=f"{server.url}/console/clear")
    await control.post("/refunds/1900000109/REFUND001", {"outcome": "success"})
    await control.advance(0)
    told = [one for one in (await control.order("ORDER001"))["notifications"] if one["kind"] == "refund"]
    assert [verdicts(one) for one in told] == [["own_address"]]


async def test_nor_the_callback_of_a_static_code(server: Server, merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", "/merchants/1900000109", {"native_callback_url": f"{server.url}/console/clear"})
    await merchant.order("ORDER001")
    assert (await scan(control, code_of(merchant)))["verdict"] == "own_address"
    assert (await control.order("ORDER001"))["trade_state"] == "NOTPAY"


async def test_nor_what_the_debugging_tool_sends(server: Server, control: Control, merchant: Merchant) -> None:
    built = await control.post("/debug/notify", {"url": f"{server.url}/_sandbox/reset"})
    assert built["attempt"]["verdict"] == "own_address"
    call = {"path": "/pay/orderquery", "mch_id": "1900000109", "fields": {"out_trade_no": "X"}}
    sent = await control.post("/debug/send", call)
    assert "return_code" in sent["fields"], "its own call of WeChat's API is how it works"


async def test_nor_what_is_sent_by_hand(server: Server, control: Control, merchant: Merchant) -> None:
    await paid(merchant, control, f"{server.url}/_sandbox/orders/1900000109/ORDER001/notify")
    await control.post("/orders/1900000109/ORDER001/notify")
    assert verdicts(await control.notification("ORDER001")) == ["own_address"] * 2


class TestAllListeners:
    """HTTPS and the proxy are the sandbox's own too."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"https_port": 0, "proxy_port": 0}

    @pytest.mark.parametrize("way", ["https", "proxy"])
    async def test_none_is_reached(self, server: Server, merchant: Merchant, control: Control, way: str) -> None:
        told = await paid(merchant, control, f"{server.ways()[way]}/console/clear")
        assert verdicts(told) == ["own_address"]


class TestAllAddresses:
    """Listening beyond loopback, each of the machine's addresses is the sandbox's own."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"host": "0.0.0.0", "admin_token": Secret("letmein")}

    @pytest.fixture
    async def session(self, server: Server) -> AsyncIterator[aiohttp.ClientSession]:
        async with aiohttp.ClientSession(server.url, headers={"Authorization": "Bearer letmein"}) as opened:
            yield opened

    async def test_none_is_reached(self, server: Server, control: Control) -> None:
        addresses = ["127.0.0.2", "127.9.9.9", "0.0.0.0", *addresses_of_this_machine()]
        for address in addresses:
            url = f"http://{address}:{port_of(server)}/_sandbox/reset"
            assert (await control.post("/debug/notify", {"url": url}))["attempt"]["verdict"] == "own_address", address


def addresses_of_this_machine() -> list[str]:
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


@pytest.mark.parametrize(
    ("bound", "where", "own"),
    [
        (("127.0.0.1", 8686), ("127.0.0.1", 8686), True),
        (("127.0.0.1", 8686), ("127.0.0.1", 8687), False),
        (("127.0.0.1", 8686), ("127.0.0.2", 8686), False),
        (("127.0.0.1", 8686), ("0.0.0.0", 8686), True),
        (("127.0.0.1", 8686), ("::ffff:127.0.0.1", 8686, 0, 0), True),
        (("0.0.0.0", 8686), ("127.0.0.2", 8686), True),
        (("0.0.0.0", 8686), ("203.0.113.9", 8686), False),
        (("::1", 8686, 0, 0), ("::", 8686, 0, 0), True),
        (("::1", 8686, 0, 0), ("::1", 8686, 0, 0), True),
        (("::1", 8686, 0, 0), ("127.0.0.1", 8686), False),
        (("::", 8686, 0, 0), ("2001:db8::1", 8686, 0, 0), False),
    ],
)
def test_which_address_is_a_listeners(bound: tuple[str | int, ...], where: tuple[str | int, ...], own: bool) -> None:
    assert Home(lambda: [bound]).is_at(where) is own


# -- by roundabout ways ------------------------------------------------------------------------------------------------


def forwarding(server: Server) -> AbstractAsyncContextManager[str]:
    """A port that is forwarded to the sandbox, as containers' are; gives its URL."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", port_of(server))
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)

    @asynccontextmanager
    async def forwarded() -> AsyncIterator[str]:
        listening = await asyncio.start_server(forward, "127.0.0.1", 0)
        async with listening:
            yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"

    return forwarded()


@pytest.mark.parametrize("place", [*PLACES[:9], "/nowhere"])
async def test_a_forwarded_port_leads_no_further_than_the_door(
    server: Server, merchant: Merchant, control: Control, place: str
) -> None:
    async with forwarding(server) as url:
        told = await paid(merchant, control, url + place)
    assert verdicts(told) == ["own_address"]
    calls = (await control.get("/journal"))["items"]
    assert [call["path"] for call in calls] == ["/pay/unifiedorder"]


async def test_a_merchant_may_pass_the_request_id_on(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    """Frameworks do, in what they call while they serve a request."""
    found: list[str] = []

    async def ask(request: web.Request) -> web.Response:
        headers = {"Request-ID": request.headers["Request-ID"], "Content-Type": "text/xml"}
        body = b"<xml><mch_id>1900000109</mch_id></xml>"
        async with merchant.session.post("/pay/orderquery", data=body, headers=headers) as answer:
            found.append(await answer.text())
        return web.Response(text="<xml><return_code>SUCCESS</return_code></xml>")

    app = web.Application()
    app.router.add_post("/", ask)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await paid(merchant, control, f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await runner.cleanup()
    assert "return_code" in found[0]
    assert "own" not in found[0]


async def test_a_merchant_that_has_itself_notified_again_does_not_hold_the_end(
    server: Server, merchant: Merchant, control: Control
) -> None:
    calls: set[asyncio.Task[None]] = set()
    many = asyncio.Event()

    async def again() -> None:
        path = "/_sandbox/orders/1900000109/ORDER001/notify"
        async with aiohttp.ClientSession(server.url) as session, session.post(path) as answer:
            await answer.read()

    async def ask(request: web.Request) -> web.Response:
        task = asyncio.ensure_future(again())
        calls.add(task)
        if len(calls) > 20:
            many.set()
        return web.Response(status=500)

    app = web.Application()
    app.router.add_post("/", ask)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await merchant.order("ORDER001", notify_url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await control.pay("ORDER001")
    await asyncio.wait_for(many.wait(), 10)
    await asyncio.wait_for(server.stop(), 4)
    await runner.cleanup()
    await asyncio.gather(*calls, return_exceptions=True)
