"""Where the processor's time of an order goes: python -m bench.profile [SECONDS].

py-spy looks at a sandbox two hundred times a second while 32 callers place orders, as bench.run has it, and each look
belongs to the innermost of the functions on its stack that SHARES knows. Threads that wait are not looked at.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import uvloop

from bench.measure import of_ours
from bench.merchant import Merchant
from bench.operations import Place
from bench.servers import SANDBOX, CannotMeasure, Program, python, require_machine
from bench.wrk import Misled

JOURNAL = re.compile(r"Transaction\.(record|finish|note) |Call\.complete |sandbox/core/journal\.py")
"""Whatever these set going is the journal's."""
STEP = r"(^|\.){} \(.*sandbox/(v2|api)/"
SHARES = {
    "reading & checking": re.compile(
        STEP.format(r"(judge|read|require\w*|admit|parse|validate|find_merchant|verify_sign|meet_scenario)")
    ),
    "use case": re.compile(STEP.format("perform")),
    "store": re.compile(r"sandbox/store/|/sqlalchemy/|/sqlite3/"),
    "answer": re.compile(STEP.format("(sign|write|await_notification|deliver)")),
    "HTTP": re.compile(r"/aiohttp/|sandbox/(web|ingress)/"),
}
"""By the function, `name (file:line)`; a stack that has none of them is the rest: the event loop, what runs aside."""
REST = "rest"
WAITING = "_worker "
"""The innermost function of a thread that has nothing to do."""
RATE = 200


def share_of(stack: list[str]) -> str:
    """The share that a stack belongs to, outermost function first."""
    if any(map(JOURNAL.search, stack)):
        return "journal"
    found = (name for function in reversed(stack) for name, pattern in SHARES.items() if pattern.search(function))
    return next(found, REST)


def shares(lines: Iterable[str]) -> Counter[str]:
    """Looks by share, of py-spy's lines: functions joined by `;`, then a number of looks."""
    counted: Counter[str] = Counter()
    for line in lines:
        stack, _, looks = line.rpartition(" ")
        functions = stack.split(";")
        if not functions[-1].startswith(WAITING):
            counted[share_of(functions)] += int(looks)
    return counted


async def _profiled(seconds: int) -> tuple[Counter[str], float]:
    """Looks by share, and the processor's microseconds of an order while nobody looks."""
    with tempfile.TemporaryDirectory() as folder, python(*SANDBOX, folder) as ours:
        async with Merchant() as merchant:
            place = Place(merchant)
            cost = [(await of_ours(ours, place, 32)).cpu_us for _ in range(3)][-1]
            looking = asyncio.create_task(_looks(ours, Path(folder) / "looks", seconds))
            while not looking.done():
                await of_ours(ours, place, 32)
            return shares(await looking), cost


async def _looks(program: Program, file: Path, seconds: int) -> list[str]:
    given = [*("--pid", str(program.pid)), *("--duration", str(seconds)), *("--rate", str(RATE))]
    process = await asyncio.create_subprocess_exec(
        *("py-spy", "record", "--format", "raw", "--full-filenames", "--output", str(file), *given),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        raise CannotMeasure(said.decode(errors="replace"))
    return (await asyncio.to_thread(file.read_text)).splitlines()


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    try:
        require_machine()
        if shutil.which("py-spy") is None:
            raise CannotMeasure("py-spy is missing: pip install -e '.[bench]'")
        looked, cost = uvloop.run(_profiled(seconds))
    except (CannotMeasure, Misled) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    print(f"| of an order's {cost:.0f} µs of CPU | share | µs |")
    print("| --- | --- | --- |")
    for name in (*SHARES, "journal", REST):
        part = looked[name] / looked.total()
        print(f"| {name} | {part:.0%} | {part * cost:.0f} |")


if __name__ == "__main__":
    main()
