"""What a merchant is owed after a payment, a refund, a transfer, and when it is tried again.

Source: V2 notes, 5.3 (重试: 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h, 24 h 4 min in all).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.plans import Alteration, Sending
from sandbox.core.sharing import SharingNews
from sandbox.core.verdicts import Verdict, VerdictName

RETRY_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
ATTEMPT_SECONDS = 5.0
"""How long WeChat waits for an answer; real time, whatever the sandbox clock says."""


class NotificationKind(StrEnum):
    """What a notification tells of."""

    PAYMENT = "payment"
    REFUND = "refund"
    TRANSFER = "transfer"
    SHARING = "sharing"


class NotificationState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Standing(StrEnum):
    """How what is owed of something stands, the worst first; a console's word, finer than the state."""

    FORGED = "forged"
    """The merchant took a forged one for true."""
    GIVEN_UP = "given_up"
    FAILING = "failing"
    """Tried, and to be tried again."""
    PENDING = "pending"
    DELIVERED = "delivered"


FAILED = (Standing.FORGED, Standing.GIVEN_UP, Standing.FAILING)
"""What needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notification owed, with its place in the schedule.

    `attempts` counts all that were made, `scheduled` those of the schedule: an extra one (asked for by a person) leaves
    the schedule as it is. `nonce_str` stays, so that every attempt sends the same body. A `single` one is sent once,
    whatever becomes of it: a scenario's copies, replays and forgeries, which differ by their `alteration`.
    `out_refund_no` names the refund that one of kind REFUND is about. Its `origin`, by which it is
    written, is the order's, the refund's, the transfer's, or, where the merchant platform tells of the refund, that of
    the platform.
    `sharing` is what one of kind SHARING tells, and whom: a receiver, not the order's merchant.
    """

    id: str
    kind: NotificationKind
    key: OrderKey
    origin: Origin
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
    sharing: SharingNews | None = None

    @property
    def told(self) -> str:
        """The mch_id of who is told."""
        return self.sharing.mch_id if self.sharing else self.key.mch_id

    @property
    def hostile(self) -> bool:
        """Whether the merchant must refuse it."""
        return self.alteration is not None and self.alteration.hostile

    @property
    def doubtful(self) -> bool:
        """Whether nobody can say what the merchant must do with it."""
        return self.alteration is not None and self.alteration.doubtful

    @property
    def true(self) -> bool:
        """Whether the merchant must take it."""
        return not (self.hostile or self.doubtful)

    @property
    def standing(self) -> Standing:
        """How it stands by itself: failing from its first failure on."""
        failing = self.state is NotificationState.PENDING and self.attempts > 0
        return Standing.FAILING if failing else Standing(self.state)

    def tells_as(self, other: "Notification") -> bool:
        """Whether both tell the same truth: of one payment, one end of one refund or transfer, or one share."""
        same = (self.kind, self.out_refund_no, self.sharing) == (other.kind, other.out_refund_no, other.sharing)
        return same and self.true and (self.kind is NotificationKind.PAYMENT or self.created_at == other.created_at)

    def given_up(self) -> "Notification":
        """The notification, when nobody is left to be told."""
        return replace(self, next_at=None, state=NotificationState.GIVEN_UP)

    def attempted(self, verdict: Verdict, sent_at: datetime, *, extra: bool = False) -> "Notification":
        """The notification after an attempt that was sent at `sent_at`."""
        tried = replace(self, attempts=self.attempts + 1, scheduled=self.scheduled + (not extra))
        if verdict.accepted or (
            self.hostile and verdict.name is not VerdictName.FORGERY_ACCEPTED and not verdict.fact("silent")
        ):
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


def owing(
    make: Callable[[], Notification], sendings: tuple[Sending, ...] | None, at: datetime
) -> Iterator[Notification]:
    """The messages about what happened at `at`, which `make` makes one by one; without `sendings` the usual one.

    The first that is as it should be follows the schedule, all others are sent once.
    """
    scheduled = False
    for due, alteration in moments((Sending(),) if sendings is None else sendings, at):
        single = scheduled or alteration is not None
        scheduled = scheduled or not single
        yield replace(make(), next_at=due, single=single, alteration=alteration)


def beside_shares(notifications: Sequence[Notification]) -> list[Notification]:
    """An order's, but for those about its shares: others are told, and each sharing stands by itself."""
    return [one for one in notifications if one.kind is not NotificationKind.SHARING]


def that_told(notification: Notification, told: Sequence[Notification]) -> list[Notification]:
    """Of what is told of an order or a transfer, that which has told the same by now, itself included."""
    return [one for one in told if one.attempts and one.tells_as(notification)]


def that_count(notifications: Sequence[Notification]) -> list[Notification]:
    """Of an order's or a refund's, those by which it stands: what the schedule owes, else the last true one."""
    true = [one for one in notifications if one.true]
    return [one for one in true if not one.single] or true[-1:]


def standing_of(notifications: Sequence[Notification]) -> tuple[Standing | None, datetime | None]:
    """How an order's notifications stand together, the worst first, and when the next is due; None: nothing owed."""
    owed = that_count(notifications)
    order = list(Standing)
    worst = min((one.standing for one in owed), key=order.index, default=None)
    return worst, min((one.next_at for one in owed if one.next_at), default=None)
