"""Notifications: what merchants are owed, with every attempt."""

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.notifications import shapes
from sandbox.control.notifications.views import notification_view
from sandbox.core.errors import NotificationUnknown
from sandbox.core.notifications import NotificationState
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import ClockControl
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.usecases.making import UseCases
from sandbox.web.operations import get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import ListQuery


class NotificationPath(msgspec.Struct):
    id: str


class NotificationsQuery(ListQuery):
    mch_id: str = ""
    out_trade_no: str = ""
    state: NotificationState | UnsetType = UNSET


class NotificationHandlers:
    def __init__(
        self,
        storage: Storage,
        clock_control: ClockControl,
        faces: Faces,
        usecases: UseCases,
        language: Language,
    ) -> None:
        self._storage = storage
        self._faces = faces
        self._clock_control = clock_control
        self._usecases = usecases
        self._language = language

    @get("/notifications")
    async def list_notifications(self, request: web.Request, query: NotificationsQuery) -> shapes.NotificationList:
        """Notifications with their attempts, newest first."""
        lang, names = self._language(request), (query.mch_id, query.out_trade_no, query.state or "")

        def read(tx: UnitOfWork) -> shapes.NotificationList:
            page = tx.notifications.page(*names, query.after, query.limit)
            items = [notification_view(one, tx.journal.attempts(one.id), self._faces, lang) for one in page.items]
            return shapes.NotificationList(items, page.next)

        return await self._storage.read(read)

    @get("/notifications/{id}", raises=(NotificationUnknown,))
    async def get_notification(self, request: web.Request, path: NotificationPath) -> shapes.Notification:
        """One notification with its attempts."""
        lang = self._language(request)

        def read(tx: UnitOfWork) -> shapes.Notification:
            notification = self._usecases.payments(tx).notification(path.id)
            return notification_view(notification, tx.journal.attempts(path.id), self._faces, lang)

        return await self._storage.read(read)

    @post("/notifications/{id}/retry", raises=(NotificationUnknown,))
    async def retry(self, request: web.Request, path: NotificationPath) -> shapes.Notification:
        """Make an attempt now, outside the schedule."""
        await self._clock_control.attempt_now(path.id)
        return await self.get_notification(request, path)
