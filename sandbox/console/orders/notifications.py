"""The queue: what merchants are still owed, and how it went."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.console.frame.view import (
    HOME,
    Console,
    console_of,
    cursor_of,
    lang_of,
    paging,
    query_with,
    said,
    say,
    searched,
)
from sandbox.console.orders.sentences import verdict_told
from sandbox.core.errors import PaymentError
from sandbox.core.notifications import RETRY_SECONDS, Notification, NotificationState
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.verdicts import Verdict
from sandbox.words import console as words
from sandbox.words.refusals import refusal
from sandbox.words.scenario_pages import COPY_TAG, SENT_FAULTY
from sandbox.words.verdicts import message_fault

PAGE = 30
LADDER = len(RETRY_SECONDS) + 1
"""The attempts of the schedule: the first and its retries."""

_ONCE = {"good": "ok", "bad": "failed", "unsure": "unsure"}
"""The dot of what is sent once, by the tone of its verdict."""

_PARTS = {"pending": "untried"}
"""What a chip's state is called in the store, where that means more or less."""

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Owed:
    """A notification with the verdict on its latest attempt."""

    notification: Notification
    last: Verdict | None


@routes.get("/notifications")
async def list_notifications(request: web.Request) -> web.Response:
    console = console_of(request)
    mch_id, state, cursor = console.merchant_chosen(request), request.query.get("state", ""), cursor_of(request)
    state = state if state in {*NotificationState, "failing", "failed"} else ""
    search = searched(request)

    def look(tx: UnitOfWork) -> Page[Owed]:
        page = tx.notifications.page(mch_id, "", _PARTS.get(state, state), cursor, PAGE, search)
        return Page([Owed(one, last_verdict(tx, one)) for one in page.items], page.next)

    page = await console.storage.read(look)
    context = {
        "rows": [_row(console, request, owed) for owed in page.items],
        "chips": [
            (mark, say(request, text), query_with(request, state="" if state == name else name), state == name)
            for name, (text, mark) in words.NOTIFICATION_CHIPS.items()
            if name not in ("none", "forged")
        ],
        **paging(request, page.next),
        "filtered": bool(state or cursor or search),
    }
    return console.page(request, "notifications.html", context, here="notifications")


def last_verdict(tx: UnitOfWork, notification: Notification) -> Verdict | None:
    """The verdict on the latest attempt; None before the first."""
    attempts = tx.journal.attempts(notification.id) if notification.attempts else ()
    return attempts[-1].verdict if attempts else None


def _row(console: Console, request: web.Request, owed: Owed) -> dict[str, Any]:
    notification = owed.notification
    now, told = console.now(notification.key), verdict_told(owed.last, lang_of(request))
    return {
        "notification": notification,
        "told": told,
        "age": (now - notification.created_at).total_seconds(),
        "due": (notification.next_at - now).total_seconds() if notification.next_at else None,
        "dots": ladder(notification, told.tone if told else ""),
        "odd": _odd(notification, lang_of(request)),
    }


def _odd(notification: Notification, lang: Lang) -> str:
    """What tells a notification that is sent once from the usual one; empty for that one."""
    if not notification.single:
        return ""
    if notification.alteration is None:
        return COPY_TAG.say(lang)
    return message_fault(notification.alteration.fault or "", lang, notification.origin.face, notification.kind)


def ladder(notification: Notification, tone: str) -> list[str]:
    """Sixteen dots: attempts of the schedule that failed or succeeded, the one that is next, those not needed yet.

    One dot for what is sent once, by the `tone` of the verdict on it.
    """
    if notification.single:
        return [f"once {_ONCE.get(tone, 'due')}"]
    made = min(notification.scheduled, LADDER)
    dots = ["failed"] * made + ["later"] * (LADDER - made)
    if notification.state is NotificationState.DELIVERED:
        dots[max(made - 1, 0)] = "ok"
    elif notification.state is NotificationState.PENDING and made < LADDER:
        dots[made] = "due"
    return dots


@routes.post("/notifications/{notification_id}/retry")
async def retry(request: web.Request) -> web.Response:
    """One more attempt, outside the schedule."""
    console, lang = console_of(request), lang_of(request)
    notification_id = request.match_info["notification_id"]
    back = HOME + "/notifications"
    try:
        await console.storage.read(lambda tx: console.usecases.payments(tx).notification(notification_id))
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    await console.clock_control.attempt_now(notification_id)
    return await resent(request, notification_id, back)


async def resent(request: web.Request, notification_id: str, back: str, fault: str = "") -> web.Response:
    """The sentence after an attempt was made: its verdict, and the `fault` that the message had."""
    attempts = await console_of(request).storage.read(lambda tx: tx.journal.attempts(notification_id))
    told = verdict_told(attempts[-1].verdict if attempts else None, lang_of(request))
    verdict = told.title if told else ""
    sentence = say(request, SENT_FAULTY if fault else words.RESENT, fault=fault, verdict=verdict)
    good = told is not None and {"good": True, "unsure": None}.get(told.tone, False)
    return said(request, sentence, good=good, detail=told.explanation if told else "", back=back)
