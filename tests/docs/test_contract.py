"""docs/contract.md is true: its commands, options, calls, verdicts and lists are the program's, and all of them."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.causes import Cause
from sandbox.core.health import Ailment
from sandbox.core.plans import MessageFault
from sandbox.core.verdicts import Verdict
from sandbox.words.verdicts import VERDICTS
from tests.support.control import Control
from tests.support.process import run_command

CONTRACT = Path(__file__).parent.parent.parent / "docs" / "contract.md"
pytestmark = pytest.mark.skipif(not CONTRACT.exists(), reason="the docs are not installed; run it in a checkout")

_CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/_sandbox/[^`\s]*)`")
_CODE = re.compile(r"`([^`]+)`")


def section(title: str) -> str:
    """What stands under a heading, those below it included; of what is there, not of what is planned."""
    found = re.search(
        rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", CONTRACT.read_text(), re.MULTILINE | re.DOTALL
    )
    assert found is not None, title
    if found[1] == "##":
        return found[2]
    return re.split(r"^### ", found[2], flags=re.MULTILINE)[0]


def rows(text: str) -> list[str]:
    """The first cells of a table, its head and what is planned left out."""
    lines = [
        line.replace(r"\|", "/") for line in text.splitlines() if line.startswith("| ") and "**planned**" not in line
    ]
    return [line.split(" | ")[0].removeprefix("| ") for line in lines if not line.startswith("| ---")][1:]


def listed(text: str, start: str) -> set[str]:
    """The names of a paragraph or an item that begins so."""
    found = re.search(rf"^(?:- )?{re.escape(start)}(.*?)(?=^- |\n\n|\.\s)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, start
    return set(_CODE.findall(found[1]))


async def help_of(*command: str) -> str:
    _, said, _ = await run_command(*command, "--help", WXPAY_SANDBOX_LANG="en")
    return said


async def test_the_calls_are_those_that_the_sandbox_describes(control: Control) -> None:
    document: dict[str, Any] = await control.get("/openapi.json")
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert set(_CALL.findall(section("Control API"))) == described


@pytest.mark.slow
async def test_the_options_of_serve_are_those_of_its_help() -> None:
    told = set(re.findall(r"^  (--[a-z-]+)", await help_of("serve"), re.MULTILINE))
    assert {one for row in rows(section("Options of serve")) for one in re.findall(r"--[a-z-]+", row)} == told


@pytest.mark.slow
async def test_the_commands_are_those_of_the_help() -> None:
    async def commands(*group: str) -> set[str]:
        told = (await help_of(*group)).partition("Commands:")[2]
        return {" ".join((*group, name)) for name in re.findall(r"^  ([a-z]+) ", told, re.MULTILINE)}

    groups = {"merchant", "scenario"}
    there = (await commands() - groups).union(*[await commands(group) for group in sorted(groups)])
    named = _CODE.findall("\n".join(rows(section("Command line"))))
    words = [re.match(r"[a-z]+(?: [a-z]+)*", one.removeprefix("wxpay-sandbox").strip()) for one in named]
    assert {found[0] for found in words if found} == there


def test_the_verdicts_are_those_of_the_program() -> None:
    there = {Verdict(name).public_name for name in VERDICTS}
    assert {one for row in rows(section("Verdicts")) for one in _CODE.findall(row)} == there


@pytest.mark.parametrize(
    ("title", "start", "names"),
    [
        ("Control API", "CAUSE, the reasons of -1:", Cause),
        ("Control API", "`code` in health:", Ailment),
        ("Shapes", "FAULT, of a notification:", MessageFault),
    ],
)
def test_the_names_that_programs_send_and_read_are_all_there(title: str, start: str, names: type[StrEnum]) -> None:
    assert listed(section(title), start) == {one.value for one in names}
