"""Notifications that are owed, or were."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Text, and_, bindparam, func, insert, or_, select, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.notifications import Notification, NotificationKind, NotificationState, beside_shares
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Alteration
from sandbox.core.ports.queries import Page
from sandbox.core.sharing import SharingNews
from sandbox.store import searching
from sandbox.store.paging import page
from sandbox.store.repositories.orders import OrderRepository
from sandbox.store.rows import About, AnyRow, Values, subject_of, tally
from sandbox.store.tables import notifications

RECENT_NOTIFICATIONS = 20_000
"""How many of the newest are looked through for a true one that the merchant took, and for what a receiver is told."""

_failing = and_(notifications.c.state == NotificationState.PENDING.value, notifications.c.attempts > 0)

_STATES: Mapping[str, ColumnElement[bool]] = {
    **{state.value: notifications.c.state == state.value for state in NotificationState},
    "untried": and_(notifications.c.state == NotificationState.PENDING.value, notifications.c.attempts == 0),
    "failing": _failing,
    "failed": or_(_failing, notifications.c.state == NotificationState.GIVEN_UP.value),
}
_find_notification = select(notifications).where(notifications.c.id == bindparam("id"))
_told_of = About(select(notifications).order_by(notifications.c.seq), notifications)
_pending = select(notifications).where(notifications.c.state == "pending").order_by(notifications.c.seq)
_waiting_beyond = (
    select(notifications)
    .where(notifications.c.state == "pending", notifications.c.next_at > bindparam("at"))
    .limit(bindparam("limit"))
)
_undelivered = (
    select(notifications.c.state, func.count())
    .where(notifications.c.state.in_([NotificationState.PENDING, NotificationState.GIVEN_UP]))
    .group_by(notifications.c.state)
)
_recent = select(func.max(notifications.c.seq) - RECENT_NOTIFICATIONS).scalar_subquery()
_accepted_there = (
    select(notifications.c.id)
    .where(
        notifications.c.seq > _recent,
        notifications.c.mch_id == bindparam("m"),
        notifications.c.url == bindparam("url"),
        notifications.c.kind == bindparam("kind"),
        notifications.c.state == NotificationState.DELIVERED.value,
        notifications.c.alteration.is_(None),
    )
    .limit(1)
)
_shares_lately = select(notifications.c.seq).where(
    notifications.c.seq > _recent, notifications.c.kind == NotificationKind.SHARING.value
)
_add_notification = insert(notifications)
_save_notification = (
    update(notifications)
    .where(notifications.c.id == bindparam("key_id"))
    .values({name: bindparam(f"new_{name}") for name in ("next_at", "state", "attempts", "scheduled")})
)


class NotificationRepository:
    def __init__(self, connection: Connection, order_repository: OrderRepository) -> None:
        self._connection = connection
        self._orders = order_repository

    def find(self, notification_id: str) -> Notification | None:
        row = self._connection.execute(_find_notification, {"id": notification_id}).first()
        return None if row is None else notification_of(row)

    def of_order(self, key: OrderKey) -> Sequence[Notification]:
        return [notification_of(row) for row in _told_of.ask(self._connection, key)]

    def pending(self) -> Sequence[Notification]:
        return [notification_of(row) for row in self._connection.execute(_pending)]

    def waiting_beyond(self, at: datetime, limit: int) -> Sequence[Notification]:
        found = self._connection.execute(_waiting_beyond, {"at": at, "limit": limit})
        return [notification_of(row) for row in found]

    def undelivered(self) -> Mapping[str, int]:
        return tally(self._connection, _undelivered)

    def page(
        self, mch_id: str, out_trade_no: str, state: str, cursor: str | None, limit: int, search: str = ""
    ) -> Page[Notification]:
        conditions = [self._concerns(mch_id)] if mch_id else []
        conditions += [notifications.c.out_trade_no == out_trade_no] if out_trade_no else []
        conditions += [_STATES[state]] if state else []
        conditions += [searching.of_notifications(self._connection, search)] if search else []
        query = select(notifications).where(*conditions)
        return page(self._connection, query, notifications.c.seq, cursor, limit, notification_of)

    def add(self, notification: Notification) -> None:
        self._connection.execute(_add_notification, notification_values(notification))
        self._stands(notification)

    def save(self, notification: Notification) -> None:
        changed = {
            "key_id": notification.id,
            "new_next_at": notification.next_at,
            "new_state": notification.state.value,
            "new_attempts": notification.attempts,
            "new_scheduled": notification.scheduled,
        }
        self._connection.execute(_save_notification, changed)
        self._stands(notification)

    def accepted_at(self, mch_id: str, url: str, kind: str) -> bool:
        """Whether the merchant took a true notification at an address lately."""
        return self._connection.execute(_accepted_there, {"m": mch_id, "url": url, "kind": kind}).first() is not None

    def _concerns(self, mch_id: str) -> ColumnElement[bool]:
        """Whether a notification is about what is a merchant's, or has lately told it of a share."""
        news = type_coerce(notifications.c.sharing, Text).startswith(f'{{"mch_id":"{mch_id}",', autoescape=True)
        told = self._connection.execute(_shares_lately.where(news)).scalars().all()
        own = notifications.c.mch_id == mch_id
        return or_(own, notifications.c.seq.in_(told)) if told else own

    def _stands(self, notification: Notification) -> None:
        if notification.true and notification.key.out_trade_no:
            self._orders.save_standing(notification.key, beside_shares(self.of_order(notification.key)))


def notification_values(notification: Notification) -> Values:
    return {
        "id": notification.id,
        "kind": notification.kind.value,
        "mch_id": notification.key.mch_id,
        "out_trade_no": notification.key.out_trade_no,
        "sub_mch_id": notification.key.sub_mch_id,
        "url": notification.url,
        "nonce_str": notification.nonce_str,
        "created_at": notification.created_at,
        "next_at": notification.next_at,
        "state": notification.state.value,
        "attempts": notification.attempts,
        "scheduled": notification.scheduled,
        "single": notification.single,
        "alteration": notification.alteration,
        "out_refund_no": notification.out_refund_no,
        "out_bill_no": notification.key.out_bill_no,
        "origin": notification.origin,
        "sharing": notification.sharing,
    }


def notification_of(row: AnyRow) -> Notification:
    return Notification(
        id=row.id,
        kind=NotificationKind(row.kind),
        key=subject_of(row),
        url=row.url,
        nonce_str=row.nonce_str,
        created_at=row.created_at,
        next_at=row.next_at,
        state=NotificationState(row.state),
        attempts=row.attempts,
        scheduled=row.scheduled,
        single=row.single,
        alteration=msgspec.convert(row.alteration, Alteration) if row.alteration else None,
        out_refund_no=row.out_refund_no,
        origin=row.origin,
        sharing=msgspec.convert(row.sharing, SharingNews | None),
    )
