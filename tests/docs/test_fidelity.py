"""The ledger lists every endpoint of V2 that is not supported yet, and no other; APIv3's families hold its paths."""

import re
from pathlib import Path

from sandbox.v2.unsupported import unsupported
from sandbox.v3.unsupported import FAMILIES as V3_FAMILIES
from sandbox.v3.unsupported import known_prefix
from sandbox.words.families import FAMILIES

LEDGER = Path(__file__).parents[2] / "docs" / "fidelity.md"
V3_PATHS = LEDGER.parent / "protocol" / "v3-paths.txt"


def test_unsupported_endpoints_are_listed_by_family() -> None:
    section = LEDGER.read_text().split("## Endpoints that are not supported yet")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    listed = {english: tuple(re.findall("`([^`]+)`", paths)) for english, _, paths in rows}
    assert listed == {FAMILIES[family].en: paths for family, paths in unsupported().items()}
    assert [chinese for _, chinese, _ in rows] == [FAMILIES[family].zh for family in unsupported()]


def test_every_path_of_apiv3_is_of_a_family_and_no_family_is_without_one() -> None:
    paths = [line.split(" ", 1)[1] for line in V3_PATHS.read_text().splitlines()]
    assert [path for path in paths if known_prefix(path) is None] == []
    used = {known_prefix(path) for path in paths}
    assert [family for family, prefixes in V3_FAMILIES.items() if used.isdisjoint(prefixes)] == []
