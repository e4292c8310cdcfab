"""How much is kept: so many journal lines, so many bytes of them, so many orders. The oldest go first, a few at a time,
by the one writer.

What is written sets it off, no timer does: it counts along. Over a limit and some slack it drops down to the limit, a
batch a transaction, so that no call waits long for one of them; a batch grows with what was just written, so that it
keeps up with any load.

An order that waits for its payer, whose scenario has an act in store, that is being refunded or shared, of whose money
something is frozen, or of which a notification is pending, stays beyond the limit, and so does a sub-order whose
combined order is there. Any other goes with its journal lines, notifications, refunds, sharings and ledger lines.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, literal_column, not_, or_, select

from sandbox.core.ports.storage import ChangeSet
from sandbox.store.prepared import Prepared
from sandbox.store.sharing_tables import frozen_money, sharing_returns, sharings
from sandbox.store.tables import comments, journal, ledger, notifications, orders, refunds
from sandbox.store.transaction import Transaction

log = logging.getLogger(__name__)

LINES = 100
"""Lines that a batch drops at least: 1 to 2 ms on the event loop."""

BYTES = 2 * 1024 * 1024
"""What the lines of a batch hold, where they are long: as much work."""

ORDERS = 10
LINES_OF_ORDERS = 500
LOOKED = 2000
"""Numbers of orders that a batch looks at: where all of them stay, the next looks further on."""

SLACK = 100
"""A hundredth of a limit may stand over it before anything is dropped."""

AGAIN = 20
"""Where too many stay, a twentieth of them must have changed before all are looked at again."""

KEY = ("mch_id", "out_trade_no", "sub_mch_id")

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
    select(orders.c.id, *[orders.c[name] for name in KEY])
    .where(orders.c.id > bindparam("above"), orders.c.id <= bindparam("below"), not_(_stays))
    .order_by(orders.c.id)
    .limit(bindparam("many"))
)
_last_order = select(func.max(orders.c.id))


def _key_is(table: Any) -> Any:
    return and_(*[table.c[name] == bindparam(f"key_{name}") for name in KEY])


_own_lines = select(journal.c.id).where(_key_is(journal)).limit(bindparam("many"))
_newest_own_line = Prepared(select(func.max(journal.c.id)).where(_key_is(journal)))
_drop_own_lines = delete(journal).where(journal.c.id.in_(_own_lines)).returning(journal.c.size)
_OF_ORDER = (notifications, refunds, comments, sharings, frozen_money, sharing_returns)
_drop_with_order = [Prepared(delete(table).where(_key_is(table))) for table in _OF_ORDER]
# The newest line of an account stays, for it holds the balance.
_later = ledger.alias("later")
_newer_line = exists().where(
    *[_later.c[name] == ledger.c[name] for name in ("mch_id", "sub_mch_id", "account")], _later.c.id > ledger.c.id
)
_drop_ledger_lines = Prepared(delete(ledger).where(_key_is(ledger), or_(ledger.c.account.is_(None), _newer_line)))
_drop_order = Prepared(delete(orders).where(orders.c.id == bindparam("order_id")))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept at most; 0 keeps everything."""

    calls: int = 0
    orders: int = 0
    bytes: int = 0
    """Of the journal."""


@dataclass(slots=True)
class Dropped:
    """What a batch did. `above`: the order behind which the next one looks; None where this one came to the end."""

    lines: int = 0
    bytes: int = 0
    orders: int = 0
    above: int | None = None


class Retention:
    """Keeps journal and orders within their limits. `written` is told of every commit."""

    def __init__(self, limits: Limits, connection: Connection, submit: Submit) -> None:
        self._limits = limits
        self._submit = submit
        self._lines = _count(connection, journal) if limits.calls else 0
        self._bytes = connection.execute(select(func.sum(journal.c.size))).scalar() or 0 if limits.bytes else 0
        self._orders = _count(connection, orders) if limits.orders else 0
        self._lines_due = False
        self._above: int | None = None
        """The order behind which to look for more that may go; None while none must."""
        self._changed = self._orders
        self._fresh = ChangeSet()
        """What was written since the last batch began: the next one drops more than that."""
        self._busy = False
        self._stopped = False

    def written(self, committed: ChangeSet) -> None:
        """Count what a group wrote, and begin to drop where it is too much."""
        self._lines += committed.lines
        self._bytes += committed.bytes
        self._orders += committed.placed
        self._changed += len(committed.orders)
        self._fresh.lines += committed.lines
        self._fresh.bytes += committed.bytes
        self._fresh.placed += committed.placed
        if _over(self._lines, self._limits.calls) or _over(self._bytes, self._limits.bytes):
            self._lines_due = True
        if self._above is None and _over(self._orders, self._limits.orders) and self._changed > self._orders // AGAIN:
            self._above = 0
        self._go_on()

    def stop(self) -> None:
        """Begin no batch any more."""
        self._stopped = True

    def _go_on(self) -> None:
        """Begin the next batch, if one is due and none is under way."""
        if self._busy or self._stopped:
            return
        placed = self._orders - self._limits.orders
        if placed <= 0:
            self._above = None
        if self._lines_due and self._too_many_lines:
            lines, size = max(LINES, 2 * self._fresh.lines), max(BYTES, 2 * self._fresh.bytes)
            excess, most = Dropped(self._excess_lines, self._excess_bytes), Dropped(lines, size)
            self._batch(lambda tx: drop_lines(tx.connection, excess, most), self._lines_dropped)
        elif (above := self._above) is not None:
            wanted, keep = min(placed, max(ORDERS, 2 * self._fresh.placed)), self._limits.orders
            self._batch(lambda tx: drop_orders(tx.connection, keep, above, wanted), self._orders_dropped)

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
        self._orders -= dropped.orders
        then(dropped)
        self._go_on()

    def _lines_dropped(self, dropped: Dropped) -> None:
        # Where none could go, none but the newest is left.
        self._lines_due = self._too_many_lines and dropped.lines > 0

    def _orders_dropped(self, dropped: Dropped) -> None:
        too_many = self._orders > self._limits.orders
        self._above = dropped.above if too_many else None
        if too_many and dropped.above is None:
            self._changed = 0


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


def drop_orders(connection: Connection, keep: int, above: int, many: int) -> Dropped:
    """Drop the oldest orders behind `above` that may go, as many as were asked for or as one batch can.

    The newest `keep` are none of them: where older ones stay, the newest do not go in their place.
    """
    end = (connection.execute(_last_order).scalar() or 0) - keep
    below = min(above + LOOKED, end)
    dropped = Dropped(above=below if below < end else None)
    found = connection.execute(_finished, {"above": above, "below": below, "many": many}).all()
    newest = connection.execute(_newest_line).scalar()
    for row in found:
        key = {f"key_{name}": getattr(row, name) for name in KEY}
        if newest is not None and _newest_own_line.run(connection, key).fetchone() == (newest,):
            # It goes another time: the number of the newest line would be given again.
            continue
        room = LINES_OF_ORDERS - dropped.lines
        sizes = connection.execute(_drop_own_lines, {**key, "many": room}).scalars().all()
        dropped.lines += len(sizes)
        dropped.bytes += sum(sizes)
        if len(sizes) == room:
            # It may have more of them: it goes with the next batch, and so do those behind it.
            dropped.above = row.id - 1
            return dropped
        for drop in (*_drop_with_order, _drop_ledger_lines):
            drop.run(connection, key)
        _drop_order.run(connection, {"order_id": row.id})
        dropped.orders += 1
    if len(found) == many:
        dropped.above = found[-1].id
    return dropped


def _count(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def _over(count: int, limit: int) -> bool:
    return bool(limit) and count > limit + limit // SLACK
