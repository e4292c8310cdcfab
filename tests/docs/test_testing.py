"""Every Python block of docs/testing.md runs, as one test file and its conftest.py, in a pytest of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.testing import Client

DOCS = Path(__file__).parent.parent.parent / "docs"
NAMES = ["testing.md", "testing.zh-CN.md"]
pytestmark = [pytest.mark.skipif(not DOCS.exists(), reason="the documents are in the checkout"), pytest.mark.slow]

CONFTEST = "# conftest.py\n"
SETTINGS = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"


def blocks(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)


def test_what_the_document_shows_passes(tmp_path: Path) -> None:
    """In English; the Chinese one shows the same."""
    shown = blocks(NAMES[0])
    parts = {
        "conftest.py": [block for block in shown if block.startswith(CONFTEST)],
        "test_document.py": [block for block in shown if not block.startswith(CONFTEST)],
    }
    assert all(parts.values())
    for file, texts in parts.items():
        (tmp_path / file).write_text("\n\n".join(texts))
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    without = ["-p", "no:cacheprovider", "-p", "no:schemathesis"]  # of our tests' own requirements
    command = [sys.executable, "-m", "pytest", "-q", *without, "-c", str(tmp_path / "pytest.ini")]
    done = subprocess.run([*command, str(tmp_path)], cwd=DOCS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_languages_show_the_same() -> None:
    assert blocks(NAMES[0]) == blocks(NAMES[1])


@pytest.mark.parametrize("name", NAMES)
def test_every_call_is_named(name: str) -> None:
    table = (DOCS / name).read_text().rpartition("\n## ")[2]
    calls = {call for call in dir(Client) if not call.startswith("_")} - {"aio"}
    assert {one.removesuffix("()") for one in re.findall(r"`([a-z_]+(?:\(\))?)`", table)} >= calls
