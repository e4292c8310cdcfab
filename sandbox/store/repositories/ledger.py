"""The lines of all ledgers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, func, insert, select, type_coerce

from sandbox.core.ledger import Account, DaySum, Line, Move, Movement, Owner
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.paging import page
from sandbox.store.prepared import Prepared
from sandbox.store.rows import AnyRow, Values
from sandbox.store.tables import ledger

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
        ledger.c.sub_mch_id == bindparam("s"),
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

    def flow(self, owner: Owner, account: Account, begin: datetime, end: datetime) -> Sequence[Line]:
        values = {"m": owner.mch_id, "s": owner.sub_mch_id, "account": account.value, "begin": begin, "end": end}
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


def line_values(line: Line) -> Values:
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
        "out_bill_no": line.out_bill_no,
        "remark": line.remark,
    }


def line_of(row: AnyRow) -> Line:
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
        out_bill_no=row.out_bill_no,
        remark=row.remark,
    )
