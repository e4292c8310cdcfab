"""The shop's orders in its book. An order moves from state to state in one place, atomically, or not at all.

- waiting -> paid: WeChat Pay says so; the goods are handed out in this very step, once
- waiting -> closed: cancelled, or out of time
- waiting -> failed: WeChat Pay would not take the order, or its payment failed for good
- closed, failed -> refund_due: money came all the same; it is to be given back, nothing is handed out
- any -> refunded: WeChat Pay says that the money went back, all of it (refunds.py)
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from signature import SignType

PaidBy = Literal["notification", "query"]


class TradeType(StrEnum):
    """The four ways to pay that unifiedorder offers."""

    NATIVE = "NATIVE"
    JSAPI = "JSAPI"
    APP = "APP"
    MWEB = "MWEB"


class State(StrEnum):
    """How an order stands in the shop's books."""

    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"
    FAILED = "failed"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"


MAY_BECOME: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.PAID, State.CLOSED, State.FAILED, State.REFUNDED}),
    State.PAID: frozenset({State.REFUNDED}),
    State.CLOSED: frozenset({State.REFUND_DUE, State.REFUNDED}),
    State.FAILED: frozenset({State.REFUND_DUE, State.REFUNDED}),
    State.REFUND_DUE: frozenset({State.REFUNDED}),
    State.REFUNDED: frozenset(),
}


class TransactionTaken(Exception):
    """The transaction_id belongs to another order, or the order to another transaction_id."""


class PrepayTaken(Exception):
    """The prepay_id belongs to another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. `request` holds unifiedorder's parameters as first sent: a retry must repeat them."""

    out_trade_no: str
    item: str
    body: str
    total_fee: int
    trade_type: TradeType
    sign_type: SignType
    request: Mapping[str, str]
    created_at: datetime
    closes_at: datetime
    look_at: datetime
    state: State = State.WAITING
    prepay_id: str | None = None
    code_url: str | None = None
    mweb_url: str | None = None
    prepaid_at: datetime | None = None
    transaction_id: str | None = None
    paid_by: PaidBy | None = None
    paid_at: datetime | None = None
    fulfilled: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived for an order, verified."""

    out_trade_no: str
    transaction_id: str
    paid_at: datetime
    paid_by: PaidBy


_TABLE = """
CREATE TABLE IF NOT EXISTS orders (
    out_trade_no TEXT PRIMARY KEY, item TEXT NOT NULL, body TEXT NOT NULL,
    total_fee INTEGER NOT NULL CHECK (total_fee > 0), trade_type TEXT NOT NULL, sign_type TEXT NOT NULL,
    request TEXT NOT NULL, created_at REAL NOT NULL, closes_at REAL NOT NULL, look_at REAL NOT NULL,
    state TEXT NOT NULL, prepay_id TEXT, code_url TEXT, mweb_url TEXT, prepaid_at REAL,
    transaction_id TEXT UNIQUE, paid_by TEXT, paid_at REAL,
    fulfilled INTEGER NOT NULL DEFAULT 0 CHECK (fulfilled <= 1), problem TEXT
);
CREATE INDEX IF NOT EXISTS orders_to_look_at ON orders (look_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS orders_by_age ON orders (created_at);
CREATE UNIQUE INDEX IF NOT EXISTS orders_by_prepay ON orders (prepay_id);
"""
_INSERT = """
INSERT INTO orders VALUES (
    :out_trade_no, :item, :body, :total_fee, :trade_type, :sign_type, :request, :created_at, :closes_at, :look_at,
    :state, :prepay_id, :code_url, :mweb_url, :prepaid_at, :transaction_id, :paid_by, :paid_at, :fulfilled, :problem
)"""
_PREPAID = "UPDATE orders SET prepay_id = ?, code_url = ?, mweb_url = ?, prepaid_at = ? WHERE out_trade_no = ?"
_BOOK = """
UPDATE orders
SET state = :to, fulfilled = fulfilled + :handed_out,
    transaction_id = :transaction_id, paid_by = :paid_by, paid_at = :paid_at
WHERE out_trade_no = :out_trade_no AND state IN (SELECT value FROM json_each(:before))
"""
_MOVE = """
UPDATE orders SET state = :to, problem = coalesce(:problem, problem)
WHERE out_trade_no = :out_trade_no AND state IN (SELECT value FROM json_each(:before))
"""
_TIMES = ("created_at", "closes_at", "look_at", "prepaid_at", "paid_at")


class Orders:
    """The book of orders: one SQLite file, or memory. Calls are short and made in the event loop's thread.

    `db` is for the other books in the same file.
    """

    def __init__(self, database: str) -> None:
        self.db = sqlite3.connect(database, isolation_level=None, timeout=5)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(_TABLE)

    def close(self) -> None:
        """Put the book away."""
        self.db.close()

    def add(self, order: Order) -> None:
        """Enter a new order, before WeChat Pay hears of it: its notification may be quicker than its answer."""
        self.db.execute(_INSERT, _to_row(order))

    def find(self, out_trade_no: str) -> Order | None:
        """Look an order up."""
        row = self.db.execute("SELECT * FROM orders WHERE out_trade_no = ?", [out_trade_no]).fetchone()
        return _from_row(row) if row else None

    def newest(self, limit: int) -> list[Order]:
        """List orders, newest first."""
        query = "SELECT * FROM orders ORDER BY created_at DESC, out_trade_no DESC LIMIT ?"
        return [_from_row(row) for row in self.db.execute(query, [limit])]

    def due(self, now: datetime, limit: int) -> list[Order]:
        """List waiting orders whose next look is due, longest due first."""
        query = "SELECT * FROM orders WHERE state = 'waiting' AND look_at <= ? ORDER BY look_at LIMIT ?"
        return [_from_row(row) for row in self.db.execute(query, [now.timestamp(), limit])]

    def look_again(self, out_trade_no: str, at: datetime) -> None:
        """Say when to look at an order next."""
        self.db.execute("UPDATE orders SET look_at = ? WHERE out_trade_no = ?", [at.timestamp(), out_trade_no])

    def prepaid(self, out_trade_no: str, answer: Mapping[str, str], at: datetime) -> None:
        """Keep what unifiedorder answered: the ways to pay this order, and none that was given to another."""
        ways = [answer.get("prepay_id"), answer.get("code_url"), answer.get("mweb_url")]  # V3 tells only one of them
        try:
            self.db.execute(_PREPAID, [*ways, at.timestamp(), out_trade_no])
        except sqlite3.IntegrityError as error:
            raise PrepayTaken(str(answer.get("prepay_id"))) from error

    def receive(self, payment: Payment) -> bool:
        """Book a payment and tell whether it was news.

        A waiting order becomes paid and is fulfilled; a closed one owes its money back; a repeat changes nothing.
        """
        try:
            with self._transaction():
                return self._book(payment, State.PAID) or self._book(payment, State.REFUND_DUE) or self._knew(payment)
        except sqlite3.IntegrityError as error:
            raise TransactionTaken(payment.transaction_id) from error

    def shut(self, out_trade_no: str) -> bool:
        """Mark a waiting order as closed; any other stays as it is."""
        return self._move(out_trade_no, State.CLOSED)

    def fail(self, out_trade_no: str, problem: str) -> bool:
        """Mark a waiting order as one that WeChat Pay would not take; any other stays as it is."""
        return self._move(out_trade_no, State.FAILED, problem)

    def refunded(self, out_trade_no: str) -> bool:
        """Mark an order whose money went back."""
        return self._move(out_trade_no, State.REFUNDED)

    def _book(self, payment: Payment, to: State) -> bool:
        values = {
            "to": to,
            "handed_out": 1 if to is State.PAID else 0,
            "transaction_id": payment.transaction_id,
            "paid_by": payment.paid_by,
            "paid_at": payment.paid_at.timestamp(),
            "out_trade_no": payment.out_trade_no,
            "before": _before(to),
        }
        return self.db.execute(_BOOK, values).rowcount == 1

    def _knew(self, payment: Payment) -> bool:
        query = "SELECT transaction_id FROM orders WHERE out_trade_no = ?"
        known = self.db.execute(query, [payment.out_trade_no]).fetchone()
        if known is None or known["transaction_id"] not in (payment.transaction_id, None):
            raise TransactionTaken(payment.transaction_id)
        return False

    def _move(self, out_trade_no: str, to: State, problem: str | None = None) -> bool:
        values = {"to": to, "problem": problem, "out_trade_no": out_trade_no, "before": _before(to)}
        return self.db.execute(_MOVE, values).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")


def _before(to: State) -> str:
    return json.dumps([state for state, reachable in MAY_BECOME.items() if to in reachable])


def _to_row(order: Order) -> dict[str, str | int | float | None]:
    row = {name: getattr(order, name) for name in Order.__slots__}
    row["request"] = json.dumps(dict(order.request), ensure_ascii=False)
    return row | {name: row[name].timestamp() for name in _TIMES if row[name] is not None}


def _from_row(row: sqlite3.Row) -> Order:
    values = dict(row)
    values |= {name: datetime.fromtimestamp(values[name], UTC) for name in _TIMES if values[name] is not None}
    values["request"] = json.loads(values["request"])
    values["trade_type"] = TradeType(values["trade_type"])
    values["sign_type"] = SignType(values["sign_type"])
    values["state"] = State(values["state"])
    return Order(**values)
