"""The shop's refunds in its book: of which order, how much, and how far each has got.

- asked -> processing: WeChat Pay has taken it; before that nobody knows, and it is asked for under the same number
- asked -> refused: WeChat Pay will not; the money is still ours to give back, under another number
- asked, processing, abnormal -> success, abnormal, closed: so WeChat Pay says, in a notification or when asked

An order has one refund under way at a time, so that a form sent twice refunds once.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from orders import Order


class RefundState(StrEnum):
    """How a refund stands in the shop's books."""

    ASKED = "asked"
    PROCESSING = "processing"
    SUCCESS = "success"
    ABNORMAL = "abnormal"
    CLOSED = "closed"
    REFUSED = "refused"


UNDER_WAY = (RefundState.ASKED, RefundState.PROCESSING)
OPEN = (*UNDER_WAY, RefundState.ABNORMAL)


class NotRefundable(Exception):
    """The order is not paid, has less left than that, or has a refund under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund, in fen."""

    out_refund_no: str
    out_trade_no: str
    refund_fee: int
    state: RefundState
    created_at: datetime
    refund_id: str | None = None
    problem: str | None = None


_TABLE = """
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL REFERENCES orders,
    refund_fee INTEGER NOT NULL CHECK (refund_fee > 0), state TEXT NOT NULL,
    created_at REAL NOT NULL, look_at REAL NOT NULL, refund_id TEXT, problem TEXT
);
CREATE INDEX IF NOT EXISTS refunds_of_order ON refunds (out_trade_no, created_at);
CREATE INDEX IF NOT EXISTS refunds_to_look_at ON refunds (look_at) WHERE state IN ('asked', 'processing');
"""
_REFUNDABLE = """
SELECT total_fee - (
    SELECT coalesce(sum(refund_fee), 0) FROM refunds
    WHERE out_trade_no = orders.out_trade_no AND state NOT IN ('closed', 'refused')
)
FROM orders
WHERE out_trade_no = :out_trade_no AND state IN ('paid', 'refund_due') AND NOT EXISTS (
    SELECT 1 FROM refunds WHERE out_trade_no = orders.out_trade_no AND state IN ('asked', 'processing')
)
"""
_INSERT = f"""
INSERT INTO refunds (out_refund_no, out_trade_no, refund_fee, state, created_at, look_at)
SELECT :out_refund_no, :out_trade_no, :refund_fee, 'asked', :created_at, :look_at
WHERE :refund_fee BETWEEN 1 AND ({_REFUNDABLE})
"""
_MOVE = """
UPDATE refunds SET state = :to, refund_id = coalesce(:refund_id, refund_id), problem = :problem
WHERE out_refund_no = :out_refund_no AND state IN (SELECT value FROM json_each(:before))
"""
_ALL_BACK = """
UPDATE orders SET state = 'refunded' WHERE out_trade_no = :out_trade_no AND state IN ('paid', 'refund_due')
AND total_fee = (SELECT sum(refund_fee) FROM refunds WHERE out_trade_no = :out_trade_no AND state = 'success')
"""
_COLUMNS = "SELECT out_refund_no, out_trade_no, refund_fee, state, created_at, refund_id, problem FROM refunds"


class Refunds:
    """The book of refunds, in the same database as the orders, by whose side it stands."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._db.executescript(_TABLE)

    def add(self, order: Order, out_refund_no: str, refund_fee: int, at: datetime, look_at: datetime) -> Refund:
        """Enter a refund, before WeChat Pay hears of it; raises NotRefundable."""
        values = {
            "out_refund_no": out_refund_no,
            "out_trade_no": order.out_trade_no,
            "refund_fee": refund_fee,
            "created_at": at.timestamp(),
            "look_at": look_at.timestamp(),
        }
        if self._db.execute(_INSERT, values).rowcount != 1:
            raise NotRefundable
        return Refund(
            out_refund_no=out_refund_no,
            out_trade_no=order.out_trade_no,
            refund_fee=refund_fee,
            state=RefundState.ASKED,
            created_at=at,
        )

    def find(self, out_refund_no: str) -> Refund | None:
        """Look a refund up."""
        row = self._db.execute(f"{_COLUMNS} WHERE out_refund_no = ?", [out_refund_no]).fetchone()
        return _from_row(row) if row else None

    def of(self, out_trade_no: str) -> list[Refund]:
        """List an order's refunds, oldest first."""
        rows = self._db.execute(f"{_COLUMNS} WHERE out_trade_no = ? ORDER BY created_at", [out_trade_no])
        return [_from_row(row) for row in rows]

    def refundable(self, out_trade_no: str) -> int:
        """How much of an order may be given back now, in fen."""
        row = self._db.execute(_REFUNDABLE, {"out_trade_no": out_trade_no}).fetchone()
        return int(row[0]) if row else 0

    def due(self, now: datetime, limit: int) -> list[Refund]:
        """List refunds under way whose next look is due, longest due first."""
        query = f"{_COLUMNS} WHERE state IN ('asked', 'processing') AND look_at <= ? ORDER BY look_at LIMIT ?"
        return [_from_row(row) for row in self._db.execute(query, [now.timestamp(), limit])]

    def look_again(self, out_refund_no: str, at: datetime) -> None:
        """Say when to look at a refund next."""
        self._db.execute("UPDATE refunds SET look_at = ? WHERE out_refund_no = ?", [at.timestamp(), out_refund_no])

    def accepted(self, out_refund_no: str, refund_id: str) -> None:
        """WeChat Pay has taken the refund; one whose end was told already has its end."""
        self._move(out_refund_no, RefundState.PROCESSING, [RefundState.ASKED], refund_id)

    def refused(self, out_refund_no: str, problem: str) -> None:
        """WeChat Pay will not."""
        self._move(out_refund_no, RefundState.REFUSED, [RefundState.ASKED], problem=problem)

    def told(self, refund: Refund, state: RefundState, refund_id: str) -> bool:
        """Book what WeChat Pay says of a refund and tell whether it was news; what has ended stays as it is.

        When all of an order's money is back, the order is refunded.
        """
        before = [one for one in OPEN if one is not state]
        news = self._move(refund.out_refund_no, state, before, refund_id)
        # Also when it was no news: should the shop have died in between, WeChat Pay tells it again.
        self._db.execute(_ALL_BACK, {"out_trade_no": refund.out_trade_no})
        return news

    def _move(
        self,
        out_refund_no: str,
        to: RefundState,
        before: list[RefundState],
        refund_id: str | None = None,
        problem: str | None = None,
    ) -> bool:
        values = {"out_refund_no": out_refund_no, "to": to, "refund_id": refund_id, "problem": problem}
        return self._db.execute(_MOVE, values | {"before": json.dumps(before)}).rowcount == 1


def _from_row(row: sqlite3.Row) -> Refund:
    values = dict(row)
    values["state"] = RefundState(values["state"])
    values["created_at"] = datetime.fromtimestamp(values["created_at"], UTC)
    return Refund(**values)
