"""What scenarios chose for orders that are not placed yet, and what is counted for them."""

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Plan
from sandbox.store.prepared import PreparedQuery
from sandbox.store.rows import key_is, key_values
from sandbox.store.scenario_tables import choices, tallies

KEPT = 20_000
"""Older ones are forgotten: whoever never places what he asks for fills no disk."""

_find = PreparedQuery(select(choices.c.plan).where(key_is(choices)))
_drop = delete(choices).where(key_is(choices))
_forget_choices = delete(choices).where(choices.c.id <= select(func.max(choices.c.id)).scalar_subquery() - KEPT)

_counted = and_(
    key_is(tallies), tallies.c.out_bill_no == bindparam("key_out_bill_no"), tallies.c.name == bindparam("key_name")
)
_count = update(tallies).where(_counted).values(n=tallies.c.n + 1).returning(tallies.c.n)
# Those of merchants are few, and stay.
_forget_tallies = delete(tallies).where(
    tallies.c.id <= select(func.max(tallies.c.id)).scalar_subquery() - KEPT,
    or_(tallies.c.out_trade_no != "", tallies.c.out_bill_no != ""),
)


class ChoiceRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, key: OrderKey) -> tuple[Plan | None] | None:
        row = _find.first(self._connection, key_values(key))
        return None if row is None else (msgspec.convert(row.plan, Plan) if row.plan else None,)

    def keep(self, key: OrderKey, plan: Plan | None) -> None:
        values = {"mch_id": key.mch_id, "out_trade_no": key.out_trade_no, "sub_mch_id": key.sub_mch_id, "plan": plan}
        self._connection.execute(insert(choices), values)
        self._connection.execute(_forget_choices)

    def drop(self, key: OrderKey) -> None:
        self._connection.execute(_drop, key_values(key))

    def drop_all(self, mch_id: str, out_trade_no: str) -> None:
        asked = {"mch_id": mch_id, "out_trade_no": out_trade_no}
        named = [choices.c[name] == value for name, value in asked.items() if value]
        self._connection.execute(delete(choices).where(*named))

    def with_plan(self) -> bool:
        found = select(choices.c.id).where(choices.c.plan.is_not(None)).limit(1)
        return self._connection.execute(found).first() is not None


class TallyRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, key: OrderKey, name: str) -> int:
        named = {**key_values(key), "key_out_bill_no": key.out_bill_no, "key_name": name}
        n = self._connection.execute(_count, named).scalar()
        if n is None:
            n = 1
            self._connection.execute(insert(tallies), {**key._asdict(), "name": name, "n": n})
            self._connection.execute(_forget_tallies)
        return int(n)

    def drop(self, name: str) -> None:
        self._connection.execute(delete(tallies).where(tallies.c.name == name))
