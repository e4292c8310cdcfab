"""Transfers from merchants to people, by all that names them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Plan, TransferFailReason
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.core.transfers import Transfer, TransferState, TransferTerms
from sandbox.store import filters, searching
from sandbox.store.columns import PackedTerms
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import PreparedQuery
from sandbox.store.rows import AnyRow, Values
from sandbox.store.transfer_tables import transfers

_TERMS = PackedTerms(TransferTerms, "out_bill_no", "transfer_amount", "openid")
_by_number = PreparedQuery(
    select(transfers).where(transfers.c.mch_id == bindparam("m"), transfers.c.out_bill_no == bindparam("n"))
)
_by_bill_no = PreparedQuery(select(transfers).where(transfers.c.transfer_bill_no == bindparam("n")))
_by_package = PreparedQuery(select(transfers).where(transfers.c.package_info == bindparam("n")))
_due = (
    select(transfers)
    .where(transfers.c.mch_id == bindparam("m"), transfers.c.due_at <= bindparam("at"), transfers.c.due_at.is_not(None))
    .order_by(transfers.c.due_at, transfers.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_with_plan = select(transfers.c.id).where(transfers.c.plan.is_not(None)).limit(1)
_SAVED = ("updated_at", "due_at", "state", "fail_reason")
_save = (
    update(transfers)
    .where(transfers.c.transfer_bill_no == bindparam("key_bill_no"))
    .values({name: bindparam(f"new_{name}") for name in _SAVED})
)


class TransferRepository:
    def __init__(self, connection: Connection, committed: ChangeSet, holding: Holding) -> None:
        self._connection = connection
        self._committed = committed
        self._holding = holding

    def find(self, key: OrderKey) -> Transfer | None:
        return self._one(_by_number, {"m": key.mch_id, "n": key.out_bill_no})

    def by_bill_no(self, transfer_bill_no: str) -> Transfer | None:
        return self._one(_by_bill_no, {"n": transfer_bill_no})

    def by_package(self, package_info: str) -> Transfer | None:
        return self._one(_by_package, {"n": package_info})

    def add(self, transfer: Transfer) -> None:
        self._connection.execute(insert(transfers), transfer_values(transfer))
        self._committed.transfers += 1
        self._touched(transfer)

    def save(self, transfer: Transfer) -> None:
        values = transfer_values(transfer)
        changed = {f"new_{name}": values[name] for name in _SAVED}
        self._connection.execute(_save, {"key_bill_no": transfer.transfer_bill_no, **changed})
        self._touched(transfer)

    def due(self, mch_id: str, at: datetime, limit: int) -> Sequence[Transfer]:
        found = self._connection.execute(_due, {"m": mch_id, "at": at, "limit": limit})
        return [transfer_of(row) for row in found]

    def page(self, mch_id: str, state: str, cursor: str | None, limit: int, search: str = "") -> Page[Transfer]:
        found = searching.of_transfers(self._connection, search) if search else Asked()
        asked = filters.of_transfers(mch_id, state, found)
        return page(self._connection, transfers.c.id, asked, cursor, limit, transfer_of)

    def with_plan(self) -> bool:
        return self._connection.execute(_with_plan).first() is not None

    def _one(self, query: PreparedQuery, values: Values) -> Transfer | None:
        row = self._holding.first(query, self._connection, values)
        return None if row is None else transfer_of(row)

    def _touched(self, transfer: Transfer) -> None:
        self._committed.orders.add(transfer.key)
        if transfer.due_at is not None:
            self._committed.due(transfer.mch_id, transfer.due_at)


def transfer_values(transfer: Transfer) -> Values:
    return {
        "mch_id": transfer.mch_id,
        "origin": transfer.origin,
        "out_bill_no": transfer.terms.out_bill_no,
        "transfer_amount": transfer.terms.transfer_amount,
        "openid": transfer.terms.openid,
        "terms": _TERMS.pack(transfer.terms),
        "transfer_bill_no": transfer.transfer_bill_no,
        "package_info": transfer.package_info,
        "created_at": transfer.created_at,
        "updated_at": transfer.updated_at,
        "due_at": transfer.due_at,
        "state": transfer.state.value,
        "fail_reason": transfer.fail_reason.value if transfer.fail_reason else "",
        "plan": transfer.plan,
    }


def transfer_of(row: AnyRow) -> Transfer:
    return Transfer(
        mch_id=row.mch_id,
        origin=row.origin,
        terms=_TERMS.unpack(row),
        transfer_bill_no=row.transfer_bill_no,
        package_info=row.package_info,
        created_at=row.created_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        state=TransferState(row.state),
        fail_reason=TransferFailReason(row.fail_reason) if row.fail_reason else None,
        plan=msgspec.convert(row.plan, Plan) if row.plan else None,
    )
