"""A sandbox for tests: in a thread of this process, or one that runs elsewhere (WXPAY_SANDBOX_URL)."""

import asyncio
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Unpack

from sandbox.config import Settings, is_loopback
from sandbox.core.merchants import Secret
from sandbox.importing import quickly
from sandbox.testing.background import Background
from sandbox.testing.calls import delete_merchant, open_merchant
from sandbox.testing.clients import AsyncClient, Client
from sandbox.testing.connection import Connection
from sandbox.testing.errors import InternalError
from sandbox.testing.failures import InternalErrors
from sandbox.testing.options import MerchantFields, ServeSettings

if TYPE_CHECKING:
    from sandbox.server import Server

URL_VARIABLE = "WXPAY_SANDBOX_URL"
TOKEN_VARIABLE = "WXPAY_SANDBOX_ADMIN_TOKEN"  # noqa: S105 - the variable's name


class Sandbox:
    """`with Sandbox() as wxpay:` gives a `Client`; `async with Sandbox() as wxpay:` gives an `AsyncClient`.

    The server runs in a thread with a loop of its own, on a free port, in memory; `settings` are those of `serve`;
    HTTPS and proxy are there with `proxy_port=0` (see `ways`). With WXPAY_SANDBOX_URL set, that server is used
    (and `settings` are not). Either way there is a merchant made for it.
    """

    def __init__(self, **settings: Unpack[ServeSettings]) -> None:
        self.url = os.environ.get(URL_VARIABLE, "").rstrip("/")
        self.elsewhere = bool(self.url)
        self.ways: dict[str, str] = {}
        """With HTTPS or proxy: their URLs "https" and "proxy", and the file "ca" of the CA's certificate."""
        self._settings = _checked(settings)
        self._token = os.environ.get(TOKEN_VARIABLE, "") if self.elsewhere else str(self._settings.admin_token)
        self._background: Background | None = None
        self._server: Server | None = None
        self._connection: Connection | None = None
        self._errors: InternalErrors | None = None

    def __repr__(self) -> str:
        if self._connection is None:
            return f"<wxpay-sandbox, not running{f', at {self.url}' if self.url else ''}>"
        where = "elsewhere" if self.elsewhere else "in this process"
        return f"<wxpay-sandbox {self.url}, {where}{', failed inside' if self._errors else ''}>"

    def start(self) -> "Sandbox":
        """Start the server (or the thread that speaks to the one elsewhere). Raises CannotStart."""
        self._background = Background()
        self._errors = InternalErrors(self._background)
        try:
            with quickly():
                self._background.run(self._open())
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Delete the merchants that were made, where the sandbox goes on without us, and stop what was started."""
        background, self._background = self._background, None
        if background is None:
            return
        try:
            background.run(self._close())
        finally:
            background.stop()
            if self._errors is not None:
                self._errors.leave()

    def client(self, **fields: Unpack[MerchantFields]) -> Client:
        """A client for a merchant made for it; `fields` are those of POST /_sandbox/merchants."""
        if self._background is None or self._connection is None:
            raise RuntimeError("This sandbox does not run: `with Sandbox() as wxpay:`.")
        return Client(self._background.run(open_merchant(self._connection, fields)), self._background)

    def errors(self) -> list[str]:
        """What went wrong inside the sandbox since the last time, with tracebacks; nothing of a sandbox elsewhere."""
        return self._errors.take() if self._errors is not None else []

    def check(self) -> None:
        """Raise InternalError where something went wrong inside since the last time."""
        if found := self.errors():
            raise InternalError("\n".join(found))

    def __enter__(self) -> Client:
        self.start()
        try:
            return self.client()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None:
            self.check()
        elif failed := self.errors():
            error.add_note("wxpay-sandbox failed inside:\n" + "\n".join(failed))

    async def __aenter__(self) -> AsyncClient:
        return (await asyncio.to_thread(self.__enter__)).aio

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    async def _open(self) -> None:
        if not self.elsewhere:
            from sandbox.server import Server  # noqa: PLC0415 - dear to import, and needed only here

            self._server = await Server.start(self._settings)
            self.url, self.ways = self._server.url, self._server.ways()
        self._connection = Connection(self.url, self._token)

    async def _close(self) -> None:
        server, self._server = self._server, None
        connection, self._connection = self._connection, None
        try:
            if connection is not None and self.elsewhere:
                for mch_id in list(connection.made):
                    await delete_merchant(connection, mch_id)
        finally:
            if connection is not None:
                await connection.close()
            if server is not None:
                await server.stop()
                self.url = ""


def _checked(given: ServeSettings) -> Settings:
    """The settings of a server for tests: any free port, in memory, unless they say else."""
    if unknown := sorted(set(given) - ServeSettings.__optional_keys__):
        known = ", ".join(sorted(ServeSettings.__optional_keys__))
        raise TypeError(f"Sandbox() has no setting {', '.join(unknown)}; it has {known}.")
    values: dict[str, Any] = {"port": 0, "database": "" if "data_dir" in given else ":memory:", **given}
    accounts: dict[str, list[dict[str, object]]] = {
        name: list(values.pop(name)) for name in ("merchants", "apps", "payers") if name in values
    }
    values |= {name: tuple(values[name]) for name in ("notify_allow", "scenario") if name in values}
    if "proxy_port" in values:
        values.setdefault("https_port", 0)  # the proxy leads there
    if "data_dir" in values:
        values["data_dir"] = Path(values["data_dir"])
    token = values.pop("admin_token", "")
    if not token and not is_loopback(values.get("host", "127.0.0.1")):
        token = secrets.token_urlsafe(32)  # beyond loopback the control API answers nobody without one
    return Settings(**values, admin_token=Secret(token), accounts=accounts)
