"""What shops have asked for, and what was acknowledged."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bench.messages import Account
from bench.soaking.receivers import Manner


@dataclass(frozen=True)
class Shop(Account):
    """A merchant, and how it takes notifications."""

    serial_no: str
    private_key: str
    manner: Manner


@dataclass
class Refund:
    """A refund that was asked for. `code` is what it was refused with, or ""; None: nobody knows what became of it."""

    out_refund_no: str
    fen: int
    notify_url: str
    code: str | None = None


@dataclass
class Sale:
    """An order, placed by v2 or v3. `unclear` are acts that got no answer, and may have been done all the same."""

    shop: Shop
    face: str
    out_trade_no: str
    total_fee: int
    notify_url: str
    placed: bool = False
    paid: bool = False
    closed: bool = False
    unclear: set[Literal["pay", "close"]] = field(default_factory=set)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def states(self) -> set[str]:
        """The trade states that its order may have in the end."""
        if self.paid:
            codes = [one.code for one in self.refunds]
            if "" in codes:
                return {"REFUND"}
            return {"SUCCESS", "REFUND"} if None in codes else {"SUCCESS"}
        if self.closed:
            return {"CLOSED"}
        return {"NOTPAY", "CLOSED", "SUCCESS"} if "pay" in self.unclear else {"NOTPAY", "CLOSED"}


class Fault(StrEnum):
    """What must not be."""

    ORDER_LOST = "an acknowledged order is not in the books"
    ORDER_OTHERWISE = "an order is not as it was acknowledged"
    ORDER_INVENTED = "an order is in the books that nobody asked for"
    PAID_AND_CLOSED = "an order was acknowledged both as paid and as closed"
    REFUND_LOST = "an acknowledged refund is not in the books"
    REFUND_OTHERWISE = "a refund is not as it was acknowledged"
    REFUND_INVENTED = "a refund is in the books that nobody asked for, or that was refused"
    REFUNDED_TOO_MUCH = "more was refunded than was paid"
    MONEY_WRONG = "the ledger does not agree with payments and refunds"
    NOT_OWED = "a merchant is not owed what it must be told, or more than that"
    STILL_OWED = "a notification is pending though its time has passed"
    NOT_DELIVERED = "a notification was given up though its merchant would have taken it"
    NEVER_CAME = "a notification is delivered in the books, and its merchant never had it"
    TOLD_TWICE = "a merchant was told again though nothing was in flight when something broke"
    TOO_EARLY = "a merchant was told again before its time"
    SEES_ANOTHER = "a merchant's list shows another merchant's"
    ANSWERED_WRONGLY = "a call was answered wrongly"
    UNANSWERED = "a call was not answered, or with SYSTEMERROR, while nothing was wrong"
    ENDED_BADLY = "a sandbox that was told to stop did not end with status 0"
    TRACEBACK = "a sandbox's log has a traceback"


@dataclass(frozen=True)
class Finding:
    """One of them, and what it is about."""

    fault: Fault
    about: str


@dataclass(frozen=True)
class Unanswered:
    """A call after which nobody knows: from when to when it was made, by `time.monotonic`, and what became of it."""

    began: float
    ended: float
    what: str


@dataclass
class Written:
    """All that shops remember, and what they met on the way."""

    sales: list[Sale] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    answered: int = 0


SLACK = 2.0
"""Seconds in which what a trouble has held up comes through."""


@dataclass(frozen=True)
class Trouble:
    """From when on something was broken until all was well again."""

    name: str
    began: float
    ended: float

    def meets(self, began: float, ended: float) -> bool:
        """Whether something that lasted so long may have been cut off, or held up."""
        return began <= self.ended + SLACK and ended >= self.began
