"""What is asked of the store, and what it answers: filters, pages, rows of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sandbox.core.journal import Event, Exchange, ExchangeOutcome, SignatureState
from sandbox.core.notifications import Standing
from sandbox.core.orders import Order

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list, newest first; `next` is the cursor of the part after it, None at the end."""

    items: Sequence[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders to list; what is empty does not filter.

    `search` is the beginning of a number (out_trade_no, transaction_id, prepay_id, out_refund_no, refund_id) or of an
    openid, an amount as a person writes it, or words of the body.
    `notification` is a Standing, "failed" for each that needs a person, or "none" for orders that owe nothing.
    `scenario` names the one that decides.
    """

    mch_id: str = ""
    out_trade_no: str = ""
    trade_state: str = ""
    trade_type: str = ""
    notification: str = ""
    scenario: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """A row of the list of orders: the order, and how its notifications stand (None: nothing owed)."""

    id: int
    order: Order
    notification: Standing | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which API calls to list; what is empty does not filter.

    `since` is sandbox time; `contains` is text that stands in the request's body.
    """

    mch_id: str = ""
    path: str = ""
    out_trade_no: str = ""
    outcome: ExchangeOutcome = ExchangeOutcome.OPEN
    signature: SignatureState = SignatureState.UNCHECKED
    since: datetime | None = None
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline or journal, with its number, which grows as things happen."""

    id: int
    what: Event | Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The console's strip: what each of its filters would list; each stops counting at 1000.

    Signature errors are those of the last hour.
    """

    waiting: int
    paid: int
    failed_notifications: int
    signature_errors: int
