"""Every Python block of docs/testing*.md runs, as one test file, in a pytest of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", ["testing.md", "testing.zh-CN.md"])
def test_what_the_document_shows_passes(name: str, tmp_path: Path) -> None:
    document = ROOT / "docs" / name
    if not document.exists():
        pytest.skip("the documents are in the checkout")
    blocks = re.findall(r"```python\n(.*?)```", document.read_text(), re.DOTALL)
    assert len(blocks) >= 4
    (tmp_path / "test_document.py").write_text("\n\n".join(blocks))
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini")]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
