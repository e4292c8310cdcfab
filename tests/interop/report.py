"""What came of a run, as JSON for `docs/make_sdks.py`: `pytest tests/interop --interop-report docs/sdks.json`."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.libraries import LIBRARIES, Flow, Library

PROPERTY = "interop"


class Report:
    """A pytest plugin that listens to every test that `test_libraries.py` has marked, and writes at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passed: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self._failed: set[tuple[str, str, str]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] = dict(report.user_properties)
        name, way, flows = told.get(PROPERTY, ("", "", ()))
        for flow in flows:
            if not report.passed:
                self._failed.add((name, way, flow))
            elif report.when == "call":
                self._passed[name, way][flow] = report.nodeid.partition("[")[0]

    def pytest_sessionfinish(self) -> None:
        told = {"libraries": [self._of(library) for library in LIBRARIES]}
        self._path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _of(self, library: Library) -> dict[str, object]:
        return {
            "name": library.name,
            "language": library.language,
            "registry": library.registry,
            "version": library.version,
            "passed": {way: self._flows(library, way) for way in library.ways},
            "lacks": [flow for flow in Flow if flow in library.lacks],
            "quirks": [{"en": english, "zh": chinese} for english, chinese in library.quirks],
        }

    def _flows(self, library: Library, way: str) -> dict[str, str]:
        """The flows that passed in every test, in the order of `Flow`, each with its test."""
        passed = self._passed[library.name, way]
        return {flow: passed[flow] for flow in _ordered(passed) if (library.name, way, flow) not in self._failed}


def _ordered(flows: Iterable[str]) -> list[str]:
    return [flow for flow in Flow if flow in set(flows)]
