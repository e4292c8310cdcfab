"""The header's clock: its buttons, how far a movement has come, and what a clock that was set back left behind."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox.console.frame.view import Console, console_of, lang_of, said, say
from sandbox.core.clock import MAX_ADVANCE
from sandbox.core.notifications import RETRY_SECONDS, Notification
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.words import console as words
from sandbox.words import finding as told
from sandbox.words.events import duration

PATIENCE = 1.0
"""Seconds for which a button is waited for; what takes longer goes on, and the header says how far it is."""
MOST = 200
"""Notifications and orders that are looked at."""
LONGEST_GAP = timedelta(seconds=max(RETRY_SECONDS))

routes = web.RouteTableDef()
MOVING = web.AppKey("moving", set[asyncio.Task[None]])


async def stop_moving(app: web.Application) -> None:
    """What a button began ends with the sandbox."""
    for task in app[MOVING]:
        task.cancel()


@routes.post("/clock")
async def move_clock(request: web.Request) -> web.Response:
    """Jump by `advance` seconds, to the `next` retry, or `reset`; of one merchant or of the sandbox."""
    console, form = console_of(request), await request.post()
    mch_id, advance, back = (str(form.get(name, "")) for name in ("mch_id", "advance", "back"))
    if mch_id not in console.storage.accounts.merchants:
        mch_id = ""
    if advance == "reset":
        return await _reset(request, mch_id, back)
    seconds = await _until_next(request, mch_id) if advance == "next" else _seconds(advance)
    if seconds is None:
        return said(request, say(request, words.NOTHING_DUE), good=False, back=back, status=409)
    span = duration(seconds, lang_of(request))
    if await _within_patience(request, console.clock_control.advance(seconds, mch_id)):
        return said(request, say(request, words.CLOCK_ADVANCED, span=span), back=back)
    return said(request, say(request, told.MOVES_ON, span=span), back=back)


@routes.post("/clock/halt")
async def halt(request: web.Request) -> web.Response:
    """Stop the movement where it is."""
    console_of(request).clock_control.halt()
    return said(request, say(request, told.HALTED), back=str((await request.post()).get("back", "")))


@routes.post("/clock/catch-up")
async def catch_up(request: web.Request) -> web.Response:
    """Send now what was put off by a clock that was set back."""
    console, form = console_of(request), await request.post()
    mch_id, back = str(form.get("mch_id", "")), str(form.get("back", ""))
    left = await console.storage.read(lambda tx: put_off(console, tx, mch_id))
    attempts = [console.clock_control.attempt_now(one.id) for one in left]
    await _within_patience(request, _all(attempts))
    return said(request, say(request, told.CATCHING_UP, n=len(attempts)), back=back)


async def _all(works: Sequence[Any]) -> None:
    await asyncio.gather(*works)


async def _within_patience(request: web.Request, work: Any) -> bool:
    """Whether a work was done before one loses patience; else it goes on by itself."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    running = request.config_dict[MOVING]
    running.add(task)
    task.add_done_callback(running.discard)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if done:
        task.result()
    return bool(done)


async def _reset(request: web.Request, mch_id: str, back: str) -> web.Response:
    """Back to the wall's time, and what that leaves in the future."""
    console = console_of(request)
    await console.clock_control.reset(mch_id)

    def look(tx: UnitOfWork) -> tuple[Sequence[Notification], int]:
        return put_off(console, tx, mch_id), _placed_ahead(console, tx, mch_id)

    retries, orders = await console.storage.read(look)
    lines = [say(request, words.CLOCK_RESET)]
    if retries:
        lines.append(say(request, told.PUT_OFF, n=len(retries), span=_longest(console, retries, lang_of(request))))
    if orders:
        lines.append(say(request, told.PLACED_AHEAD, n=orders))
    return said(request, lines[0], good=len(lines) == 1, detail=" ".join(lines[1:]), back=back)


# -- what a clock that was set back leaves -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stranded:
    """Retries that wait longer than WeChat ever would, since their clock was set back: how many, and how long."""

    count: int
    span: str
    seconds: float


def put_off(console: Console, tx: UnitOfWork, mch_id: str) -> list[Notification]:
    """Notifications whose next attempt is further away than any gap of the schedule, by their merchant's clock."""
    beyond = tx.notifications.waiting_beyond(console.clock.now() + LONGEST_GAP, MOST)
    mine = [one for one in beyond if mch_id in ("", one.key.mch_id)]
    return [one for one in mine if one.next_at and one.next_at - console.now(one.key) > LONGEST_GAP]


def stranded(console: Console, tx: UnitOfWork, mch_id: str, lang: Lang) -> Stranded | None:
    found = put_off(console, tx, mch_id)
    if not found:
        return None
    return Stranded(len(found), _longest(console, found, lang), _wait(console, found))


def _longest(console: Console, found: Sequence[Notification], lang: Lang) -> str:
    return duration(_wait(console, found), lang)


def _wait(console: Console, found: Sequence[Notification]) -> float:
    return max((one.next_at - console.now(one.key)).total_seconds() for one in found if one.next_at)


def _placed_ahead(console: Console, tx: UnitOfWork, mch_id: str) -> int:
    """How many of the newest orders lie in the future of their clock."""
    newest = tx.orders.page(OrderFilter(mch_id=mch_id), None, MOST).items
    return sum(one.order.created_at > console.now(one.order.key) for one in newest)


# -- moving on ---------------------------------------------------------------------------------------------------------


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 < seconds <= MAX_ADVANCE else None


async def _until_next(request: web.Request, mch_id: str) -> float | None:
    """Seconds until the next attempt is due; None where nothing is owed."""
    clock = console_of(request).clock

    def look(tx: UnitOfWork) -> list[float]:
        return [
            (owed.next_at - clock.now(owed.key.mch_id)).total_seconds()
            for owed in tx.notifications.pending()
            if owed.next_at and mch_id in ("", owed.key.mch_id)
        ]

    waits = await console_of(request).storage.read(look)
    return max(0.0, min(waits)) + 0.001 if waits else None
