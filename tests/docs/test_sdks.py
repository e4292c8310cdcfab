"""The page on client libraries tells what the suite runs, at the versions it runs, and proves what it claims."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.interop import test_libraries
from tests.interop.libraries import LIBRARIES, Flow, Library

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the pages are not installed; run it in a checkout")


def told() -> dict[str, Any]:
    """What the committed run says, by library."""
    return {one["name"]: one for one in json.loads((DOCS / "sdks.json").read_text())["libraries"]}


def test_the_pages_say_what_the_last_run_said() -> None:
    command = [sys.executable, str(DOCS / "make_sdks.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_the_last_run_was_of_what_the_suite_runs_now(library: Library) -> None:
    one = told()[library.name]
    assert (one["version"], list(one["passed"])) == (library.version, list(library.ways))
    assert one["quirks"] == [{"en": english, "zh": chinese} for english, chinese in library.quirks]
    offered = [flow for flow in Flow if library.offers(flow)]
    assert [list(flows) for flows in one["passed"].values()] == [offered] * len(library.ways)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_each_flow_that_passed_is_a_test_of_that_library(library: Library) -> None:
    for way, flows in told()[library.name]["passed"].items():
        for flow, test in flows.items():
            name = re.sub(r"^tests/interop/test_libraries\.py::", "", test)
            [trades] = [mark for mark in getattr(test_libraries, name).pytestmark if mark.name == "parametrize"]
            marks = [mark.args for given in trades.args[1] for mark in given.marks]
            assert any(args[:2] == (library.name, way) and flow in args[2:] for args in marks)
