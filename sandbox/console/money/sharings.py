"""Profit sharing: how each sharing stands, their list, what is frozen of an order, and the acts on both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from sandbox.console.orders.sentences import Step, clock_time, counted
from sandbox.core.errors import PaymentError
from sandbox.core.notifications import Standing, standing_of
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.sharing import TO_SHARER, Frozen, Return, Share, ShareResult, Sharing, SharingState, sharer_of
from sandbox.core.text import Lang
from sandbox.words import sharing as words
from sandbox.words.refusals import refusal

PAGE = 50

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class SharingStory:
    """A sharing, what was given back of it, and how those stand who are told of it."""

    sharing: Sharing
    returns: Sequence[Return]
    told: Standing | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What is frozen of an order that was placed to be shared, and its sharings."""

    frozen: Frozen
    sharings: Sequence[SharingStory]


def story(tx: UnitOfWork, sharing: Sharing) -> SharingStory:
    returns = [one for one in tx.sharings.returns(sharing.key) if one.order_id == sharing.order_id]
    numbers = {sharing.order_id, *(one.return_id for one in returns)}
    owed = [one for one in tx.notifications.of_order(sharing.key) if one.sharing and one.sharing.order_id in numbers]
    return SharingStory(sharing, returns, *standing_of(owed))


def shared(tx: UnitOfWork, key: OrderKey) -> Shared | None:
    """None of an order that was not placed to be shared, or is not paid."""
    frozen = tx.sharings.frozen(key)
    return Shared(frozen, [story(tx, one) for one in tx.sharings.of_order(key)]) if frozen else None


def sharing_context(console: Console, found: Shared | None, now: datetime, lang: Lang) -> dict[str, Any]:
    """What an order's page shows of its sharing: sums in fen, and each sharing."""
    if found is None:
        return {"shared": None}
    shares = [share for one in found.sharings for share in one.sharing.shares if share.result is ShareResult.SUCCESS]
    own = sharer_of(found.frozen.key)
    thaws_at = found.frozen.thaws_at
    return {
        "shared": {
            "frozen": found.frozen.fen,
            "thaws_at": clock_time(thaws_at, now) if thaws_at else "",
            "sums": (
                (words.FROZEN, found.frozen.fen),
                (words.SHARED, sum(one.amount for one in shares if one.to.account != own)),
                (words.RETURNED, sum(back.amount for one in found.sharings for back in one.returns)),
                (words.THAWED, sum(one.amount for one in shares if one.to.account == own)),
            ),
            "rows": [row(console, one, lang) for one in found.sharings],
        }
    }


def row(console: Console, one: SharingStory, lang: Lang) -> dict[str, Any]:
    """What a page shows of a sharing."""
    sharing, now = one.sharing, console.now(one.sharing.key)
    return {
        "sharing": sharing,
        "age": (now - sharing.created_at).total_seconds(),
        "step": _step(sharing, now, lang),
        "shares": [_share(share, sharing, lang) for share in sharing.shares],
        "returns": one.returns,
        "notification": one.told,
        "due": (one.next_at - now).total_seconds() if one.next_at else None,
        "acts": sharing.state is SharingState.PROCESSING,
    }


def _step(sharing: Sharing, now: datetime, lang: Lang) -> Step:
    if sharing.due_at is not None:
        return counted(words.DUE, "", max(sharing.due_at, now), now, lang)
    closed = any(share.result is ShareResult.CLOSED for share in sharing.shares)
    return Step(words.DONE.say(lang, at=clock_time(sharing.ended_at, now)), "bad" if closed else "good")


def _share(share: Share, sharing: Sharing, lang: Lang) -> dict[str, Any]:
    own = share.to.account == sharing.sharer
    return {
        "amount": share.amount,
        "account": "" if own else share.to.account,
        "result": words.UNFROZEN if own else words.RESULTS[share.result],
        "tone": "bad" if share.result is ShareResult.CLOSED else "",
        "why": words.FAIL_REASONS[share.fail_reason].say(lang) if share.fail_reason else "",
        "description": "" if share.description == TO_SHARER else share.description,
    }


@routes.get("/sharings")
async def list_sharings(request: web.Request) -> web.Response:
    console, lang, cursor = console_of(request), lang_of(request), cursor_of(request)
    mch_id, state = console.merchant_chosen(request), request.query.get("state", "")
    state, search = state if state in set(SharingState) else "", searched(request)

    def look(tx: UnitOfWork) -> Page[SharingStory]:
        page = tx.sharings.page(mch_id, state, cursor, PAGE, search)
        return Page([story(tx, one) for one in page.items], page.next)

    page = await console.storage.read(look)
    context = {
        "rows": [{**row(console, one, lang), "place": place(one.sharing)} for one in page.items],
        "chips": state_chips(request, state, SharingState, words.STATES, words.STATE_MARKS),
        **paging(request, page.next),
        "filtered": bool(state or cursor or search),
        "unfiltered": query_with(request, state="", q=""),
    }
    return console.page(request, "sharings.html", context, here="sharings")


def place(sharing: Sharing) -> str:
    """Where a sharing stands: on its order's page."""
    return f"{order_path(sharing.key)}#sharing-{quote(sharing.out_order_no, safe='')}"


@routes.post("/sharings/{mch_id}/{out_order_no}/end")
async def end(request: web.Request) -> web.Response:
    """Carry a sharing out now."""
    console, info, form = console_of(request), request.match_info, await form_of(request)

    def perform(tx: UnitOfWork) -> Sharing:
        service = console.usecases.sharing(tx)
        named = info["mch_id"], info["out_order_no"], request.query.get("sub_mch_id")
        return service.end(service.find_named(*named))

    back = form.get("back", "") or HOME + "/sharings"
    try:
        ended = await console.storage.write(perform)
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.ENDED, out_order_no=ended.out_order_no), back=back)
