"""A sandbox that runs, here or elsewhere, as commands speak to it: through its control API."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec

from sandbox.descriptors import raise_limit
from sandbox.server import CannotStart, running
from sandbox.spoken import say
from sandbox.words.terminal import NOT_REACHED, NOTHING_RUNS

_LINE_BYTES = 1024 * 1024
"""The longest line of a stream of events: a notification is one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sandbox is, and what it asks for."""

    url: str
    token: str = ""


def place_of(url: str, token: str, data_dir: Path, lang: str | None) -> Place:
    """The sandbox that is named, else the one that runs on the data dir; raises CannotStart where none does."""
    if url:
        return Place(url.rstrip("/"), token)
    known = running(data_dir)
    if known is None or not known["url"]:
        raise CannotStart(say(NOTHING_RUNS, lang, data_dir=data_dir))
    return Place(known["url"], token or known["token"])


@asynccontextmanager
async def reached(place: Place, lang: str | None) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a sandbox; what goes wrong on the way there is one sentence."""
    headers = {"Authorization": f"Bearer {place.token}"} if place.token else {}
    session = aiohttp.ClientSession(
        place.url, headers=headers, read_bufsize=_LINE_BYTES, timeout=aiohttp.ClientTimeout(total=None, sock_connect=10)
    )
    async with session:
        try:
            yield session
        except (aiohttp.ClientError, ValueError) as error:
            raise CannotStart(say(NOT_REACHED, lang, url=place.url, error=error)) from None


async def request(session: aiohttp.ClientSession, method: str, path: str, body: object = None, **query: str) -> Any:
    """What a call of the control API answers; raises CannotStart with its own words where it refuses."""
    async with session.request(method, path, json=body, params=query) as response:
        content = await response.read()
        if response.status == 204:
            return None
        answer = msgspec.json.decode(content)
        if response.status >= 400:
            raise CannotStart(answer["error"]["message"])
        return answer


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what stops it is one sentence and exit status 2. Logs go to stderr."""
    raise_limit()
    try:
        if sys.platform == "win32":
            return asyncio.run(work)
        import uvloop  # noqa: PLC0415 - there is none on Windows

        return uvloop.run(work)
    except CannotStart as error:
        click.echo(f"wxpay-sandbox: {error}", err=True)
        sys.exit(2)


def stop_signal() -> asyncio.Event:
    """Set when this process is told to end: by Ctrl+C, by whoever manages it, by a terminal that closes."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    numbers = [signal.SIGINT, signal.SIGTERM]
    # A program started with nohup is to outlive its terminal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in numbers:  # told once is enough: a second one would cut short the end of loop and interpreter
            signal.signal(number, signal.SIG_IGN)
        loop.call_soon_threadsafe(stopped.set)

    for number in numbers:
        signal.signal(number, stop)
    return stopped
