"""Refunds, by all that names them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Coupon
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.refunds import Parts, Payout, Refund, RefundStatus, RefundTerms
from sandbox.store import filters, searching
from sandbox.store.columns import PackedTerms
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import Prepared, PreparedQuery
from sandbox.store.rows import AnyRow, Values, key_of
from sandbox.store.tables import refunds

_TERMS = PackedTerms(RefundTerms, "out_refund_no", "refund_fee")
_by_number = PreparedQuery(
    select(refunds).where(
        refunds.c.mch_id == bindparam("m"),
        refunds.c.out_refund_no == bindparam("n"),
        refunds.c.sub_mch_id == bindparam("s"),
    )
)
_by_refund_id = PreparedQuery(
    select(refunds).where(refunds.c.refund_id == bindparam("id"), refunds.c.mch_id == bindparam("m"))
)
_named = PreparedQuery(
    select(refunds).where(refunds.c.mch_id == bindparam("m"), refunds.c.out_refund_no == bindparam("n"))
)
_of_order = PreparedQuery(
    select(refunds)
    .where(
        refunds.c.mch_id == bindparam("m"),
        refunds.c.out_trade_no == bindparam("n"),
        refunds.c.sub_mch_id == bindparam("s"),
    )
    .order_by(refunds.c.id)
)

_due = (
    select(refunds)
    .where(refunds.c.mch_id == bindparam("m"), refunds.c.due_at <= bindparam("at"), refunds.c.due_at.is_not(None))
    .order_by(refunds.c.due_at, refunds.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_accepted_in = (
    select(refunds)
    .where(
        refunds.c.mch_id == bindparam("m"),
        refunds.c.created_at >= bindparam("begin"),
        refunds.c.created_at < bindparam("end"),
    )
    .order_by(refunds.c.created_at, refunds.c.id)
)

_SAVED = ("due_at", "outcome", "status", "success_at", "recv_account", "payout")
_add = Prepared(insert(refunds), [one.name for one in refunds.columns if one.name != "id"])
_save = Prepared(
    update(refunds)
    .where(refunds.c.refund_id == bindparam("key_refund_id"))
    .values({name: bindparam(f"new_{name}") for name in _SAVED})
)


class RefundRepository:
    """Refunds, by all that names them."""

    def __init__(self, connection: Connection, committed: ChangeSet, holding: Holding) -> None:
        self._connection = connection
        self._committed = committed
        self._holding = holding

    def find(self, mch_id: str, out_refund_no: str, sub_mch_id: str = "") -> Refund | None:
        if not out_refund_no:
            return None
        return self._one(_by_number, {"m": mch_id, "n": out_refund_no, "s": sub_mch_id})

    def by_refund_id(self, mch_id: str, refund_id: str) -> Refund | None:
        return self._one(_by_refund_id, {"m": mch_id, "id": refund_id})

    def named(self, mch_id: str, out_refund_no: str) -> Sequence[Refund]:
        found = self._holding.all(_named, self._connection, {"m": mch_id, "n": out_refund_no})
        return [refund_of(row) for row in found]

    def of_order(self, key: OrderKey) -> Sequence[Refund]:
        values = {"m": key.mch_id, "n": key.out_trade_no, "s": key.sub_mch_id}
        return [refund_of(row) for row in _of_order.all(self._connection, values)]

    def add(self, refund: Refund) -> None:
        _add.run(self._connection, refund_values(refund))
        self._touched(refund)

    def save(self, refund: Refund) -> None:
        values = refund_values(refund)
        changed = {f"new_{name}": values[name] for name in _SAVED}
        _save.run(self._connection, {"key_refund_id": refund.refund_id, **changed})
        self._touched(refund)

    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Refund]:
        found = self._connection.execute(_due, {"m": mch_id, "at": at, "limit": limit})
        return [refund_of(row) for row in found]

    def accepted_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Refund]:
        query = _accepted_in.where(refunds.c.sub_mch_id == sub_mch_id) if sub_mch_id else _accepted_in
        found = self._connection.execute(query, {"m": mch_id, "begin": begin, "end": end})
        return [refund_of(row) for row in found]

    def page(self, mch_id: str, status: str, cursor: str | None, limit: int, search: str = "") -> Page[Refund]:
        found = searching.of_refunds(self._connection, search) if search else Asked()
        asked = filters.of_refunds(mch_id, status, found)
        return page(self._connection, refunds.c.id, asked, cursor, limit, refund_of)

    def _one(self, query: PreparedQuery, values: Values) -> Refund | None:
        row = self._holding.first(query, self._connection, values)
        return None if row is None else refund_of(row)

    def _touched(self, refund: Refund) -> None:
        self._committed.orders.add(refund.key)
        if refund.due_at is not None:
            self._committed.due(refund.key.mch_id, refund.due_at)


def refund_values(refund: Refund) -> Values:
    return {
        "mch_id": refund.key.mch_id,
        "out_trade_no": refund.key.out_trade_no,
        "sub_mch_id": refund.key.sub_mch_id,
        "origin": refund.origin,
        "out_refund_no": refund.terms.out_refund_no,
        "refund_fee": refund.terms.refund_fee,
        "terms": _TERMS.pack(refund.terms),
        "refund_id": refund.refund_id,
        "cash_refund_fee": refund.parts.cash_refund_fee,
        "coupons": refund.parts.coupons,
        "fee_returned": refund.parts.fee_returned,
        "recv_account": refund.recv_account,
        "created_at": refund.created_at,
        "due_at": refund.due_at,
        "outcome": refund.outcome.value,
        "status": refund.status.value,
        "success_at": refund.success_at,
        "payout": refund.payout,
    }


def refund_of(row: AnyRow) -> Refund:
    return Refund(
        key=key_of(row),
        origin=row.origin,
        terms=_TERMS.unpack(row),
        refund_id=row.refund_id,
        parts=Parts(row.cash_refund_fee, msgspec.convert(row.coupons, tuple[Coupon, ...]), row.fee_returned),
        recv_account=row.recv_account,
        created_at=row.created_at,
        due_at=row.due_at,
        outcome=RefundStatus(row.outcome),
        status=RefundStatus(row.status),
        success_at=row.success_at,
        payout=msgspec.convert(row.payout, Payout | None),
    )
