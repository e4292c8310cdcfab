"""The proxy: other hosts' bytes go through untouched, and every refusal is a sentence."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.ingress import issuing, proxy
from sandbox.server import Server
from tests.support.merchant import Merchant, document

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def elsewhere(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Somebody else's server, on this machine; gives its port."""

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(closing, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def connect(server: Server, head: str) -> tuple[str, Stream]:
    """Say something to the proxy; gives the answer's first line."""
    parts = urlsplit(server.ways()["proxy"])
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(head.encode("latin-1"))
    return (await reader.readline()).decode().strip(), (reader, writer)


async def tunnel(server: Server, port: int) -> Stream:
    line, (reader, writer) = await connect(server, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line == "HTTP/1.1 200 Connection established"
    assert await reader.readline() == b"\r\n"
    return reader, writer


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything back, and the end after it."""
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()
    await writer.drain()


async def test_another_hosts_certificate_is_its_own(server: Server, tmp_path: Path) -> None:
    now = server.parts.clock.real_now()
    own = issuing.make_server(["localhost"], issuing.make_ca(["localhost"], now), now)
    (tmp_path / "own.pem").write_text(own.certificate + own.private_key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "own.pem")
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    async with elsewhere(echo, tls) as port:
        reader, writer = await tunnel(server, port)
        await writer.start_tls(client)
        seen = writer.get_extra_info("ssl_object").getpeercert(True)
        assert seen == ssl.PEM_cert_to_DER_cert(own.certificate)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()


async def test_bytes_go_through_untouched_however_many(server: Server) -> None:
    sent = bytes(range(256)) * 20_000
    async with elsewhere(echo) as port:
        reader, writer = await tunnel(server, port)
        writer.write(sent)
        writer.write_eof()  # half closed: what is on its way still comes back
        assert await reader.read() == sent[: len(sent)]
        writer.close()


async def test_a_slow_reader_holds_the_sender_back(server: Server) -> None:
    held = asyncio.Event()
    pushed = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal pushed
        with contextlib.suppress(TimeoutError):
            while pushed < 256 * 1024 * 1024:
                writer.write(b"x" * 65536)
                async with asyncio.timeout(1):
                    await writer.drain()
                pushed += 65536
        held.set()
        writer.transport.abort()

    async with elsewhere(flood) as port:
        _, writer = await tunnel(server, port)
        await held.wait()
        assert pushed < 64 * 1024 * 1024
        writer.close()


async def test_a_plain_request_to_another_host_is_passed_on(server: Server, client: aiohttp.ClientSession) -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        assert await reader.readexactly(4) == b"body"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()

    async with elsewhere(answer) as port:
        url, headers = f"http://127.0.0.1:{port}/a%20b?c=d", {"Proxy-Authorization": "secret", "X-Own": "1"}
        async with client.post(url, data=b"body", headers=headers, proxy=server.ways()["proxy"]) as reply:
            assert await reply.text() == "ok"
    head = heads[0].decode()
    assert head.startswith("POST /a%20b?c=d HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n" in head
    assert "X-Own: 1" in head
    assert "secret" not in head


async def test_a_whole_https_address_in_plain_is_answered_by_the_sandbox(server: Server, merchant: Merchant) -> None:
    """As axios has it with https_proxy."""
    body = document(merchant.signed(out_trade_no="NONE")).decode("latin-1")
    head = (
        f"POST https://api.mch.weixin.qq.com/pay/orderquery HTTP/1.1\r\nHost: evil\r\nContent-Length: {len(body)}\r\n"
    )
    line, (reader, writer) = await connect(server, head + "\r\n" + body)
    assert line == "HTTP/1.1 200 OK"
    assert b"ORDERNOTEXIST" in await reader.read()
    writer.close()


@pytest.mark.parametrize(
    ("head", "status", "words"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "another port"),
        ("GET https://example.com/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "use CONNECT"),
        ("nonsense\r\n\r\n", 400, "no HTTP request"),
        ("CONNECT nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400, "HOST:PORT"),
        ("CONNECT apius.mch.weixin.qq.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "does not play"),
        ("GET http://a\r\n.example/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "no HTTP request"),
    ],
)
async def test_a_refusal_is_a_sentence(server: Server, head: str, status: int, words: str) -> None:
    line, (reader, writer) = await connect(server, head)
    assert int(line.split()[1]) == status
    assert words in (await reader.read()).decode()
    writer.close()


async def test_a_host_that_cannot_be_reached_is_a_502(server: Server) -> None:
    async with elsewhere(echo) as port:
        pass  # nobody listens there now
    line, (reader, writer) = await connect(server, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line == "HTTP/1.1 502 Bad Gateway"
    assert f"127.0.0.1:{port}" in (await reader.read()).decode()
    writer.close()


async def test_who_never_says_what_it_wants_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "RECEIVE_SECONDS", 0.05)
    line, (_, writer) = await connect(server, "CONNECT exam")
    assert line == ""
    writer.close()


async def test_stopping_cuts_tunnels_at_once() -> None:
    from sandbox.config import Settings

    server = await Server.start(Settings(port=0, https_port=0, proxy_port=0, database=":memory:"))
    async with elsewhere(echo) as port:
        reader, writer = await tunnel(server, port)
        async with asyncio.timeout(2):
            await server.stop()
            assert await reader.read() == b""
        writer.close()


class TestProxyOnly:
    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"https_port": 0, "proxy_port": 0, "proxy_only": True}

    async def test_other_hosts_are_refused(self, server: Server) -> None:
        line, (reader, writer) = await connect(server, "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line == "HTTP/1.1 403 Forbidden"
        assert "--proxy-only" in (await reader.read()).decode()
        writer.close()
