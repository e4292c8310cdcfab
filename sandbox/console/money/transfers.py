"""Transfers to people: how each stands, their list, one with its timeline, and the acts on it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast, get_args

from aiohttp import web

from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import (
    Console,
    console_of,
    cursor_of,
    lang_of,
    paging,
    query_with,
    said,
    say,
    searched,
    state_chips,
    transfer_path,
)
from sandbox.console.orders import timeline
from sandbox.console.orders.notifications import last_verdict, resent
from sandbox.console.orders.sentences import Step, alarmed, clock_time, counted, verdict_told
from sandbox.core.errors import PaymentError
from sandbox.core.notifications import FAILED, Notification
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import TransferFailReason
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.transfers import SCENES, Transfer, TransferState
from sandbox.core.usecases.transfers import Decision
from sandbox.core.verdicts import Verdict
from sandbox.words import transfers as words
from sandbox.words.refusals import refusal

ONE = "/transfers/{mch_id}/{out_bill_no}"
PAGE = 50

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class TransferStory:
    """A transfer, the notification that is owed for it, and the verdict on its latest attempt."""

    transfer: Transfer
    owed: Notification | None
    last: Verdict | None


def _story(console: Console, tx: UnitOfWork, transfer: Transfer) -> TransferStory:
    owed = console.usecases.transfers(tx).owed(transfer)
    return TransferStory(transfer, owed, last_verdict(tx, owed) if owed else None)


def _row(console: Console, story: TransferStory, lang: Lang) -> dict[str, Any]:
    """What a page shows of a transfer."""
    transfer, owed = story.transfer, story.owed
    now = console.now(transfer.key)
    return {
        "transfer": transfer,
        "merchant": console.name_of(transfer.mch_id),
        "age": (now - transfer.created_at).total_seconds(),
        "step": _step(transfer, now, lang),
        "notification": owed.standing if owed else None,
        "due": (owed.next_at - now).total_seconds() if owed and owed.next_at else None,
        "told": verdict_told(story.last, lang),
    }


def _step(transfer: Transfer, now: datetime, lang: Lang) -> Step:
    """What happens next to a transfer, or what became of it."""
    state, due_at = transfer.state, transfer.due_at
    if due_at is not None:
        planned = transfer.waiting and due_at < transfer.expires_at
        return counted(words.NEXT["PLANNED" if planned else state.value], "", max(due_at, now), now, lang)
    reason = transfer.fail_reason
    why = words.REASONS[reason].say(lang) if reason else ""
    at = clock_time(transfer.updated_at, now)
    tone = "good" if state is TransferState.SUCCESS else ""
    return Step(words.ENDED[state.value].say(lang, at=at, reason=reason or "", why=why), tone)


@routes.get("/transfers")
async def list_transfers(request: web.Request) -> web.Response:
    console, lang, cursor = console_of(request), lang_of(request), cursor_of(request)
    mch_id, state = console.merchant_chosen(request), request.query.get("state", "")
    state, search = state if state in set(TransferState) else "", searched(request)

    def look(tx: UnitOfWork) -> Page[TransferStory]:
        page = tx.transfers.page(mch_id, state, cursor, PAGE, search)
        return Page([_story(console, tx, one) for one in page.items], page.next)

    page = await console.storage.read(look)
    context = {
        "rows": [_row(console, story, lang) for story in page.items],
        "chips": state_chips(request, state, TransferState, words.STATES, words.STATE_MARKS),
        **paging(request, page.next),
        "filtered": bool(state or cursor or search),
        "unfiltered": query_with(request, state="", q=""),
    }
    return console.page(request, "transfers.html", context, here="transfers")


@routes.get(ONE)
async def show_transfer(request: web.Request) -> web.Response:
    console, lang = console_of(request), lang_of(request)

    def look(tx: UnitOfWork) -> tuple[TransferStory, timeline.Part]:
        story = _story(console, tx, _named(console, tx, request))
        return story, timeline.part(tx, story.transfer.key, cursor_of(request))

    story, part = await console.storage.read(look)
    row, transfer = _row(console, story, lang), story.transfer
    context = {
        **row,
        "next": alarmed(_told_of(row["step"], story, lang), part.marks, lang),
        "mch_id": transfer.mch_id,
        "scene": SCENES[transfer.terms.transfer_scene_id].name,
        "items": timeline.told(part.shown.items, console.faces, lang),
        **paging(request, part.shown.next),
        "facts": _facts(transfer),
        "reasons": words.REASONS,
        "open": not transfer.ended and transfer.state is not TransferState.CANCELING,
        "confirm_path": f"/cashier/transfers/{transfer.transfer_bill_no}",
    }
    return console.page(request, "transfer.html", context, here="transfers")


def _told_of(step: Step, story: TransferStory, lang: Lang) -> Step:
    """What comes next, after a notification that failed."""
    owed = story.owed
    if owed is None or owed.standing not in FAILED:
        return step
    why = verdict_told(story.last, lang)
    said = {"n": owed.attempts, "why": why.explanation or why.title if why else ""}
    return replace(step, tone="bad", alarm=words.NOT_TOLD.say(lang, **said), mend=why.fix if why else "")


def _facts(transfer: Transfer) -> list[tuple[str, Any]]:
    """Its members by their documented names, empty ones left out; times as datetimes."""
    terms = transfer.terms
    named: dict[str, Any] = {
        "out_bill_no": terms.out_bill_no,
        "transfer_bill_no": transfer.transfer_bill_no,
        "mch_id": transfer.mch_id,
        "appid": terms.appid,
        "openid": terms.openid,
        "user_name": terms.user_name,
        "transfer_scene_id": terms.transfer_scene_id,
        **{one.info_type: one.info_content for one in terms.reports},
        "user_recv_perception": terms.shown_as,
        "user_recv_style": terms.user_recv_style,
        "transfer_remark": terms.transfer_remark,
        "notify_url": terms.notify_url,
        "package_info": transfer.package_info if transfer.waiting else "",
        "fail_reason": transfer.told_reason,
        "created_at": transfer.created_at,
        "updated_at": transfer.updated_at,
    }
    return [(name, value) for name, value in named.items() if value != ""]


def _named(console: Console, tx: UnitOfWork, request: web.Request) -> Transfer:
    """The transfer that an address names; raises TransferNotFound."""
    info = request.match_info
    return console.usecases.transfers(tx).find(OrderKey(info["mch_id"], "", "", info["out_bill_no"]))


@routes.post(ONE + "/decide")
async def decide(request: web.Request) -> web.Response:
    """What becomes of a transfer: `outcome` is confirm, success or fail, that with a `fail_reason`."""
    console, lang, form = console_of(request), lang_of(request), await form_of(request)
    outcome, reason = form.get("outcome", ""), form.get("fail_reason", "")
    if outcome not in get_args(Decision):
        raise web.HTTPBadRequest(text="outcome: " + ", ".join(get_args(Decision)))
    why = TransferFailReason(reason) if reason in set(TransferFailReason) else TransferFailReason.OTHER_FAIL_REASON_TYPE

    def perform(tx: UnitOfWork) -> Transfer:
        found = _named(console, tx, request)
        return console.usecases.transfers(tx).decide(found, cast(Decision, outcome), why)

    back = form.get("back", "") or str(request.rel_url).removesuffix("/decide")
    try:
        transfer = await console.storage.write(perform)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    return said(request, say(request, words.ACTED[outcome], out_bill_no=transfer.terms.out_bill_no), back=back)


@routes.post(ONE + "/notify")
async def tell_again(request: web.Request) -> web.Response:
    """One more attempt to tell of a transfer's end, outside the schedule."""
    console, form = console_of(request), await form_of(request)

    def look(tx: UnitOfWork) -> tuple[Transfer, Notification | None]:
        found = _named(console, tx, request)
        return found, console.usecases.transfers(tx).owed(found)

    transfer, owed = await console.storage.read(look)
    back = form.get("back", "") or transfer_path(transfer.key)
    if owed is None:
        return said(request, say(request, words.NOBODY_TOLD), good=False, back=back, status=409)
    await console.clock_control.attempt_now(owed.id)
    return await resent(request, owed.id, back)
