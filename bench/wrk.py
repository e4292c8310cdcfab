"""Load by wrk: prepared requests, each sent once, over connections that are kept."""

import asyncio
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench.messages import Request

SCRIPT = Path(__file__).with_name("requests.lua")
TIMEOUT = 60


class Misled(Exception):
    """What was measured is not what was meant: wrong answers, or too few requests."""


class Load(msgspec.Struct, frozen=True):
    """What wrk saw: how many requests were answered in how many seconds, and the callers' waiting in milliseconds."""

    answered: int
    seconds: float
    p50_ms: float
    p99_ms: float
    wrong: int


async def load(url: str, requests: Iterable[Request], callers: int, expected: bytes, seconds: int = 1) -> Load:
    """Send requests for so long, by so many callers that wait for their answers.

    Raises Misled where an answer lacks `expected`, where the requests were all answered before, and where none was.
    """
    out = await _wrk(url, requests, callers, expected, seconds)
    if not out:
        raise Misled("all requests were answered before the time was over: prepare more of them")
    seen = msgspec.json.decode(out, type=Load)
    if not seen.answered:
        raise Misled("nothing was answered in all that time: the machine has too much else to do")
    return seen


async def send(url: str, requests: Iterable[Request], expected: bytes, callers: int = 32) -> None:
    """Send all of them. Raises Misled where an answer lacks `expected`."""
    if await _wrk(url, requests, callers, expected, seconds=600):
        raise Misled("ten minutes were not enough for the requests")


async def _wrk(url: str, requests: Iterable[Request], callers: int, expected: bytes, seconds: int) -> bytes:
    """The line that the script prints at the end of its time; empty where it ran out of requests."""
    host = urlsplit(url).netloc
    with tempfile.NamedTemporaryFile() as file:
        for request in requests:
            raw = request.raw(host)
            file.write(b"%d\n%b" % (len(raw), raw))
        file.flush()
        process = await asyncio.create_subprocess_exec(
            *("wrk", "--threads", "1", "--connections", str(callers), "--duration", f"{seconds}s"),
            *("--timeout", str(TIMEOUT), "--script", str(SCRIPT), url, "--", file.name, expected),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, said = await process.communicate()
    printed = next((line for line in out.splitlines() if line.startswith(b"{")), b"")
    if process.returncode or said or (printed and b'"wrong": 0' not in printed):
        raise Misled(f"a wrong answer: {said.decode(errors='replace')} {printed.decode()}")
    return printed
