"""The shapes of the control API's answers about journal. Source: docs/contract.md, "Shapes"."""

import msgspec

from sandbox.control.journal.expectations import Difference
from sandbox.control.notifications.shapes import Attempt, Reply, Request
from sandbox.control.units import Facts, Millis
from sandbox.web.errors import ErrorDetail
from sandbox.web.shapes import Answer, Instant, Part


class Event(Answer, kw_only=True, tag_field="kind"):
    """One thing that happened: its name and facts for programs, a sentence for people."""

    id: int
    at: Instant
    summary: str
    name: str
    facts: Facts


class PayerEvent(Event, tag="payer"):
    """What the payer did."""


class WechatEvent(Event, tag="wechat"):
    """What WeChat did."""


class ScenarioEvent(Event, tag="scenario"):
    """What a scenario decided."""


class ClockEvent(Event, tag="clock"):
    """How a clock was moved."""


class Delivery(Attempt, kw_only=True, tag_field="kind", tag="notification"):
    """An attempt to deliver a notification, on a timeline."""

    id: int
    summary: str
    notification_id: str
    facts: Facts | None = None


class Step(Answer):
    """A step of a call, and how long it took."""

    name: str
    ms: Millis


class Call(Answer, kw_only=True, tag_field="kind", tag="api"):
    """A call of WeChat's API. `signature` is "ok" or what is wrong with it; `explanation` says why it was refused.

    `remark` is beside the matter: what the real API would have asked for, whatever became of the call here.
    """

    id: int
    at: Instant
    summary: str
    mch_id: str | None = None
    out_trade_no: str | None = None
    out_bill_no: str | None = None
    path: str
    request: Request
    reply: Reply | None = None
    signature: str | None = None
    outcome: str
    explanation: str | None = None
    remark: str | None = None
    facts: Facts | None = None
    request_id: str
    duration_ms: Millis
    steps: list[Step]


TimelineItem = Call | Delivery | PayerEvent | WechatEvent | ScenarioEvent | ClockEvent


class Timeline(Part[TimelineItem]):
    """Everything that happened to an order, oldest first."""


class Journal(Part[Call]):
    """Calls of WeChat's API, newest first."""


class NearMiss(Answer):
    """A call that was nearly what was expected, and in what it was not."""

    id: int
    summary: str
    differences: list[Difference]


class Verification(Answer, kw_only=True):
    """Whether the calls are those that were expected. `items` are those that count, at most 100.

    `unmatched` is the place of the first expectation in order that nothing met; `near_misses` come closest to it.
    """

    matched: bool
    count: int
    items: list[Call]
    near_misses: list[NearMiss]
    unmatched: int | None = None
    explanation: str | None = None


class NotCalledDetail(ErrorDetail, kw_only=True):
    """What was found instead."""

    count: int
    near_misses: list[NearMiss]
    unmatched: int | None = None


class NotCalled(msgspec.Struct):
    """`timeout`: it did not happen in time."""

    error: NotCalledDetail
