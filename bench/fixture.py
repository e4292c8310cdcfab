"""What `wxpay_sandbox` costs a test, against an empty pytest-aiohttp test in the same run: python -m bench.fixture.

Empty tests and tests with the fixture take turns in one pytest process, so that both meet the same machine. The first
test with the fixture pays for imports and the server's start; the others for a fresh merchant each, made and deleted.
Milliseconds of the wall, and of the processor, which wobble less.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.servers import ROOT

PAIRS = 200

_TESTS = """
import pytest

@pytest.mark.parametrize("n", range({pairs}))
class Test:
    async def test_empty(self, n):
        pass

    async def test_fixture(self, n, wxpay_sandbox):
        pass
"""
_TIMES = """
import json, time
import pytest

times = {}

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    wall, cpu = time.perf_counter(), time.process_time()
    result = yield
    spent = [(time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000]
    times.setdefault(item.originalname, []).append(spent)
    return result

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.callspec.params["n"])

def pytest_sessionfinish(session):
    print("\\n" + json.dumps(times))
"""
_SETTINGS = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"


Spent = tuple[float, float]
"""Milliseconds of the wall and of the processor."""


@dataclass(frozen=True)
class Cost:
    """Of an empty test, of one with a merchant, and of the first such one."""

    empty: Spent
    fresh: Spent
    first: Spent


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    costs = [_round() for _ in range(rounds)]
    empty = _median([cost.empty for cost in costs])
    print("figure | empty test, ms | with wxpay_sandbox, ms | ratio | difference, ms (aim)")
    _line("a test with a merchant of its own", empty, _median([cost.fresh for cost in costs]), "at most 2")
    _line("the first one, server's start included", empty, _median([cost.first for cost in costs]), "at most 300")


def _round() -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {
            "test_costs.py": _TESTS.format(pairs=PAIRS),
            "conftest.py": _TIMES,
            "pytest.ini": _SETTINGS,
        }.items():
            (Path(folder) / name).write_text(text)
        plain = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-c", f"{folder}/pytest.ini"]
        done = subprocess.run([*plain, folder], cwd=ROOT, capture_output=True, text=True, check=True)
    times = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    first, *others = times["test_fixture"]
    return Cost(_median(times["test_empty"]), _median(others), first)


def _median(spent: Sequence[Spent]) -> Spent:
    walls, processor = zip(*spent, strict=True)
    return statistics.median(walls), statistics.median(processor)


def _line(figure: str, empty: Spent, ours: Spent, aim: str) -> None:
    for kind, theirs, mine in zip(("wall", "processor"), empty, ours, strict=True):
        print(f"{figure}, {kind} | {theirs:.2f} | {mine:.2f} | {mine / theirs:.2f} | {mine - theirs:.2f} ({aim})")


if __name__ == "__main__":
    main()
