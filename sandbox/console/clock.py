"""The header's clock buttons."""

import math

from aiohttp import web

from sandbox.console.view import console_of, lang_of, said, say
from sandbox.core.catalogue import console as words
from sandbox.core.catalogue.events import duration
from sandbox.core.clock import MAX_ADVANCE
from sandbox.core.ports import UnitOfWork

routes = web.RouteTableDef()


@routes.post("/clock")
async def move_clock(request: web.Request) -> web.Response:
    """Jump by `advance` seconds, to the `next` retry, or `reset`; of one merchant or of the sandbox."""
    console, form = console_of(request), await request.post()
    mch_id, advance, back = (str(form.get(name, "")) for name in ("mch_id", "advance", "back"))
    if mch_id not in console.world.storage.accounts.merchants:
        mch_id = ""
    if advance == "reset":
        await console.world.pulse.reset(mch_id)
        return said(request, say(request, words.CLOCK_RESET), back=back)
    seconds = await _until_next(request, mch_id) if advance == "next" else _seconds(advance)
    if seconds is None:
        return said(request, say(request, words.NOTHING_DUE), good=False, back=back, status=409)
    await console.world.pulse.advance(seconds, mch_id)
    span = duration(seconds, lang_of(request))
    return said(request, say(request, words.CLOCK_ADVANCED, span=span), back=back)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 < seconds <= MAX_ADVANCE else None


async def _until_next(request: web.Request, mch_id: str) -> float | None:
    """Seconds until the next attempt is due; None where nothing is owed."""
    clock = console_of(request).world.clock

    def look(tx: UnitOfWork) -> list[float]:
        return [
            (owed.next_at - clock.now(owed.key.mch_id)).total_seconds()
            for owed in tx.notifications.pending()
            if owed.next_at and mch_id in ("", owed.key.mch_id)
        ]

    waits = await console_of(request).world.storage.read(look)
    return max(0.0, min(waits)) + 0.001 if waits else None
