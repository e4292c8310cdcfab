"""What the core knows of notifications, in the shapes of docs/contract.md."""

import base64
from collections.abc import Sequence
from typing import Any

from sandbox.control.notifications import shapes
from sandbox.core.journal import Exchange, Message
from sandbox.core.notifications import Notification
from sandbox.core.ports.faces import Faces
from sandbox.core.text import Lang
from sandbox.web.shapes import instant
from sandbox.words.verdicts import told


def notification_view(
    notification: Notification, attempts: Sequence[Exchange], faces: Faces, lang: Lang
) -> shapes.Notification:
    return shapes.Notification(
        id=notification.id,
        kind=notification.kind,
        mch_id=notification.key.mch_id,
        sub_mch_id=notification.key.sub_mch_id or None,
        out_trade_no=notification.key.out_trade_no or None,
        out_bill_no=notification.key.out_bill_no or None,
        out_refund_no=notification.out_refund_no or None,
        out_order_no=notification.sharing.out_order_no if notification.sharing else None,
        receiver=notification.told if notification.sharing else None,
        url=notification.url,
        state=notification.state,
        next_at=instant(notification.next_at),
        fault=_fault(notification),
        hostile=notification.hostile or None,
        once=notification.single or None,
        attempts=[attempt_view(attempt, faces, lang) for attempt in attempts],
    )


def _fault(notification: Notification) -> str | None:
    """The named fault of a message; "altered" where fields were set or removed."""
    if notification.alteration is None:
        return None
    return notification.alteration.fault.value if notification.alteration.fault else "altered"


def attempt_view(attempt: Exchange, faces: Faces, lang: Lang) -> shapes.Attempt:
    view = shapes.Attempt(
        n=attempt.n,
        at=instant(attempt.at),
        duration_ms=attempt.duration_ms,
        request=request_view(attempt),
        reply=reply_view(attempt),
    )
    tell_signed(attempt, view.request, view.reply, faces)
    if attempt.verdict is not None:
        said = told(attempt.verdict, lang)
        view.verdict, view.explanation, view.fix = attempt.verdict.public_name, said.explanation, said.fix
    return view


def request_view(exchange: Exchange) -> shapes.Request:
    return shapes.Request(method=exchange.method, path=exchange.path, **_message_fields(exchange.request))


def reply_view(exchange: Exchange) -> shapes.Reply | None:
    if exchange.status is None:
        return None
    return shapes.Reply(status=exchange.status, cut=exchange.reply_cut, **_message_fields(exchange.reply))


def tell_signed(exchange: Exchange, request: shapes.Request, reply: shapes.Reply | None, faces: Faces) -> None:
    """Put what was signed beside the messages that were."""
    for one in faces.of(exchange).messages.signed(exchange):
        message = reply if one.of_reply else request
        if message is not None:
            message.signed = shapes.SignedText(text=one.text, signature=one.signature, serial_no=one.serial_no)


def _message_fields(message: Message) -> dict[str, Any]:
    headers = [(name, value) for name, value in message.headers]
    try:
        return {"headers": headers, "body": message.body.decode()}
    except UnicodeDecodeError:
        return {"headers": headers, "body_base64": base64.b64encode(message.body).decode()}
