"""What changes, as it changes; and forgetting it all."""

from contextlib import suppress

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from sandbox.core.errors import MerchantUnknown
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.services import Changes
from sandbox.core.ports.storage import ChangeSet, Storage
from sandbox.web.operations import EVENTS, get, post


class ResetBody(msgspec.Struct, forbid_unknown_fields=True):
    """Without `mch_id`, everybody's."""

    mch_id: str = ""


class WatchingHandlers:
    def __init__(self, storage: Storage, changes: Changes) -> None:
        self._storage = storage
        self._changes = changes

    @get("/events", media_type=EVENTS)
    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `order`, `transfer`, `call`, `clock`, `reset`; their data names what changed (JSON)."""
        stream = EventSourceResponse()
        # Whoever listens may go at any time, also while he is told something.
        with self._changes.subscribe() as changes, suppress(ConnectionResetError):
            await stream.prepare(request)
            async with stream:
                while stream.is_connected():
                    for name, data in _events(await changes.next()):
                        await stream.send(msgspec.json.encode(data).decode(), event=name)
        return stream

    @post("/reset", raises=(MerchantUnknown,))
    async def reset(self, body: ResetBody) -> None:
        """Forget orders, refunds, transfers, sharings, money, notifications and journal, of one merchant or of all."""
        if body.mch_id:
            self._storage.accounts.merchant(body.mch_id)
        await self._storage.write(lambda tx: tx.forget_orders(body.mch_id))


def _named(key: OrderKey) -> tuple[str, dict[str, str]]:
    if key.out_bill_no:
        return "transfer", {"mch_id": key.mch_id, "out_bill_no": key.out_bill_no}
    return "order", {"mch_id": key.mch_id, "out_trade_no": key.out_trade_no}


def _events(committed: ChangeSet) -> list[tuple[str, dict[str, str]]]:
    changed = sorted((key for key in committed.orders if key.number), key=lambda key: (key.mch_id, key.number))
    events = [_named(key) for key in changed]
    if committed.calls:
        events.append(("call", {}))
    if committed.clocks:
        events.append(("clock", {}))
    events += [("reset", {"mch_id": mch_id}) for mch_id in sorted(committed.forgotten)]
    return events
