"""Sharings, what they have left frozen, what was given back, and who may receive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, update

from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.sharing import (
    Frozen,
    Receiver,
    ReceiverType,
    Recipient,
    Relation,
    Return,
    Share,
    Sharing,
)
from sandbox.store import filters, searching
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import PreparedQuery
from sandbox.store.rows import AnyRow, Values, key_is, key_of, key_values, put
from sandbox.store.sharing_tables import frozen_money, sharing_receivers, sharing_returns, sharings

_by_order_id = PreparedQuery(
    select(sharings).where(sharings.c.order_id == bindparam("id"), sharings.c.mch_id == bindparam("m"))
)
_numbered = select(sharings).where(sharings.c.mch_id == bindparam("m"), sharings.c.out_order_no == bindparam("n"))
_named = PreparedQuery(_numbered)
_by_number = PreparedQuery(_numbered.where(sharings.c.sub_mch_id == bindparam("s")))
_of_order = select(sharings).where(key_is(sharings)).order_by(sharings.c.id)
_due = (
    select(sharings)
    .where(sharings.c.mch_id == bindparam("m"), sharings.c.due_at <= bindparam("at"), sharings.c.due_at.is_not(None))
    .order_by(sharings.c.due_at, sharings.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_save = (
    update(sharings)
    .where(sharings.c.order_id == bindparam("key_order_id"))
    .values({name: bindparam(f"new_{name}") for name in ("shares", "due_at", "ended_at")})
)
_frozen = PreparedQuery(select(frozen_money).where(key_is(frozen_money)))
_thawing = (
    select(frozen_money)
    .where(frozen_money.c.mch_id == bindparam("m"), frozen_money.c.thaws_at <= bindparam("at"))
    .where(frozen_money.c.thaws_at.is_not(None))
    .order_by(frozen_money.c.thaws_at, frozen_money.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_return_by_number = select(sharing_returns).where(
    sharing_returns.c.mch_id == bindparam("m"),
    sharing_returns.c.out_return_no == bindparam("n"),
    sharing_returns.c.sub_mch_id == bindparam("s"),
)
_returns_of = select(sharing_returns).where(key_is(sharing_returns)).order_by(sharing_returns.c.id)


class SharingRepository:
    def __init__(self, connection: Connection, committed: ChangeSet, holding: Holding) -> None:
        self._connection = connection
        self._committed = committed
        self._holding = holding

    def find(self, mch_id: str, out_order_no: str, sub_mch_id: str = "") -> Sharing | None:
        values = {"m": mch_id, "n": out_order_no, "s": sub_mch_id}
        row = self._holding.first(_by_number, self._connection, values)
        return None if row is None else sharing_of(row)

    def by_order_id(self, mch_id: str, order_id: str) -> Sharing | None:
        row = self._holding.first(_by_order_id, self._connection, {"m": mch_id, "id": order_id})
        return None if row is None else sharing_of(row)

    def named(self, mch_id: str, out_order_no: str) -> Sequence[Sharing]:
        found = self._holding.all(_named, self._connection, {"m": mch_id, "n": out_order_no})
        return [sharing_of(row) for row in found]

    def of_order(self, key: OrderKey) -> Sequence[Sharing]:
        return [sharing_of(row) for row in self._connection.execute(_of_order, key_values(key))]

    def add(self, sharing: Sharing) -> None:
        self._connection.execute(insert(sharings), sharing_values(sharing))
        self._touched(sharing.key, sharing.due_at)

    def save(self, sharing: Sharing) -> None:
        values = sharing_values(sharing)
        changed = {f"new_{name}": values[name] for name in ("shares", "due_at", "ended_at")}
        self._connection.execute(_save, {"key_order_id": sharing.order_id, **changed})
        self._touched(sharing.key, sharing.due_at)

    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Sharing]:
        found = self._connection.execute(_due, {"m": mch_id, "at": at, "limit": limit})
        return [sharing_of(row) for row in found]

    def ended_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Sharing]:
        return [sharing_of(row) for row in self._in(sharings, sharings.c.ended_at, mch_id, sub_mch_id, begin, end)]

    def page(self, mch_id: str, state: str, cursor: str | None, limit: int, search: str = "") -> Page[Sharing]:
        found = searching.of_sharings(self._connection, search) if search else Asked()
        asked = filters.of_sharings(mch_id, state, found)
        return page(self._connection, sharings.c.id, asked, cursor, limit, sharing_of)

    # -- what is frozen ------------------------------------------------------------------------------------------------

    def frozen(self, key: OrderKey) -> Frozen | None:
        row = self._holding.first(_frozen, self._connection, key_values(key))
        return None if row is None else _frozen_of(row)

    def keep_frozen(self, frozen: Frozen) -> None:
        key = frozen.key
        values = {
            "mch_id": key.mch_id,
            "out_trade_no": key.out_trade_no,
            "sub_mch_id": key.sub_mch_id,
            "fen": frozen.fen,
            "thaws_at": frozen.thaws_at,
        }
        columns = frozen_money.c
        named = and_(*[columns[name] == values[name] for name in ("mch_id", "out_trade_no", "sub_mch_id")])
        put(self._connection, frozen_money, named, values)
        self._touched(key, frozen.thaws_at)

    def thawing(self, mch_id: str, at: datetime, limit: int) -> Sequence[Frozen]:
        found = self._connection.execute(_thawing, {"m": mch_id, "at": at, "limit": limit})
        return [_frozen_of(row) for row in found]

    # -- what was given back -------------------------------------------------------------------------------------------

    def find_return(self, mch_id: str, out_return_no: str, sub_mch_id: str = "") -> Return | None:
        row = self._connection.execute(_return_by_number, {"m": mch_id, "n": out_return_no, "s": sub_mch_id}).first()
        return None if row is None else _return_of(row)

    def returns(self, key: OrderKey) -> Sequence[Return]:
        return [_return_of(row) for row in self._connection.execute(_returns_of, key_values(key))]

    def returned_in(self, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Sequence[Return]:
        created_at = sharing_returns.c.created_at
        return [_return_of(row) for row in self._in(sharing_returns, created_at, mch_id, sub_mch_id, begin, end)]

    def add_return(self, back: Return) -> None:
        self._connection.execute(insert(sharing_returns), _return_values(back))
        self._touched(back.key, None)

    # -- who may receive -----------------------------------------------------------------------------------------------

    def receiver(self, mch_id: str, sub_mch_id: str, to: Recipient) -> Receiver | None:
        row = self._connection.execute(select(sharing_receivers).where(_is(mch_id, sub_mch_id, to))).first()
        return None if row is None else _receiver_of(row)

    def put_receiver(self, receiver: Receiver) -> None:
        values = {
            "mch_id": receiver.mch_id,
            "sub_mch_id": receiver.sub_mch_id,
            "type": receiver.to.type.value,
            "account": receiver.to.account,
            "name": receiver.name,
            "relation": receiver.relation.value,
            "custom_relation": receiver.custom_relation,
        }
        put(self._connection, sharing_receivers, _is(receiver.mch_id, receiver.sub_mch_id, receiver.to), values)

    def drop_receiver(self, mch_id: str, sub_mch_id: str, to: Recipient) -> None:
        self._connection.execute(delete(sharing_receivers).where(_is(mch_id, sub_mch_id, to)))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _in(self, table: Table, column: Any, mch_id: str, sub_mch_id: str, begin: datetime, end: datetime) -> Any:
        query = select(table).where(table.c.mch_id == mch_id, column >= begin, column < end)
        if sub_mch_id:
            query = query.where(table.c.sub_mch_id == sub_mch_id)
        return self._connection.execute(query.order_by(column, table.c.id))

    def _touched(self, key: OrderKey, due_at: datetime | None) -> None:
        self._committed.orders.add(key)
        if due_at is not None:
            self._committed.due(key.mch_id, due_at)


def _is(mch_id: str, sub_mch_id: str, to: Recipient) -> Any:
    columns = sharing_receivers.c
    return and_(
        columns.mch_id == mch_id,
        columns.sub_mch_id == sub_mch_id,
        columns.type == to.type.value,
        columns.account == to.account,
    )


def sharing_values(sharing: Sharing) -> Values:
    return {
        "mch_id": sharing.key.mch_id,
        "out_trade_no": sharing.key.out_trade_no,
        "sub_mch_id": sharing.key.sub_mch_id,
        "origin": sharing.origin,
        "transaction_id": sharing.transaction_id,
        "out_order_no": sharing.out_order_no,
        "order_id": sharing.order_id,
        "shares": sharing.shares,
        "amount": sharing.amount,
        "unfreezes": sharing.unfreezes,
        "created_at": sharing.created_at,
        "due_at": sharing.due_at,
        "ended_at": sharing.ended_at,
    }


def sharing_of(row: AnyRow) -> Sharing:
    return Sharing(
        key=key_of(row),
        origin=row.origin,
        transaction_id=row.transaction_id,
        out_order_no=row.out_order_no,
        order_id=row.order_id,
        shares=msgspec.convert(row.shares, tuple[Share, ...]),
        unfreezes=row.unfreezes,
        created_at=row.created_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
    )


def _frozen_of(row: AnyRow) -> Frozen:
    return Frozen(key=key_of(row), fen=row.fen, thaws_at=row.thaws_at)


def _return_values(back: Return) -> Values:
    return {
        "mch_id": back.key.mch_id,
        "out_trade_no": back.key.out_trade_no,
        "sub_mch_id": back.key.sub_mch_id,
        "origin": back.origin,
        "order_id": back.order_id,
        "out_order_no": back.out_order_no,
        "out_return_no": back.out_return_no,
        "return_id": back.return_id,
        "return_mchid": back.return_mchid,
        "amount": back.amount,
        "description": back.description,
        "created_at": back.created_at,
    }


def _return_of(row: AnyRow) -> Return:
    return Return(
        key=key_of(row),
        origin=row.origin,
        order_id=row.order_id,
        out_order_no=row.out_order_no,
        out_return_no=row.out_return_no,
        return_id=row.return_id,
        return_mchid=row.return_mchid,
        amount=row.amount,
        description=row.description,
        created_at=row.created_at,
    )


def _receiver_of(row: AnyRow) -> Receiver:
    return Receiver(
        mch_id=row.mch_id,
        sub_mch_id=row.sub_mch_id,
        to=Recipient(ReceiverType(row.type), row.account),
        relation=Relation(row.relation),
        name=row.name,
        custom_relation=row.custom_relation,
    )
