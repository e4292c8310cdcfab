"""The READMEs are true: what they tell people to type works, in both languages, and what they point at is there."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from sandbox.server import Server
from tests.conftest import need
from tests.support.control import Control
from tests.support.merchant import Merchant

ROOT = Path(__file__).parent.parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
pytestmark = pytest.mark.skipif(not READMES[0].exists(), reason="the READMEs are not installed; run it in a checkout")

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")


def test_both_languages_show_the_same_commands() -> None:
    english, chinese = (_BLOCK.findall(readme.read_text()) for readme in READMES)
    assert english == chinese


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_everything_linked_is_there(readme: Path) -> None:
    missing = [link for link in _LINK.findall(readme.read_text()) if not (ROOT / link).exists()]
    assert missing == []


async def test_the_calls_for_scripts_work(server: Server, merchant: Merchant, control: Control) -> None:
    calls = next(block for kind, block in _BLOCK.findall(READMES[0].read_text()) if "/pay -H" in block)
    await merchant.order("ORDER001")
    script = calls.replace("curl ", f"{need('curl', 'curl')} -sS --fail-with-body ")
    process = await asyncio.create_subprocess_exec("bash", "-ec", script, env={**os.environ, "URL": server.url})
    assert await process.wait() == 0
    order = await control.order("ORDER001")
    assert order["notifications"][0]["state"] == "delivered"
    assert (await control.get("/clock"))["advanced"] == 86400
