"""Notifications, the clock, events and reset."""

from contextlib import suppress
from typing import Annotated

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse
from msgspec import UNSET, Meta, UnsetType

from sandbox.control.clock import shapes as clock_shapes
from sandbox.control.clock.views import clock_view
from sandbox.control.notifications import shapes
from sandbox.control.notifications.views import notification_view
from sandbox.core.clock import MAX_ADVANCE, MAX_SCALE, MIN_SCALE, Clock
from sandbox.core.errors import ClockRefused, MerchantUnknown, NotificationUnknown
from sandbox.core.notifications import NotificationState
from sandbox.core.ports.services import Changes, ClockControl
from sandbox.core.ports.storage import ChangeSet, Storage, UnitOfWork
from sandbox.core.usecases.making import UseCases
from sandbox.web.operations import EVENTS, get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import ListQuery, Query


class NotificationPath(msgspec.Struct):
    id: str


class NotificationsQuery(ListQuery):
    mch_id: str = ""
    out_trade_no: str = ""
    state: NotificationState | UnsetType = UNSET


class ClockQuery(Query):
    mch_id: str = ""


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """One of `advance`, `scale` and `reset`; without `mch_id`, of the sandbox and so of every merchant."""

    # The limits are described here and kept by the clock.
    advance: Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": MAX_ADVANCE})] | UnsetType = UNSET
    scale: Annotated[float, Meta(extra_json_schema={"minimum": MIN_SCALE, "maximum": MAX_SCALE})] | UnsetType = UNSET
    reset: Annotated[bool, Meta(extra_json_schema={"const": True})] | UnsetType = UNSET
    mch_id: str = ""

    def __post_init__(self) -> None:
        if [self.advance is not UNSET, self.scale is not UNSET, self.reset is True].count(True) != 1:
            raise ValueError("Give one of advance, scale and reset")


OneMove = Annotated[
    ClockBody, Meta(extra_json_schema={"oneOf": [{"required": [name]} for name in ("advance", "scale", "reset")]})
]


class ResetBody(msgspec.Struct, forbid_unknown_fields=True):
    """Without `mch_id`, everybody's."""

    mch_id: str = ""


class WatchingHandlers:
    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        changes: Changes,
        clock_control: ClockControl,
        usecases: UseCases,
        language: Language,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._changes = changes
        self._clock_control = clock_control
        self._usecases = usecases
        self._language = language

    @get("/notifications")
    async def list_notifications(self, request: web.Request, query: NotificationsQuery) -> shapes.NotificationList:
        """Notifications with their attempts, newest first."""
        lang, names = self._language(request), (query.mch_id, query.out_trade_no, query.state or "")

        def read(tx: UnitOfWork) -> shapes.NotificationList:
            page = tx.notifications.page(*names, query.after, query.limit)
            items = [notification_view(one, tx.journal.attempts(one.id), lang) for one in page.items]
            return shapes.NotificationList(items, page.next)

        return await self._storage.read(read)

    @get("/notifications/{id}", raises=(NotificationUnknown,))
    async def get_notification(self, request: web.Request, path: NotificationPath) -> shapes.Notification:
        """One notification with its attempts."""
        lang = self._language(request)

        def read(tx: UnitOfWork) -> shapes.Notification:
            notification = self._usecases.payments(tx).notification(path.id)
            return notification_view(notification, tx.journal.attempts(path.id), lang)

        return await self._storage.read(read)

    @post("/notifications/{id}/retry", raises=(NotificationUnknown,))
    async def retry(self, request: web.Request, path: NotificationPath) -> shapes.Notification:
        """Make an attempt now, outside the schedule."""
        await self._clock_control.attempt_now(path.id)
        return await self.get_notification(request, path)

    @get("/clock", raises=(MerchantUnknown,))
    async def get_clock(self, query: ClockQuery) -> clock_shapes.Clock:
        """The clock of the sandbox, or of a merchant."""
        return clock_view(self._clock.reading(self._known(query.mch_id)))

    @post("/clock", raises=(MerchantUnknown, ClockRefused))
    async def set_clock(self, body: OneMove) -> clock_shapes.Clock:
        """Move a clock forward, change its speed, or go back to real time.

        Advancing runs what falls due on the way, in order, and answers when it has run.
        """
        mch_id = self._known(body.mch_id)
        if body.advance is not UNSET:
            await self._clock_control.advance(body.advance, mch_id)
        elif body.scale is not UNSET:
            await self._clock_control.rescale(body.scale, mch_id)
        else:
            await self._clock_control.reset(mch_id)
        return clock_view(self._clock.reading(mch_id))

    @get("/events", media_type=EVENTS)
    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `order`, `call`, `clock`, `reset`; their data is JSON that names what changed."""
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
        """Forget orders, refunds, notifications and journal, of one merchant or of all."""
        mch_id = self._known(body.mch_id)
        await self._storage.write(lambda tx: tx.forget_orders(mch_id))

    def _known(self, mch_id: str) -> str:
        if mch_id:
            self._storage.accounts.merchant(mch_id)
        return mch_id


def _events(committed: ChangeSet) -> list[tuple[str, dict[str, str]]]:
    orders = sorted(committed.orders, key=lambda key: (key.mch_id, key.out_trade_no))
    events = [("order", {"mch_id": key.mch_id, "out_trade_no": key.out_trade_no}) for key in orders if key.out_trade_no]
    if committed.calls:
        events.append(("call", {}))
    if committed.clocks:
        events.append(("clock", {}))
    events += [("reset", {"mch_id": mch_id}) for mch_id in sorted(committed.forgotten)]
    return events
