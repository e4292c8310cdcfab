"""How much is kept: so many journal lines, so many bytes of them, so many orders, as many transfers.

The oldest go first, a few at a time, by the one writer.

What is written sets it off, no timer does: it counts along. Over a limit and some slack it drops down to the limit, a
batch a transaction, so that no call waits long for one of them; a batch grows with what was just written, so that it
keeps up with any load.

An order that waits for its payer, whose scenario has an act in store, that is being refunded or shared, of whose money
something is frozen, or of which a notification is pending, stays beyond the limit, and so does a sub-order whose
combined order is there. Any other goes with its journal lines, notifications, refunds, sharings and ledger lines.
A transfer stays until it has ended and was told of; then it goes in the same way.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from sandbox.core.ports.storage import ChangeSet
from sandbox.store.journal_tables import journal
from sandbox.store.prepared import Prepared
from sandbox.store.repositories.ledger import count_day
from sandbox.store.scenario_tables import choices, tallies
from sandbox.store.sharing_tables import frozen_money, sharing_returns, sharings
from sandbox.store.tables import comments, ledger, notifications, orders, refunds
from sandbox.store.transaction import Transaction
from sandbox.store.transfer_tables import transfers

log = logging.getLogger(__name__)

LINES = 100
"""Lines that a batch drops at least: 1 to 2 ms on the event loop."""

BYTES = 2 * 1024 * 1024
"""What the lines of a batch hold, where they are long: as much work."""

NUMBERED = 10
LINES_OF_ONE = 500
LOOKED = 2000
"""Numbers of orders, or of transfers, that a batch looks at: where all of them stay, the next looks further on."""

SLACK = 100
"""A hundredth of a limit may stand over it before anything is dropped."""

AGAIN = 20
"""Where too many stay, a twentieth of them must have changed before all are looked at again."""

KEY = ("mch_id", "out_trade_no", "sub_mch_id")
TRANSFER_KEY = ("mch_id", "out_bill_no")

Submit = Callable[[Callable[[Transaction], Any]], "asyncio.Future[Any]"]

_newest_line = select(func.max(journal.c.id))
_oldest_lines = (
    select(journal.c.id, journal.c.size)
    .where(journal.c.id < _newest_line.scalar_subquery())
    .order_by(journal.c.id)
    .limit(bindparam("many"))
)
_drop_lines_until = delete(journal).where(journal.c.id <= bindparam("last"))

_of_order = and_(*[notifications.c[name] == orders.c[name] for name in KEY])
_pending = exists().where(_of_order, notifications.c.state == literal_column("'pending'"))
_refund_of = and_(*[refunds.c[name] == orders.c[name] for name in KEY])
_refunding = exists().where(_refund_of, refunds.c.due_at.is_not(None))
_sharing_of = and_(*[sharings.c[name] == orders.c[name] for name in KEY])
_sharing = exists().where(_sharing_of, sharings.c.due_at.is_not(None))
_frozen_of = and_(*[frozen_money.c[name] == orders.c[name] for name in KEY])
_freezing = exists().where(_frozen_of, frozen_money.c.thaws_at.is_not(None))
_unpaid = orders.c.trade_state.in_([literal_column("'NOTPAY'"), literal_column("'USERPAYING'")])
_combined = orders.alias("combined")
_part_of = exists().where(
    _combined.c.mch_id == orders.c.combine_mch_id,
    _combined.c.out_trade_no == orders.c.combine_out_trade_no,
    _combined.c.sub_mch_id == literal_column("''"),
    _combined.c.id != orders.c.id,
)
_stays = or_(_unpaid, orders.c.act_at.is_not(None), _pending, _refunding, _sharing, _freezing, _part_of)
_finished = (
    select(orders.c.id, orders.c.trade_state, *[orders.c[name] for name in KEY])
    .where(orders.c.id > bindparam("above"), orders.c.id <= bindparam("below"), not_(_stays))
    .order_by(orders.c.id)
    .limit(bindparam("many"))
)
_told_of = and_(*[notifications.c[name] == transfers.c[name] for name in TRANSFER_KEY])
_telling = exists().where(
    _told_of, notifications.c.out_bill_no != literal_column("''"), notifications.c.state == literal_column("'pending'")
)
_ended = (
    select(transfers.c.id, *[transfers.c[name] for name in TRANSFER_KEY])
    .where(transfers.c.id > bindparam("above"), transfers.c.id <= bindparam("below"))
    .where(transfers.c.due_at.is_(None), not_(_telling))
    .order_by(transfers.c.id)
    .limit(bindparam("many"))
)

# The newest line of an account stays, for it holds the balance.
_later = ledger.alias("later")
_newer_line = exists().where(
    *[_later.c[name] == ledger.c[name] for name in ("mch_id", "sub_mch_id", "account")], _later.c.id > ledger.c.id
)
_behind = or_(ledger.c.account.is_(None), _newer_line)


class Kind:
    """What is kept by number: `key` names one of them, also in the tables `beside`, whose rows go with it.

    `finished` gives those that may go, the oldest first.
    """

    def __init__(self, table: Table, key: tuple[str, ...], finished: Select[Any], beside: tuple[Table, ...]) -> None:
        def of_it(of: Table) -> Any:
            # A partial index serves a query only where its condition stands there in so many words.
            named = [of.c[name] != literal_column("''") for name in key if name == "out_bill_no"]
            return and_(*[of.c[name] == bindparam(f"key_{name}") for name in key], *named)

        own_lines = select(journal.c.id).where(of_it(journal)).limit(bindparam("many"))
        moved = [ledger.c[name] for name in ("mch_id", "account", "at", "movement", "fen")]
        self.key, self.finished = key, finished
        self.newest = select(func.max(table.c.id))
        self.newest_line = Prepared(select(func.max(journal.c.id)).where(of_it(journal)))
        self.drop_lines = delete(journal).where(journal.c.id.in_(own_lines)).returning(journal.c.size)
        self.drop_ledger_lines = delete(ledger).where(of_it(ledger), _behind).returning(*moved)
        self.drop_notifications = Prepared(
            delete(notifications).where(of_it(notifications)).returning(notifications.c.state)
        )
        self.drops = [Prepared(delete(one).where(of_it(one))) for one in (*beside, table)]


_OF_ORDER = (refunds, comments, sharings, frozen_money, sharing_returns, choices, tallies)
ORDER = Kind(orders, KEY, _finished, _OF_ORDER)
TRANSFER = Kind(transfers, TRANSFER_KEY, _ended, (tallies,))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept at most; 0 keeps everything."""

    calls: int = 0
    orders: int = 0
    bytes: int = 0
    """Of the journal."""


@dataclass(slots=True)
class Dropped:
    """What a batch did. `above`: the row behind which the next one looks; None where this one came to the end."""

    lines: int = 0
    bytes: int = 0
    numbered: int = 0
    """Orders or transfers."""
    above: int | None = None


@dataclass(slots=True)
class _Kept:
    """How many there are of a kind, and how many of them changed since all were looked at."""

    kind: Kind
    count: int
    changed: int = field(init=False)
    above: int | None = None
    """The row behind which to look for more that may go; None while none must."""

    def __post_init__(self) -> None:
        self.changed = self.count


class Retention:
    """Keeps journal and orders within their limits. `written` is told of every commit."""

    def __init__(self, limits: Limits, connection: Connection, submit: Submit, placed: int) -> None:
        """`placed`: how many orders there are."""
        self._limits = limits
        self._submit = submit
        self._lines = _count(connection, journal) if limits.calls else 0
        self._bytes = connection.execute(select(func.sum(journal.c.size))).scalar() or 0 if limits.bytes else 0
        transferred = _count(connection, transfers) if limits.orders else 0
        self._kept = [_Kept(ORDER, placed), _Kept(TRANSFER, transferred)]
        self._lines_due = False
        self._fresh = ChangeSet()
        """What was written since the last batch began: the next one drops more than that."""
        self._busy = False
        self._stopped = False

    def written(self, committed: ChangeSet) -> None:
        """Count what a group wrote, and begin to drop where it is too much."""
        self._lines += committed.lines
        self._bytes += committed.bytes
        for kept, more in zip(self._kept, (committed.placed, committed.transfers), strict=True):
            kept.count += more
            kept.changed += len(committed.orders)
        self._fresh.lines += committed.lines
        self._fresh.bytes += committed.bytes
        self._fresh.placed += max(committed.placed, committed.transfers)
        if _over(self._lines, self._limits.calls) or _over(self._bytes, self._limits.bytes):
            self._lines_due = True
        for kept in self._kept:
            if kept.above is None and _over(kept.count, self._limits.orders) and kept.changed > kept.count // AGAIN:
                kept.above = 0
        self._go_on()

    def stop(self) -> None:
        """Begin no batch any more."""
        self._stopped = True

    def _go_on(self) -> None:
        """Begin the next batch, if one is due and none is under way."""
        if self._busy or self._stopped:
            return
        keep = self._limits.orders
        for kept in self._kept:
            if kept.count <= keep:
                kept.above = None
        if self._lines_due and self._too_many_lines:
            lines, size = max(LINES, 2 * self._fresh.lines), max(BYTES, 2 * self._fresh.bytes)
            excess, most = Dropped(self._excess_lines, self._excess_bytes), Dropped(lines, size)
            self._batch(lambda tx: drop_lines(tx.connection, excess, most), self._lines_dropped)
        elif due := next((one for one in self._kept if one.above is not None), None):
            kind, above = due.kind, due.above or 0
            wanted = min(due.count - keep, max(NUMBERED, 2 * self._fresh.placed))
            self._batch(
                lambda tx: drop_numbered(tx, kind, keep, above, wanted),
                lambda dropped: self._numbered_dropped(due, dropped),
            )

    @property
    def _excess_lines(self) -> int:
        return self._lines - self._limits.calls if self._limits.calls else 0

    @property
    def _excess_bytes(self) -> int:
        return self._bytes - self._limits.bytes if self._limits.bytes else 0

    @property
    def _too_many_lines(self) -> bool:
        return self._excess_lines > 0 or self._excess_bytes > 0

    def _batch(self, work: Callable[[Transaction], Dropped], then: Callable[[Dropped], None]) -> None:
        self._busy = True
        self._fresh = ChangeSet()
        self._submit(work).add_done_callback(lambda batch: self._ended(batch, then))

    def _ended(self, batch: "asyncio.Future[Dropped]", then: Callable[[Dropped], None]) -> None:
        self._busy = False
        if batch.exception() is not None:
            # Tried again after the next write.
            log.error("what is too old could not be dropped: %s", batch.exception())
            return
        dropped = batch.result()
        self._lines -= dropped.lines
        self._bytes -= dropped.bytes
        then(dropped)
        self._go_on()

    def _lines_dropped(self, dropped: Dropped) -> None:
        # Where none could go, none but the newest is left.
        self._lines_due = self._too_many_lines and dropped.lines > 0

    def _numbered_dropped(self, kept: "_Kept", dropped: Dropped) -> None:
        kept.count -= dropped.numbered
        too_many = kept.count > self._limits.orders
        kept.above = dropped.above if too_many else None
        if too_many and dropped.above is None:
            kept.changed = 0


def drop_lines(connection: Connection, wanted: Dropped, batch: Dropped) -> Dropped:
    """Drop the oldest lines, whatever they tell of: as many and as much as wanted, if one batch may."""
    gone, last = Dropped(), 0
    for row in connection.execute(_oldest_lines, {"many": batch.lines}):
        if gone.bytes >= batch.bytes or (gone.lines >= wanted.lines and gone.bytes >= wanted.bytes):
            break
        last = row.id
        gone.lines += 1
        gone.bytes += row.size
    connection.execute(_drop_lines_until, {"last": last})
    return gone


def drop_numbered(tx: Transaction, kind: Kind, keep: int, above: int, many: int) -> Dropped:
    """Drop the oldest of a kind behind `above` that may go, as many as were asked for or as one batch can.

    The newest `keep` are none of them: where older ones stay, the newest do not go in their place.
    """
    connection, census = tx.connection, tx.committed.census
    end = (connection.execute(kind.newest).scalar() or 0) - keep
    below = min(above + LOOKED, end)
    dropped = Dropped(above=below if below < end else None)
    found = connection.execute(kind.finished, {"above": above, "below": below, "many": many}).all()
    newest = connection.execute(_newest_line).scalar()
    for row in found:
        key = {f"key_{name}": getattr(row, name) for name in kind.key}
        if newest is not None and kind.newest_line.run(connection, key).fetchone() == (newest,):
            # It goes another time: the number of the newest line would be given again.
            continue
        room = LINES_OF_ONE - dropped.lines
        sizes = connection.execute(kind.drop_lines, {**key, "many": room}).scalars().all()
        dropped.lines += len(sizes)
        dropped.bytes += sum(sizes)
        if len(sizes) == room:
            # It may have more of them: it goes with the next batch, and so do those behind it.
            dropped.above = row.id - 1
            return dropped
        census.notifications.subtract(state for (state,) in kind.drop_notifications.run(connection, key))
        for line in connection.execute(kind.drop_ledger_lines, key):
            if line.account is not None:
                count_day(connection, line.mch_id, line.at, line.movement, -1, -line.fen)
        if kind is ORDER:
            census.orders[row.trade_state] -= 1
        for drop in kind.drops:
            drop.run(connection, key)
        dropped.numbered += 1
    if len(found) == many:
        dropped.above = found[-1].id
    return dropped


def _count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def _over(count: int, limit: int) -> bool:
    return bool(limit) and count > limit + limit // SLACK
