"""One second of a program under load, and seconds of two programs by turns."""

import itertools
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.messages import Request
from bench.operations import Operation, numbers
from bench.servers import Program
from bench.wrk import load

RATIOS = ("per_second", "cpu_us", "p50_ms", "p99_ms")
"""The figures of a second that are told as ratios to bare's; bare writes nothing."""
BARES = 40_000
"""No handler of aiohttp takes so many orders in a second on one core, nor 6,000 of each caller."""


@dataclass(frozen=True)
class Second:
    """A second of load: a call's microseconds of processor and bytes written, its callers' milliseconds."""

    answered: int
    per_second: float
    cpu_us: float
    written: float
    p50_ms: float
    p99_ms: float


async def second(program: Program, operation: Operation, requests: Iterable[Request], callers: int) -> Second:
    """Raises Misled where an answer is wrong.

    A call that was not answered when the time was over is not counted, but what it cost is.
    """
    made = list(requests)
    cpu, written = program.cpu_seconds(), program.written_bytes()
    seen = await load(program.url, made, callers, operation.expected)
    over = time.perf_counter()
    await operation.settle(seen.answered)
    return Second(
        seen.answered,
        seen.answered / (seen.seconds + time.perf_counter() - over),
        (program.cpu_seconds() - cpu) / seen.answered * 1e6,
        (program.written_bytes() - written) / seen.answered,
        seen.p50_ms,
        seen.p99_ms,
    )


@dataclass(frozen=True)
class Turns:
    """Seconds of ours, and those of bare around them: one more."""

    bare: Sequence[Second]
    ours: Sequence[Second]

    def medians(self, figure: str) -> tuple[float, float, float]:
        """Of a field of Second: bare's, ours, and of the ratios of ours to the mean of bare just before and after."""
        theirs, mine = ([getattr(one, figure) for one in each] for each in (self.bare, self.ours))
        around = [(before + after) / 2 for before, after in itertools.pairwise(theirs)]
        ratios = [one / bare for one, bare in zip(mine, around, strict=True)]
        return statistics.median(theirs), statistics.median(mine), statistics.median(ratios)


async def turns(bare: Program, ours: Program, operation: Operation, callers: int, rounds: int) -> Turns:
    """`rounds` seconds of ours, one of bare before and after each; one of each that warms up is not counted."""
    await of_ours(ours, operation, callers)
    await _of_bare(bare, operation, callers)
    theirs, mine = [await _of_bare(bare, operation, callers)], []
    for _ in range(rounds):
        mine.append(await of_ours(ours, operation, callers))
        theirs.append(await _of_bare(bare, operation, callers))
    return Turns(theirs, mine)


async def of_ours(ours: Program, operation: Operation, callers: int) -> Second:
    made = await second(ours, operation, operation.requests(await operation.ready(ours)), callers)
    operation.used(made.answered + callers)
    return made


async def _of_bare(bare: Program, operation: Operation, callers: int) -> Second:
    return await second(bare, operation, operation.requests(numbers(min(BARES, callers * 6_000))), callers)
