"""Refunds: how each stands, their list, and the acts on one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import (
    HOME,
    Console,
    console_of,
    cursor_of,
    lang_of,
    order_path,
    paging,
    query_with,
    said,
    say,
    searched,
    state_chips,
)
from sandbox.console.orders.notifications import last_verdict, resent
from sandbox.console.orders.sentences import Step, refund_step, verdict_told
from sandbox.core.errors import PaymentError
from sandbox.core.notifications import FAILED, Notification
from sandbox.core.orders import Order, TradeState
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import MOVES, OUTCOMES, Refund, RefundStatus, refunded
from sandbox.core.text import Lang
from sandbox.core.verdicts import Verdict
from sandbox.words import funds as words
from sandbox.words.console import REFUND_NOT_TOLD
from sandbox.words.refusals import refusal

ONE = "/refunds/{mch_id}/{out_refund_no}"

PAGE = 50
CHIPS = (RefundStatus.PROCESSING, RefundStatus.CHANGE, RefundStatus.SUCCESS, RefundStatus.REFUNDCLOSE)
"""Those first that somebody may have to do something about."""

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class RefundStory:
    """A refund, the notification that is owed for it, and the verdict on its latest attempt."""

    refund: Refund
    owed: Notification | None
    last: Verdict | None


def stories(console: Console, tx: UnitOfWork, refunds: Sequence[Refund]) -> list[RefundStory]:
    use_cases = console.usecases.refunds(tx)

    def story(refund: Refund) -> RefundStory:
        owed = use_cases.owed(refund)
        return RefundStory(refund, owed, last_verdict(tx, owed) if owed else None)

    return [story(refund) for refund in refunds]


def after_refunds(step: Step, refunds: Sequence[RefundStory], lang: Lang) -> Step:
    """What comes next for an order, after a refund whose notification failed; its own trouble goes first."""
    failed = next((one for one in refunds if one.owed and one.owed.standing in FAILED), None)
    if failed is None or failed.owed is None or step.tone == "bad":
        return step
    why, number = verdict_told(failed.last, lang), failed.refund.terms.out_refund_no
    facts = {"n": failed.owed.attempts, "why": why.explanation or why.title if why else ""}
    alarm = REFUND_NOT_TOLD.say(lang, out_refund_no=number, **facts)
    return replace(step, tone="bad", alarm=alarm, mend=why.fix if why else "")


@dataclass(frozen=True, slots=True)
class Sums:
    """What was paid, what of it went back or is on its way, and what can still be refunded: fen."""

    paid: int
    back: int
    on_its_way: int
    left: int


def sums(order: Order, refunds: Sequence[Refund]) -> Sums:
    paid = order.terms.total_fee
    back = refunded(one for one in refunds if one.status is RefundStatus.SUCCESS)
    standing = refunded(refunds)
    left = 0 if order.trade_state is TradeState.REVOKED else paid - standing
    return Sums(paid, back, standing - back, left)


def row(console: Console, story: RefundStory, lang: Lang) -> dict[str, Any]:
    """What a page shows of a refund."""
    refund, owed = story.refund, story.owed
    now = console.now(refund.key)
    return {
        "refund": refund,
        "age": (now - refund.created_at).total_seconds(),
        "step": refund_step(refund, now, lang),
        "share": _share(refund, lang),
        "ends": [name for name, status in OUTCOMES.items() if status in MOVES[refund.status]],
        "notification": owed.standing if owed else None,
        "due": (owed.next_at - now).total_seconds() if owed and owed.next_at else None,
        "told": verdict_told(story.last, lang),
    }


def _share(refund: Refund, lang: Lang) -> str:
    """The part of the order that goes back, in words."""
    part = refund.terms.refund_fee / refund.terms.total_fee
    if part == 1:
        return words.WHOLE.say(lang)
    return words.SHARE.say(lang, percent=f"{100 * part:.0f}%" if part >= 0.01 else "<1%")


@routes.get("/refunds")
async def list_refunds(request: web.Request) -> web.Response:
    console, lang, cursor = console_of(request), lang_of(request), cursor_of(request)
    mch_id, status = console.merchant_chosen(request), request.query.get("state", "")
    status, search = status if status in set(RefundStatus) else "", searched(request)

    def look(tx: UnitOfWork) -> Page[RefundStory]:
        page = tx.refunds.page(mch_id, status, cursor, PAGE, search)
        return Page(stories(console, tx, page.items), page.next)

    page = await console.storage.read(look)
    context = {
        "rows": [{**row(console, story, lang), **_whose(console, story.refund)} for story in page.items],
        "chips": state_chips(request, status, CHIPS, words.STATES, words.STATE_MARKS),
        **paging(request, page.next),
        "filtered": bool(status or cursor or search),
        "unfiltered": query_with(request, state="", q=""),
    }
    return console.page(request, "refunds.html", context, here="refunds")


def _whose(console: Console, refund: Refund) -> dict[str, str]:
    """Where a list leads from a refund, and whose it is."""
    return {"place": place(refund), "merchant": console.name_of(refund.key.mch_id)}


def _named(console: Console, tx: UnitOfWork, request: web.Request) -> Refund:
    """The refund that an address names; raises RefundNotFound, OrderAmbiguous."""
    info = request.match_info
    return console.usecases.refunds(tx).find_named(
        info["mch_id"], info["out_refund_no"], request.query.get("sub_mch_id")
    )


def place(refund: Refund) -> str:
    """Where a refund stands: on its order's page."""
    return f"{order_path(refund.key)}#refund-{quote(refund.terms.out_refund_no, safe='')}"


@routes.get(ONE)
async def show_refund(request: web.Request) -> web.Response:
    console = console_of(request)
    raise web.HTTPSeeOther(place(await console.storage.read(lambda tx: _named(console, tx, request))))


@routes.post(ONE + "/end")
async def end(request: web.Request) -> web.Response:
    """What becomes of a refund: `outcome` is success, change or close."""
    console, lang, form = console_of(request), lang_of(request), await form_of(request)
    outcome = form.get("outcome", "")
    if outcome not in OUTCOMES:
        raise web.HTTPBadRequest(text="outcome: " + ", ".join(OUTCOMES))

    def perform(tx: UnitOfWork) -> Refund:
        return console.usecases.refunds(tx).end(_named(console, tx, request), OUTCOMES[outcome])

    back = form.get("back", "") or HOME + "/refunds"
    try:
        refund = await console.storage.write(perform)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    return said(request, say(request, words.ENDED[outcome], out_refund_no=refund.terms.out_refund_no), back=back)


@routes.post(ONE + "/notify")
async def tell_again(request: web.Request) -> web.Response:
    """One more attempt to tell of a refund's end, outside the schedule."""
    console, form = console_of(request), await form_of(request)
    back = form.get("back", "") or HOME + "/refunds"

    def owed(tx: UnitOfWork) -> Notification | None:
        return console.usecases.refunds(tx).owed(_named(console, tx, request))

    notification = await console.storage.read(owed)
    if notification is None:
        return said(request, say(request, words.NOBODY_TOLD), good=False, back=back, status=409)
    await console.clock_control.attempt_now(notification.id)
    return await resent(request, notification.id, back)
