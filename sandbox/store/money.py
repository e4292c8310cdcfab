"""Refunds and the ledger: rows of their tables, and the queries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, bindparam, func, insert, select, type_coerce, update

from sandbox.core.ledger import Account, DaySum, Line, Move, Movement, Owner
from sandbox.core.orders import OrderKey
from sandbox.core.plans import Coupon
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.refunds import Parts, Refund, RefundStatus, RefundTerms
from sandbox.store import rows, searching
from sandbox.store.columns import PackedTerms
from sandbox.store.paging import page
from sandbox.store.prepared import Prepared
from sandbox.store.tables import ledger, refunds

_TERMS = PackedTerms(RefundTerms, "out_refund_no", "refund_fee")
_refund = select(refunds)
_by_number = _refund.where(
    refunds.c.mch_id == bindparam("m"),
    refunds.c.out_refund_no == bindparam("n"),
    refunds.c.sub_mch_id == bindparam("s"),
)
_by_refund_id = _refund.where(refunds.c.refund_id == bindparam("id"), refunds.c.mch_id == bindparam("m"))
_named = _refund.where(refunds.c.mch_id == bindparam("m"), refunds.c.out_refund_no == bindparam("n"))
_of_order = _refund.where(
    refunds.c.mch_id == bindparam("m"),
    refunds.c.out_trade_no == bindparam("n"),
    refunds.c.sub_mch_id == bindparam("s"),
).order_by(refunds.c.id)
_due = (
    _refund.where(
        refunds.c.mch_id == bindparam("m"), refunds.c.due_at <= bindparam("at"), refunds.c.due_at.is_not(None)
    )
    .order_by(refunds.c.due_at, refunds.c.id)
    .limit(bindparam("limit"))
)
_accepted_in = _refund.where(
    refunds.c.mch_id == bindparam("m"),
    refunds.c.created_at >= bindparam("begin"),
    refunds.c.created_at < bindparam("end"),
).order_by(refunds.c.created_at, refunds.c.id)
_SAVED = ("due_at", "outcome", "status", "success_at")
_save = (
    update(refunds)
    .where(refunds.c.refund_id == bindparam("key_refund_id"))
    .values({name: bindparam(f"new_{name}") for name in _SAVED})
)

# Only the first row is fetched: the index has them in this order.
_balance = Prepared(
    select(ledger.c.balance)
    .where(
        ledger.c.mch_id == bindparam("m"),
        ledger.c.sub_mch_id == bindparam("s"),
        ledger.c.account == bindparam("account"),
    )
    .order_by(ledger.c.id.desc())
)
_add_line = Prepared(insert(ledger), [column.name for column in ledger.columns if column.name != "id"])
_mine = (ledger.c.mch_id == bindparam("m"), ledger.c.sub_mch_id == bindparam("s"))
_owners = (
    select(ledger.c.mch_id, ledger.c.sub_mch_id)
    .where(ledger.c.mch_id == bindparam("m"))
    .distinct()
    .order_by("sub_mch_id")
)
_flow = (
    select(ledger)
    .where(
        ledger.c.mch_id == bindparam("m"),
        ledger.c.sub_mch_id == "",
        ledger.c.account == bindparam("account"),
        ledger.c.at >= bindparam("begin"),
        ledger.c.at < bindparam("end"),
    )
    .order_by(ledger.c.at, ledger.c.id)
)
_EPOCH_DAY = date(1970, 1, 1)
_DAY = 86_400_000_000
_day = (type_coerce(ledger.c.at, BigInteger) + 8 * 3_600_000_000) // _DAY
"""The day in Beijing of a line, counted from 1970."""
_days = (
    select(_day, ledger.c.movement, func.count(), func.sum(ledger.c.fen))
    .where(ledger.c.mch_id == bindparam("m"), ledger.c.at >= bindparam("since"), ledger.c.account.is_not(None))
    .group_by(_day, ledger.c.movement)
    .order_by(_day.desc(), ledger.c.movement)
)
_given = select(ledger.c.target, func.sum(ledger.c.fen)).where(*_mine).group_by(ledger.c.target)
_taken = select(ledger.c.source, func.sum(ledger.c.fen)).where(*_mine).group_by(ledger.c.source)


class RefundRepository:
    """Refunds, by all that names them."""

    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection = connection
        self._committed = committed

    def find(self, mch_id: str, out_refund_no: str, sub_mch_id: str = "") -> Refund | None:
        if not out_refund_no:
            return None
        return self._one(_by_number, {"m": mch_id, "n": out_refund_no, "s": sub_mch_id})

    def by_refund_id(self, mch_id: str, refund_id: str) -> Refund | None:
        return self._one(_by_refund_id, {"m": mch_id, "id": refund_id})

    def named(self, mch_id: str, out_refund_no: str) -> Sequence[Refund]:
        found = self._connection.execute(_named, {"m": mch_id, "n": out_refund_no})
        return [refund_of(row) for row in found]

    def of_order(self, key: OrderKey) -> Sequence[Refund]:
        found = self._connection.execute(_of_order, {"m": key.mch_id, "n": key.out_trade_no, "s": key.sub_mch_id})
        return [refund_of(row) for row in found]

    def add(self, refund: Refund) -> None:
        self._connection.execute(insert(refunds), refund_values(refund))
        self._touched(refund)

    def save(self, refund: Refund) -> None:
        values = refund_values(refund)
        changed = {f"new_{name}": values[name] for name in _SAVED}
        self._connection.execute(_save, {"key_refund_id": refund.refund_id, **changed})
        self._touched(refund)

    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Refund]:
        found = self._connection.execute(_due, {"m": mch_id, "at": at, "limit": limit})
        return [refund_of(row) for row in found]

    def accepted_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Refund]:
        query = _accepted_in.where(refunds.c.sub_mch_id == sub_mch_id) if sub_mch_id else _accepted_in
        found = self._connection.execute(query, {"m": mch_id, "begin": begin, "end": end})
        return [refund_of(row) for row in found]

    def page(self, mch_id: str, status: str, cursor: str | None, limit: int, search: str = "") -> Page[Refund]:
        equal = {refunds.c.mch_id: mch_id, refunds.c.status: status}
        query = _refund.where(*[column == value for column, value in equal.items() if value])
        if search:
            query = query.where(searching.of_refunds(self._connection, search))
        return page(self._connection, query, refunds.c.id, cursor, limit, refund_of)

    def _one(self, query: Any, values: rows.Values) -> Refund | None:
        row = self._connection.execute(query, values).first()
        return None if row is None else refund_of(row)

    def _touched(self, refund: Refund) -> None:
        self._committed.orders.add(refund.key)
        if refund.due_at is not None:
            self._committed.due(refund.key.mch_id, refund.due_at)


class LedgerRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection = connection
        self._committed = committed

    def add(self, line: Line) -> None:
        _add_line.run(self._connection, line_values(line))
        if not line.out_trade_no:
            self._committed.merchants.add(line.owner.mch_id)

    def balance(self, owner: Owner, account: Account) -> int:
        values = {"m": owner.mch_id, "s": owner.sub_mch_id, "account": account.value}
        row = _balance.run(self._connection, values).fetchone()
        return 0 if row is None else int(row[0])

    def owners(self, mch_id: str) -> Sequence[Owner]:
        return [Owner(*row) for row in self._connection.execute(_owners, {"m": mch_id})]

    def flow(self, mch_id: str, account: Account, begin: datetime, end: datetime) -> Sequence[Line]:
        values = {"m": mch_id, "account": account.value, "begin": begin, "end": end}
        return [line_of(row) for row in self._connection.execute(_flow, values)]

    def page(self, owner: Owner, cursor: str | None, limit: int) -> Page[Line]:
        query = select(ledger).where(ledger.c.mch_id == owner.mch_id, ledger.c.sub_mch_id == owner.sub_mch_id)
        return page(self._connection, query, ledger.c.id, cursor, limit, line_of)

    def days(self, mch_id: str, since: datetime) -> Sequence[DaySum]:
        found = self._connection.execute(_days, {"m": mch_id, "since": since})
        return [
            DaySum(_EPOCH_DAY + timedelta(days=day), Movement(movement), lines, int(fen))
            for day, movement, lines, fen in found
        ]

    def totals(self, owner: Owner) -> Mapping[Account, int]:
        values = {"m": owner.mch_id, "s": owner.sub_mch_id}
        given = {row[0]: int(row[1]) for row in self._connection.execute(_given, values)}
        taken = {row[0]: int(row[1]) for row in self._connection.execute(_taken, values)}
        return {account: given.get(account, 0) - taken.get(account, 0) for account in Account}


def refund_values(refund: Refund) -> rows.Values:
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
    }


def refund_of(row: rows.AnyRow) -> Refund:
    return Refund(
        key=rows.key_of(row),
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
    )


def line_values(line: Line) -> rows.Values:
    return {
        "mch_id": line.owner.mch_id,
        "sub_mch_id": line.owner.sub_mch_id,
        "at": line.at,
        "movement": line.move.movement.value,
        "source": line.move.source.value,
        "target": line.move.target.value,
        "fen": line.move.fen,
        "account": line.account.value if line.account else None,
        "balance": line.balance,
        "flow_no": line.flow_no,
        "business_no": line.business_no,
        "out_trade_no": line.out_trade_no,
        "out_refund_no": line.out_refund_no,
        "remark": line.remark,
    }


def line_of(row: rows.AnyRow) -> Line:
    return Line(
        owner=Owner(row.mch_id, row.sub_mch_id),
        at=row.at,
        move=Move(Movement(row.movement), Account(row.source), Account(row.target), row.fen),
        account=Account(row.account) if row.account else None,
        balance=row.balance,
        flow_no=row.flow_no,
        business_no=row.business_no,
        out_trade_no=row.out_trade_no,
        out_refund_no=row.out_refund_no,
        remark=row.remark,
    )
