"""The sandbox's ways in: plain HTTP, HTTPS and the proxy, all to one application."""

import asyncio
import contextlib
import errno
import logging
import os
import shutil
import socket
import tempfile
from pathlib import Path

from aiohttp import web

from sandbox.config import Settings
from sandbox.core.certificates import Certificate
from sandbox.ingress.authority import Authority
from sandbox.ingress.connections import Connections, backlog, server_log
from sandbox.ingress.https import HttpsListener
from sandbox.ingress.proxy import Proxy, Ways
from sandbox.resolver import Resolver

log = logging.getLogger(__name__)

MEMORY = ":memory:"
CA_FILE = "ca.pem"


class CannotListen(Exception):
    """A port cannot be had; the message is one sentence for a person."""


class Listeners:
    """Bound first, so that links are known; who connects then waits until `start`.

    `http`, `https` and `proxy` are URLs, `ca` the file of the CA's certificate; the last three None where there is no
    such listener.
    """

    def __init__(self, settings: Settings, authority: Authority, resolver: Resolver) -> None:
        self._settings, self._authority, self._resolver = settings, authority, resolver
        self.http = ""
        self.https: str | None = None
        self.proxy: str | None = None
        self.ca: Path | None = None
        self.runner: web.AppRunner | None = None
        self._sockets: dict[str, socket.socket] = {}
        self._http: asyncio.Server | None = None
        self._https: HttpsListener | None = None
        self._proxy: Proxy | None = None
        self._temporary: Path | None = None

    def bind(self) -> None:
        """Take the ports. Raises CannotListen."""
        settings = self._settings
        self.http = self._bind("port", settings.port, "http")
        if settings.https_port is not None:
            self.https = self._bind("https_port", settings.https_port, "https")
            if settings.proxy_port is not None:
                self.proxy = self._bind("proxy_port", settings.proxy_port, "http")

    async def start(self, app: web.Application, stop_seconds: float) -> None:
        """Answer; `stop_seconds` is how long what runs may go on once `stop` is called."""
        made = asyncio.create_task(self._authority.ca()) if self.https else None
        try:
            connections = Connections()
            app.middlewares.insert(0, connections.middleware())
            runner = web.AppRunner(
                app, access_log=None, logger=server_log, shutdown_timeout=stop_seconds, handle_signals=False
            )
            await runner.setup()
            self.runner = runner
            self._http = await connections.listen(runner, self._sockets["port"])
            if made is not None:
                self._publish(await made)
                bound = self._sockets["https_port"]
                self._https = HttpsListener(self._authority, bound, self._publish, connections)
                self._https.start(runner)
            if self.proxy:
                ways = Ways(self._way("port"), self._way("https_port"))
                bound, proxy_only = self._sockets["proxy_port"], self._settings.proxy_only
                self._proxy = Proxy(bound, ways, self._resolver, connections, proxy_only=proxy_only)
                await self._proxy.start()
        finally:
            if made is not None:
                made.cancel()

    async def stop(self) -> None:
        """No new connections; those that are open have a moment."""
        parts = [part.stop() for part in (self._proxy, self._https) if part is not None]
        await asyncio.gather(*parts)
        if self._http is not None:
            self._http.close()
        if self.runner is not None:
            await self.runner.cleanup()
        for one in self._sockets.values():
            one.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _bind(self, option: str, port: int, scheme: str) -> str:
        """Take one port; gives the URL by which this machine reaches it."""
        host = self._settings.host
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            self._sockets[option] = socket.create_server((host, port), family=family, backlog=backlog())
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotListen(f"Cannot listen on {host}:{port}: {error.strerror}.") from None
            flag = "--" + option.replace("_", "-")
            raise CannotListen(f"The port {port} on {host} is taken; try {flag} 0.") from None
        name, number = self._way(option)
        return f"{scheme}://{f'[{name}]' if ':' in name else name}:{number}"

    def bound(self) -> list[tuple[str | int, ...]]:
        """The addresses and ports taken, all of them."""
        return [one.getsockname() for one in self._sockets.values() if one.fileno() >= 0]

    def _way(self, option: str) -> tuple[str, int]:
        """Host and port by which this machine reaches a listener."""
        host = self._settings.host
        own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        return own, int(self._sockets[option].getsockname()[1])

    def _publish(self, ca: Certificate) -> None:
        """Write the CA's certificate where programs can be pointed at; beside a database in memory, for our time."""
        if self._settings.database == MEMORY:
            self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="wxpay-sandbox-"))
        folder = self._temporary or self._settings.data_dir
        self.ca = (folder / CA_FILE).absolute()
        with contextlib.suppress(FileNotFoundError):
            if self.ca.read_text() == ca.certificate:
                return
            log.warning("The sandbox has another CA certificate than before, in %s: trust that one.", self.ca)
        fresh = self.ca.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(ca.certificate)
        fresh.replace(self.ca)
