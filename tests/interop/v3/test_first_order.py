"""The README's programs for a first order of APIv3 go all the way, as they stand: examples/apiv3."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import need
from tests.interop.shops import Sandbox
from tests.interop.toolchains import made
from tests.support.control import Control
from tests.support.process import start

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples" / "apiv3"
SECONDS = 120.0
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples are not installed; run it in a checkout")


def _python(folder: Path, cache: Path) -> list[str]:
    return [sys.executable, str(EXAMPLES / "python" / "first.py")]


def _go(folder: Path, cache: Path) -> list[str]:
    made("go", cache)  # the same library, built
    shutil.copytree(EXAMPLES / "go", folder, dirs_exist_ok=True)
    return [need("go", "golang"), "run", "-C", str(folder), "."]


def _java(folder: Path, cache: Path) -> list[str]:
    classpath = (made("java", cache) / "classpath").read_text()
    source = EXAMPLES / "java" / "src" / "main" / "java" / "First.java"
    return [need("java", "default-jdk-headless"), "-cp", classpath, str(source)]


@pytest.mark.parametrize("command", [_python, _go, _java], ids=["python", "go", "java"])
async def test_a_first_order_is_placed_paid_notified_queried_and_refunded(
    sandbox: Sandbox, request: pytest.FixtureRequest, tmp_path: Path, command: Callable[[Path, Path], list[str]]
) -> None:
    words = command(tmp_path, request.config.cache.mkdir("interop"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asked = ["exec", "--data-dir", str(sandbox.data_dir), "--", *words]
    process = await start(asked, {**sandbox.environment, "SHOP_PORT": str(port)})
    async with asyncio.timeout(SECONDS), aiohttp.ClientSession(sandbox.url) as session:
        control = Control(session)
        told: list[str] = []
        while line := (await process.stdout.readline()).decode().strip():
            told.append(line.partition(":")[0])
            if line.startswith("placed:"):
                number = line.split()[1]
            if line.startswith("pay it"):
                await control.pay(number)
            if line.startswith("it arrives"):
                await control.advance(60)
        errors = (await process.stderr.read()).decode()

    assert await process.wait() == 0, errors
    shown = [one for one in told if not one.startswith(("pay it", "it arrives"))]
    assert shown == ["placed", "notified", "queried", "refund asked for", "refunded"], errors
