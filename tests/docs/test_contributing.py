"""The contributor's door: what CONTRIBUTING and its kin name is there, and the forms are as GitHub reads them."""

import configparser
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import FAST, SLOW_FOLDERS

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
pytestmark = pytest.mark.skipif(not PAGES[0].exists(), reason="the pages are not installed; run it in a checkout")

_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
_PATH = re.compile(r"`((?:\.ci|docs|sandbox|scenarios|static|templates|tests)/[\w./*-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_everything_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {*_LINK.findall(text), *_PATH.findall(text)}
    assert [name for name in sorted(named) if not list(ROOT.glob(name.rstrip("/")))] == []
    assert len(named) > 30 or page.name == "SECURITY.md"


def test_every_folder_of_the_tests_has_its_place() -> None:
    """Those named like a room of the program are its tests; the others are told of."""
    text = PAGES[0].read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    rooms = {path.parent.name for path in (ROOT / "sandbox").glob("*/__init__.py")}
    assert [name for name in sorted(folders - rooms) if f"`tests/{name}/`" not in text] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.name)
def test_the_forms_are_valid(form: Path) -> None:
    schema = "github-issue-config" if form.name == "config.yml" else "github-issue-forms"
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(form)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_editors_break_lines_where_ruff_does() -> None:
    editors = configparser.ConfigParser()
    editors.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert int(editors["*.py"]["max_line_length"]) == ruff["line-length"]


def test_the_fast_lane_goes_through_every_room(pytestconfig: pytest.Config) -> None:
    """A third of each room's modules at least, as far as the rooms were collected."""
    fast = pytestconfig.stash[FAST]
    slow = [ROOT / "tests" / name for name in SLOW_FOLDERS]
    for folder in {path.parent for path in fast if not any(path.is_relative_to(one) for one in slow)}:
        modules = set(folder.glob("test_*.py"))
        if modules <= fast.keys():
            passed_through = [path for path in modules if fast[path]]
            assert len(passed_through) * 3 >= len(modules), f"{folder.name}: most of it is slow"
