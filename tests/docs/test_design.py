"""docs/design.md and docs/decisions.md are true where it can be told: rooms and modules that they name are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DESIGN = ROOT / "docs" / "design.md"
BOOKS = [DESIGN, ROOT / "docs" / "decisions.md", ROOT / "CONTRIBUTING.md"]
pytestmark = pytest.mark.skipif(not DESIGN.exists(), reason="the docs are not installed; run it in a checkout")

PAGE_AND_A_HALF = 110
"""Lines, of 130 characters at most but in tables."""

_FILE = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|js|yaml|toml|md|json))(?:[: ][^`]*)?`")
_CLASS = re.compile(r"`(?:[a-z_]+\.)?([A-Z][a-z]+(?:[A-Z]\w*)?)(?:\.\w+)?`")
_ROOM = re.compile(r"`((?:[\w.-]+/)+)`")


def rooms() -> set[str]:
    """The folders that the page's tree names under sandbox/, those inside core/ apart."""
    tree = DESIGN.read_text().split("```")[1].partition("sandbox/\n")[2]
    names = [
        re.findall(r"[a-z0-9]+/", line.split("   ")[0]) for line in tree.splitlines() if re.match(r"  [a-z]", line)
    ]
    return {name.strip("/") for line in names for name in line}


def exists(named: str) -> bool:
    """Whether a file or folder is there: by its path from the root, from sandbox/ or docs/, or by its name alone."""
    if any((place / named).exists() for place in (ROOT, ROOT / "sandbox", ROOT / "docs")):
        return True
    return "/" not in named and any(next((ROOT / place).rglob(named), None) for place in ("sandbox", "tests", "static"))


def named() -> Iterator[str]:
    for book in BOOKS:
        if book.exists():
            text = re.sub(r"```.*?```", "", book.read_text(), flags=re.DOTALL)
            yield from (f"{book.name}: {one}" for one in (*_FILE.findall(text), *_ROOM.findall(text)))


def test_the_tree_has_every_room_and_no_other() -> None:
    assert rooms() == {path.parent.name for path in (ROOT / "sandbox").glob("*/__init__.py")}


def test_files_and_folders_that_are_named_are_there() -> None:
    assert [one for one in named() if not exists(one.split(": ", 1)[1])] == []


def test_classes_that_are_named_are_there() -> None:
    sources = "\n".join(path.read_text() for place in ("sandbox", "tests") for path in (ROOT / place).rglob("*.py"))
    there = set(re.findall(r"\w+", sources))
    assert [
        one for book in BOOKS if book.exists() for one in _CLASS.findall(book.read_text()) if one not in there
    ] == []


def test_the_picture_is_a_page_and_a_half() -> None:
    lines = DESIGN.read_text().splitlines()
    assert len(lines) <= PAGE_AND_A_HALF
    assert [line for line in lines if len(line) > 130 and not line.startswith("|")] == []
