"""Sends messages that are about no order: once, when they are asked for. They are not owed: a stop loses them."""

import asyncio

from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange, Message
from sandbox.core.merchants import Merchant
from sandbox.core.ports.face import Answer, Face
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.delivery.addressing import addressed
from sandbox.delivery.switchboard import Carrier


class HttpCourier:
    """Implements `Courier`, by the rules and the patience of notifications."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids, carrier: Carrier) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._carrier = carrier
        self._underway: set[asyncio.Task[None]] = set()

    def send(self, url: str, message: Message, merchant: Merchant, face: Face) -> None:
        task = asyncio.get_running_loop().create_task(self._send(url, message, merchant, face))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    async def stop(self) -> None:
        """What is under way counts as not sent."""
        underway = list(self._underway)
        for task in underway:
            task.cancel()
        await asyncio.gather(*underway, return_exceptions=True)

    async def _send(self, url: str, message: Message, merchant: Merchant, face: Face) -> None:
        at = self._clock.now(merchant.mch_id)
        request_id = face.identified(self._ids.request_id(at))
        exchange, sent = addressed(url, message, request_id, mch_id=merchant.mch_id, origin=face.origin, at=at)
        result = await self._carrier.carry(exchange, sent)
        verdict = face.notifications.judge(result) if isinstance(result, Answer) else result
        exchange.judged(verdict.of_face(face.name))
        await self._storage.write(lambda tx: _record(tx, exchange))


def _record(tx: UnitOfWork, exchange: Exchange) -> None:
    """Keep what became of it, unless the merchant is gone by now."""
    if exchange.mch_id in tx.accounts.merchants:
        tx.record(exchange)
