"""Tables and a plot of what was measured, for docs/performance.md: python -m bench.report [--check].

Without having measured anew it writes both from docs/performance/measured.json; with --check it exits 1 where they are
not what it would write.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.results import AIMS, CALLERS, Aim, Measurements
from bench.servers import ROOT

PAGE = ROOT / "docs" / "performance.md"
FOLDER = ROOT / "docs" / "performance"
KEPT = FOLDER / "measured.json"
PLOT = FOLDER / "orders.svg"
MARK = "<!-- From here on written by python -m bench.run -->\n"


def keep(taken: Measurements) -> None:
    """Write what was measured, and page and plot from it."""
    FOLDER.mkdir(exist_ok=True)
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(taken)) + b"\n")
    for path, text in _written(taken).items():
        path.write_text(text, encoding="utf-8")


def tables(taken: Measurements) -> Iterator[str]:
    """The lines of the measured part of the page."""
    yield f"Measured at {taken.revision}, {len(taken.runs)} runs of {taken.rounds} rounds:"
    yield ""
    yield from (f"- {line}" for line in taken.machine)
    yield from ("", "### What is aimed at", "", "An aim is met when each run meets it.", "")
    yield from _table(["figure", "aim", *_runs(taken), ""], (_aimed(aim, taken) for aim in AIMS))
    yield from ("### Calls", "", "The sandbox's figure, and in brackets its ratio to bare's: medians of all runs.", "")
    yield from _table(
        ["call", "callers", "calls/s", "CPU µs a call", "p50 ms", "p99 ms", "bytes written a call"],
        (_called(taken, cell.operation, cell.callers) for cell in taken.runs[0].cells),
    )
    if names := [peer.name for peer in taken.runs[0].peers]:
        yield from ("### Peers", "", "Objects a second, 32 callers, and how many times as many orders we take.", "")
        rows = zip(names, *(run.peers for run in taken.runs), strict=True)
        cells = ((name, *(f"{one.per_second:,.0f} ({one.ratio:.2f})" for one in each)) for name, *each in rows)
        yield from _table(["peer", *_runs(taken)], cells)


def plot(taken: Measurements) -> str:
    """Bars of orders a second, as SVG: by callers, bare and sandbox; and beside peers."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True, trim_blocks=True
    )
    by_callers = [(callers, taken.median("unifiedorder", callers, "per_second")) for callers in CALLERS]
    ours = dict(by_callers)[32]
    beside = [("sandbox: unifiedorder", ours.ours, True)]
    beside += [(peer.name, peer.per_second, False) for peer in taken.runs[0].peers]
    return environment.get_template("plot.svg.j2").render(by_callers=by_callers, beside=beside)


def _runs(taken: Measurements) -> list[str]:
    return [f"run {number}" for number, _ in enumerate(taken.runs, 1)]


def _aimed(aim: Aim, taken: Measurements) -> list[str]:
    values = [aim.of(run) for run in taken.runs]
    known = [value for value in values if value is not None]
    verdict = "not measured" if len(known) < len(values) else "met" if all(map(aim.met, known)) else "**missed**"
    shown = ["–" if value is None else f"{value:,.{aim.digits}f}" for value in values]
    return [aim.figure, aim.words, *shown, verdict]


def _called(taken: Measurements, operation: str, callers: int) -> list[str]:
    def shown(figure: str, digits: int) -> str:
        one = taken.median(operation, callers, figure)
        return f"{one.ours:,.{digits}f} ({one.ratio:.2f})"

    figures = [shown("per_second", 0), shown("cpu_us", 0), shown("p50_ms", 2), shown("p99_ms", 2)]
    return [operation, str(callers), *figures, f"{taken.written(operation, callers):,.0f}"]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(head)
    yield "| " + " | ".join(names) + " |"
    yield "|" + " --- |" * len(names)
    yield from ("| " + " | ".join(cells) + " |" for cells in rows)
    yield ""


def _written(taken: Measurements) -> dict[Path, str]:
    beginning = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    page = beginning + MARK + "\n" + "\n".join(tables(taken)).rstrip() + "\n"
    return {PAGE: page, PLOT: plot(taken)}


def main() -> int:
    taken = msgspec.json.decode(KEPT.read_bytes(), type=Measurements)
    if "--check" not in sys.argv[1:]:
        keep(taken)
        return 0
    stale = [path for path, text in _written(taken).items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path}: out of date; run python -m bench.report")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
