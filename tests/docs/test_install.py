"""What the documents say about installing works as it stands, from a clone, each in an environment of its own."""

import asyncio
import json
import os
import re
import signal
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import need

ROOT = Path(__file__).parent.parent.parent
pytestmark = [pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a clone needs a checkout"), pytest.mark.slow]

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SECONDS = 240.0
"""How long an installation may take; the registry is asked for what builds the package."""


def block(document: str, saying: str) -> str:
    """The shell block of a document that says something."""
    return str(next(text for text in BLOCK.findall((ROOT / document).read_text()) if saying in text))


def environment(**more: str) -> dict[str, str]:
    """What is needed lies beside the tests already, so that nothing is fetched but what builds the package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WXPAY_SANDBOX")}
    return {**kept, "PYTHONPATH": sysconfig.get_path("purelib"), "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}


async def run(script: str, folder: Path, **more: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, cwd=folder, env=environment(**more), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(SECONDS):
        out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


@pytest.fixture
async def clone(tmp_path: Path) -> Path:
    """A folder with a clone of this checkout in `wxpay-sandbox`, made as the README says."""
    need("git", "git")
    lines = block("README.md", "git clone").replace("REPOSITORY", str(ROOT))
    await run(f"{lines}\ntest -f README.md", tmp_path)
    return tmp_path


async def test_the_readmes_command_starts_sandbox_and_shop(clone: Path) -> None:
    """Its ports are free ones here, and it says so in the ready line; the rest is as it stands."""
    command = block("README.md", "wxpay-sandbox demo").strip()
    free = " --port 0 --shop-port 0 --database :memory: --ready-json"
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        command + free,
        cwd=clone / "wxpay-sandbox",
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            ready = json.loads(await process.stdout.readline())
        assert ready["shop"].startswith("http://")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def test_what_the_documents_install_runs(clone: Path) -> None:
    """From a wheel, and then from the checkout, which is the workflow's own step too."""
    assert "run: pip install ./wxpay-sandbox\n" in (ROOT / "docs/ci.md").read_text()
    await run(f"{sys.executable} -m venv venv", clone)
    path = f"{clone}/venv/bin:{os.environ['PATH']}"
    for document, saying in (("docs/ci.md", "pip wheel"), ("docs/testing.md", "pip install ./wxpay-sandbox")):
        await run(block(document, saying), clone, PATH=path)
        out = await run(
            "wxpay-sandbox --version; python -c 'print(__import__(\"sandbox\").__file__)'", clone, PATH=path
        )
        assert str(clone / "venv") in out
        await run("pip uninstall -q -y wxpay-sandbox", clone, PATH=path)


@pytest.mark.parametrize("name", ["ci", "testing"])
def test_both_languages_install_the_same_and_promise_no_registry(name: str) -> None:
    english, chinese = ((ROOT / "docs" / f"{name}{end}").read_text() for end in (".md", ".zh-CN.md"))
    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    assert not any("pip install wxpay-sandbox" in text for text in (*BLOCK.findall(english), *BLOCK.findall(chinese)))
