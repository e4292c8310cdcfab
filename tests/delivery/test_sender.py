"""Sending one notification: what becomes of it when there is no proper answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from sandbox.core.journal import Message
from sandbox.core.ports.face import Answer
from sandbox.core.verdicts import Verdict
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.ingress.authority import Authority
from sandbox.resolver import Resolver
from sandbox.server import Server

MESSAGE = Message((("Content-Type", "text/xml"), ("User-Agent", "Mozilla/4.0")), b"<xml></xml>")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def sender() -> Sender:
    return Sender(AddressRules(), Resolver(), seconds=0.2)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Starts a server with one handler; gives its port."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler, context: ssl.SSLContext | None = None) -> int:
        app = web.Application()
        app.router.add_route("*", "/notify", handler)
        runner = web.AppRunner(app, shutdown_timeout=0)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


def verdict(result: Answer | Verdict) -> str:
    assert isinstance(result, Verdict)
    return result.name


async def test_who_never_answers_has_timed_out(sender: Sender, serve: Callable[..., Awaitable[int]]) -> None:
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    port = await serve(hang)
    judged = await sender.send(f"http://127.0.0.1:{port}/notify", MESSAGE)
    assert verdict(judged) == "timeout"
    assert isinstance(judged, Verdict)
    assert judged.fact("seconds") == "0.2"
    never.set()


async def test_who_drips_has_timed_out_too(sender: Sender, serve: Callable[..., Awaitable[int]]) -> None:
    never = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<xml>")
        await never.wait()
        return response

    port = await serve(drip)
    assert verdict(await sender.send(f"http://127.0.0.1:{port}/notify", MESSAGE)) == "timeout"
    never.set()


async def test_a_connection_that_breaks_is_told_so(sender: Sender) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"</xml>")
        writer.close()

    listening = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        assert verdict(await sender.send(f"http://127.0.0.1:{port}/notify", MESSAGE)) == "reset"


async def test_a_certificate_that_nobody_vouches_for_fails(
    server: Server, serve: Callable[..., Awaitable[int]], tmp_path: Path
) -> None:
    assert isinstance(server.parts.certificates, Authority)
    own, _ = await server.parts.certificates.server()
    (tmp_path / "chain.pem").write_text(own.certificate + own.private_key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "chain.pem")

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="never reached")

    port = await serve(answer, context)
    patient = Sender(AddressRules(), Resolver())
    result = await patient.send(f"https://127.0.0.1:{port}/notify", MESSAGE)
    assert verdict(result) == "tls"
    assert isinstance(result, Verdict)
    assert "certificate" in dict(result.facts)["reason"]


async def test_a_host_that_does_not_exist_is_told_so() -> None:
    patient = Sender(AddressRules(), Resolver())
    assert verdict(await patient.send("http://nowhere.invalid/notify", MESSAGE)) == "dns"


@pytest.mark.parametrize("url", ["http://", "ftp://shop.example/notify", "http://[::1/notify", "nonsense"])
async def test_an_unusable_address_is_told_so(sender: Sender, url: str) -> None:
    assert verdict(await sender.send(url, MESSAGE)) == "bad_url"


async def test_redirects_are_not_followed_and_only_wechats_headers_are_sent(
    sender: Sender, serve: Callable[..., Awaitable[int]]
) -> None:
    seen: list[dict[str, str]] = []

    async def redirect(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(status=302, headers={"Location": "/notify"})

    port = await serve(redirect)
    result = await sender.send(f"http://127.0.0.1:{port}/notify", MESSAGE)
    assert isinstance(result, Answer)
    assert result.status == 302
    assert len(seen) == 1
    assert set(seen[0]) == {"Host", "Content-Type", "User-Agent", "Content-Length"}


@pytest.mark.parametrize(
    ("allowed", "host", "address", "permitted"),
    [
        ([], "shop.example", "1.2.3.4", True),
        ([], "localhost", "127.0.0.1", True),
        ([], "metadata", "169.254.169.254", False),
        ([], "metadata", "fe80::1", False),
        ([], "metadata", "fe80::1%eth0", False),
        ([], "metadata", "::ffff:169.254.169.254", False),
        (["shop.example"], "shop.example", "10.0.0.1", True),
        (["shop.example"], "SHOP.example", "10.0.0.1", True),
        (["shop.example"], "other.example", "10.0.0.1", False),
        (["10.0.0.0/8"], "other.example", "10.0.0.1", True),
        (["10.0.0.0/8"], "other.example", "11.0.0.1", False),
        (["127.0.0.1"], "localhost", "127.0.0.1", True),
        (["::1"], "localhost", "::1", True),
    ],
)
def test_addresses_are_permitted_by_the_rules(allowed: list[str], host: str, address: str, permitted: bool) -> None:
    assert AddressRules(allowed).permit(host, address) is permitted
