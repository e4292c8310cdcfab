"""The page of endpoints is what the tables of the tests say, and the tests that it names are there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.unsupported import unsupported_paths

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = [DOCS / "endpoints.md", DOCS / "endpoints.zh-CN.md"]
pytestmark = pytest.mark.skipif(not PAGES[0].exists(), reason="the pages are not installed; run it in a checkout")


def test_the_tables_are_what_the_tests_run() -> None:
    environment = {**os.environ, "PYTHONPATH": str(DOCS.parent)}
    command = [sys.executable, str(DOCS / "make_endpoints.py"), "--check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_endpoint_stands_on_the_page_and_every_test_is_there(page: Path) -> None:
    text = page.read_text()
    paths = {one.path for one in ENDPOINTS} | {path for _, path in unsupported_paths()}
    assert {path for path in paths if f"`{path}`" not in text} == set()
    linked = re.findall(r"\]\(([^)#]+)\)", text)
    assert [link for link in linked if not (DOCS / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_of_a_family_that_is_played_in_part_the_rest_is_listed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for beginning in (
        "fund-app/mch-transfer/elecsign",
        "fund-app/mch-transfer/user-confirm-authorization",
        "pay/instal",
    ):
        assert f" `/v3/{beginning}`" in text
    assert "`/v3/fund-app/mch-transfer/transfer-bills`" not in text
