"""Numbers that were closed before any order had them."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from sandbox.core.order_keys import OrderKey
from sandbox.store.prepared import Prepared
from sandbox.store.rows import key_is, key_values
from sandbox.store.tables import burnt_numbers

KEPT = 10_000
"""Older ones are forgotten: whoever closes numbers for ever fills no disk."""

_forget = delete(burnt_numbers).where(
    burnt_numbers.c.id <= select(func.max(burnt_numbers.c.id)).scalar_subquery() - KEPT
)
# Asked whenever an order is placed.
_is_burnt = Prepared(select(burnt_numbers.c.id).where(key_is(burnt_numbers)))


class BurntNumberRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has(self, key: OrderKey) -> bool:
        return _is_burnt.run(self._connection, key_values(key)).fetchone() is not None

    def add(self, key: OrderKey, at: datetime) -> None:
        values = {"mch_id": key.mch_id, "out_trade_no": key.out_trade_no, "sub_mch_id": key.sub_mch_id, "at": at}
        self._connection.execute(insert(burnt_numbers), values)
        self._connection.execute(_forget)
