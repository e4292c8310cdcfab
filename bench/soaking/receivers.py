"""Where shops take notifications, each in its own manner."""

import asyncio
import socket
import struct
import time
from collections import defaultdict
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from aiohttp import web

SLOW_SECONDS = 2.0
AT_FIRST = 2
"""So many attempts fail where the next one goes well."""

_SUCCESS = "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>"
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: what is closed is reset."""


class Manner(StrEnum):
    """How a shop answers a notification."""

    QUICK = "quick"
    SLOW = "slow"
    FAILING = "failing"
    """At first wrongly, then well."""
    RESETTING = "resetting"
    """At first not at all: the connection is reset."""
    HANGING = "hanging"
    """Never; once it is let go, wrongly."""


@dataclass(frozen=True)
class Receipt:
    """A message that came: when by `time.monotonic`, and whether it was taken well."""

    at: float
    well: bool


class Receivers(AbstractAsyncContextManager["Receivers"]):
    """Runs in the soak's own process. `received` has what came to each address."""

    def __init__(self) -> None:
        self.received: defaultdict[str, list[Receipt]] = defaultdict(list)
        self._let_go = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let_go()
        await self._runner.cleanup()

    def url(self, manner: Manner, *names: str) -> str:
        """An address of a shop of that manner; the names tell its messages apart."""
        return "/".join((self._origin, manner, *names))

    def let_go(self) -> None:
        """Keep nobody waiting any more."""
        self._let_go.set()

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        await request.read()
        manner, at = Manner(request.path.split("/")[1]), time.monotonic()
        received = self.received[self._origin + request.path]
        hostile = manner is Manner.HANGING or (manner not in (Manner.QUICK, Manner.SLOW) and len(received) < AT_FIRST)
        received.append(Receipt(at, not hostile))
        if manner is Manner.RESETTING and hostile:
            _reset(request)
        elif manner in (Manner.SLOW, Manner.HANGING):
            await self._wait(SLOW_SECONDS if manner is Manner.SLOW else None)
        return _wrong() if hostile else _well(request)

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._let_go.wait()
        except TimeoutError:
            pass


def _reset(request: web.BaseRequest) -> None:
    assert request.transport is not None
    connection: socket.socket = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    request.transport.abort()


def _well(request: web.BaseRequest) -> web.Response:
    """As APIv3 wants it, or APIv2."""
    return web.Response(status=204) if "json" in request.content_type else web.Response(text=_SUCCESS)


def _wrong() -> web.Response:
    return web.Response(status=500, text="not now")
