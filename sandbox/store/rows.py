"""What repositories share: the columns that name an order or a transfer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, Table, and_, bindparam, insert, literal_column, update
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.order_keys import OrderKey
from sandbox.store.holding import NOTHING, Holding
from sandbox.store.prepared import PreparedQuery

Values = dict[str, Any]
AnyRow = Row[Any]


def key_of(row: AnyRow) -> OrderKey:
    return OrderKey(row.mch_id, row.out_trade_no, row.sub_mch_id)


def key_is(table: Any) -> ColumnElement[bool]:
    """Whether a row of a table is of the order that `key_values` name."""
    return and_(
        table.c.mch_id == bindparam("key_mch_id"),
        table.c.out_trade_no == bindparam("key_out_trade_no"),
        table.c.sub_mch_id == bindparam("key_sub_mch_id"),
    )


def key_values(key: OrderKey) -> Values:
    return {
        "key_mch_id": key.mch_id,
        "key_out_trade_no": key.out_trade_no,
        "key_sub_mch_id": key.sub_mch_id,
    }


def subject_of(row: AnyRow) -> OrderKey:
    """The order or the transfer that a row of journal or notifications is about."""
    return OrderKey(row.mch_id, row.out_trade_no, row.sub_mch_id, row.out_bill_no)


def numbers_by_merchant(keys: Iterable[OrderKey]) -> dict[str, set[str]]:
    """The numbers that orders or transfers have, by merchant: an index serves each merchant's with one question."""
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for key in keys:
        numbers[key.mch_id].add(key.number)
    return numbers


class About:
    """A question about an order or a transfer to a table that has both; each is answered by its index."""

    def __init__(self, query: Select[Any], table: Any) -> None:
        # A partial index serves a query only where its condition stands there in so many words.
        transfers = table.c.out_bill_no != literal_column("''")
        named = and_(table.c.mch_id == bindparam("key_mch_id"), table.c.out_bill_no == bindparam("key_out_bill_no"))
        self._of_order = PreparedQuery(query.where(key_is(table)))
        self._of_transfer = PreparedQuery(query.where(named, transfers))
        of_merchant = table.c.mch_id == bindparam("m")
        any_of: BindParameter[str] = bindparam("numbers", expanding=True)
        # Not in order: SQLite would take an index for the order's sake, and go through all of the merchant's rows.
        unordered = query.order_by(None)
        self._of_orders = unordered.where(of_merchant, table.c.out_trade_no.in_(any_of))
        self._of_transfers = unordered.where(of_merchant, table.c.out_bill_no.in_(any_of), transfers)

    def ask_all(
        self, connection: Connection, keys: Collection[OrderKey], holding: Holding = NOTHING
    ) -> Iterator[AnyRow]:
        """The rows about any of several, in no order; those of namesakes (of other sub-merchants) are among them."""
        of_transfers = {key for key in keys if key.out_bill_no}
        for query, asked in ((self._of_orders, set(keys) - of_transfers), (self._of_transfers, of_transfers)):
            for mch_id, numbers in numbers_by_merchant(asked).items():
                held = query.with_for_update() if holding.rows else query
                yield from connection.execute(held, {"m": mch_id, "numbers": list(numbers)}).all()

    def ask(self, connection: Connection, key: OrderKey, **values: int) -> list[AnyRow]:
        """The rows; `values` are those that the query has besides."""
        if key.out_bill_no:
            named = {"key_mch_id": key.mch_id, "key_out_bill_no": key.out_bill_no}
            return self._of_transfer.all(connection, {**named, **values})
        return self._of_order.all(connection, {**key_values(key), **values})


def put(connection: Connection, table: Table, named: ColumnElement[bool], values: Values) -> None:
    """Change a row where it stands, or add it: lists keep their order."""
    if connection.execute(update(table).where(named).values(values)).rowcount == 0:
        connection.execute(insert(table), values)
