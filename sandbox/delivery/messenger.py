"""Sends what a person has built by hand: a call to the sandbox itself, a notification to any URL that is allowed."""

import time

from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.core.notifications import Verdict
from sandbox.core.ports import Answer
from sandbox.core.world import World
from sandbox.delivery.sender import AddressRules, Sender

CALL_SECONDS = 30.0
"""How long a call may take: a scenario may have the sandbox answer late, and most clients wait less than this."""

_CALL_HEADERS = (("Content-Type", "text/xml"), ("User-Agent", "wxpay-sandbox"), ("Accept", "*/*"))


class Messenger:
    """What `world.courier` is. A call goes over HTTP like any merchant's: checked and journalled alike."""

    def __init__(self, world: World, sender: Sender) -> None:
        self._world = world
        self._sender = sender
        self._caller: Sender | None = None

    async def call(self, path: str, body: bytes) -> Exchange:
        # A session of its own: --notify-allow rules over merchants' addresses, not over the sandbox's.
        self._caller = self._caller or Sender(AddressRules(), CALL_SECONDS)
        return await self._send(self._caller, self._world.links.own + path, Message(_CALL_HEADERS, body), "api")

    async def deliver(self, url: str, message: Message) -> Exchange:
        return await self._send(self._sender, url, message, "notification")

    async def close(self) -> None:
        if self._caller is not None:
            await self._caller.close()

    async def _send(self, sender: Sender, url: str, message: Message, kind: str) -> Exchange:
        exchange = Exchange(
            at=self._world.clock.now(),
            kind="api" if kind == "api" else "notification",
            method="POST",
            path=url,
            request=message,
        )
        began = time.perf_counter()
        result = await sender.send(url, message)
        exchange.duration_ms = round((time.perf_counter() - began) * 1000, 3)
        if isinstance(result, Verdict):
            exchange.verdict = result
            return exchange
        self._answered(exchange, result)
        return exchange

    def _answered(self, exchange: Exchange, answer: Answer) -> None:
        exchange.status = answer.status
        exchange.reply = Message(answer.message.headers, answer.message.body[:KEPT_BYTES])
        if exchange.kind == "notification":
            exchange.verdict = self._world.workbench.judge(answer)
