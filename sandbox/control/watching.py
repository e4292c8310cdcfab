"""Notifications, the clock, events, health and reset."""

import msgspec
from aiohttp import web
from aiohttp_sse import sse_response

from sandbox import __version__
from sandbox.control.desk import Desk
from sandbox.control.replies import ControlError, cursor_of, limit_of, read_body, reply
from sandbox.control.views import clock_view, notification_view
from sandbox.core.notifications import NotificationState
from sandbox.core.ports import Committed


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    advance: float | None = None
    scale: float | None = None
    reset: bool = False
    mch_id: str = ""


class ResetBody(msgspec.Struct, forbid_unknown_fields=True):
    mch_id: str = ""


class WatchingHandlers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/notifications", self.list_notifications),
            web.get("/notifications/{id}", self.get_notification),
            web.post("/notifications/{id}/retry", self.retry),
            web.get("/clock", self.get_clock),
            web.post("/clock", self.set_clock),
            web.get("/events", self.events),
            web.post("/reset", self.reset),
        ]

    async def list_notifications(self, request: web.Request) -> web.Response:
        query, lang = request.query, self._desk.language(request)
        state = query.get("state", "")
        if state and state not in set(NotificationState):
            raise ControlError(400, "invalid", f"state is one of {', '.join(NotificationState)}.", "state")
        names = (query.get("mch_id", ""), query.get("out_trade_no", ""), state)
        cursor, limit = cursor_of(request), limit_of(request)

        page, attempts = await self._world.storage.read(
            lambda tx: (
                (page := tx.notifications.page(*names, cursor, limit)),
                {one.id: tx.journal.attempts(one.id) for one in page.items},
            )
        )
        return reply(
            {"items": [notification_view(one, attempts[one.id], lang) for one in page.items], "next": page.next}
        )

    async def get_notification(self, request: web.Request) -> web.Response:
        lang = self._desk.language(request)
        return reply(
            await self._world.storage.read(
                lambda tx: notification_view(
                    self._world.payments(tx).notification(request.match_info["id"]),
                    tx.journal.attempts(request.match_info["id"]),
                    lang,
                )
            )
        )

    async def retry(self, request: web.Request) -> web.Response:
        await self._world.pulse.attempt_now(request.match_info["id"])
        return await self.get_notification(request)

    async def get_clock(self, request: web.Request) -> web.Response:
        return reply(clock_view(self._world.clock.reading(self._known(request.query.get("mch_id", "")))))

    async def set_clock(self, request: web.Request) -> web.Response:
        body = await read_body(request, ClockBody)
        mch_id = self._known(body.mch_id)
        if [body.advance is not None, body.scale is not None, body.reset].count(True) != 1:
            raise ControlError(400, "invalid", "Give one of advance, scale and reset.")
        if body.advance is not None:
            await self._world.pulse.advance(body.advance, mch_id)
        elif body.scale is not None:
            await self._world.pulse.rescale(body.scale, mch_id)
        else:
            await self._world.pulse.reset(mch_id)
        return reply(clock_view(self._world.clock.reading(mch_id)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `order`, `clock`, `call`; their data names what changed."""
        with self._world.changes.subscribe() as changes:
            async with sse_response(request) as stream:
                while stream.is_connected():
                    for name, data in _events(await changes.next()):
                        await stream.send(msgspec.json.encode(data).decode(), event=name)
        return stream

    async def reset(self, request: web.Request) -> web.Response:
        body = await read_body(request, ResetBody)
        mch_id = self._known(body.mch_id)
        await self._world.storage.write(lambda tx: tx.forget_orders(mch_id))
        return web.Response(status=204)

    def _known(self, mch_id: str) -> str:
        if mch_id:
            self._world.storage.accounts.merchant(mch_id)
        return mch_id


def _events(committed: Committed) -> list[tuple[str, dict[str, str]]]:
    orders = sorted(committed.orders, key=lambda key: (key.mch_id, key.out_trade_no))
    events = [("order", {"mch_id": key.mch_id, "out_trade_no": key.out_trade_no}) for key in orders if key.out_trade_no]
    if committed.calls:
        events.append(("call", {}))
    if committed.clocks:
        events.append(("clock", {}))
    events += [("reset", {"mch_id": mch_id}) for mch_id in sorted(committed.forgotten)]
    return events


async def health(request: web.Request) -> web.Response:
    return reply({"status": "ok", "version": __version__})


def ca_pem(desk: Desk) -> web.RouteDef:
    async def get(request: web.Request) -> web.Response:
        ca = await desk.world.certificates.ca()
        return web.Response(text=ca.certificate, content_type="application/x-pem-file")

    return web.get("/ca.pem", get)
