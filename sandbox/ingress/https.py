"""The HTTPS listener: the same application behind TLS."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.core.certificates import Certificate
from sandbox.core.errors import StorageFailed
from sandbox.ingress.authority import Authority
from sandbox.ingress.connections import Connections

if TYPE_CHECKING:
    from sandbox.ingress.tls import LenientContext

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
CHECK_SECONDS = 60.0
"""How often the certificates are looked at: one may be near its end, another process may have made others."""


class HttpsListener:
    """Listens on a bound socket. TLS is made ready when somebody first knocks; who does waits in its queue.

    So a start pays for neither pyOpenSSL nor the server's key, which most sandboxes never need.
    """

    def __init__(
        self,
        authority: Authority,
        bound: socket.socket,
        publish: Callable[[Certificate], None],
        connections: Connections,
    ) -> None:
        """`publish` is told again and again which CA's certificate it is."""
        self._authority, self._bound, self._publish = authority, bound, publish
        self._connections = connections
        self._runner: web.AppRunner | None = None
        self._work: list[asyncio.Task[None]] = []
        self._context: LenientContext | None = None
        self._shown: Certificate | None = None

    def start(self, runner: web.AppRunner) -> None:
        """Serve the application of `runner`, which closes the connections when it is cleaned up."""
        self._runner = runner
        self._work.append(asyncio.create_task(self._keep_up()))
        self._wait()

    async def stop(self) -> None:
        """Before the runner is cleaned up."""
        self._unwait()
        for work in self._work:
            work.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

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
        self._work.append(asyncio.create_task(self._serve()))

    async def _serve(self) -> None:
        assert self._runner is not None
        context = await self._ready()
        await self._connections.listen_tls(self._runner, self._bound, context)

    async def _ready(self) -> "LenientContext":
        """The context, once there is a certificate to show: a full disk does not end the listener."""
        while True:
            try:
                context = await asyncio.to_thread(_context)
                await self._show(context)
            except Exception:
                log.exception("TLS cannot be made ready")
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._context = context
                return context

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                if self._context is None:
                    self._publish(await self._authority.ca())
                else:
                    await self._show(self._context)
            except StorageFailed:
                pass  # which the store tells of
            except Exception:
                log.exception("The server's certificate cannot be renewed")

    async def _show(self, context: "LenientContext") -> None:
        server, ca = await self._authority.server()
        self._publish(ca)
        if server != self._shown:
            await asyncio.to_thread(context.serve, server, ca)
            self._shown = server


def _context() -> "LenientContext":
    from sandbox.ingress.tls import LenientContext  # noqa: PLC0415 - on first use

    return LenientContext()
