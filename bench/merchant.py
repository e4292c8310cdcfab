"""A merchant that takes notifications: quick at one address, and at fifty more it hangs when it is told to."""

import asyncio
from typing import Self

from aiohttp import web

HANGING = 50


class Merchant:
    """Runs in the bench's own process, hence on the load's core. `word` is what it answers, `last` what it was sent."""

    def __init__(self) -> None:
        self.word = "SUCCESS"
        self.last = b""
        self.received = 0
        self._until, self._enough = 0, asyncio.Event()
        self._let_go = asyncio.Event()
        server = web.Server(self._answer)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        for _ in range(1 + HANGING):
            await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let_go()
        await self._runner.cleanup()

    @property
    def quick(self) -> str:
        return f"{self._origins[0]}/notify"

    @property
    def hanging(self) -> list[str]:
        return [f"{origin}/hang" for origin in self._origins[1:]]

    @property
    def _origins(self) -> list[str]:
        return [f"http://127.0.0.1:{address[1]}" for address in self._runner.addresses]

    def hang(self) -> None:
        """Answer nobody at those addresses until `let_go`."""
        self._let_go.clear()

    def let_go(self) -> None:
        self._let_go.set()

    async def until(self, received: int) -> None:
        """Wait until so many notifications came in all."""
        self._until = received
        if self.received < received:
            self._enough.clear()
            await self._enough.wait()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        if request.path == "/hang":
            await self._let_go.wait()
        else:
            self.last = body
            self.received += 1
            if self.received >= self._until:
                self._enough.set()
        return web.Response(text=f"<xml><return_code>{self.word}</return_code><return_msg>OK</return_msg></xml>")
