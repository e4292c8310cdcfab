"""Soaks sandboxes in trouble, and compares what they acknowledged with their books: python -m bench.soak.

Sandboxes on one database sell for shops by both APIs: orders are placed, paid, closed, refunded, also side by side at
several of them. Shops take notifications quickly, slowly, wrongly at first, by a reset, or never. Meanwhile sandboxes
are killed and stopped, the database is restarted, killed and without room, and the clock jumps. In the end time passes
until nothing is owed, and then each order, refund, notification and move of money must be there as it was acknowledged:
once, told in its time, and told again only where it was in flight when something broke. What is not ends it with exit
status 1, and its files are kept.

The same --seed has the same sales, and the same troubles in the same order.
"""

import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from bench.machine import revision
from bench.postgresql import CannotServe
from bench.soaking import books, calls, databases, trade
from bench.soaking.comparison import compare
from bench.soaking.databases import OWN, SQLITE, Database
from bench.soaking.fleet import Fleet, Stuck
from bench.soaking.receivers import Receivers
from bench.soaking.report import Report
from bench.soaking.trade import Trade
from bench.soaking.troubles import KINDS, Troubles

LAST_JUMP = 26 * 3600.0
"""After so many seconds nothing is owed: refunds have ended, and the last attempt comes a day after the first."""
LAST_SECONDS = 900.0
OPTIONS = ("--refund-seconds", "5", "--keep-orders", "0", "--keep-calls", "0", "--keep-megabytes", "0")
"""Of each sandbox: refunds end soon, and nothing is dropped before it was compared."""


@dataclass(frozen=True)
class Plan:
    """How long, how much, how bad."""

    minutes: float
    processes: int
    rate: float
    calm: float
    kinds: Sequence[str]
    seed: int


async def soak(plan: Plan, database: Database, folder: Path) -> Report:
    """Logs, and data dirs that need not be on the database's disk, lie in `folder`. Raises Stuck."""
    async with AsyncExitStack() as stack:
        receivers = await stack.enter_async_context(Receivers())
        folders = [database.folder / f"data-{number + 1}" for number in range(plan.processes)]
        fleet = await stack.enter_async_context(Fleet(folders, folder, (*database.arguments, *OPTIONS)))
        shops = await trade.opened(fleet)
        trading = Trade(fleet, receivers, shops, plan.seed, plan.rate)
        troubles = Troubles(fleet, shops, database.causes, plan.kinds, plan.seed)
        until = time.monotonic() + plan.minutes * 60
        async with asyncio.TaskGroup() as group:
            group.create_task(trading.run(until))
            group.create_task(troubles.run(until, plan.calm))
        receivers.let_go()
        await _pass_time(fleet, troubles)
        kept = {shop: await books.read(fleet, shop.mch_id) for shop in shops}
        findings = compare(trading.written, kept, receivers.received, troubles.past)
        findings += [*troubles.findings, *fleet.tracebacks()]
        return Report.of(trading.written, kept.values(), receivers.received, troubles.past, troubles.jumps, findings)


async def _pass_time(fleet: Fleet, troubles: Troubles) -> None:
    """Until nothing is owed any more."""
    await troubles.jumped()
    await fleet.well()
    answer = await fleet.ask(calls.advance(LAST_JUMP), LAST_SECONDS)
    if answer is None or answer.status != 200:
        raise Stuck(f"The clock does not move: {answer.body.decode() if answer else 'no answer'}")


def _all(group: BaseExceptionGroup) -> Iterator[BaseException]:
    """What ended it, out of the groups that it was raised in."""
    for one in group.exceptions:
        yield from _all(one) if isinstance(one, BaseExceptionGroup) else [one]


@click.command(help=__doc__)
@click.option("--minutes", default=30.0, show_default=True, help="How long shops sell; comparing comes after it.")
@click.option("--processes", default=4, show_default=True, help="Sandboxes.")
@click.option(
    "--database",
    "which",
    default=OWN,
    show_default=True,
    metavar=f"{OWN}|{SQLITE}|URL",
    help="A PostgreSQL of its own, an SQLite file (for one process), or an empty database of yours.",
)
@click.option("--seed", type=int, default=lambda: random.randrange(10**6), help="Any, if none is given.")
@click.option("--rate", default=20.0, show_default=True, help="Orders a second.")
@click.option("--calm", default=10.0, show_default=True, help="Seconds between two troubles, on average.")
@click.option(
    "--trouble",
    "kinds",
    multiple=True,
    type=click.Choice(list(KINDS)),
    help=f"Only these (repeatable). {'; '.join(f'{name}: {what}' for name, what in KINDS.items())}.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file for the report as JSON, too.")
def main(
    minutes: float,
    processes: int,
    which: str,
    seed: int,
    rate: float,
    calm: float,
    kinds: Sequence[str],
    out: Path | None,
) -> None:
    if which == SQLITE and processes != 1:
        raise click.UsageError("One process only has SQLite's file: --processes 1.")
    folder = Path(tempfile.mkdtemp(prefix="wxpay-soak-"))
    folder.chmod(0o755)  # PostgreSQL's user must get to its own folder
    plan = Plan(minutes, processes, rate, calm, kinds or list(KINDS), seed)
    try:
        with databases.opened(which, folder, fill="disk" in plan.kinds) as database:
            print(f"{revision()}: {processes} on {database.described}, seed {seed}. {database.left_out}", flush=True)
            report = asyncio.run(soak(plan, database, folder))
    except* (Stuck, CannotServe) as group:
        print(*_all(group), f"Files: {folder}", sep="\n", file=sys.stderr)
        sys.exit(1)
    print("\n".join(report.lines()))
    if out:
        out.write_bytes(msgspec.json.encode(report))
    if report.findings:
        print(f"files         {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
