"""A sandbox for tests: in a thread of this process, or one that runs elsewhere (WXPAY_SANDBOX_URL)."""

import asyncio
import logging
import os
import threading
import traceback
from types import TracebackType
from typing import Any

from sandbox.testing.calls import AsyncClient, opened
from sandbox.testing.client import Client

URL_VARIABLE = "WXPAY_SANDBOX_URL"
TOKEN_VARIABLE = "WXPAY_SANDBOX_ADMIN_TOKEN"  # noqa: S105 - the variable's name
STOP_SECONDS = 10.0


class Sandbox:
    """`with Sandbox() as wxpay:` gives a `Client`; `async with Sandbox() as wxpay:` gives an `AsyncClient`.

    The server runs in a thread with a loop of its own, on a free port, in memory; `settings` are those of `serve`. With
    WXPAY_SANDBOX_URL set, that server is used (and `settings` are not). Either way there is a merchant made for it.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._remote = os.environ.get(URL_VARIABLE, "").rstrip("/")
        self._token = os.environ.get(TOKEN_VARIABLE, "") if self._remote else str(settings.get("admin_token", ""))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wxpay-sandbox", daemon=True)
        self._server: Any = None
        self._client: Client | None = None
        self._errors = _Errors()
        self.url = self._remote

    def __repr__(self) -> str:
        return f"<wxpay-sandbox {self.url or 'not started'}>"

    def start(self) -> "Sandbox":
        """Start the server (or the thread that speaks to the one elsewhere)."""
        self._thread.start()
        if not self._remote:
            logging.getLogger("sandbox").addHandler(self._errors)
            try:
                self._run(self._serve())
            except BaseException:
                self.stop()
                raise
        return self

    def stop(self) -> None:
        logging.getLogger("sandbox").removeHandler(self._errors)
        if self._server is not None:
            self._run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)
        self._loop.close()

    def client(self, **fields: Any) -> Client:
        """A client for a merchant made for it; `fields` are those of POST /_sandbox/merchants."""
        calls = self._run(opened(self.url, self._token, **fields))
        return Client(calls, self._loop)

    def errors(self) -> list[str]:
        """Tracebacks of what went wrong inside the sandbox since the last time; none of a sandbox elsewhere."""
        found, self._errors.found = self._errors.found, []
        return found

    def __enter__(self) -> Client:
        self.start()
        self._client = self.client()
        return self._client

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._client is not None
        if self._remote:
            self._client.delete_merchant()
        self.stop()

    async def __aenter__(self) -> AsyncClient:
        client = await asyncio.to_thread(self.__enter__)
        return client.aio

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    async def _serve(self) -> None:
        from sandbox.config import Settings  # noqa: PLC0415 - only where a server is started here
        from sandbox.core.merchants import Secret  # noqa: PLC0415
        from sandbox.server import Server  # noqa: PLC0415

        chosen = {"port": 0, "database": ":memory:", **self._settings, "admin_token": Secret(self._token)}
        self._server = await Server.start(Settings(**chosen))
        self.url = self._server.url

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Errors(logging.Handler):
    """Keeps what the sandbox logs as errors: a test must not pass over them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.found.append(f"{record.name}: {record.getMessage()}\n{trace}")
