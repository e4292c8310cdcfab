"""What happened, in order: events in WeChat Pay's world, and exchanges of messages with a merchant.

Journal, timeline, HAR, doctor and metrics read only these two records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult
from sandbox.core.events import EventName
from sandbox.core.orders import OrderKey
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


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request and its reply, as bytes, made at the edge.

    `api`: the merchant called; `signature` is "ok" or what is wrong with it. `notification`: the sandbox called;
    `verdict` judges the merchant's reply. `origin` tells whose messages they are. `status` is None where no reply came.
    `at` is sandbox time, `duration_ms` real.
    """

    at: datetime
    kind: Literal["api", "notification"]
    origin: Origin
    method: str
    path: str
    request: Message
    key: OrderKey | None = None
    mch_id: str = ""
    request_id: str = ""
    client: str = ""
    status: int | None = None
    reply: Message = Message()
    signature: str = ""
    outcome: str = ""
    verdict: Verdict | None = None
    notification_id: str = ""
    n: int = 0
    duration_ms: float = 0.0
    steps: list[tuple[str, float]] = field(default_factory=list)
    facts: dict[str, str | int] = field(default_factory=dict)


def header_size(headers: Headers) -> int:
    """How many characters names and values have."""
    return sum([len(name) + len(value) for name, value in headers])


def kept_headers(headers: Headers) -> Headers:
    """The first of them that fit into what is kept: all, of any client that means well."""
    kept = headers
    while header_size(kept) > KEPT_HEADER_BYTES:
        kept = kept[: len(kept) // 2]
    return kept


def kept_facts(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Facts as far as they are kept."""
    return {name: value[:KEPT_FACT] if isinstance(value, str) else value for name, value in facts.items()}
