"""Several orders decided at once: each by itself, so that what a rule forbids for one holds up no other."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from sandbox.console.frame.view import HOME, Console, console_of, lang_of, said, say
from sandbox.console.orders.order import acted
from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.errors import PaymentError
from sandbox.core.order_keys import OrderKey
from sandbox.core.text import Lang
from sandbox.core.usecases.payments import Act
from sandbox.words import finding as words
from sandbox.words.causes import CAUSES
from sandbox.words.refusals import refusal

MOST = 200
"""Orders that one form may name; a page lists 50."""

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one order, in a sentence."""

    key: OrderKey
    done: bool
    sentence: str


@routes.post("/orders/decide")
async def decide(request: web.Request) -> web.Response:
    """What the payers of the chosen orders do: success, error with a cause, or cancel."""
    console, lang, form = console_of(request), lang_of(request), await request.post()
    outcome, reason, back = (str(form.get(name, "")) for name in ("outcome", "reason", "back"))
    if outcome not in set(Outcome):
        raise web.HTTPBadRequest(text="outcome: success, error or cancel")
    act = Act(outcome=Outcome(outcome), cause=Cause(reason) if reason in set(Cause) else Cause.OTHER)
    keys = _named(str(value) for value in form.getall("order", []))
    if not keys:
        return said(request, say(request, words.NONE_PICKED), good=False, back=back, status=409)
    decided = await asyncio.gather(*(_decide(console, key, act, lang) for key in keys))
    return _told(request, decided, act, back)


def _named(values: Iterable[str]) -> list[OrderKey]:
    """The orders that `mch_id/out_trade_no/sub_mch_id` name, each once."""
    parts = [value.split("/") for value in dict.fromkeys(values)]
    return [OrderKey(mch_id, number, sub) for mch_id, number, sub in (one for one in parts if len(one) == 3)][:MOST]


async def _decide(console: Console, key: OrderKey, act: Act, lang: Lang) -> Decided:
    try:
        order, result = await console.storage.write(lambda tx: console.usecases.payments(tx).act(key, act))
    except PaymentError as error:
        return Decided(key, False, refusal(error, lang))
    return Decided(key, result.outcome is act.outcome, acted(order, result, lang))


def _told(request: web.Request, decided: Sequence[Decided], act: Act, back: str) -> web.Response:
    """How many were decided, why the others could not be, and each by itself."""
    lang = lang_of(request)
    done = [one for one in decided if one.done]
    reasons = Counter(one.sentence for one in decided if not one.done)
    cause = CAUSES[act.cause].title.say(lang) if act.cause else ""
    assert act.outcome is not None
    context = {
        "sentence": words.DECIDED[act.outcome.value].say(lang, done=len(done), all=len(decided), cause=cause),
        "undecided": [words.UNDECIDED.say(lang, n=n, why=why) for why, n in reasons.items()],
        "good": not reasons,
        "decided": sorted(decided, key=lambda one: one.done),
        "back": back or HOME + "/",
    }
    console = console_of(request)
    if "HX-Request" not in request.headers:
        return console.page(request, "decided.html", context, here="orders")
    response = console.part(request, "decided_said.html", context)
    response.headers["HX-Trigger"] = "refresh"
    return response
