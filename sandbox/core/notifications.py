"""What a merchant is owed after a payment, and when it is tried again.

Source: protocol notes, section 5.3 (重试: 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h, 24 h 4 min in all).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sandbox.core.orders import OrderKey
from sandbox.core.plans import Alteration, Sending

RETRY_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
ATTEMPT_SECONDS = 5.0
"""How long WeChat waits for an answer; real time, whatever the sandbox clock says."""


NotificationKind = Literal["payment", "refund"]


class NotificationState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply was worth: a name from `catalogue.verdicts`, and the facts its explanation needs."""

    name: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        return self.name.startswith("ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notification owed, with its place in the schedule.

    `attempts` counts all that were made, `scheduled` those of the schedule: an extra one (asked for by a person) leaves
    the schedule as it is. `nonce_str` stays, so that every attempt sends the same body. A `single` one is sent once,
    whatever becomes of it: a scenario's copies, replays and forgeries, which differ by their `alteration`.
    `out_refund_no` names the refund that one of kind "refund" is about.
    """

    id: str
    kind: NotificationKind
    key: OrderKey
    url: str
    nonce_str: str
    created_at: datetime
    next_at: datetime | None
    state: NotificationState = NotificationState.PENDING
    attempts: int = 0
    scheduled: int = 0
    single: bool = False
    alteration: Alteration | None = None
    out_refund_no: str = ""

    @property
    def hostile(self) -> bool:
        """Whether the merchant must refuse it."""
        return self.alteration is not None and self.alteration.hostile

    def attempted(self, verdict: Verdict, sent_at: datetime, *, extra: bool = False) -> "Notification":
        """The notification after an attempt that was sent at `sent_at`."""
        tried = replace(self, attempts=self.attempts + 1, scheduled=self.scheduled + (not extra))
        if verdict.ok:
            return replace(tried, state=NotificationState.DELIVERED, next_at=None)
        if self.state is NotificationState.DELIVERED:
            # Delivered meanwhile, by an attempt that ran beside this one: nothing is owed any more.
            return tried
        if self.single:
            return replace(tried, next_at=None, state=NotificationState.GIVEN_UP)
        if extra:
            return tried
        next_at = next_attempt(tried.scheduled, sent_at)
        return replace(tried, next_at=next_at, state=self.state if next_at else NotificationState.GIVEN_UP)


def next_attempt(scheduled: int, sent_at: datetime) -> datetime | None:
    """When the attempt after the `scheduled`-th failed one is due: its interval after that one was sent."""
    if scheduled > len(RETRY_SECONDS):
        return None
    return sent_at + timedelta(seconds=RETRY_SECONDS[scheduled - 1])


def moments(sendings: tuple[Sending, ...], paid_at: datetime) -> list[tuple[datetime, Alteration | None]]:
    """When a scenario's messages are due, copies one by one, and how each is altered."""
    return [
        (paid_at + timedelta(seconds=sending.after + number * sending.every), sending.alteration)
        for sending in sendings
        for number in range(sending.copies)
    ]


def judged_forgery(verdict: Verdict, forged: Notification) -> Verdict:
    """What a merchant's reply to a message that it must refuse is worth: the other way round.

    No reply at all keeps its verdict: a merchant that hangs or breaks off has not refused. So does one whose body was
    not read to its end: it may say anything.
    """
    if verdict.name == "too_large":
        return verdict
    fault = forged.alteration.fault if forged.alteration else None
    facts = (("fault", fault.value if fault else ""), *verdict.facts)
    return Verdict("forgery_accepted" if verdict.ok else "ok_forgery_refused", facts)
