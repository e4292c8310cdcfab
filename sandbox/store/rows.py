"""What repositories share: the columns that name an order, and counting by a column."""

from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, bindparam, insert, update
from sqlalchemy.sql.elements import ColumnElement

from sandbox.core.orders import OrderKey

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


def tally(connection: Connection, query: Select[Any]) -> dict[str, int]:
    """How many rows there are of each value."""
    return {row[0]: row[1] for row in connection.execute(query)}


def put(connection: Connection, table: Table, named: ColumnElement[bool], values: Values) -> None:
    """Change a row where it stands, or add it: lists keep their order."""
    if connection.execute(update(table).where(named).values(values)).rowcount == 0:
        connection.execute(insert(table), values)
