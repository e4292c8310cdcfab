"""`--log-format`: what a real process writes to stderr, and that no key is in it."""

import asyncio
import json
from pathlib import Path

import aiohttp

from tests.support.merchant import Merchant
from tests.support.process import SandboxProcess, run_command

KEY = "sandboxv2key00000000000000000000"


async def logged(data_dir: Path, *options: str) -> list[str]:
    """The lines of stderr after an order, a refused one, and a payment whose notification fails."""
    async with SandboxProcess(data_dir, *options) as sandbox:
        async with aiohttp.ClientSession(sandbox.url) as session:
            merchant = Merchant(session, "1900000109", "wx8888888888888888", KEY, "http://127.0.0.1:9/notify")
            await merchant.order("ORDER001")
            await merchant.order("ORDER002", _key="wrong")
            async with session.post("/_sandbox/orders/1900000109/ORDER001/pay", json={}) as paid:
                assert paid.status == 200
            async with session.post("/_sandbox/clock", json={"advance": 1}) as moved:
                assert moved.status == 200
        sandbox.process.terminate()
        _, errors = await asyncio.wait_for(sandbox.process.communicate(), 20)
    return errors.decode().splitlines()


async def test_text_is_a_short_line_for_each_call_and_attempt(tmp_path: Path) -> None:
    lines = await logged(tmp_path)
    assert any("POST /pay/unifiedorder 1900000109 ORDER001 ok" in line for line in lines), lines
    assert any("ORDER002 failed 签名错误" in line for line in lines), lines
    assert any("http://127.0.0.1:9/notify 1900000109 ORDER001 refused" in line for line in lines), lines
    assert KEY not in "\n".join(lines)


async def test_json_is_an_object_a_line(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in await logged(tmp_path, "--log-format", "json")]
    calls = [line for line in lines if line.get("kind") == "api"]
    assert [(line["out_trade_no"], line["outcome"], line["signature"]) for line in calls] == [
        ("ORDER001", "ok", "ok"),
        ("ORDER002", "failed", "wrong"),
    ]
    assert calls[1]["return_msg"] == "签名错误"
    attempt = next(line for line in lines if line.get("kind") == "notification")
    assert (attempt["verdict"], attempt["attempt"]) == ("refused", 1)
    assert KEY not in json.dumps(lines)


async def test_an_unknown_format_is_one_sentence(tmp_path: Path) -> None:
    status, out, errors = await run_command("serve", "--data-dir", str(tmp_path), "--log-format", "xml")
    assert (status, out) == (2, "")
    assert errors.count("\n") == 1
    assert "log_format" in errors
