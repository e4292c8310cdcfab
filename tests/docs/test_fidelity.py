"""The fidelity ledger lists every endpoint that is not supported yet, and no other."""

import re
from pathlib import Path

from sandbox.v2.unsupported import UNSUPPORTED
from sandbox.words.families import FAMILIES

LEDGER = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_unsupported_endpoints_are_listed_by_family() -> None:
    section = LEDGER.read_text().split("## Endpoints that are not supported yet")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    listed = {english: tuple(re.findall("`([^`]+)`", paths)) for english, _, paths in rows}
    assert listed == {FAMILIES[family].en: paths for family, paths in UNSUPPORTED.items()}
    assert [chinese for _, chinese, _ in rows] == [FAMILIES[family].zh for family in UNSUPPORTED]
