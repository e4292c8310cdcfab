"""The HTTPS listener: the same application behind TLS."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.core.certificates import Certificate
from sandbox.core.clock import Clock
from sandbox.ingress.authority import RENEWAL, Authority
from sandbox.ingress.connections import Connections

if TYPE_CHECKING:
    from sandbox.ingress.tls import LenientContext

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
CHECK_SECONDS = 3600.0
"""How often the certificate's end is looked at while the sandbox runs."""


class HttpsListener:
    """Listens on a bound socket. TLS is made ready when somebody first knocks; who does waits in its queue.

    So a start pays for neither pyOpenSSL nor the server's key, which most sandboxes never need.
    """

    def __init__(
        self,
        authority: Authority,
        clock: Clock,
        bound: socket.socket,
        publish: Callable[[Certificate], None],
        connections: Connections,
    ) -> None:
        """`publish` is told the CA with each certificate that is shown."""
        self._authority, self._clock, self._bound, self._publish = authority, clock, bound, publish
        self._connections = connections
        self._runner: web.AppRunner | None = None
        self._work: asyncio.Task[None] | None = None

    def start(self, runner: web.AppRunner) -> None:
        """Serve the application of `runner`, which closes the connections when it is cleaned up."""
        self._runner = runner
        self._wait()

    async def stop(self) -> None:
        """Before the runner is cleaned up."""
        self._unwait()
        if self._work is not None:
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work

    def _wait(self) -> None:
        try:
            asyncio.get_running_loop().add_reader(self._bound, self._knocked)
        except NotImplementedError:  # Windows
            self._knocked()

    def _unwait(self) -> None:
        with contextlib.suppress(NotImplementedError, OSError, ValueError):
            asyncio.get_running_loop().remove_reader(self._bound)

    def _knocked(self) -> None:
        self._unwait()
        self._work = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        assert self._runner is not None
        context, ends = await self._ready()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._connections.listen_tls(self._runner, self._bound, context))
            both.create_task(self._renew(context, ends))

    async def _renew(self, context: "LenientContext", ends: datetime) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            if ends - self._clock.real_now() < RENEWAL:
                ends = await self._renewed(context, ends)

    async def _ready(self) -> "tuple[LenientContext, datetime]":
        """The context and its certificate's end, once there is one: a full disk does not end the listener."""
        while True:
            try:
                context = await asyncio.to_thread(_context)
                return context, await self._show(context)
            except Exception:
                log.exception("TLS cannot be made ready")
                await asyncio.sleep(RETRY_SECONDS)

    async def _renewed(self, context: "LenientContext", ends: datetime) -> datetime:
        try:
            return await self._show(context)
        except Exception:
            log.exception("The server's certificate cannot be renewed")
            return ends

    async def _show(self, context: "LenientContext") -> datetime:
        server, ca = await self._authority.server(), await self._authority.ca()
        self._publish(ca)
        return await asyncio.to_thread(context.serve, server, ca)


def _context() -> "LenientContext":
    from sandbox.ingress.tls import LenientContext  # noqa: PLC0415 - on first use

    return LenientContext()
