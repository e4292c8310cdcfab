"""Notifications that are owed, or were."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, case, func, insert, literal_column, null, select, update

from sandbox.core.notifications import Notification, NotificationKind, NotificationState, beside_shares
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Alteration
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.sharing import SharingNews
from sandbox.store import filters, searching
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import Prepared, PreparedQuery
from sandbox.store.repositories.orders import OrderRepository
from sandbox.store.rows import About, AnyRow, Values, subject_of
from sandbox.store.tables import notifications

RECENT_NOTIFICATIONS = 5000
"""How many of the newest notifications are looked through for a true one that the merchant took."""

_find_notification = PreparedQuery(select(notifications).where(notifications.c.id == bindparam("id")))
_find_all = select(notifications).where(notifications.c.id.in_(bindparam("ids", expanding=True)))
_told_of = About(select(notifications).order_by(notifications.c.seq), notifications)
_pending = select(notifications).where(notifications.c.state == "pending").order_by(notifications.c.seq)
_mine = notifications.c.holder == bindparam("me")
# A partial index serves a query only where its condition stands there in so many words, not as a bound value.
_waiting_beyond = (
    select(notifications)
    .where(notifications.c.state == literal_column("'pending'"), notifications.c.next_at > bindparam("at"))
    .limit(bindparam("limit"))
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
_ADDED = [column.name for column in notifications.columns if column.name != "seq"]
_add_notification = Prepared(insert(notifications), _ADDED)
_SAVED = ("next_at", "state", "attempts", "scheduled")
# Whoever has made an attempt lets go of it; what another process has taken meanwhile stays taken.
_let_go = case((_mine, null()), else_=notifications.c.holder)
_save_notification = Prepared(
    update(notifications)
    .where(notifications.c.id == bindparam("key_id"))
    .values({**{name: bindparam(f"new_{name}") for name in _SAVED}, "holder": _let_go})
)


class NotificationRepository:
    def __init__(
        self, connection: Connection, order_repository: OrderRepository, committed: ChangeSet, holding: Holding
    ) -> None:
        self._connection = connection
        self._holding = holding
        self._orders = order_repository
        self._states = committed.census.notifications

    def find(self, notification_id: str) -> Notification | None:
        row = self._holding.first(_find_notification, self._connection, {"id": notification_id})
        return None if row is None else notification_of(row)

    def find_all(self, notification_ids: Collection[str]) -> Mapping[str, Notification]:
        found = self._connection.execute(_find_all, {"ids": list(notification_ids)})
        return {row.id: notification_of(row) for row in found.all()}

    def of_all(self, keys: Collection[OrderKey]) -> Mapping[OrderKey, Sequence[Notification]]:
        found: dict[OrderKey, list[Notification]] = {key: [] for key in keys}
        for row in sorted(_told_of.ask_all(self._connection, keys, self._holding), key=lambda row: row.seq):
            if (told := found.get(subject_of(row))) is not None:
                told.append(notification_of(row))
        return found

    def of_order(self, key: OrderKey) -> Sequence[Notification]:
        return [notification_of(row) for row in _told_of.ask(self._connection, key)]

    def pending(self) -> Sequence[Notification]:
        return [notification_of(row) for row in self._connection.execute(_pending)]

    def waiting_beyond(self, at: datetime, limit: int) -> Sequence[Notification]:
        found = self._connection.execute(_waiting_beyond, {"at": at, "limit": limit})
        return [notification_of(row) for row in found]

    def page(
        self, mch_id: str, out_trade_no: str, state: str, cursor: str | None, limit: int, search: str = ""
    ) -> Page[Notification]:
        found = searching.of_notifications(self._connection, search) if search else Asked()
        asked = filters.of_notifications(mch_id, out_trade_no, state, found)
        return page(self._connection, notifications.c.seq, asked, cursor, limit, notification_of)

    def add(self, notification: Notification) -> None:
        # Who owes what is due at once makes the attempt; all else is taken when its time comes.
        holder = self._holding.process if notification.next_at == notification.created_at else None
        _add_notification.run(self._connection, {**notification_values(notification), "holder": holder})
        self._states[notification.state.value] += 1
        if notification.true and notification.key.out_trade_no:
            self._orders.save_standings({notification.key: beside_shares(self.of_order(notification.key))})

    def save_all(self, changed: Sequence[Notification], about: Mapping[OrderKey, Sequence[Notification]]) -> None:
        now = {one.id: one for one in changed}
        for key in {one.key for one in changed}:
            self._states.subtract(one.state.value for one in about[key] if one.id in now)
        self._states.update(one.state.value for one in changed)
        values = [
            {
                "key_id": one.id,
                "me": self._holding.process,
                "new_next_at": one.next_at,
                "new_state": one.state.value,
                "new_attempts": one.attempts,
                "new_scheduled": one.scheduled,
            }
            for one in changed
        ]
        _save_notification.run_all(self._connection, values)
        told = {
            one.key: [now.get(other.id, other) for other in about[one.key]]
            for one in changed
            if one.true and one.key.out_trade_no
        }
        self._orders.save_standings({key: beside_shares(its) for key, its in told.items()})

    def accepted_at(self, mch_id: str, url: str, kind: str) -> bool:
        """Whether the merchant took a true notification at an address lately."""
        return self._connection.execute(_accepted_there, {"m": mch_id, "url": url, "kind": kind}).first() is not None


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
        "receiver": notification.sharing.mch_id if notification.sharing else "",
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
