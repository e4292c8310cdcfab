"""The HTTP proxy: answers for WeChat Pay's hosts itself, passes everything else through untouched.

`targets` decides where a request leads; here it is read (h11), led there, and the bytes relayed. For a host that is not
WeChat's, the proxy sees what any proxy sees: a name, and bytes that it cannot read.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from sandbox.ingress.connections import RECEIVE_SECONDS, Connections, Guest, backlog
from sandbox.ingress.relay import relay
from sandbox.ingress.targets import Asked, Decision, PassOn, Refusal, ToSandbox, decide, forbidden
from sandbox.resolver import Resolver

CONNECT_SECONDS = 10.0
HEAD_LIMIT = 64 * 1024
STOP_SECONDS = 1.0

_HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"host", b"upgrade"}

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the sandbox itself listens: host and port."""

    http: tuple[str, int]
    https: tuple[str, int]


@dataclass(slots=True)
class ProxyRequest:
    """What a client asked of the proxy: the request's head, and the bytes that came behind it."""

    request: h11.Request
    behind: bytes
    asked: Asked
    authority: str
    path: str = ""


class Unreadable(Exception):
    """What came is no request to a proxy; the message is the answer."""


class Proxy:
    """Listens on a bound socket until it is stopped; each connection is one request, or one tunnel."""

    def __init__(
        self,
        bound: socket.socket,
        ways: Ways,
        resolver: Resolver,
        connections: Connections,
        *,
        proxy_only: bool = False,
    ) -> None:
        self._bound, self._ways, self._resolver, self._proxy_only = bound, ways, resolver, proxy_only
        self._connections = connections
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, sock=self._bound, limit=HEAD_LIMIT, backlog=backlog())

    async def stop(self) -> None:
        """Listen no more; tunnels are cut."""
        if self._server is None:
            self._bound.close()
            return
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        guest = Guest(task.cancel)
        self._connections.came(guest)
        try:
            await self._serve(reader, writer, guest)
        except (ConnectionError, TimeoutError):
            pass  # the client has gone, or never said what it wants
        except asyncio.CancelledError:
            pass  # `stop` cuts tunnels, and who waits too long makes room
        finally:
            self._tasks.discard(task)
            self._connections.gone(guest)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guest: Guest) -> None:
        try:
            async with asyncio.timeout(RECEIVE_SECONDS):
                wish = await _read(reader)
        except Unreadable as problem:
            await _say(writer, 400, str(problem))
            return
        if wish is None:
            return
        self._connections.works(guest)
        decision = decide(wish.asked, wish.authority, proxy_only=self._proxy_only)
        there = await self._reach(decision, str(writer.get_extra_info("peername")[0]))
        if isinstance(there, Refusal):
            await _say(writer, there.status, there.sentence)
            return
        if wish.asked == "connect":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            there[1].write(wish.behind)
        else:
            there[1].write(_head(wish) + wish.behind)
        await relay((reader, writer), there)

    async def _reach(self, decision: Decision, client: str) -> Stream | Refusal:
        """A connection to where the decision leads, or why there is none."""
        if isinstance(decision, Refusal):
            return decision
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if isinstance(decision, ToSandbox):
                    return await asyncio.open_connection(*(self._ways.https if decision.tls else self._ways.http))
                return await self._pass_on(decision, client)
        except (OSError, TimeoutError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "it did not answer in time"
            where = f"{decision.host}:{decision.port}" if isinstance(decision, PassOn) else "the sandbox"
            return Refusal(502, f"The proxy cannot reach {where}: {why}.")

    async def _pass_on(self, decision: PassOn, client: str) -> Stream | Refusal:
        """Connect to an address that was looked at, not to a name that may mean another one the next time."""
        failed: OSError | Refusal = OSError(None, "the name means no address")
        for info in await self._resolver.addresses(decision.host, decision.port):
            address = str(info[4][0])
            reason = forbidden(client, address)
            if reason:
                failed = Refusal(403, reason)
                continue
            try:
                return await asyncio.open_connection(address, decision.port)
            except OSError as error:
                failed = error
        if isinstance(failed, OSError):
            raise failed
        return failed


async def _read(reader: asyncio.StreamReader) -> ProxyRequest | None:
    """The head of a request; None when the client left without one. Raises Unreadable."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise Unreadable(f"This is no HTTP request: {error}.") from None
        if isinstance(event, h11.Request):
            return _wish(event, connection.trailing_data[0])
        if event is not h11.NEED_DATA:
            return None
        connection.receive_data(await reader.read(HEAD_LIMIT))


def _wish(request: h11.Request, behind: bytes) -> ProxyRequest:
    target = request.target.decode("latin-1")
    if request.method == b"CONNECT":
        return ProxyRequest(request, behind, "connect", target)
    scheme, slashes, rest = target.partition("://")
    try:
        parts = urlsplit(target)
    except ValueError:
        raise Unreadable("The target is no URL.") from None
    if not slashes or scheme.lower() not in ("http", "https"):
        raise Unreadable("This is the sandbox's proxy; its API and console listen at another port.")
    asked: Asked = "https" if scheme.lower() == "https" else "http"
    authority = parts.netloc.rpartition("@")[2]
    path = rest[len(parts.netloc) :].partition("#")[0]
    return ProxyRequest(request, behind, asked, authority, path if path.startswith("/") else f"/{path}")


def _head(wish: ProxyRequest) -> bytes:
    """The request as the server itself would have got it, and as the last one of its connection."""
    named = {
        name.strip().lower()
        for header, value in wish.request.headers
        if header == b"connection"
        for name in value.split(b",")
    }
    lines = [b"%s %s HTTP/1.1" % (wish.request.method, wish.path.encode("latin-1"))]
    lines.append(b"Host: " + wish.authority.encode("latin-1"))
    lines += [
        b"%s: %s" % (name, value)
        for name, value in wish.request.headers.raw_items()
        if name.lower() not in _HOP_BY_HOP | named
    ]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


async def _say(writer: asyncio.StreamWriter, status: int, sentence: str) -> None:
    reason = {400: "Bad Request", 403: "Forbidden", 502: "Bad Gateway"}[status]
    body = f"wxpay-sandbox proxy: {sentence}\n".encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    with contextlib.suppress(ConnectionError):
        await writer.drain()
