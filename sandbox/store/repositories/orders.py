"""Orders, by all that names them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from sandbox.core.ledger import Movement
from sandbox.core.notifications import Notification, Standing, standing_of
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, TradeState
from sandbox.core.ports.queries import Counters, ListedOrder, OrderFilter, Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.store import calls, filters, searching
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, count, page
from sandbox.store.prepared import Prepared, PreparedQuery
from sandbox.store.repositories.order_rows import listed_order_of, order_of, order_values
from sandbox.store.rows import Values, key_is, key_of, key_values, numbers_by_merchant
from sandbox.store.sharing_tables import frozen_money, sharings
from sandbox.store.tables import ledger, orders, refunds
from sandbox.store.transfer_tables import transfers

COUNT_LIMIT = 1000

# A partial index serves a query only where its condition stands there in so many words, not as a bound value.
_UNPAID = orders.c.trade_state.in_([literal_column("'NOTPAY'"), literal_column("'USERPAYING'")])
_HAS_CODE = orders.c.code != literal_column("''")
_COMBINED = and_(orders.c.combine_out_trade_no == orders.c.out_trade_no, orders.c.combine_mch_id == orders.c.mch_id)
# A sub-order does what its combined order does, and nothing when its own time comes.
_BY_ITSELF = or_(orders.c.combine_out_trade_no.is_(None), _COMBINED)
# A combined order is paid, and its sub-orders are what was sold.
_SOLD = or_(orders.c.combine_out_trade_no.is_(None), not_(_COMBINED))
_find_order = PreparedQuery(select(orders).where(key_is(orders)))
_order_by_transaction = PreparedQuery(
    select(orders).where(orders.c.transaction_id == bindparam("id"), orders.c.mch_id == bindparam("m"))
)
_order_by_prepay = PreparedQuery(select(orders).where(orders.c.prepay_id == bindparam("id")))
_order_by_code = PreparedQuery(select(orders).where(orders.c.code == bindparam("id"), _HAS_CODE))
_orders_of = select(orders).where(
    orders.c.mch_id == bindparam("m"), orders.c.out_trade_no.in_(bindparam("numbers", expanding=True))
)
_orders_named = PreparedQuery(
    select(orders).where(orders.c.mch_id == bindparam("m"), orders.c.out_trade_no == bindparam("n"))
)
_is_known = Prepared(select(orders.c.id).where(key_is(orders)))
_ADDED = [column.name for column in orders.columns if column.name not in ("id", "notification", "next_at")]
_add_order = Prepared(insert(orders), _ADDED)
# The terms never change, so that saving an order writes its session, state and payment only.
_SESSION = ("prepay_id", "prepaid_at", "code", "code_at")
_STATE = ("trade_state", "closed_at", "closed_by", "plan", "acts_done", "act_at")
_PAYER = ("transaction_id", "paid_at", "bank_type", "payer_openid", "payer_sub_openid", "is_subscribe")
_SAVED = (*_SESSION, *_STATE, *_PAYER, "cash_fee", "coupons", "rate", "rate_value")
_save_order = Prepared(update(orders).where(key_is(orders)).values({name: bindparam(f"new_{name}") for name in _SAVED}))
# That a forgery was taken is not undone by what comes later.
_standing = case(
    (orders.c.notification == Standing.FORGED.value, Standing.FORGED.value), else_=bindparam("new_standing")
)
_save_standing = Prepared(
    update(orders).where(key_is(orders)).values(notification=_standing, next_at=bindparam("new_next_at"))
)
_save_deceived = update(orders).where(key_is(orders)).values(notification=Standing.FORGED.value)
_expired = PreparedQuery(
    select(orders)
    .where(_UNPAID, orders.c.mch_id == bindparam("m"), orders.c.expires_at <= bindparam("at"), _BY_ITSELF)
    .order_by(orders.c.expires_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_acting = PreparedQuery(
    select(orders)
    .where(orders.c.mch_id == bindparam("m"), orders.c.act_at <= bindparam("at"), orders.c.act_at.is_not(None))
    .order_by(orders.c.act_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_with_plan = select(orders.c.id).where(orders.c.plan.is_not(None)).limit(1)
_another = PreparedQuery(
    select(orders)
    .where(
        orders.c.mch_id == bindparam("m"),
        orders.c.out_trade_no != bindparam("n"),
        orders.c.transaction_id.is_not(None),
        orders.c.combine_out_trade_no.is_(None),
    )
    .order_by(orders.c.id.desc())
    .limit(1)
)
_next_expiry = select(orders.c.mch_id, func.min(orders.c.expires_at)).where(_UNPAID, _BY_ITSELF)
_next_expiry_of = select(func.min(orders.c.expires_at)).where(_UNPAID, orders.c.mch_id == bindparam("m"), _BY_ITSELF)
_DUES = (orders.c.act_at, refunds.c.due_at, transfers.c.due_at, sharings.c.due_at, frozen_money.c.thaws_at)
"""When something of a merchant's has its time, besides that an order expires; empty where nothing has."""
_NEXT_DUES = (
    _next_expiry_of,
    *(select(func.min(at)).where(at.table.c.mch_id == bindparam("m"), at.is_not(None)) for at in _DUES),
)
_NEXT_DUES_OF_ALL = [
    query.group_by(query.selected_columns[0])
    for query in (_next_expiry, *(select(at.table.c.mch_id, func.min(at)).where(at.is_not(None)) for at in _DUES))
]
_sub_orders = PreparedQuery(
    select(orders)
    .where(orders.c.combine_mch_id == bindparam("m"), orders.c.combine_out_trade_no == bindparam("n"), not_(_COMBINED))
    .order_by(orders.c.id)
)
_paid_in = (
    select(orders)
    .where(orders.c.mch_id == bindparam("m"), orders.c.paid_at.is_not(None), _SOLD)
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
_state_of = Prepared(select(orders.c.trade_state).where(key_is(orders)))


class OrderRepository:
    """Orders, by all that names them."""

    def __init__(self, connection: Connection, committed: ChangeSet, holding: Holding) -> None:
        self._connection = connection
        self._committed = committed
        self._holding = holding
        self._found = {"": Asked()}
        """What the texts that were searched for ask."""

    def find(self, key: OrderKey) -> Order | None:
        # Most calls that look are about to add, so the cheap question comes first.
        values = key_values(key)
        if _is_known.run(self._connection, values).fetchone() is None:
            return None
        return self._one(_find_order, values)

    def find_all(self, keys: Collection[OrderKey]) -> Mapping[OrderKey, Order]:
        of_merchants = numbers_by_merchant(keys).items()
        asked = [{"m": mch_id, "numbers": list(numbers)} for mch_id, numbers in of_merchants]
        rows = [row for one in asked for row in self._connection.execute(_orders_of, one).all()]
        return {key: order_of(row) for row in rows if (key := key_of(row)) in keys}

    def by_transaction_id(self, mch_id: str, transaction_id: str) -> Order | None:
        return self._one(_order_by_transaction, {"id": transaction_id, "m": mch_id})

    def by_prepay_id(self, prepay_id: str) -> Order | None:
        return self._one(_order_by_prepay, {"id": prepay_id})

    def by_code(self, code: str) -> Order | None:
        return self._one(_order_by_code, {"id": code})

    def named(self, mch_id: str, out_trade_no: str) -> Sequence[Order]:
        return self._all(_orders_named, {"m": mch_id, "n": out_trade_no})

    def sub_orders(self, combined: OrderKey) -> Sequence[Order]:
        return self._all(_sub_orders, {"m": combined.mch_id, "n": combined.out_trade_no})

    def add(self, order: Order) -> None:
        _add_order.run(self._connection, order_values(order))
        self._committed.placed += 1
        self._committed.census.orders[order.trade_state.value] += 1
        self._touched(order)
        self._committed.due(order.payable.mch_id, order.expires_at)
        self._acts(order)

    def save(self, order: Order) -> None:
        values = order_values(order)
        if not self._holding.rows:  # where others write too, nobody counts along
            states = self._committed.census.orders
            (before,) = _state_of.run(self._connection, key_values(order.key)).fetchone()
            states[before] -= 1
            states[order.trade_state.value] += 1
        changed = {f"new_{name}": values[name] for name in _SAVED}
        _save_order.run(self._connection, {**key_values(order.key), **changed})
        self._touched(order)
        self._acts(order)

    def save_standings(self, told: Mapping[OrderKey, Sequence[Notification]]) -> None:
        """Keep on each order how its notifications stand."""
        standings = {key: standing_of(its) for key, its in told.items()}
        changed = [
            {**key_values(key), "new_standing": standing and standing.value, "new_next_at": next_at}
            for key, (standing, next_at) in standings.items()
        ]
        if changed:
            _save_standing.run_all(self._connection, changed)
        self._committed.orders |= told.keys()

    def deceived(self, key: OrderKey) -> None:
        self._connection.execute(_save_deceived, key_values(key))
        self._committed.orders.add(key)

    def expired(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        return self._due(_expired, {"m": mch_id, "at": at, "limit": limit})

    def acting(self, mch_id: str, at: datetime, limit: int) -> Sequence[Order]:
        return self._due(_acting, {"m": mch_id, "at": at, "limit": limit})

    def next_due_of(self, mch_id: str) -> datetime | None:
        dues = [self._connection.execute(query, {"m": mch_id}).scalar() for query in _NEXT_DUES]
        return min((due for due in dues if due is not None), default=None)

    def next_dues(self) -> Mapping[str, datetime]:
        dues: dict[str, datetime] = {}
        for query in _NEXT_DUES_OF_ALL:
            for mch_id, at in self._connection.execute(query):
                dues[mch_id] = min(at, dues.get(mch_id, at))
        return dues

    def with_plan(self) -> bool:
        return self._connection.execute(_with_plan).first() is not None

    def another(self, key: OrderKey) -> Order | None:
        return self._one(_another, {"m": key.mch_id, "n": key.out_trade_no})

    def paid_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Order]:
        return [order_of(row) for row in self._in(_paid_in, mch_id, sub_mch_id, begin, end)]

    def reversed_in(
        self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime
    ) -> Sequence[tuple[Order, datetime]]:
        found = self._in(_reversed_in, mch_id, sub_mch_id, begin, end)
        return [(order_of(row), row.reversed_at) for row in found]

    def page(self, chosen: OrderFilter, cursor: str | None, limit: int) -> Page[ListedOrder]:
        return page(self._connection, orders.c.id, self._asked(chosen), cursor, limit, listed_order_of)

    def counters(self, chosen: OrderFilter, hour_ago: datetime) -> Counters:
        def found(**changes: str) -> int:
            return count(self._connection, orders.c.id, self._asked(replace(chosen, **changes)), COUNT_LIMIT)

        return Counters(
            waiting=found(trade_state=TradeState.NOTPAY.value),
            paid=found(trade_state=TradeState.SUCCESS.value),
            failed_notifications=found(notification="failed"),
            signature_errors=calls.wrongly_signed(
                self._connection, chosen.mch_id, hour_ago, chosen.search, COUNT_LIMIT
            ),
        )

    def _asked(self, chosen: OrderFilter) -> Asked:
        if chosen.search not in self._found:
            self._found[chosen.search] = searching.of_orders(self._connection, chosen.search)
        return filters.of_orders(chosen, self._found[chosen.search])

    def _in(self, query: Select[Any], mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Any:
        if sub_mch_id:
            query = query.where(orders.c.sub_mch_id == sub_mch_id)
        return self._connection.execute(query, {"m": mch_id, "begin": begin, "end": end})

    def _due(self, query: PreparedQuery, values: Values) -> Sequence[Order]:
        """Those that nobody else is about to do something with: it is being done."""
        return [order_of(row) for row in query.all(self._connection, values)]

    def _all(self, query: PreparedQuery, values: Values) -> Sequence[Order]:
        return [order_of(row) for row in self._holding.all(query, self._connection, values)]

    def _one(self, query: PreparedQuery, values: Values) -> Order | None:
        row = self._holding.first(query, self._connection, values)
        return None if row is None else order_of(row)

    def _touched(self, order: Order) -> None:
        self._committed.orders.add(order.key)

    def _acts(self, order: Order) -> None:
        if (act := order.next_act()) is not None:
            self._committed.due(order.key.mch_id, act[1])
