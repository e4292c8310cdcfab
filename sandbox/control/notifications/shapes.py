"""The shapes of the control API's answers about notifications. Source: docs/contract.md, "Shapes"."""

from typing import Annotated

import msgspec

from sandbox.control.units import Header, Millis
from sandbox.core.notifications import NotificationKind, NotificationState
from sandbox.web.shapes import Answer, Instant, Part


class SignedText(Answer, kw_only=True):
    """What was signed, with its line ends, where the signature is not over the message's fields (APIv3).

    `serial_no` names the certificate, or the public key, whose key has signed.
    """

    text: str
    signature: str
    serial_no: str


class Request(Answer, kw_only=True):
    """A request as it was sent; a body that is not UTF-8 stands in `body_base64` instead.

    `opened`: the fields that were sealed in it, where one exchange alone is asked for.
    """

    method: str
    path: str
    headers: list[Header]
    body: str | None = None
    body_base64: str | None = None
    opened: dict[str, str] | None = None
    signed: SignedText | None = None


class Reply(Answer, kw_only=True):
    """A reply as it came; a body that is not UTF-8 stands in `body_base64` instead.

    `cut`: the body went on, and only its first 64 KB were read.
    """

    status: int
    headers: list[Header]
    body: str | None = None
    body_base64: str | None = None
    cut: bool = False
    signed: SignedText | None = None


class Attempt(Answer, kw_only=True):
    """One attempt to deliver a notification.

    `verdict`: what the merchant's reply was worth, "ok" or what is wrong; "cannot_tell" where nothing proves that a
    forgery was refused, which may follow later.
    """

    n: int
    at: Instant
    duration_ms: Millis
    request: Request
    reply: Reply | None = None
    verdict: str | None = None
    explanation: str | None = None
    fix: str | None = None


class Notification(Answer, kw_only=True):
    """What a merchant is owed after a payment, refund, transfer or share, and how it went.

    `fault` is what is wrong with it, `hostile` that a good merchant must refuse it, `once` that it is not tried again.
    """

    id: str
    kind: NotificationKind
    mch_id: str
    sub_mch_id: str | None = None
    out_trade_no: str | None = None
    out_refund_no: str | None = None
    out_bill_no: str | None = None
    out_order_no: str | None = None
    receiver: Annotated[str, msgspec.Meta(description="Of a share: the merchant that is told.")] | None = None
    url: str
    state: NotificationState
    next_at: Instant | None = None
    fault: str | None = None
    hostile: bool | None = None
    once: bool | None = None
    attempts: list[Attempt]


class NotificationList(Part[Notification]):
    """Notifications, newest first."""
