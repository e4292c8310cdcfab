"""What runs came to, as docs/performance/measured.json keeps it, and what is aimed at."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from msgspec import Struct

CALLERS = (1, 8, 32, 128)


class Measured(Struct, frozen=True):
    """A figure of bare and of the sandbox, and the ratio: the median of ratios where there are several."""

    bare: float
    ours: float
    ratio: float

    @classmethod
    def of(cls, bare: float, ours: float) -> "Measured":
        return cls(bare, ours, ours / bare)


class Cell(Struct, frozen=True):
    """An operation under the load of so many callers: figures named as in measure.Second, and bytes written a call."""

    operation: str
    callers: int
    figures: dict[str, Measured]
    written: float


class Peered(Struct, frozen=True):
    """Objects that a peer made a second, and of the sandbox's orders in the seconds beside: how many times as many."""

    name: str
    per_second: float
    ratio: float


class Told(Struct, frozen=True):
    """Notifications a second: alone, and while fifty addresses hang; the seconds of a day of attempts to a dead one."""

    alone: float
    beside: float
    day_seconds: float


class Run(Struct, frozen=True):
    """One run of it all. `start` is in seconds, `memory` in MiB."""

    cells: list[Cell]
    start: Measured
    memory: Measured
    told: Told
    peers: list[Peered]

    def cell(self, operation: str, callers: int) -> Cell:
        return next(one for one in self.cells if (one.operation, one.callers) == (operation, callers))

    def placing(self, callers: int, figure: str) -> Measured:
        return self.cell("unifiedorder", callers).figures[figure]

    def peer(self, name: str) -> float | None:
        return next((peer.ratio for peer in self.peers if peer.name == name), None)


class Measurements(Struct, frozen=True):
    """Runs on one machine, each with so many rounds; `revision` is the commit that was measured."""

    machine: list[str]
    revision: str
    rounds: int
    runs: list[Run]

    def median(self, operation: str, callers: int, figure: str) -> Measured:
        """Of all runs."""
        each = [run.cell(operation, callers).figures[figure] for run in self.runs]
        return Measured(*(statistics.median(getattr(one, part) for one in each) for part in ("bare", "ours", "ratio")))

    def written(self, operation: str, callers: int) -> float:
        """Bytes a call, the median of all runs."""
        return statistics.median(run.cell(operation, callers).written for run in self.runs)


@dataclass(frozen=True)
class Aim:
    """A figure of a run, None where it was not measured, and what it is to be: at least that, or at most."""

    figure: str
    of: Callable[[Run], float | None]
    value: float
    stretch: float | None = None
    least: bool = False
    digits: int = 2

    @property
    def words(self) -> str:
        said = f"{'at least' if self.least else 'at most'} {self.value:,g}"
        return said + (f" (stretch {self.stretch:g})" if self.stretch is not None else "")

    def met(self, value: float) -> bool:
        return value >= self.value if self.least else value <= self.value


AIMS = (
    Aim("orders/s, 32 callers, of bare", lambda run: run.placing(32, "per_second").ratio, 0.22, 0.30, least=True),
    Aim("CPU per order, 32 callers, of bare", lambda run: run.placing(32, "cpu_us").ratio, 4.0, 3.0),
    Aim(
        "orders/s, 128 callers, of 32",
        lambda run: run.placing(128, "per_second").ours / run.placing(32, "per_second").ours,
        1.0,
        least=True,
    ),
    Aim("p50, one caller, of bare", lambda run: run.placing(1, "p50_ms").ratio, 4.5),
    Aim("p99, one caller, of bare", lambda run: run.placing(1, "p99_ms").ratio, 5.0),
    Aim("start to the first order, of bare", lambda run: run.start.ratio, 2.0),
    Aim("idle memory, of bare", lambda run: run.memory.ratio, 1.8),
    *(
        Aim(f"orders/s, 32 callers, of {name}'s objects/s", partial(Run.peer, name=name), times, least=True)
        for name, times in (("stripe-mock", 1), ("WireMock", 1), ("localstripe", 50), ("moto", 50))
    ),
    Aim("notifications/s, to a quick merchant", lambda run: run.told.alone, 3000, least=True, digits=0),
    Aim("the same while 50 hang, of alone", lambda run: run.told.beside / run.told.alone, 0.95, least=True),
    Aim("s for a day, 2,000 notifications to a dead address", lambda run: run.told.day_seconds, 16, digits=1),
)
