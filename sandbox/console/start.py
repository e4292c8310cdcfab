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

routes = web.RouteTableDef()


@routes.get("/start")
async def show_start(request: web.Request) -> web.Response:
    """The page. Its address names the order that the tour is about, so that a reload finds it again."""
    if not _NUMBER.fullmatch(request.query.get("order", "")):
        return _new_tour(request)
    return await _page(request, _tour(request, request.query["order"]), "", None)


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
    if "HX-Request" in request.headers:
        return console_of(request).part(request, "start_result.html", {"result": result})
    return await _page(request, tour, step, result)


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


async def _page(request: web.Request, tour: Tour, step: str, result: Result | None) -> web.Response:
    context = {
        "steps": steps,
        "done": await tour.done(),
        "order": tour.out_trade_no,
        "step": step,
        "result": result,
        "acts": f"{HOME}/start" + (f"?{urlencode({'mch_id': mch_id})}" if (mch_id := _chosen(request)) else ""),
    }
    return console_of(request).page(request, "start.html", context, here="start")


def _chosen(request: web.Request) -> str:
    return console_of(request).merchant_chosen(request)
