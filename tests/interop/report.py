"""What came of a run, as JSON for `docs/make_sdks.py`: `pytest tests/interop --interop-report docs/sdks.json`."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.interop import libraries
from tests.interop.libraries import Face, Library
from tests.interop.v3 import libraries as v3

PROPERTY = "interop"
KNOWN = (*libraries.LIBRARIES, *v3.LIBRARIES)
FLOWS: dict[Face, list[str]] = {Face.V2: list(libraries.Flow), Face.V3: list(v3.Flow)}


class Report:
    """A pytest plugin that listens to every test that a `test_libraries.py` has marked, and writes at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passed: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        self._failed: set[tuple[str, str, str, str]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told: dict[str, Any] = dict(report.user_properties)
        face, name, entry, flows = told.get(PROPERTY, ("", "", "", ()))
        for flow in flows:
            if not report.passed:
                self._failed.add((face, name, entry, flow))
            elif report.when == "call":
                self._passed[face, name, entry][flow] = report.nodeid.partition("[")[0]

    def pytest_sessionfinish(self) -> None:
        told = {"libraries": [self._of(library) for library in KNOWN]}
        self._path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    def _of(self, library: Library) -> dict[str, object]:
        return {
            "face": library.face,
            "name": library.name,
            "language": library.language,
            "registry": library.registry,
            "version": library.version,
            "ways": library.ways,
            "modes": library.modes,
            "passed": {entry: self._flows(library, entry) for entry in library.entries},
            "lacks": [flow for flow in FLOWS[library.face] if flow in library.lacks],
            "quirks": [{"en": english, "zh": chinese} for english, chinese in library.quirks],
        }

    def _flows(self, library: Library, entry: str) -> dict[str, str]:
        """The flows that passed in every test, in the order of `Flow`, each with its test."""
        key = (str(library.face), library.name, entry)
        passed = self._passed[key]
        return {
            flow: passed[flow] for flow in FLOWS[library.face] if flow in passed and (*key, flow) not in self._failed
        }
