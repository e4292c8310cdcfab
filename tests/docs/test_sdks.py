"""The page on client libraries tells what the suite runs, at the versions it runs, and proves what it claims."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.interop.libraries import Library
from tests.interop.report import FLOWS, KNOWN

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the pages are not installed; run it in a checkout")


run_now = pytest.mark.parametrize("library", KNOWN, ids=lambda library: f"{library.name}-{library.face}")


def told(library: Library) -> dict[str, Any]:
    """What the committed run says of a library."""
    every = json.loads((DOCS / "sdks.json").read_text())["libraries"]
    [one] = [one for one in every if (one["face"], one["name"]) == (library.face, library.name)]
    return dict(one)


def test_the_pages_say_what_the_last_run_said() -> None:
    command = [sys.executable, str(DOCS / "make_sdks.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@run_now
def test_the_last_run_was_of_what_the_suite_runs_now(library: Library) -> None:
    one = told(library)
    assert (one["version"], list(one["passed"])) == (library.version, list(library.entries))
    assert one["quirks"] == [{"en": english, "zh": chinese} for english, chinese in library.quirks]
    offered = [flow for flow in FLOWS[library.face] if library.offers(flow)]
    assert [list(flows) for flows in one["passed"].values()] == [offered] * len(library.entries)


@run_now
def test_each_flow_that_passed_is_a_test_of_that_library(library: Library) -> None:
    for entry, flows in told(library)["passed"].items():
        for flow, test in flows.items():
            file, _, name = test.partition("::")
            module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
            [trades] = [mark for mark in getattr(module, name).pytestmark if mark.name == "parametrize"]
            marks = [mark.args for given in trades.args[1] for mark in given.marks]
            assert any(args[:2] == (library, entry) and flow in args[2:] for args in marks)
