"""An endpoint is declared in one place: what names endpoints besides is held to it here."""

import re
from pathlib import Path

import pytest

from sandbox.config import shipped
from sandbox.parts import FACES
from sandbox.scenario.library import built_in
from sandbox.v2.again import PATHS
from sandbox.v2.endpoint import ENDPOINTS, Endpoint
from sandbox.v2.face import FACE
from sandbox.v2.official import SITES
from tests.support.calls import RIGHT_CALLS
from tests.v2.covering import rules
from tests.v2.outcomes import OUTCOMES

PLACED_AT = {one.path for one in ENDPOINTS if one.places}


def test_no_path_is_declared_twice() -> None:
    paths = [one.path for one in ENDPOINTS]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.path)
def test_each_is_tested_for_its_rules_its_answers_and_its_callers(endpoint: Endpoint) -> None:
    assert endpoint.path in rules()
    assert endpoint.path in OUTCOMES
    assert endpoint.path in RIGHT_CALLS


def test_what_one_operation_is_called_is_one() -> None:
    titles = {(one.operation, one.title) for one in ENDPOINTS}
    assert len(titles) == len({one.operation for one in ENDPOINTS})


def test_the_notes_have_the_sections_that_are_named() -> None:
    notes = Path(__file__).parent.parent.parent / "docs" / "protocol" / "v2.md"
    if not notes.exists():
        pytest.skip("the notes are not installed; run it in a checkout")
    sections = set(re.findall(r"^#+ (\d+(?:\.\d+)*)", notes.read_text(encoding="utf-8"), re.MULTILINE))
    assert {one.documents for one in ENDPOINTS} <= sections


def test_where_orders_are_placed() -> None:
    assert {path for path, _ in PATHS.values()} == PLACED_AT
    assert set(FACE.api.placing()) == {site.prefix + path for site in SITES for path in PLACED_AT}


def test_built_in_scenarios_name_no_other_calls() -> None:
    named = {fault.call for scenario, _ in built_in(shipped("scenarios")) for fault in scenario.plan.faults}
    assert named <= {*FACES.operations(), "*"}
