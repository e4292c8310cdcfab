"""The stream that tells open pages to look again, and the small settings of a reader."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from sandbox import __version__
from sandbox.console.frame.view import console_of, local
from sandbox.core.ports.storage import ChangeSet
from sandbox.web.pages import LANG_COOKIE, THEME_COOKIE

QUIET_SECONDS = 0.15
"""At most one event in this time: what changes meanwhile is told together."""
BEAT_SECONDS = 15.0
NAMED_ORDERS = 20
"""More changed orders than this are told as "many"."""
_YEAR = 365 * 86400

routes = web.RouteTableDef()


@routes.get("/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events: `hello`, `changed` (what, as JSON) and a `beat` when nothing happens."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with suppress(ClientConnectionResetError, ConnectionResetError):
        await _tell(request, response)
    return response


async def _tell(request: web.Request, response: web.StreamResponse) -> None:
    with console_of(request).changes.subscribe() as subscription:
        await response.write(f"event: hello\ndata: {__version__}\n\n".encode())
        while True:
            try:
                committed = await asyncio.wait_for(subscription.next(), BEAT_SECONDS)
            except TimeoutError:
                await response.write(b"event: beat\ndata:\n\n")
                continue
            await response.write(b"event: changed\ndata: " + msgspec.json.encode(what_changed(committed)) + b"\n\n")
            await asyncio.sleep(QUIET_SECONDS)


def what_changed(committed: ChangeSet) -> dict[str, Any]:
    """What a page needs to decide whether it is concerned."""
    changed = committed.orders | {owed.key for owed in committed.owed}
    keys = {f"{key.mch_id}/{key.number}/{key.sub_mch_id}" for key in changed}
    return {
        "orders": sorted(keys) if len(keys) <= NAMED_ORDERS else "many",
        "calls": committed.calls,
        "merchants": bool(committed.merchants),
        "clock": committed.clocks,
        "scenarios": committed.scenarios,
    }


@routes.post("/preferences")
async def prefer(request: web.Request) -> web.Response:
    """Language and theme of this browser; "" goes back to the browser's own."""
    form = await request.post()
    answer = web.HTTPSeeOther(local(str(form.get("back", ""))))
    for name, known in ((LANG_COOKIE, ("zh", "en")), (THEME_COOKIE, ("light", "dark"))):
        if name in form:
            value = str(form[name])
            if value in known:
                answer.set_cookie(name, value, max_age=_YEAR, samesite="Lax")
            else:
                answer.del_cookie(name)
    raise answer
