"""The queries, a class for each thing that is kept. Every statement is built once; SQLAlchemy caches its SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core import forgery_verdicts as forgeries
from sandbox.core.events import Actor, EventName
from sandbox.core.forgery_verdicts import Proof
from sandbox.core.journal import Exchange, SignatureState
from sandbox.core.ledger import Movement
from sandbox.core.notifications import FAILED, Notification, NotificationState, Standing, standing_of
from sandbox.core.orders import Order, OrderKey, TradeState
from sandbox.core.payers import Payer
from sandbox.core.ports.queries import CallFilter, Counters, Entry, ListedOrder, OrderFilter, Page
from sandbox.core.ports.storage import ChangeSet, Sieve
from sandbox.store import calls, rows, searching
from sandbox.store.paging import page
from sandbox.store.prepared import Prepared
from sandbox.store.tables import journal, ledger, notifications, orders, payers, refunds

COUNT_LIMIT = 1000
RECENT_NOTIFICATIONS = 20_000
"""How many of the newest notifications are looked through for a true one that the merchant took."""
RECENT_PLANS = 20_000
"""How many of the newest orders with a scenario are looked through for one of them."""


def _key_is(table: Any) -> ColumnElement[bool]:
    return and_(
        table.c.mch_id == bindparam("key_mch_id"),
        table.c.out_trade_no == bindparam("key_out_trade_no"),
        table.c.sub_mch_id == bindparam("key_sub_mch_id"),
    )


def _key_values(key: OrderKey) -> rows.Values:
    return {
        "key_mch_id": key.mch_id,
        "key_out_trade_no": key.out_trade_no,
        "key_sub_mch_id": key.sub_mch_id,
    }


# A partial index serves a query only where its condition stands there in so many words, not as a bound value.
_UNPAID = orders.c.trade_state.in_([literal_column("'NOTPAY'"), literal_column("'USERPAYING'")])
_HAS_CODE = orders.c.code != literal_column("''")
_IS_ATTEMPT = journal.c.notification_id != literal_column("''")
_FAILED = journal.c.outcome == literal_column("'failed'")

_find_order = select(orders).where(_key_is(orders))
_order_by_transaction = select(orders).where(
    orders.c.transaction_id == bindparam("id"), orders.c.mch_id == bindparam("m")
)
_order_by_prepay = select(orders).where(orders.c.prepay_id == bindparam("id"))
_order_by_code = select(orders).where(orders.c.code == bindparam("id"), _HAS_CODE)
_orders_named = select(orders).where(orders.c.mch_id == bindparam("m"), orders.c.out_trade_no == bindparam("n"))
_is_known = Prepared(select(orders.c.id).where(_key_is(orders)))
_ADDED = [column.name for column in orders.columns if column.name not in ("id", "notification", "next_at")]
_add_order = Prepared(insert(orders), _ADDED)
# The terms never change, so that saving an order writes its session, state and payment only.
_SESSION = ("prepay_id", "prepaid_at", "code", "code_at")
_STATE = ("trade_state", "closed_at", "closed_by", "plan", "acts_done", "act_at")
_PAYER = ("transaction_id", "paid_at", "bank_type", "payer_openid", "payer_sub_openid", "is_subscribe")
_SAVED = (*_SESSION, *_STATE, *_PAYER, "cash_fee", "coupons", "rate", "rate_value")
_save_order = update(orders).where(_key_is(orders)).values({name: bindparam(f"new_{name}") for name in _SAVED})
# That a forgery was taken is not undone by what comes later.
_standing = case(
    (orders.c.notification == Standing.FORGED.value, Standing.FORGED.value), else_=bindparam("new_standing")
)
_save_standing = update(orders).where(_key_is(orders)).values(notification=_standing, next_at=bindparam("new_next_at"))
_save_deceived = update(orders).where(_key_is(orders)).values(notification=Standing.FORGED.value)
_expired = (
    select(orders)
    .where(_UNPAID, orders.c.mch_id == bindparam("m"), orders.c.expires_at <= bindparam("at"))
    .order_by(orders.c.expires_at)
    .limit(bindparam("limit"))
)
_acting = (
    select(orders)
    .where(orders.c.mch_id == bindparam("m"), orders.c.act_at <= bindparam("at"), orders.c.act_at.is_not(None))
    .order_by(orders.c.act_at)
    .limit(bindparam("limit"))
)
_next_act_of = select(func.min(orders.c.act_at)).where(orders.c.mch_id == bindparam("m"), orders.c.act_at.is_not(None))
_with_plan = select(orders.c.id).where(orders.c.plan.is_not(None)).limit(1)
_another = (
    select(orders)
    .where(
        orders.c.mch_id == bindparam("m"),
        orders.c.out_trade_no != bindparam("n"),
        orders.c.transaction_id.is_not(None),
    )
    .order_by(orders.c.id.desc())
    .limit(1)
)
_next_expiry_of = select(func.min(orders.c.expires_at)).where(_UNPAID, orders.c.mch_id == bindparam("m"))
_next_refund_of = select(func.min(refunds.c.due_at)).where(
    refunds.c.mch_id == bindparam("m"), refunds.c.due_at.is_not(None)
)
_NEXT_DUES = (_next_expiry_of, _next_act_of, _next_refund_of)
_paid_in = (
    select(orders)
    .where(orders.c.mch_id == bindparam("m"), orders.c.paid_at.is_not(None))
    .where(orders.c.paid_at >= bindparam("begin"), orders.c.paid_at < bindparam("end"))
    .order_by(orders.c.paid_at, orders.c.id)
)
# When money went back is in the ledger: an order keeps no such moment.
_reversed_in = (
    select(orders, func.min(ledger.c.at).label("reversed_at"))
    .join(
        ledger,
        and_(
            ledger.c.mch_id == orders.c.mch_id,
            ledger.c.out_trade_no == orders.c.out_trade_no,
            ledger.c.sub_mch_id == orders.c.sub_mch_id,
        ),
    )
    .where(orders.c.mch_id == bindparam("m"), orders.c.trade_state == TradeState.REVOKED.value)
    .where(ledger.c.movement == Movement.REVERSAL.value)
    .where(ledger.c.at >= bindparam("begin"), ledger.c.at < bindparam("end"))
    .group_by(orders.c.id)
    .order_by("reversed_at", orders.c.id)
)
# All states are named so that the index on them is searched: it alone is read.
_by_state = (
    select(orders.c.trade_state, func.count())
    .where(orders.c.trade_state.in_(list(TradeState)))
    .group_by(orders.c.trade_state)
)

_PAYER_COLUMNS = ("openid", "appid", "balance_fen", "device", "logged_in", "wechat_version", "cards")
_find_payer = select(payers).where(payers.c.openid == bindparam("id"))
_first_payer = Prepared(
    select(*[payers.c[name] for name in _PAYER_COLUMNS]).where(payers.c.appid == bindparam("id")).order_by(payers.c.id)
)
_save_payer = Prepared(
    update(payers)
    .where(payers.c.openid == bindparam("key_openid"))
    .values({name: bindparam(f"new_{name}") for name in _PAYER_COLUMNS if name != "openid"})
)
_add_payer = Prepared(insert(payers), list(_PAYER_COLUMNS))

_failing = and_(notifications.c.state == NotificationState.PENDING.value, notifications.c.attempts > 0)
_STATES: Mapping[str, ColumnElement[bool]] = {
    **{state.value: notifications.c.state == state.value for state in NotificationState},
    "untried": and_(notifications.c.state == NotificationState.PENDING.value, notifications.c.attempts == 0),
    "failing": _failing,
    "failed": or_(_failing, notifications.c.state == NotificationState.GIVEN_UP.value),
}
_find_notification = select(notifications).where(notifications.c.id == bindparam("id"))
_order_notifications = select(notifications).where(_key_is(notifications)).order_by(notifications.c.seq)
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
_add_notification = insert(notifications)
_save_notification = (
    update(notifications)
    .where(notifications.c.id == bindparam("key_id"))
    .values({name: bindparam(f"new_{name}") for name in ("next_at", "state", "attempts", "scheduled")})
)

_timeline = select(journal).where(_key_is(journal)).order_by(journal.c.id)
_canary_hits = select(journal.c.facts).where(_key_is(journal), journal.c.name == EventName.CANARY_HIT.value)
_clock_jumps = select(journal).where(
    journal.c.mch_id.in_(["", bindparam("m")]),
    journal.c.out_trade_no == "",
    journal.c.kind == Actor.CLOCK.value,
    journal.c.id > bindparam("first"),
)
_entry = select(journal).where(journal.c.id == bindparam("id"))
_attempts = select(journal).where(journal.c.notification_id == bindparam("id"), _IS_ATTEMPT).order_by(journal.c.id)
_signature_errors = select(journal.c.id).where(
    _FAILED, journal.c.signature == SignatureState.WRONG.value, journal.c.at >= bindparam("hour_ago")
)


class OrderRepository:
    """Orders, by all that names them."""

    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection = connection
        self._committed = committed

    def find(self, key: OrderKey) -> Order | None:
        # Most calls that look are about to add, so the cheap question comes first.
        values = _key_values(key)
        if _is_known.run(self._connection, values).fetchone() is None:
            return None
        return self._one(_find_order, values)

    def by_transaction_id(self, mch_id: str, transaction_id: str) -> Order | None:
        return self._one(_order_by_transaction, {"id": transaction_id, "m": mch_id})

    def by_prepay_id(self, prepay_id: str) -> Order | None:
        return self._one(_order_by_prepay, {"id": prepay_id})

    def by_code(self, code: str) -> Order | None:
        return self._one(_order_by_code, {"id": code})

    def named(self, mch_id: str, out_trade_no: str) -> Sequence[Order]:
        found = self._connection.execute(_orders_named, {"m": mch_id, "n": out_trade_no})
        return [rows.order_of(row) for row in found]

    def add(self, order: Order) -> None:
        _add_order.run(self._connection, rows.order_values(order))
        self._committed.placed += 1
        self._touched(order)
        self._committed.due(order.key.mch_id, order.expires_at)
        self._acts(order)

    def save(self, order: Order) -> None:
        values = rows.order_values(order)
        changed = {f"new_{name}": values[name] for name in _SAVED}
        self._connection.execute(_save_order, {**_key_values(order.key), **changed})
        self._touched(order)
        self._acts(order)

    def save_standing(self, key: OrderKey, told: Sequence[Notification]) -> None:
        """Keep on an order how its notifications stand."""
        standing, next_at = standing_of(told)
        values = {"new_standing": standing and standing.value, "new_next_at": next_at}
        self._connection.execute(_save_standing, {**_key_values(key), **values})
        self._committed.orders.add(key)

    def deceived(self, key: OrderKey) -> None:
        self._connection.execute(_save_deceived, _key_values(key))
        self._committed.orders.add(key)

    def expired(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        found = self._connection.execute(_expired, {"m": mch_id, "at": at, "limit": limit})
        return [rows.order_of(row) for row in found]

    def acting(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        found = self._connection.execute(_acting, {"m": mch_id, "at": at, "limit": limit})
        return [rows.order_of(row) for row in found]

    def next_due_of(self, mch_id: str) -> datetime | None:
        dues = [self._connection.execute(query, {"m": mch_id}).scalar() for query in _NEXT_DUES]
        return min((due for due in dues if due is not None), default=None)

    def with_plan(self) -> bool:
        return self._connection.execute(_with_plan).first() is not None

    def another(self, key: OrderKey) -> Order | None:
        return self._one(_another, {"m": key.mch_id, "n": key.out_trade_no})

    def paid_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Order]:
        return [rows.order_of(row) for row in self._in(_paid_in, mch_id, sub_mch_id, begin, end)]

    def reversed_in(
        self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime
    ) -> Sequence[tuple[Order, datetime]]:
        found = self._in(_reversed_in, mch_id, sub_mch_id, begin, end)
        return [(rows.order_of(row), row.reversed_at) for row in found]

    def page(self, chosen: OrderFilter, cursor: str | None, limit: int) -> Page[ListedOrder]:
        query = select(orders).where(*self._conditions(chosen))
        return page(self._connection, query, orders.c.id, cursor, limit, rows.listed_order_of)

    def counters(self, chosen: OrderFilter, hour_ago: datetime) -> Counters:
        found = [searching.of_orders(self._connection, chosen.search)] if chosen.search else []

        def count(**changes: str) -> int:
            conditions = self._conditions(replace(chosen, search="", **changes))
            return self._count(select(orders.c.id).where(*conditions, *found))

        return Counters(
            waiting=count(trade_state=TradeState.NOTPAY.value),
            paid=count(trade_state=TradeState.SUCCESS.value),
            failed_notifications=count(notification="failed"),
            signature_errors=self._count(_wrongly_signed(chosen), {"hour_ago": hour_ago}),
        )

    def by_state(self) -> Mapping[str, int]:
        return _tally(self._connection, _by_state)

    def _conditions(self, chosen: OrderFilter) -> list[ColumnElement[bool]]:
        equal = {
            orders.c.mch_id: chosen.mch_id,
            orders.c.out_trade_no: chosen.out_trade_no,
            orders.c.trade_state: chosen.trade_state,
            orders.c.trade_type: chosen.trade_type,
        }
        conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
        if chosen.notification == "none":
            conditions.append(orders.c.notification.is_(None))
        elif chosen.notification == "failed":
            conditions.append(orders.c.notification.in_([one.value for one in FAILED]))
        elif chosen.notification:
            conditions.append(orders.c.notification == chosen.notification)
        if chosen.scenario:
            conditions.append(self._follows(chosen.scenario))
        if chosen.search:
            conditions.append(searching.of_orders(self._connection, chosen.search))
        return conditions

    def _follows(self, scenario: str) -> ColumnElement[bool]:
        planned = orders.c.plan.is_not(None)
        oldest = select(orders.c.id).where(planned).order_by(orders.c.id.desc()).offset(RECENT_PLANS).limit(1)
        begins = type_coerce(orders.c.plan, Text).startswith(f'{{"scenario":"{scenario}",', autoescape=True)
        return and_(planned, orders.c.id > (self._connection.execute(oldest).scalar() or 0), begins)

    def _in(self, query: Select[Any], mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Any:
        if sub_mch_id:
            query = query.where(orders.c.sub_mch_id == sub_mch_id)
        return self._connection.execute(query, {"m": mch_id, "begin": begin, "end": end})

    def _count(self, query: Select[Any], values: rows.Values | None = None) -> int:
        few = query.limit(COUNT_LIMIT).subquery()
        return self._connection.execute(select(func.count()).select_from(few), values or {}).scalar() or 0

    def _one(self, query: Select[Any], values: rows.Values) -> Order | None:
        row = self._connection.execute(query, values).first()
        return None if row is None else rows.order_of(row)

    def _touched(self, order: Order) -> None:
        self._committed.orders.add(order.key)

    def _acts(self, order: Order) -> None:
        if (act := order.next_act()) is not None:
            self._committed.due(order.key.mch_id, act[1])


class PayerRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, openid: str) -> Payer | None:
        row = self._connection.execute(_find_payer, {"id": openid}).first()
        return None if row is None else rows.payer_of(row)

    def first_of(self, appid: str) -> Payer | None:
        row = _first_payer.run(self._connection, {"id": appid}).fetchone()
        if row is None:
            return None
        *_, logged_in, _version, cards = row
        kept = rows.cards_of(msgspec.json.decode(cards)) if cards else None
        return replace(Payer(*row), logged_in=bool(logged_in), cards=kept)

    def page(self, cursor: str | None, limit: int) -> Page[Payer]:
        return page(self._connection, select(payers), payers.c.id, cursor, limit, rows.payer_of)

    def save(self, payer: Payer) -> None:
        row = rows.payer_values(payer)
        values = {"key_openid": payer.openid, **{f"new_{name}": value for name, value in row.items()}}
        if _save_payer.run(self._connection, values).rowcount == 0:
            _add_payer.run(self._connection, row)


class NotificationRepository:
    def __init__(self, connection: Connection, order_repository: OrderRepository) -> None:
        self._connection = connection
        self._orders = order_repository

    def find(self, notification_id: str) -> Notification | None:
        row = self._connection.execute(_find_notification, {"id": notification_id}).first()
        return None if row is None else rows.notification_of(row)

    def of_order(self, key: OrderKey) -> Sequence[Notification]:
        found = self._connection.execute(_order_notifications, _key_values(key))
        return [rows.notification_of(row) for row in found]

    def pending(self) -> Sequence[Notification]:
        return [rows.notification_of(row) for row in self._connection.execute(_pending)]

    def waiting_beyond(self, at: datetime, limit: int) -> Sequence[Notification]:
        found = self._connection.execute(_waiting_beyond, {"at": at, "limit": limit})
        return [rows.notification_of(row) for row in found]

    def undelivered(self) -> Mapping[str, int]:
        return _tally(self._connection, _undelivered)

    def page(
        self, mch_id: str, out_trade_no: str, state: str, cursor: str | None, limit: int, search: str = ""
    ) -> Page[Notification]:
        equal = {notifications.c.mch_id: mch_id, notifications.c.out_trade_no: out_trade_no}
        conditions = [column == value for column, value in equal.items() if value]
        conditions += [_STATES[state]] if state else []
        conditions += [searching.of_notifications(self._connection, search)] if search else []
        query = select(notifications).where(*conditions)
        return page(self._connection, query, notifications.c.seq, cursor, limit, rows.notification_of)

    def add(self, notification: Notification) -> None:
        self._connection.execute(_add_notification, rows.notification_values(notification))
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

    def _stands(self, notification: Notification) -> None:
        if notification.true:
            self._orders.save_standing(notification.key, self.of_order(notification.key))


class JournalRepository:
    def __init__(self, connection: Connection, notification_repository: NotificationRepository) -> None:
        self._connection = connection
        self._notifications = notification_repository

    def timeline(self, key: OrderKey) -> Sequence[Entry]:
        """The order's own entries, with the clock's jumps since its first."""
        own = [self._read(row) for row in self._connection.execute(_timeline, _key_values(key))]
        if not own:
            return own
        jumps = self._connection.execute(_clock_jumps, {"m": key.mch_id, "first": own[0].id})
        return sorted([*own, *map(rows.entry_of, jumps)], key=lambda entry: entry.id)

    def entry(self, entry_id: int) -> Entry | None:
        row = self._connection.execute(_entry, {"id": entry_id}).first()
        return None if row is None else self._read(row)

    def attempts(self, notification_id: str) -> Sequence[Exchange]:
        found = self._connection.execute(_attempts, {"id": notification_id})
        return [self.settled(rows.exchange_of(row)) for row in found]

    def settled(self, exchange: Exchange) -> Exchange:
        verdict = exchange.verdict
        if verdict is None:
            return exchange
        if forgeries.is_open(verdict):
            verdict = forgeries.settled(verdict, self._proof(exchange), fetched=self._fetched(exchange))
        exchange.judged(verdict)
        return exchange

    def _read(self, row: rows.AnyRow) -> Entry:
        entry = rows.entry_of(row)
        return Entry(entry.id, self.settled(entry.what)) if isinstance(entry.what, Exchange) else entry

    def _proof(self, exchange: Exchange) -> Proof:
        """What the merchant's way with true notifications tells of its answer to a forged one."""
        assert exchange.key is not None, "a notification is about an order"
        number = exchange.out_refund_no
        told = self._notifications.of_order(exchange.key)
        true = [one for one in told if one.true and one.out_refund_no == number]
        if true:
            return forgeries.proof_of(true)
        there = self._notifications.accepted_at(exchange.mch_id, exchange.path, "refund" if number else "payment")
        return Proof.ELSEWHERE if there else Proof.NONE

    def _fetched(self, exchange: Exchange) -> bool:
        """Whether the canary of an attempt's message was asked for."""
        assert exchange.key is not None, "a notification is about an order"
        hits = self._connection.execute(_canary_hits, _key_values(exchange.key))
        return any(hit.facts.get("notification_id") == exchange.notification_id for hit in hits)

    def calls(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[Entry]:
        return calls.page(self._connection, chosen, cursor, limit)

    def call_numbers(self, chosen: CallFilter, cursor: str | None, limit: int) -> Page[int]:
        return calls.numbers(self._connection, chosen, cursor, limit)

    def calls_after(self, chosen: CallFilter, entry_id: int, limit: int, sieve: Sieve | None = None) -> Sequence[Entry]:
        return calls.after(self._connection, chosen, entry_id, limit, sieve)

    def horizon(self, chosen: CallFilter, lines: int) -> int:
        return calls.horizon(self._connection, chosen, lines)

    def newest(self) -> int:
        return calls.newest(self._connection)


def _wrongly_signed(chosen: OrderFilter) -> Select[Any]:
    """The failed calls that the counter of signature errors counts: the merchant's, with the searched text in them."""
    query = _signature_errors
    if chosen.mch_id:
        query = query.where(journal.c.mch_id == chosen.mch_id)
    return query.where(calls.mentions(chosen.search)) if chosen.search else query


def _tally(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
