"""The canary: an address that only a parser which resolves external entities ever asks for."""

from aiohttp import web

from sandbox.core.clock import Clock
from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.ports.storage import Storage, UnitOfWork

ANSWERS = {"xxe": "canary", "xxe-parameter": ""}
"""What stands at each address: harmless text, and an empty document type."""


class Canary:
    """Tells on the order's timeline that its notification's entity was fetched. Open to all; keeps nothing else."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def handle(self, request: web.Request) -> web.Response:
        notification_id, which = request.match_info["notification_id"], request.match_info["which"]
        if which not in ANSWERS:
            raise web.HTTPNotFound
        client = request.headers.get("User-Agent", "")[:128]

        def tell(tx: UnitOfWork) -> None:
            notification = tx.notifications.find(notification_id)
            if notification is None or notification.alteration is None:
                raise web.HTTPNotFound
            key = notification.key
            facts = {"fault": which, "client": client or "?", "notification_id": notification_id}
            at = self._clock.now(key.mch_id)
            tx.note(Event(at=at, name=EventName.CANARY_HIT, key=key, facts=facts))

        await self._storage.write(tell)
        return web.Response(text=ANSWERS[which], content_type="text/plain")
