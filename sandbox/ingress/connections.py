"""The connections of all listeners: how long a client may take to say what it wants, and how many there are.

aiohttp waits for the rest of a request for ever. `Connections.watch` stands between the transport and its protocol,
sees what comes, and is told by a middleware when a request is there and when it is answered.
"""

import asyncio
import logging
import math
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from sandbox.descriptors import share

RECEIVE_SECONDS = 15.0
"""In which a request comes, head and body; a TLS handshake, too."""
RATE = 64 * 1024
"""A large body gets a second more for so many bytes of it; who drips gets nothing."""
IDLE_SECONDS = 75.0
"""How long a connection is kept for a next request."""
TOLD_SECONDS = 60.0
ACCEPT_AGAIN = 0.1
HEAD_END = b"\r\n\r\n"

Factory = Callable[[], asyncio.Protocol]

log = logging.getLogger(__name__)
server_log = logging.getLogger("sandbox.http")
"""Where aiohttp writes."""


def backlog() -> int:
    """How many connections may wait to be accepted: they are all accepted at once, before any can make room."""
    return share(8, 1024)


@dataclass(eq=False, slots=True)
class Guest:
    """One connection; `cut` ends it at once."""

    cut: Callable[[], object]


class Connections:
    """Those that are open. Where there are too many, the one that has waited longest makes room.

    Where none waits, the one that has been answered longest does: tunnels and streams of events end by themselves only.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or share(3, 20_000)
        self._count = 0
        self._waiting: dict[Guest, None] = {}
        """Half-sent and idle ones, the oldest first."""
        self._working: dict[Guest, None] = {}
        """Those that are being answered, likewise."""
        self._watched: dict[object, _Watched] = {}
        self._told_at = -TOLD_SECONDS

    def came(self, guest: Guest) -> None:
        self._count += 1
        if self._count > self._most:
            self._make_room()
        self._waiting[guest] = None

    def waits(self, guest: Guest) -> None:
        """It has been answered, and nothing more has come from it."""
        self._working.pop(guest, None)
        self._waiting[guest] = None

    def works(self, guest: Guest) -> None:
        """It has said what it wants, and is being answered."""
        self._waiting.pop(guest, None)
        self._working[guest] = None

    def gone(self, guest: Guest) -> None:
        self._count -= 1
        self._waiting.pop(guest, None)
        self._working.pop(guest, None)

    def _make_room(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            log.warning("more than %d connections at a time: those that wait longest are closed", self._most)
        among = self._waiting or self._working
        if among:  # else all that there are have been told to go
            oldest = next(iter(among))
            del among[oldest]
            oldest.cut()

    async def listen(self, runner: web.AppRunner, bound: socket.socket) -> asyncio.Server:
        """Serve an application's connections of a bound socket, watched."""
        factory = self._factory(runner)
        return await asyncio.get_running_loop().create_server(factory, sock=bound, backlog=backlog())

    async def listen_tls(self, runner: web.AppRunner, bound: socket.socket, context: ssl.SSLContext) -> None:
        """The same behind TLS, until it is cancelled.

        `create_server` tells of a connection when its handshake is over; these count from the first, and can be cut.
        """
        factory, loop = self._factory(runner), asyncio.get_running_loop()
        bound.setblocking(False)
        async with asyncio.TaskGroup() as handshakes:
            while True:
                try:
                    accepted, _ = await loop.sock_accept(bound)
                except OSError:  # it has gone again, or there are no descriptors left
                    await asyncio.sleep(ACCEPT_AGAIN)
                else:
                    handshakes.create_task(self._shake_hands(factory, accepted, context))

    async def _shake_hands(self, factory: Factory, accepted: socket.socket, context: ssl.SSLContext) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        guest = Guest(task.cancel)
        self.came(guest)
        try:
            await loop.connect_accepted_socket(factory, accepted, ssl=context, ssl_handshake_timeout=RECEIVE_SECONDS)
        except (OSError, asyncio.CancelledError):
            pass  # no handshake, or it made room; the transport has been closed
        finally:
            self.gone(guest)

    def _factory(self, runner: web.AppRunner) -> Factory:
        serve = runner.server
        assert serve is not None, "the runner is set up"
        return lambda: self.watch(serve())

    def watch(self, protocol: asyncio.Protocol) -> asyncio.Protocol:
        """The protocol with a clock before it."""
        watched = self._watched[protocol] = _Watched(self, protocol, lambda: self._watched.pop(protocol, None))
        return watched

    def middleware(self) -> Middleware:
        """The outermost one of the application that is served."""

        @web.middleware
        async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
            watched = self._watched.get(request.protocol)
            if watched is None:
                return await handler(request)
            watched.begins(request)
            try:
                return await handler(request)
            finally:
                watched.ends()

        return attend


class _Watched(asyncio.Protocol):
    """Hands everything on. Receiving until a request is whole, busy until it is answered, idle until more comes."""

    def __init__(self, connections: Connections, protocol: asyncio.Protocol, forget: Callable[[], object]) -> None:
        self._connections, self._protocol, self._forget = connections, protocol, forget
        self._loop = asyncio.get_running_loop()
        self._guest = Guest(self._cut)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        """When it is cut, unless it has sent so much that it may take longer; by the loop's time."""
        self._asked = self._busy = self._idle = self._more = False
        self._received = 0
        self._end, self._ends_here = b"", True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._receive()
        self._look_again(RECEIVE_SECONDS)
        self._protocol.connection_made(transport)  # before it may be cut: aiohttp takes it for granted
        self._connections.came(self._guest)

    def data_received(self, data: bytes) -> None:
        if self._idle:
            self._receive()
        self._received += len(data)
        self._end = (self._end + data[-4:])[-4:]
        self._more = self._busy
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._connections.gone(self._guest)
        self._forget()
        self._protocol.connection_lost(exc)

    def begins(self, request: web.Request) -> None:
        """The head is there; what is left of the body has the rest of the time."""
        self._asked, self._idle, self._more = True, False, False
        self._ends_here = request.body_exists or self._end == HEAD_END
        request.content.on_eof(self._whole)

    def ends(self) -> None:
        """Answered, but for what is still to be written."""
        self._asked = self._busy = False
        self._connections.waits(self._guest)
        if self._more or not self._ends_here:  # the next request, or half of it
            self._receive()
        else:
            self._idle, self._received = True, 0
            self._due = self._loop.time() + IDLE_SECONDS

    def _receive(self) -> None:
        self._idle, self._received = False, 0
        self._due = self._loop.time() + RECEIVE_SECONDS

    def _whole(self) -> None:
        if not self._asked:  # answered before all of it had come
            return
        self._due = math.inf
        self._busy = True
        self._connections.works(self._guest)

    def _look_again(self, seconds: float) -> None:
        # One timer goes on and on: to set and stop one for each request would cost more than to read its body. None is
        # due sooner than RECEIVE_SECONDS after it has been told, so that a look so often misses none.
        self._timer = self._loop.call_later(min(seconds, RECEIVE_SECONDS), self._look)

    def _look(self) -> None:
        left = self._due + self._received / RATE - self._loop.time()
        if left > 0:
            self._look_again(left)
        else:
            self._cut()

    def _cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _in_a_line(record: logging.LogRecord) -> bool:
    """What a client did wrong is a line, not an error of ours with its traceback; nothing that it sent stands there."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError | web.RequestPayloadError | ConnectionError):
        told = str(getattr(error, "message", "") or error).removeprefix("400, message:")
        what = " ".join(told.partition(":")[0].split())[:100]
        record.msg, record.args = "a request could not be read: %s (%s)", (what, type(error).__name__)
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
    return True


server_log.addFilter(_in_a_line)
