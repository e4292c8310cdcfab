"""Settings copied from the Connect page place an order as they stand, for languages whose toolchain is there."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.console.first_steps.runtimes import RUNTIMES
from sandbox.console.first_steps.snippets import SNIPPETS
from sandbox.core.ports.face import Face
from sandbox.export import merchant_files, write_files
from sandbox.parts import FACES
from sandbox.server import Server
from tests.conftest import need
from tests.support.control import Control

FACTS = {"base": "http://127.0.0.1:8686", "mch_id": "1900000109", "appid": "wx8888888888888888"}
KEY = "sandboxv2key00000000000000000000"


@pytest.fixture
def settings() -> dict[str, object]:
    return {"https_port": 0, "proxy_port": 0}


def copied(face: str, name: str, server: Server) -> str:
    return SNIPPETS[face][name].filled({**FACTS, "base": server.url}).code


async def run(command: list[str], **environment: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "WXPAY_API_KEY": KEY, **environment}, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


@pytest.mark.parametrize("face", list(FACES), ids=lambda one: one.name)
def test_every_language_has_settings_for_every_version(face: Face) -> None:
    assert [*SNIPPETS[face.name], "curl"] == [one.name for one in RUNTIMES]


@pytest.mark.parametrize("face", list(SNIPPETS))
def test_a_library_has_the_address_set_unless_it_is_hard_coded(face: str) -> None:
    for snippet in SNIPPETS[face].values():
        code = snippet.filled(FACTS).code
        assert (FACTS["base"] in code) is not snippet.hard_coded
        assert not any("{" + name + "}" in code for name in FACTS)
        assert not snippet.whole or (Path(__file__).parents[2] / snippet.whole).is_file()


@pytest.mark.slow
async def test_node(server: Server, control: Control, tmp_path: Path) -> None:
    program = tmp_path / "order.mjs"
    program.write_text(copied("v2", "node", server))
    await run([need("node", "nodejs"), str(program)])
    assert (await control.order("ORDER00001"))["trade_state"] == "NOTPAY"


@pytest.mark.slow
async def test_python(server: Server, control: Control, tmp_path: Path) -> None:
    pytest.importorskip("wechatpy", reason="pip install wechatpy")
    program = tmp_path / "order.py"
    program.write_text(copied("v2", "python", server))
    await run([sys.executable, str(program)])
    assert (await control.order("ORDER00001"))["trade_state"] == "NOTPAY"


@pytest.mark.slow
async def test_python_by_v3_with_the_exported_files(server: Server, control: Control, tmp_path: Path) -> None:
    pytest.importorskip("wechatpayv3", reason="pip install wechatpayv3")
    files = merchant_files(await control.get("/merchants/1900000109"), b"", b"")
    write_files(tmp_path, files)
    lines = files["settings.env"].decode().splitlines()
    exported: Mapping[str, str] = dict(line.split("=", 1) for line in lines)
    program = tmp_path / "order.py"
    program.write_text(copied("v3", "python", server))
    ways = server.ways()
    await run(
        [sys.executable, str(program)],
        **exported,
        WXPAY_FILES=str(tmp_path),
        HTTPS_PROXY=ways["proxy"],
        REQUESTS_CA_BUNDLE=ways["ca"],
    )
    order = await control.order("ORDER00001")
    assert (order["face"], order["trade_state"]) == ("v3", "NOTPAY")
