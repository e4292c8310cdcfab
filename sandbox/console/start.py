"""First steps: from nothing to a paid order, each step done for real, each with its usual mistake."""

import re
import secrets
from urllib.parse import urlencode

from aiohttp import web

from sandbox.console.tour import ACTS, Result, Tour
from sandbox.console.view import HOME, console_of
from sandbox.core.catalogue import first_steps as steps
from sandbox.core.errors import MerchantUnknown
from sandbox.core.ids import BEIJING

_NUMBER = re.compile(r"[0-9A-Za-z_\-]{1,32}")

TAKEN_COOKIE = "wxpay_sandbox_steps"

routes = web.RouteTableDef()


@routes.get("/start")
async def show_start(request: web.Request) -> web.Response:
    """The page. Its address names the order that the tour is about, so that a reload finds it again."""
    number = request.query.get("order", "")
    if not _NUMBER.fullmatch(number):
        return _new_tour(request)
    return await _page(request, _tour(request, number), ("", ""), None, _taken(request, number))


@routes.post("/start")
async def take_step(request: web.Request) -> web.Response:
    """Do one step, or make it go wrong; a live page gets its result."""
    form = await request.post()
    step, wrong = str(form.get("step", "")), form.get("act") == "wrong"
    number = str(form.get("order", ""))
    if step not in ACTS or not _NUMBER.fullmatch(number):
        raise web.HTTPNotFound
    tour = _tour(request, number)
    result = await ACTS[step][wrong](tour)
    taken = _taken(request, number) | ({step} if result.good and not wrong else set())
    if "HX-Request" in request.headers:
        response = console_of(request).part(request, "start_result.html", {"result": result})
        response.headers["HX-Trigger"] = "refresh"
    else:
        response = await _page(request, tour, (step, "wrong" if wrong else "do"), result, taken)
    response.set_cookie(TAKEN_COOKIE, ".".join([number, *sorted(taken)]), path=HOME, httponly=True, samesite="Strict")
    return response


def _taken(request: web.Request, number: str) -> set[str]:
    """The steps that this reader has taken well on this tour."""
    about, *taken = request.cookies.get(TAKEN_COOKIE, "").split(".")
    return set(taken) & set(ACTS) if about == number else set()


def _new_tour(request: web.Request) -> web.Response:
    at = console_of(request).world.clock.now().astimezone(BEIJING)
    number = f"FIRST{at:%Y%m%d%H%M%S}{secrets.randbelow(10_000):04}"
    kept = {name: value for name, value in request.query.items() if name in ("mch_id", "lang")}
    raise web.HTTPFound(f"{HOME}/start?{urlencode({**kept, 'order': number})}")


def _tour(request: web.Request, number: str) -> Tour:
    console = console_of(request)
    merchants = console.world.storage.accounts.merchants
    if not merchants:
        raise MerchantUnknown
    chosen = merchants.get(console.merchant_chosen(request)) or next(iter(merchants.values()))
    return Tour(console, request, chosen, number)


async def _page(
    request: web.Request, tour: Tour, taking: tuple[str, str], result: Result | None, taken: set[str]
) -> web.Response:
    """`taking` is the step that was just taken, and which of its buttons did it."""
    context = {
        "steps": steps,
        "done": await tour.done(taken),
        "order": tour.out_trade_no,
        "taking": taking,
        "result": result,
        "acts": f"{HOME}/start" + (f"?{urlencode({'mch_id': mch_id})}" if (mch_id := _chosen(request)) else ""),
    }
    return console_of(request).page(request, "start.html", context, here="start")


def _chosen(request: web.Request) -> str:
    return console_of(request).merchant_chosen(request)
