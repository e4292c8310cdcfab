"""Whoever follows a citation finds it: a section of the notes, a heading of the contract, a file of the docs.

The forms are those of docs/protocol/README.md. Citations may be broken over two lines of a docstring or a comment.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the docs are not installed; run it in a checkout")

READ = {"sandbox": ".py", "tests": ".py", "docs": ".md", "templates": ".html"}
"""Which files of which folders cite."""

_PLACE = r"(?:\d+(?:\.\d+)*|[Aa]ppendix [A-Z](?:\.\d+)?)(?: \([^)]*\))?"
_NOTES = re.compile(rf"\b[vV]([23]) notes,? ({_PLACE}(?:(?:, | and | to ){_PLACE})*)")
_CHECKS = re.compile(r"conformance checks, ([A-J]\d*(?:, [A-J]\d*)*)")
_CONTRACT = re.compile(r"\bcontract, [\"“]([^\"”]+)[\"”]")
_FILE = re.compile(r"(?<![\w/])docs/[\w./-]+\.(?:md|txt|json|py)\b")
_INNER = re.compile(rf"\b[Ss]ections? ({_PLACE}(?:(?:, | and | to ){_PLACE})*)")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
_OTHERS = re.compile(
    r"\bprotocol notes\b|\bconformance notes\b|\b[Tt]he contract's\b|\b[Ss]ources?: the contract\b"
    r"|\b[Ss]ections? \d|[vV][23] notes,? section"
)
"""Ways to cite that nothing here could follow."""


def numbers(book: str) -> set[str]:
    """The numbers of a book's sections, and those of its tables whose first cell is a number."""
    return set(re.findall(r"^#+ (\d+(?:\.\d+)*)\.? ", (DOCS / book).read_text(), re.MULTILINE))


def headings(book: str) -> set[str]:
    return set(re.findall(r"^#+ (.+?)(?: \(planned\))?$", (DOCS / book).read_text(), re.MULTILINE))


def places(listed: str) -> list[str]:
    return re.findall(r"[Aa]ppendix [A-Z](?:\.\d+)?|\d+(?:\.\d+)*", re.sub(r"\([^)]*\)", "", listed))


def exists(version: str, place: str) -> bool:
    if place.lower().startswith("appendix "):
        book = (DOCS / "protocol" / f"v{version}-schemas.md").read_text()
        return re.search(rf"^#.*(?:ppendix )?\b{re.escape(place[9:])}\b", book, re.MULTILINE) is not None
    return place in numbers(f"protocol/v{version}.md")


def texts() -> Iterator[tuple[str, str]]:
    """Every file that may cite, by its path, as one line: without line breaks and marks of comments."""
    for folder, ending in READ.items():
        for path in sorted((ROOT / folder).rglob(f"*{ending}")):
            if path != Path(__file__):
                yield str(path.relative_to(ROOT)), re.sub(r"\s+(?:# )?", " ", path.read_text())


def wrong(found: re.Pattern[str], right: Callable[[re.Match[str]], bool]) -> list[str]:
    return [f"{path}: {one[0]}" for path, text in texts() for one in found.finditer(text) if not right(one)]


def test_a_section_of_the_notes_that_is_cited_is_there() -> None:
    cited = [f"{path}: {one[0]}" for path, text in texts() for one in _NOTES.finditer(text)]
    assert len(cited) > 90, "the notes are cited all over the code"
    assert wrong(_NOTES, lambda one: all(exists(one[1], place) for place in places(one[2]))) == []


def test_the_notes_name_sections_of_their_own_that_are_there() -> None:
    for version in "23":
        book = (DOCS / "protocol" / f"v{version}.md").read_text()
        assert [one[0] for one in _INNER.finditer(book) if not all(exists(version, p) for p in places(one[1]))] == []


def test_a_heading_of_the_contract_that_is_cited_is_there() -> None:
    there = headings("contract.md")
    assert wrong(_CONTRACT, lambda one: one[1] in there) == []


def test_a_check_of_a_backend_that_is_cited_is_there() -> None:
    book = (DOCS / "conformance.md").read_text()
    there = set(re.findall(r"^## ([A-J])\.", book, re.MULTILINE))
    there |= {one for cell in re.findall(r"^\| ([A-J][^|]*)\|", book, re.MULTILINE) for one in cell.strip().split(", ")}
    assert wrong(_CHECKS, lambda one: all(check in there for check in one[1].split(", "))) == []


def test_a_file_of_the_docs_that_is_named_is_there() -> None:
    assert wrong(_FILE, lambda one: (ROOT / one[0]).exists()) == []
    books = [DOCS / one for one in ("design.md", "decisions.md", "contract.md", "conformance.md", "fidelity.md")]
    for book in [*books, *(DOCS / "protocol").glob("*.md")]:
        targets = _LINK.findall(book.read_text())
        assert [one for one in targets if not (book.parent / one).exists()] == [], book.name


def test_there_is_no_other_way_to_cite() -> None:
    """A bare number of a section, "protocol notes" or "the contract" names nothing that could be looked up."""
    apart = ("docs/protocol/", "docs/conformance.md")
    assert [one for one in wrong(_OTHERS, lambda _: False) if not one.startswith(apart)] == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("V2 notes, 2.6.", ["2.6"]),
        ("V2 notes, 3.3 (refund), 3.5 (fees) and 9", ["3.3", "3.5", "9"]),
        ("V3 notes, 2, 3.1, 9, 15 and appendix A.", ["2", "3.1", "9", "15", "appendix A"]),
    ],
)
def test_citations_are_read_as_they_are_written(written: str, read: list[str]) -> None:
    found = _NOTES.search(written)
    assert found is not None
    assert places(found[2]) == read


@pytest.mark.parametrize(
    ("version", "place", "there"),
    [
        ("2", "2.6", True),
        ("2", "2.7", False),
        ("3", "appendix A", True),
        ("3", "appendix A.2", True),
        ("3", "appendix A.99", False),
        ("3", "appendix B", False),
    ],
)
def test_a_section_that_is_not_there_is_noticed(version: str, place: str, there: bool) -> None:
    assert exists(version, place) is there
