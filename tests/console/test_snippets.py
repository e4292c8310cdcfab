"""Settings copied from the Connect page place an order as they stand, for languages whose toolchain is there."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from sandbox.console.first_steps.snippets import SNIPPETS
from sandbox.server import Server
from tests.conftest import need
from tests.support.control import Control

pytestmark = pytest.mark.slow

KEY = "sandboxv2key00000000000000000000"


def copied(name: str, server: Server) -> str:
    facts = {"base": server.url, "mch_id": "1900000109", "appid": "wx8888888888888888"}
    return SNIPPETS[name].filled(facts).code


async def run(command: list[str]) -> None:
    environment = {**os.environ, "WXPAY_API_KEY": KEY}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


async def test_node(server: Server, control: Control, tmp_path: Path) -> None:
    program = tmp_path / "order.mjs"
    program.write_text(copied("node", server))
    await run([need("node", "nodejs"), str(program)])
    assert (await control.order("ORDER00001"))["trade_state"] == "NOTPAY"


async def test_python(server: Server, control: Control, tmp_path: Path) -> None:
    pytest.importorskip("wechatpy", reason="pip install wechatpy")
    program = tmp_path / "order.py"
    program.write_text(copied("python", server))
    await run([sys.executable, str(program)])
    assert (await control.order("ORDER00001"))["trade_state"] == "NOTPAY"
