"""What 1, 2 and 4 processes on one PostgreSQL take, beside one on SQLite in the same run.

    python -m bench.processes [--rounds 3] [--seconds 3]

Load, database and sandboxes share the machine's cores, so the rate that is seen is the machine's. What a process costs
is its own processor time an order; from that comes what processes would take that have a core each.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import asyncpg

from bench.merchant import Merchant
from bench.messages import JSON, MCH_ID, Request
from bench.operations import PAID as PAID_IN_ANSWER
from bench.operations import WELL_ENDED, numbers, orders
from bench.postgresql import Cluster
from bench.servers import CannotMeasure, Program, python
from bench.wrk import load, send

CALLERS = 32
"""Of each process."""
MOST = 9_000
"""Orders that are ready for a second: more than any takes."""
PAID = 300
PROCESSES = (1, 2, 4)


@dataclass(frozen=True)
class Seen:
    """Of a round: orders a second of all processes, microseconds an order of theirs and of the database's."""

    rate: float
    process_us: float
    database_us: float


@dataclass(frozen=True)
class Cost:
    """Microseconds a notification, of the processes and of the database; rows and bytes that an order has stored."""

    process_us: float
    database_us: float
    rows: float
    bytes: float


class Database:
    """The server's processes, as the system knows them."""

    def __init__(self, cluster: Cluster) -> None:
        self.url, self._first = cluster.url, cluster.pid

    async def fresh(self, count: int) -> str:
        """The URL of a new database; from now on it is this one's."""
        asking = await asyncpg.connect(self.url)
        await asking.execute(f"CREATE DATABASE processes_{count}")
        await asking.close()
        self.url = self.url.rpartition("/")[0] + f"/processes_{count}"
        return self.url

    def cpu_seconds(self) -> float:
        """Of all its processes; those that have ended count no more."""
        total = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rpartition(") ")[2].split()[1])
                if self._first in (parent, int(process.name)):
                    total += int((process / "schedstat").read_text().split()[0])
            except OSError:
                continue
        return total / 1e9


@contextmanager
def sandboxes(count: int, database: str | None) -> Iterator[list[Program]]:
    """So many processes on one database; None: one on a file of SQLite's."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        words = ("-m", "sandbox", "serve", "--port", "0", "--ready-json", "--no-tls")
        kept = ("--database", database) if database else ()
        yield [
            ends.enter_context(python(*words, *kept, "--data-dir", str(folder / str(n)), pinned=False))
            for n in range(count)
        ]


async def placed(programs: Sequence[Program], seconds: int) -> tuple[int, float]:
    """Orders that all processes took in so many seconds, and in how many in fact."""
    ready = [list(orders(numbers(MOST), "http://127.0.0.1:9/notify")) for _ in programs]
    loads = [load(one.url, calls, CALLERS, WELL_ENDED, seconds) for one, calls in zip(programs, ready, strict=True)]
    seen = await asyncio.gather(*loads)
    return sum(one.answered for one in seen), max(one.seconds for one in seen)


async def measured(programs: Sequence[Program], database: Database | None, seconds: int) -> Seen:
    def used() -> tuple[float, float]:
        return sum(one.cpu_seconds() for one in programs), database.cpu_seconds() if database else 0.0

    before = used()
    count, took = await placed(programs, seconds)
    after = used()
    ours, theirs = ((now - then) / count * 1e6 for now, then in zip(after, before, strict=True))
    return Seen(count / took, ours, theirs)


async def costs(program: Program, database: Database | None) -> Cost:
    """Pays orders, and waits until the merchant was told of all of them."""

    def used() -> tuple[float, float]:
        return program.cpu_seconds(), database.cpu_seconds() if database else 0.0

    async with Merchant() as merchant:
        fresh = numbers(PAID)
        before = await _stored(database)
        await send(program.url, orders(fresh, merchant.quick), WELL_ENDED)
        after = await _stored(database)
        pays = [Request(f"/_sandbox/orders/{MCH_ID}/{number}/pay", b"{}", headers=JSON) for number in fresh]
        began = used()
        await send(program.url, pays, PAID_IN_ANSWER)
        await merchant.until(PAID)
        ours, theirs = ((now - then) / PAID * 1e6 for now, then in zip(used(), began, strict=True))
    return Cost(ours, theirs, *[(now - then) / PAID for now, then in zip(after, before, strict=True)])


async def _stored(database: Database | None) -> tuple[int, int]:
    """Rows of orders and journal, and bytes that all tables and indexes take."""
    if database is None:
        return 0, 0
    asking = await asyncpg.connect(database.url)
    rows = await asking.fetchval("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM journal)")
    size = await asking.fetchval("SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables")
    await asking.close()
    return int(rows), int(size)


async def _run(rounds: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        os.chmod(folder, 0o755)
        home = Path(folder) / "postgresql"
        home.mkdir()
        cluster = ends.enter_context(Cluster(home, Path(folder) / "log"))
        server = Database(cluster)
        fleets = [(0, ends.enter_context(sandboxes(1, None)))]
        fleets += [(n, ends.enter_context(sandboxes(n, await server.fresh(n)))) for n in PROCESSES]
        seen: dict[int, list[Seen]] = {count: [] for count, _ in fleets}
        began = perf_counter()
        for _ in range(rounds + 1):  # the first one only warms up
            for count, programs in fleets:
                seen[count].append(await measured(programs, server if count else None, seconds))
        told = {count: _middle(those[1:]) for count, those in seen.items()}
        on_sqlite, on_postgresql = await costs(fleets[0][1][0], None), await costs(fleets[-1][1][0], server)
        _print(told, on_sqlite, on_postgresql, perf_counter() - began)


def _middle(those: Sequence[Seen]) -> Seen:
    return Seen(*[statistics.median(getattr(one, name) for one in those) for name in Seen.__annotations__])


def _print(told: dict[int, Seen], on_sqlite: Cost, cost: Cost, seconds: float) -> None:
    alone, first = told[0], told[1]
    print("| processes | orders/s here | of SQLite's | CPU an order, µs | database's, µs | with a core each |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count, one in told.items():
        name = str(count) if count else "1, on SQLite"
        free = max(count, 1) * 1e6 / one.process_us
        ratio, of_one = one.rate / alone.rate, free * first.process_us / 1e6
        share = f"{free:,.0f} ({of_one:.2f})" if count else f"{free:,.0f}"
        print(f"| {name} | {one.rate:,.0f} | {ratio:.2f} | {one.process_us:.0f} | {one.database_us:.0f} | {share} |")
    print(f"\nA payment with its notification: {cost.process_us:,.0f} µs of a process, {cost.database_us:,.0f} of the")
    print(f"database (on SQLite: {on_sqlite.process_us:,.0f}). An order has stored {cost.rows:.1f} rows,")
    print(f"{cost.bytes / 1024:.1f} KiB of tables and indexes.")
    print(f"{seconds:.0f} s.", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    chosen = parser.parse_args()
    try:
        asyncio.run(_run(chosen.rounds, chosen.seconds))
    except CannotMeasure as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
