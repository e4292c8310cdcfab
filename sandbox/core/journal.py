"""What happened, in order: events in WeChat Pay's world, and exchanges of messages with a merchant.

Journal, timeline, HAR, doctor and metrics read only these two records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult
from sandbox.core.events import EventName
from sandbox.core.notifications import NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.verdicts import Verdict

Headers = tuple[tuple[str, str], ...]
KEPT_BYTES = 64 * 1024
"""What is kept of a body."""

KEPT_HEADER_BYTES = 16 * 1024
KEPT_FACT = 16 * 1024
"""What is kept of a message's headers, and of one fact about an exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `name` has its sentence in `words.events`, which takes `facts`."""

    at: datetime
    name: EventName
    key: OrderKey
    facts: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def cause(self) -> Cause | None:
        """Why a payment failed, or why the client refused to begin."""
        cause = self.facts.get("cause") or self.facts.get("result")
        return Cause(cause) if cause in set(Cause) else None

    @property
    def result(self) -> ClientResult | None:
        """What the client tells the app or page after an act of the payer's; None for all that is no such act."""
        outcome = self.name.outcome
        return ClientResult(outcome, self.cause) if outcome else None


@dataclass(frozen=True, slots=True)
class Message:
    """One side of an exchange: its start line's matter, its headers in order, its first 64 KB."""

    headers: Headers = ()
    body: bytes = b""


class ExchangeKind(StrEnum):
    API = "api"
    """The merchant called."""
    NOTIFICATION = "notification"
    """The sandbox called."""


class ExchangeOutcome(StrEnum):
    """How an exchange ended; a notification as its verdict finds."""

    OPEN = ""
    OK = "ok"
    FAILED = "failed"
    UNCLEAR = "unclear"


class SignatureState(StrEnum):
    """What was found of a call's signature."""

    UNCHECKED = ""
    OK = "ok"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CallRefusal:
    """Why a call was refused: the face's `code` and the `message` that the merchant was told, either may be empty.

    `fault` is what its developer is told besides (a name of `words.faults`); empty where WeChat's own words say all.
    """

    code: str = ""
    message: str = ""
    fault: str = ""

    @property
    def said(self) -> str:
        """What the merchant was told, in a line."""
        return f"{self.code} {self.message}".strip()


@dataclass(frozen=True, slots=True)
class Played:
    """What a scenario, or a person, did to an exchange; without a `fault` the message was as it should be.

    `fault` is `CallFault.name`, a MessageFault, or "altered"; `lacking` one that the scenario had in store, and the
    face has not.
    """

    scenario: str = ""
    fault: str = ""
    lacking: str = ""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and its reply, as bytes, made at the edge.

    A call has a `signature`, and a `refusal` where it failed. Of a notification the `verdict` judges the merchant's
    reply; a `single` one is beside the schedule, and `out_refund_no` names the refund that it tells of; of one about a
    share `out_order_no` names the sharing (or the return), `receiver` the merchant that is told. `origin` tells whose
    messages they are. A call's `path` is decoded, its `query` stands as it was sent, and so does its `raw_path`,
    which is empty where it is the same as the path; of a notification the `path` is the whole address. `status` is None
    where no reply came; `reply_cut`: it was too long to be read whole.
    `at` is sandbox time, `duration_ms` real. `endpoint` is what a call is counted under that has no path of its own;
    `uncertified` says that its certificate was not looked for. `facts` are only shown.
    """

    at: datetime
    kind: ExchangeKind
    origin: Origin
    method: str
    path: str
    request: Message
    query: str = ""
    raw_path: str = ""
    key: OrderKey | None = None
    mch_id: str = ""
    request_id: str = ""
    client: str = ""
    status: int | None = None
    reply: Message = Message()
    reply_cut: bool = False
    signature: SignatureState = SignatureState.UNCHECKED
    outcome: ExchangeOutcome = ExchangeOutcome.OPEN
    refusal: CallRefusal | None = None
    verdict: Verdict | None = None
    played: Played | None = None
    endpoint: str = ""
    uncertified: bool = False
    notification_id: str = ""
    single: bool = False
    out_refund_no: str = ""
    out_order_no: str = ""
    receiver: str = ""
    n: int = 0
    duration_ms: float = 0.0
    steps: list[tuple[str, float]] = field(default_factory=list)
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def party(self) -> str:
        """The mch_id of who calls, or is told: of a share that is its receiver, whoever's the order is."""
        return self.receiver or self.mch_id

    @property
    def target(self) -> str:
        """The path with the query, as they were sent."""
        path = self.raw_path or self.path
        return f"{path}?{self.query}" if self.query else path

    @property
    def fault(self) -> str:
        """What the developer of a refused call is told; empty for every other exchange."""
        return self.refusal.fault if self.refusal else ""

    @property
    def tells_of(self) -> NotificationKind:
        """What a notification tells of."""
        if self.key is not None and self.key.out_bill_no:
            return NotificationKind.TRANSFER
        if self.receiver:
            return NotificationKind.SHARING
        return NotificationKind.REFUND if self.out_refund_no else NotificationKind.PAYMENT

    def explain(self, fault: str, facts: Mapping[str, str | int]) -> None:
        """Note why a call is refused, for its developer."""
        self.refusal = CallRefusal(fault=fault)
        self.facts |= facts

    def refuse(self, message: str, code: str = "") -> None:
        """Note what the merchant is told of a call that fails."""
        self.outcome = ExchangeOutcome.FAILED
        self.refusal = CallRefusal(code, message, self.fault)

    def judged(self, verdict: Verdict) -> None:
        """Note what the merchant's reply was worth."""
        self.verdict, self.outcome = verdict, ExchangeOutcome(verdict.finding.value)


def header(headers: Headers, name: str) -> str:
    """The value of the first header of a name, whose case does not matter; empty where there is none."""
    wanted = name.lower()
    return next((value for one, value in headers if one.lower() == wanted), "")


def _header_size(headers: Headers) -> int:
    """How many characters names and values have."""
    return sum([len(name) + len(value) for name, value in headers])


def kept_headers(headers: Headers) -> tuple[Headers, int]:
    """The first of them that fit into what is kept (all, of any client that means well), and their size."""
    kept = headers
    while (size := _header_size(kept)) > KEPT_HEADER_BYTES:
        kept = kept[: len(kept) // 2]
    return kept, size


def kept_facts(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Facts as far as they are kept."""
    return {name: value[:KEPT_FACT] if isinstance(value, str) else value for name, value in facts.items()}
