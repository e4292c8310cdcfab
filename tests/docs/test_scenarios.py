"""The pages on scenarios are what the declarations say, and what they tell people to type works."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sandbox.scenario import shapes
from sandbox.server import Server
from tests.conftest import need
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.process import run_command

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = [DOCS / "scenarios.md", DOCS / "scenarios.zh-CN.md"]
pytestmark = pytest.mark.skipif(not PAGES[0].exists(), reason="the pages are not installed; run it in a checkout")


def blocks(page: Path, kind: str) -> list[str]:
    """The code blocks of the part written by hand, without their indentation."""
    text = page.read_text().partition("<!-- From here on")[0]
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def test_the_catalogue_is_what_the_declarations_say() -> None:
    environment = {**os.environ, "PYTHONPATH": str(DOCS.parent)}
    command = [sys.executable, str(DOCS / "make_scenarios.py"), "--check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_both_languages_show_the_same_examples() -> None:
    for kind in ("yaml", "bash"):
        english, chinese = (blocks(page, kind) for page in PAGES)
        assert english == chinese != []


KEYS: dict[str, type[msgspec.Struct]] = {
    "": shapes.ScenarioShape,
    "when": shapes.WhenShape,
    "payer": shapes.PayerShape,
    "api": shapes.ApiShape,
    "refund": shapes.RefundShape,
    "transfer": shapes.TransferShape,
    "share": shapes.ShareShape,
    "notify": shapes.NotifyShape,
    "signed_by": shapes.SignedByShape,
}
"""What is declared of each table of keys, by its heading; the first table is the file's own."""
BESIDE = {"name", "title", "description", "good_merchant", "how_to_see", "group", "when", "use"}
"""Keys that do not say what happens."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_keys_are_those_that_are_declared(page: Path) -> None:
    keys = re.split(r"^## .*$", page.read_text(), flags=re.MULTILINE)[2]
    first, *others = re.split(r"^### (.*)$", keys, flags=re.MULTILINE)
    tables = {"": first, **dict(zip(others[::2], others[1::2], strict=True))}
    told = {heading: re.findall(r"^\| (`.*?) \|", tables[heading], re.MULTILINE) for heading in KEYS}

    assert {heading: set(re.findall(r"`(\w+)`", " ".join(cells))) for heading, cells in told.items()} == {
        heading: set(kind.__struct_fields__) for heading, kind in KEYS.items()
    }
    use = re.search(r"^\| `use` \| (.*) \|$", first, re.MULTILINE)
    assert use is not None
    assert set(re.findall(r"`(\w+)`", use[1])) == set(shapes.ScenarioShape.__struct_fields__) - BESIDE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_linked_on_the_page_is_there(page: Path) -> None:
    text = page.read_text()
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    places = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) - places == set()


@pytest.mark.slow
async def test_the_first_example_does_what_the_page_says(
    server: Server, merchant: Merchant, control: Control, inbox: Inbox, tmp_path: Path
) -> None:
    example = tmp_path / "my.yaml"
    example.write_text(blocks(PAGES[0], "yaml")[0])
    status, out, _ = await run_command("scenario", "check", str(example))
    assert (status, "my-first" in out) == (0, True)
    script = blocks(PAGES[0], "bash")[-1].replace("curl ", f"{need('curl', 'curl')} -sS --fail-with-body ")
    process = await asyncio.create_subprocess_exec(
        "bash", "-ec", script, env={**os.environ, "URL": server.url}, cwd=tmp_path
    )
    assert await process.wait() == 0
    await control.call("DELETE", "/scenarios/notify-none/apply", {"mch_id": merchant.mch_id, "next": True})
    assert (await merchant.order("VIP1"))["err_code"] == "SYSTEMERROR"
    assert (await merchant.order("VIP1"))["result_code"] == "SUCCESS"
    await control.advance(5)
    forged, honest = (one.fields for one in inbox.received)
    assert (merchant.verifies(forged), merchant.verifies(honest)) == (False, True)
    assert honest["settlement_total_fee"] == "99"
