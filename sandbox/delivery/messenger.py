"""Sends what a person has built by hand: a call to the sandbox itself, a notification to any URL that is allowed."""

from typing import Literal

from sandbox.core.journal import Exchange, Message
from sandbox.core.notifications import Verdict
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.world import World
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.resolver import Resolver

CALL_SECONDS = 30.0
"""How long a call may take: a scenario may have the sandbox answer late, and most clients wait less than this."""

_CALL_HEADERS = (("Content-Type", "text/xml"), ("User-Agent", "wxpay-sandbox"), ("Accept", "*/*"))


class Messenger:
    """What `world.courier` is. A call goes over HTTP like any merchant's: checked and journalled alike."""

    def __init__(self, world: World, sender: Sender, resolver: Resolver) -> None:
        self._world = world
        self._sender = sender
        # Not the sender: --notify-allow rules over merchants' addresses, not over the sandbox's.
        self._caller = Sender(AddressRules(), resolver, CALL_SECONDS)

    async def call(self, path: str, body: bytes) -> Exchange:
        return await self._send(self._caller, self._world.links.own + path, Message(_CALL_HEADERS, body), "api")

    async def deliver(self, url: str, message: Message) -> Exchange:
        request_id = (REQUEST_ID, self._world.ids.request_id(self._world.clock.now()))
        sent = Message((*message.headers, request_id), message.body)
        return await self._send(self._sender, url, sent, "notification")

    async def _send(self, sender: Sender, url: str, message: Message, kind: Literal["api", "notification"]) -> Exchange:
        exchange = Exchange(at=self._world.clock.now(), kind=kind, method="POST", path=url, request=message)
        result = await sender.carry(exchange, message)
        if isinstance(result, Verdict):
            exchange.verdict = result
        elif kind == "notification":
            exchange.verdict = self._world.faces.first.notifications.judge(result)
        return exchange
