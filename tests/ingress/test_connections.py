"""Who says nothing, or half of it, is let go; who sends what cannot be read costs a line of the log."""

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.ingress import connections
from sandbox.ingress import proxy as proxies
from sandbox.server import Server

pytestmark = pytest.mark.slow

HEAD = b"POST /pay/unifiedorder HTTP/1.1\r\nHost: x\r\n"
PORTS = ["http", "https", "proxy"]
LIMIT = 0.3

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def receive_seconds() -> float:
    return LIMIT


@pytest.fixture
async def server(receive_seconds: float, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A sandbox with all three ports, on which a request has a moment to come."""
    for module in (connections, proxies):
        monkeypatch.setattr(module, "RECEIVE_SECONDS", receive_seconds)
    monkeypatch.setattr(connections, "IDLE_SECONDS", LIMIT * 4)
    running = await Server.start(Settings(port=0, https_port=0, proxy_port=0, database=":memory:"))
    yield running
    await running.stop()


async def connect(server: Server, port: str) -> Stream:
    address = urlsplit(str(getattr(server.listeners, port)))
    context = ssl._create_unverified_context() if port == "https" else None
    # The server's certificate is made when somebody first knocks, which is no part of what is measured.
    return await asyncio.open_connection(address.hostname, address.port, ssl=context)


async def seconds_until_closed(stream: Stream) -> float:
    began = time.perf_counter()
    async with asyncio.timeout(20):
        try:
            while await stream[0].read(1000):
                pass
        except ConnectionError:
            pass
    stream[1].transport.abort()
    return time.perf_counter() - began


def let_go(streams: list[Stream]) -> None:
    for _, writer in streams:
        writer.transport.abort()


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(HEAD, id="half a head"),
        pytest.param(HEAD + b"Content-Length: 9\r\n\r\n<xml>", id="half a body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<xml>\r\n", id="half of the chunks"),
    ],
)
async def test_a_request_that_does_not_come_is_not_waited_for(server: Server, port: str, sent: bytes) -> None:
    if port == "proxy" and b"\r\n\r\n" in sent:
        sent = sent.replace(b"/pay", b"http://api.mch.weixin.qq.com/pay")
    reader, writer = await connect(server, port)
    writer.write(sent)
    assert LIMIT * 0.8 <= await seconds_until_closed((reader, writer)) < 10


@pytest.mark.parametrize("port", PORTS)
async def test_who_drips_gets_no_more_time(server: Server, port: str) -> None:
    reader, writer = await connect(server, port)

    async def drip() -> None:
        for byte in HEAD * 100:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    assert await seconds_until_closed((reader, writer)) < 10
    dripping.cancel()


async def test_the_half_of_a_second_request_is_not_waited_for_either(server: Server) -> None:
    reader, writer = await connect(server, "http")
    writer.write(b"GET /_sandbox/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
    writer.write(HEAD)
    assert LIMIT * 0.8 <= await seconds_until_closed((reader, writer)) < 10


async def test_nor_is_one_that_came_with_the_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 60.0)
    reader, writer = await connect(server, "http")
    writer.write(b"GET /_sandbox/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + HEAD)
    assert LIMIT * 0.8 <= await seconds_until_closed((reader, writer)) < 10


async def test_a_connection_is_kept_for_a_next_request_and_let_go_in_the_end(server: Server) -> None:
    reader, writer = await connect(server, "http")
    for _ in range(2):
        writer.write(b"GET /_sandbox/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await reader.read(65536)).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(LIMIT * 1.2)  # longer than a request has to come
    assert await seconds_until_closed((reader, writer)) < 10


async def test_an_answer_that_takes_long_is_waited_for(server: Server) -> None:
    async with (
        aiohttp.ClientSession(server.url) as session,
        session.get("/_sandbox/wait", params={"for": "paid", "out_trade_no": "NONE", "timeout": "1"}) as answer,
    ):
        assert answer.status < 500


async def test_a_large_body_has_the_time_it_needs(server: Server) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"x" * 8192
            await asyncio.sleep(LIMIT / 5)

    async with (
        aiohttp.ClientSession(server.url) as session,
        session.post("/pay/unifiedorder", data=slowly()) as answer,
    ):
        assert answer.status == 200


class TestManyConnections:
    """With few descriptors, those that wait longest make room."""

    MOST = 10

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "share", lambda *_: self.MOST)

    @pytest.fixture
    def receive_seconds(self) -> float:
        return 60.0

    @pytest.mark.parametrize("port", PORTS)
    async def test_half_sent_heads_keep_nobody_out(
        self, server: Server, port: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        halves = [await connect(server, port) for _ in range(self.MOST * 2)]
        for _, writer in halves:
            writer.write(HEAD)
        async with aiohttp.ClientSession(server.url) as session, session.get("/_sandbox/health") as answer:
            assert answer.status == 200
        assert await seconds_until_closed(halves[0]) < 10
        let_go(halves)
        told = [record.getMessage() for record in caplog.records if record.name == connections.__name__]
        assert told == ["more than 10 connections at a time: those that wait longest are closed"]

    async def ask(self, server: Server) -> None:
        """A whole request over HTTPS."""
        reader, writer = await connect(server, "https")
        writer.write(b"GET /_sandbox/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
        await seconds_until_closed((reader, writer))

    @pytest.mark.parametrize(
        "hello", [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], ids=["nothing", "half a hello"]
    )
    async def test_nor_do_half_handshakes(self, server: Server, hello: bytes) -> None:
        await self.ask(server)  # TLS is made ready when somebody first knocks
        address = urlsplit(str(server.listeners.https))
        halves = [await asyncio.open_connection(address.hostname, address.port) for _ in range(self.MOST * 2)]
        for _, writer in halves:
            writer.write(hello)
        assert await seconds_until_closed(halves[0]) < 10
        await self.ask(server)
        let_go(halves)
        await self.ask(server)

    async def test_nor_do_tunnels(self, server: Server) -> None:
        """They are being answered for ever: where nobody waits, the oldest of them makes room."""
        silent = socket.create_server(("127.0.0.1", 0))
        target = b"127.0.0.1:%d" % silent.getsockname()[1]
        tunnels = [await connect(server, "proxy") for _ in range(self.MOST)]
        for reader, writer in tunnels:
            writer.write(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (target, target))
            await reader.readuntil(b"\r\n\r\n")
        async with aiohttp.ClientSession(server.url) as session, session.get("/_sandbox/health") as answer:
            assert answer.status == 200
        assert await seconds_until_closed(tunnels[0]) < 10
        let_go(tunnels)
        silent.close()

    async def test_nor_do_streams_of_events(self, server: Server, caplog: pytest.LogCaptureFixture) -> None:
        streams = [await connect(server, "http") for _ in range(self.MOST * 3)]
        for _, writer in streams:
            writer.write(b"GET /_sandbox/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await streams[-1][0].readuntil(b"\r\n\r\n")
        async with aiohttp.ClientSession(server.url) as session, session.get("/_sandbox/health") as answer:
            assert answer.status == 200
            let_go(streams)
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

    async def test_who_is_being_answered_is_not_sent_away(self, server: Server) -> None:
        async with (
            aiohttp.ClientSession(server.url) as session,
            session.get("/_sandbox/events") as stream,
        ):
            halves = [await connect(server, "http") for _ in range(self.MOST * 2)]
            async with session.post("/_sandbox/reset", json={}) as answer:
                assert answer.status == 204
            async with asyncio.timeout(10):
                assert await stream.content.readline()
            let_go(halves)


MALFORMED = {
    "both lengths": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    "a negative length": HEAD + b"Content-Length: -5\r\n\r\n",
    "a length without end": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a chunk that is none": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "a body that is not packed": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
    "a long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": HEAD + b"A: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": HEAD + b"A: b\r\n" * 5000 + b"\r\n",
    "no method": b"FOO!BAR /console/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "no bytes of a method": b"G\xffT / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "no address": b"GET foo HTTP/1.1\r\nHost: x\r\n\r\n",
    "no port": b"GET http://a:99999/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "no percent-encoding": b"GET /console/%zz%ff%00?%ff=%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "no host": b"GET /console/ HTTP/1.1\r\n\r\n",
    "a null": HEAD + b"A: \0secret\r\n\r\n",
    "no cookie": b"GET /console/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \xff=\x01;;;=\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100,
    "bytes": bytes(range(256)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("port", [*PORTS, "bad TLS"])
async def test_what_cannot_be_read_costs_a_line_and_no_traceback(
    server: Server, port: str, caplog: pytest.LogCaptureFixture
) -> None:
    for name, sent in MALFORMED.items():
        caplog.clear()
        if port == "bad TLS":
            https = urlsplit(str(server.listeners.https))
            stream = await asyncio.open_connection(https.hostname, https.port)
        else:
            stream = await connect(server, port)
        stream[1].write(sent)
        await seconds_until_closed(stream)
        wrong = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert len(wrong) <= 1, name
        for record in wrong:
            assert record.exc_info is None, name
            assert "\n" not in record.getMessage()
            assert "secret" not in record.getMessage()
            assert "aaaa" not in record.getMessage()
    async with aiohttp.ClientSession(server.url) as session, session.get("/_sandbox/health") as answer:
        assert answer.status == 200
