"""Sends what a person has built by hand: a call to the sandbox itself, a notification to any URL that is allowed."""

from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange, ExchangeKind, Message
from sandbox.core.links import Links
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.ports.calls import Signable
from sandbox.core.ports.face import Face
from sandbox.core.verdicts import Verdict
from sandbox.delivery.sender import AddressRules, Sender
from sandbox.resolver import Resolver

CALL_SECONDS = 30.0
"""How long a call may take: a scenario may have the sandbox answer late, and most clients wait less than this."""

_CALL_HEADERS = (("User-Agent", "wxpay-sandbox"), ("Accept", "*/*"))


class HttpManualSender:
    """Implements `ManualSender`. A call goes over HTTP like any merchant's: checked and journalled alike."""

    def __init__(self, clock: Clock, ids: Ids, links: Links, sender: Sender, resolver: Resolver) -> None:
        self._clock = clock
        self._ids = ids
        self._links = links
        self._sender = sender
        # Not the sender: --notify-allow rules over merchants' addresses, not over the sandbox's.
        self._caller = Sender(AddressRules(), resolver, CALL_SECONDS)

    async def call(self, message: Signable, face: Face) -> Exchange:
        there = {name.lower() for name, _ in message.headers}
        usual = [(name, value) for name, value in _CALL_HEADERS if name.lower() not in there]
        url, sent = self._links.own + message.target, Message((*message.headers, *usual), message.body)
        at = self._clock.now()
        exchange = Exchange(
            at=at, kind=ExchangeKind.API, origin=face.origin, method=message.method, path=url, request=sent
        )
        if isinstance(verdict := await self._caller.carry(exchange, sent), Verdict):
            exchange.verdict = verdict
        return exchange

    async def deliver(self, url: str, message: Message, face: Face) -> Exchange:
        request_id = (REQUEST_ID, face.identified(self._ids.request_id(self._clock.now())))
        sent = Message((*message.headers, request_id), message.body)
        at, kind = self._clock.now(), ExchangeKind.NOTIFICATION
        exchange = Exchange(at=at, kind=kind, origin=face.origin, method="POST", path=url, request=sent)
        result = await self._sender.carry(exchange, sent)
        verdict = result if isinstance(result, Verdict) else face.notifications.judge(result)
        exchange.verdict = verdict.of_face(face.name)
        return exchange
