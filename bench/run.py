"""Ratios against a bare aiohttp handler, in the same run: python bench/run.py [ROUNDS].

Rounds are interleaved and medians quoted: machines wobble, ratios less so.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web

from bench.load import Program, Run, order, place, program

SERVE = ("-m", "sandbox", "serve", "--port", "0", "--ready-json", "--data-dir")
BARE = ("bench/bare.py",)
HANGING = 50


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as data_dir, program(*BARE) as bare, program(*SERVE, data_dir) as ours:
        print("figure | bare | sandbox | ratio (aim)")
        _line("idle memory, MiB", bare.memory_mib(), ours.memory_mib(), "at most 1.8")
        _orders(bare, ours, rounds, callers=32, count=2000)
        _orders(bare, ours, rounds, callers=1, count=300)
        asyncio.run(_notifications(ours))
    _starts(rounds)


def _orders(bare: Program, ours: Program, rounds: int, *, callers: int, count: int) -> None:
    theirs: list[Run] = []
    mine: list[Run] = []
    for number in range(rounds):
        theirs.append(asyncio.run(place(bare, f"B{callers}-{number}-", count, callers)))
        mine.append(asyncio.run(place(ours, f"S{callers}-{number}-", count, callers)))
    name = f"{callers} callers" if callers > 1 else "one caller"
    if callers > 1:
        _line(f"orders/s, {name}", *_medians(theirs, mine, "per_second"), "at least 0.25")
        _line(f"CPU us/order, {name}", *_medians(theirs, mine, "cpu_us"), "at most 3.5")
        print(f"bytes written/order, {name} | | {statistics.median(run.written for run in mine):.0f} |")
    else:
        _line(f"p50 ms, {name}", *_medians(theirs, mine, "p50_ms"), "at most 4.5")
        _line(f"p99 ms, {name}", *_medians(theirs, mine, "p99_ms"), "at most 5")


def _medians(theirs: list[Run], mine: list[Run], figure: str) -> tuple[float, float]:
    return tuple(statistics.median(getattr(run, figure) for run in runs) for runs in (theirs, mine))


def _starts(rounds: int) -> None:
    theirs, mine = [], []
    for _ in range(rounds):
        with program(*BARE) as bare:
            theirs.append(bare.start_seconds)
        with tempfile.TemporaryDirectory() as data_dir, program(*SERVE, data_dir) as ours:
            mine.append(ours.start_seconds)
    _line("s from start to first order", statistics.median(theirs), statistics.median(mine), "at most 2.0")


async def _notifications(ours: Program, count: int = 400) -> None:
    """Notifications per second to a quick merchant, alone and while 50 addresses hang."""
    hung, quick = asyncio.Event(), asyncio.Semaphore(0)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if request.path == "/hang":
            await hung.wait()
        else:
            quick.release()
        return web.Response(text="<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>")

    async with _server(answer) as base, aiohttp.ClientSession(ours.url) as session:
        alone = await _notified(session, quick, "NA", base[0], count)
        for number in range(HANGING):
            await _paid(session, f"NH{number:06}", f"{base[1 + number]}/hang")
        beside = await _notified(session, quick, "NB", base[0], count)
        hung.set()
    _line("notifications/s, 50 hanging beside (of alone)", alone, beside, "at least 0.95")


async def _notified(
    session: aiohttp.ClientSession, quick: asyncio.Semaphore, prefix: str, base: str, count: int
) -> float:
    began = time.perf_counter()
    await asyncio.gather(*[_paid(session, f"{prefix}{number:06}", f"{base}/notify") for number in range(count)])
    for _ in range(count):
        await quick.acquire()
    return count / (time.perf_counter() - began)


async def _paid(session: aiohttp.ClientSession, number: str, notify_url: str) -> None:
    async with session.post("/pay/unifiedorder", data=order(number, notify_url)) as placed:
        await placed.read()
    async with session.post(f"/_sandbox/orders/1900000109/{number}/pay", json={"outcome": "success"}) as paid:
        assert paid.status == 200


class _server:  # noqa: N801 - a context manager
    """A merchant that listens on one port for itself and on 50 more that hang."""

    def __init__(self, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path}", answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)

    async def __aenter__(self) -> list[str]:
        await self._runner.setup()
        for _ in range(1 + HANGING):
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return [f"http://127.0.0.1:{address[1]}" for address in self._runner.addresses]

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def _line(figure: str, theirs: float, mine: float, aim: str) -> None:
    print(f"{figure} | {theirs:.2f} | {mine:.2f} | {mine / theirs:.2f} ({aim})", flush=True)


if __name__ == "__main__":
    main()
