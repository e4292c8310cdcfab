"""The sandbox's cost, as a ratio to a bare aiohttp handler in the same second: python -m bench.run.

wrk loads from one core, the server runs on another. A second of bare comes before and after each second of the sandbox;
medians of ratios are told, since machines wobble, and ratios less so. Three runs of three rounds take a quarter of an
hour and are written to docs/performance.md; --quick is one round, and only printed.
"""

import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
import uvloop

from bench import peers, report
from bench.bare import Said
from bench.machine import described, revision
from bench.measure import BARES, RATIOS, of_ours, turns
from bench.merchant import Merchant
from bench.notifications import told
from bench.operations import OPERATIONS, Operation, Place, learnt
from bench.results import CALLERS, Cell, Measured, Measurements, Peered, Run, Told
from bench.servers import SANDBOX, CannotMeasure, Program, python, require_machine
from bench.wrk import Misled, load

COMPARED = 32
"""Callers, where the sandbox stands beside its peers."""
WARMING, PEERS_SECONDS = 5, 3
"""A peer's seconds: some make a few dozen objects in one, and Java takes a while to get into its stride."""
BARE = ("-m", "bench.bare")


@dataclass(frozen=True)
class Measuring:
    """Both programs, each with what the other one needs, and where files may lie."""

    ours: Program
    bare: Program
    merchant: Merchant
    answers: dict[str, Said]
    folder: Path
    rounds: int

    async def run(self) -> Run:
        memory = Measured.of(self.bare.memory_mib(), self.ours.memory_mib())
        start = self._start()
        beside = [await self._peer(peer) for peer in peers.PEERS if peer.path]
        notified = await self._told()
        operations = [kind(self.merchant) for kind in OPERATIONS]
        cells = [await self._cell(operation, callers) for operation in operations for callers in CALLERS]
        return Run(cells, start, memory, notified, beside)

    async def _cell(self, operation: Operation, callers: int) -> Cell:
        _tell(f"{operation.name}, callers: {callers}")
        taken = await turns(self.bare, self.ours, operation, callers, self.rounds)
        figures = {figure: Measured(*taken.medians(figure)) for figure in RATIOS}
        return Cell(operation.name, callers, figures, statistics.median(one.written for one in taken.ours))

    def _start(self) -> Measured:
        """Seconds between start and first order; the sandbox makes its database meanwhile."""
        _tell("starts")
        theirs, mine = [], []
        for number in range(self.rounds):
            with python(*BARE, str(self.folder / "answers.json")) as bare:
                theirs.append(bare.start_seconds)
            with python(*SANDBOX, str(self.folder / f"start-{number}")) as ours:
                mine.append(ours.start_seconds)
        return Measured.of(statistics.median(theirs), statistics.median(mine))

    async def _told(self) -> Told:
        """By a sandbox that has nothing else on its mind."""
        _tell("notifications")
        with python(*SANDBOX, str(self.folder / "told")) as sandbox:
            return await told(sandbox, self.merchant, self.rounds)

    async def _peer(self, peer: peers.Peer) -> Peered:
        """Three seconds of the peer before and after each of the sandbox's."""
        _tell(peer.name)
        place, order = Place(self.merchant), self.answers[Place.last]
        with tempfile.TemporaryDirectory() as folder, peers.running(peer, Path(folder), order) as running:
            await created(running, peer, WARMING)
            theirs, ratios = [await created(running, peer)], []
            for _ in range(self.rounds):
                mine = await of_ours(self.ours, place, COMPARED)
                theirs.append(await created(running, peer))
                ratios.append(mine.per_second / statistics.mean(theirs[-2:]))
        return Peered(peer.name, statistics.median(theirs), statistics.median(ratios))


async def created(program: Program, peer: peers.Peer, seconds: int = PEERS_SECONDS) -> float:
    """Objects that a peer makes a second."""
    requests = map(peer.create, peers.names(seconds * BARES))
    seen = await load(program.url, requests, COMPARED, peer.expected, seconds)
    return seen.answered / seen.seconds


@asynccontextmanager
async def measuring(rounds: int) -> AsyncIterator[Measuring]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Merchant() as merchant:
            with python(*SANDBOX, str(folder / "data")) as ours:
                answers = await learnt(ours, [kind(merchant) for kind in OPERATIONS])
                (folder / "answers.json").write_bytes(msgspec.json.encode(answers))
                with python(*BARE, str(folder / "answers.json")) as bare:
                    yield Measuring(ours, bare, merchant, answers, folder, rounds)


async def measured(runs: int, rounds: int) -> Measurements:
    taken = []
    for _ in range(runs):
        async with measuring(rounds) as one:
            taken.append(await one.run())
    return Measurements(described(), revision(), rounds, taken)


def _tell(doing: str) -> None:
    print(doing, file=sys.stderr, flush=True)


@click.command(help=__doc__)
@click.option("--runs", default=3, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--quick", is_flag=True, help="One run of one round, which is printed and not written.")
def main(runs: int, rounds: int, *, quick: bool) -> None:
    try:
        require_machine()
        taken = uvloop.run(measured(1, 1) if quick else measured(runs, rounds))
    except (CannotMeasure, Misled) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    print("\n".join(report.tables(taken)))
    if not quick:
        report.keep(taken)


if __name__ == "__main__":
    main()
