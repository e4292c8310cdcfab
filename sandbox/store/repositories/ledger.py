"""The lines of all ledgers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from sandbox.core.ids import BEIJING
from sandbox.core.ledger import Account, DaySum, Line, Move, Movement, Owner
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.holding import Holding
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import Prepared
from sandbox.store.rows import AnyRow, Values
from sandbox.store.tables import ledger, ledger_days

_balance = Prepared(
    select(ledger.c.balance)
    .where(
        ledger.c.mch_id == bindparam("m"),
        ledger.c.sub_mch_id == bindparam("s"),
        ledger.c.account == bindparam("account"),
    )
    .order_by(ledger.c.id.desc())
    .limit(1)
)
_add_line = Prepared(insert(ledger), [column.name for column in ledger.columns if column.name != "id"])
_mine = (ledger.c.mch_id == bindparam("m"), ledger.c.sub_mch_id == bindparam("s"))
_next_owner = select(func.min(ledger.c.sub_mch_id)).where(
    ledger.c.mch_id == bindparam("m"), ledger.c.sub_mch_id > bindparam("after")
)
_has_own = select(ledger.c.id).where(ledger.c.mch_id == bindparam("m"), ledger.c.sub_mch_id == "").limit(1)
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
_days = (
    select(ledger_days)
    .where(ledger_days.c.mch_id == bindparam("m"), ledger_days.c.day >= bindparam("since"), ledger_days.c.lines > 0)
    .order_by(ledger_days.c.day.desc(), ledger_days.c.movement)
)
_counted = {"lines": ledger_days.c.lines + bindparam("more_lines"), "fen": ledger_days.c.fen + bindparam("more_fen")}
_named_day = and_(*[ledger_days.c[name] == bindparam(f"key_{name}") for name in ("mch_id", "day", "movement")])
_count_day = Prepared(update(ledger_days).where(_named_day).values(_counted))
_begin_day = Prepared(insert(ledger_days), [column.name for column in ledger_days.columns])
_given = select(ledger.c.target, func.sum(ledger.c.fen)).where(*_mine).group_by(ledger.c.target)
_taken = select(ledger.c.source, func.sum(ledger.c.fen)).where(*_mine).group_by(ledger.c.source)


class LedgerRepository:
    def __init__(self, connection: Connection, committed: ChangeSet, holding: Holding) -> None:
        self._connection = connection
        self._committed = committed
        self._holding = holding

    def add(self, line: Line) -> None:
        _add_line.run(self._connection, line_values(line))
        if line.account:
            count_day(self._connection, line.owner.mch_id, line.at, line.move.movement.value, 1, line.move.fen)
        if not line.out_trade_no:
            self._committed.merchants.add(line.owner.mch_id)

    def balance(self, owner: Owner, account: Account) -> int:
        # Whoever asks is about to add a line that rests on this one.
        self._holding.name(self._connection, f"ledger {owner.mch_id}")
        values = {"m": owner.mch_id, "s": owner.sub_mch_id, "account": account.value}
        row = _balance.run(self._connection, values).fetchone()
        return 0 if row is None else int(row[0])

    def owners(self, mch_id: str) -> Sequence[Owner]:
        own = self._connection.execute(_has_own, {"m": mch_id}).first()
        found = [Owner(mch_id)] if own else []
        # Each is looked for behind the one before: their lines are many, they are few.
        after = ""
        while sub_mch_id := self._connection.execute(_next_owner, {"m": mch_id, "after": after}).scalar():
            found.append(Owner(mch_id, sub_mch_id))
            after = sub_mch_id
        return found

    def flow(self, owner: Owner, account: Account, begin: datetime, end: datetime) -> Sequence[Line]:
        values = {"m": owner.mch_id, "s": owner.sub_mch_id, "account": account.value, "begin": begin, "end": end}
        return [line_of(row) for row in self._connection.execute(_flow, values)]

    def page(self, owner: Owner, cursor: str | None, limit: int) -> Page[Line]:
        asked = Asked([ledger.c.mch_id == owner.mch_id, ledger.c.sub_mch_id == owner.sub_mch_id])
        return page(self._connection, ledger.c.id, asked, cursor, limit, line_of)

    def days(self, mch_id: str, since: date) -> Sequence[DaySum]:
        found = self._connection.execute(_days, {"m": mch_id, "since": (since - _EPOCH_DAY).days})
        return [DaySum(_EPOCH_DAY + timedelta(row.day), Movement(row.movement), row.lines, row.fen) for row in found]

    def totals(self, owner: Owner) -> Mapping[Account, int]:
        values = {"m": owner.mch_id, "s": owner.sub_mch_id}
        given = {row[0]: int(row[1]) for row in self._connection.execute(_given, values)}
        taken = {row[0]: int(row[1]) for row in self._connection.execute(_taken, values)}
        return {account: given.get(account, 0) - taken.get(account, 0) for account in Account}


def count_day(connection: Connection, mch_id: str, at: datetime, movement: str, lines: int, fen: int) -> None:
    """Keep what a day's lines come to, with so many more of one movement (or, where some were dropped, less)."""
    day = (at.astimezone(BEIJING).date() - _EPOCH_DAY).days
    key = {"mch_id": mch_id, "day": day, "movement": movement}
    more = {"more_lines": lines, "more_fen": fen}
    if not _count_day.run(connection, {**more, **{f"key_{name}": value for name, value in key.items()}}).rowcount:
        _begin_day.run(connection, {**key, "lines": lines, "fen": fen})


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
