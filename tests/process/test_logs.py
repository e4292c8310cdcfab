"""`--log-format`: what a real process writes to stderr, and that no secret is in it."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest

from sandbox.config import LogFormat
from tests.support.merchant import Merchant, document
from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess, run_command
from tests.support.words import SIGN_WRONG

KEY = "sandboxv2key00000000000000000000"
NOTIFY_URL = "http://shop:hunter2@127.0.0.1:9/notify?token=letmein"
LINE = re.compile(r"\d\d:\d\d:\d\d (\w+) +(\S+) +(\S+) +(\S+) +(ok|FAIL) +(?:(.*) )?\d+\.\d ms")
PIPE_BYTES = 4096
FORMATS = get_args(LogFormat)


async def played(url: str) -> None:
    """An order, a refused one, one that cannot be read, and a payment whose notification fails."""
    async with aiohttp.ClientSession(url) as session:
        merchant = Merchant(session, "1900000109", "wx8888888888888888", KEY, NOTIFY_URL)
        await merchant.order("ORDER001")
        await merchant.order("ORDER002", _key="wrong")
        await merchant.post("/pay/unifiedorder", b"<xml>")
        async with session.post("/_sandbox/orders/1900000109/ORDER001/pay", json={}) as paid:
            assert paid.status == 200
        async with session.post("/_sandbox/clock", json={"advance": 1}) as moved:
            assert moved.status == 200


async def ended(sandbox: SandboxProcess) -> list[str]:
    """Stop it; the lines of its stderr. Nothing more may have come on stdout."""
    sandbox.process.terminate()
    out, errors = await asyncio.wait_for(sandbox.process.communicate(), PATIENCE)
    assert out == b""
    return errors.decode().splitlines()


async def logged(data_dir: Path, log_format: str) -> list[str]:
    async with SandboxProcess(data_dir, "--log-format", log_format) as sandbox:
        await played(sandbox.url)
        return await ended(sandbox)


@pytest.fixture(scope="module")
def stderr(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one run of each format wrote."""
    return {each: asyncio.run(logged(tmp_path_factory.mktemp(each), each)) for each in FORMATS}


def test_text_is_a_short_line_for_each_call_and_attempt(stderr: dict[str, list[str]]) -> None:
    lines = stderr["text"]
    told = [match.groups("") for line in lines[1:-1] if (match := LINE.fullmatch(line))]
    assert len(told) == len(lines) - 2, lines
    assert sorted(told) == sorted(
        [
            ("POST", "/pay/unifiedorder", "1900000109", "ORDER001", "ok", ""),
            ("POST", "/pay/unifiedorder", "1900000109", "ORDER002", "FAIL", SIGN_WRONG["today"]),
            ("POST", "/pay/unifiedorder", "-", "-", "FAIL", "XML格式错误"),
            ("notify", "http://127.0.0.1:9/notify", "1900000109", "ORDER001", "FAIL", "refused"),
        ]
    )


def test_start_and_stop_have_their_lines(stderr: dict[str, list[str]]) -> None:
    lines = stderr["text"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d wxpay-sandbox \S+ listens on http://127\.0\.0\.1:\d+", lines[0])
    assert re.fullmatch(r"\d\d:\d\d:\d\d wxpay-sandbox has stopped", lines[-1])


def test_json_is_an_object_a_line(stderr: dict[str, list[str]]) -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in stderr["json"]]
    assert [lines[0]["kind"], lines[-1]["kind"]] == ["start", "stop"]
    calls = {line.get("out_trade_no"): line for line in lines if line["kind"] == "api"}
    assert {number: line["outcome"] for number, line in calls.items()} == {
        "ORDER001": "ok",
        "ORDER002": "failed",
        None: "failed",
    }
    refused = calls["ORDER002"]
    assert (refused["signature"], refused["return_msg"], refused["status"]) == ("wrong", SIGN_WRONG["today"], 200)
    assert refused["duration_ms"] > 0
    assert refused["request_id"]
    assert refused["time"].endswith("Z")
    attempt = next(line for line in lines if line["kind"] == "notification")
    assert (attempt["verdict"], attempt["attempt"], attempt["out_trade_no"]) == ("refused", 1, "ORDER001")
    assert attempt["path"] == "http://127.0.0.1:9/notify"


@pytest.mark.parametrize("log_format", FORMATS)
def test_no_secret_is_logged(stderr: dict[str, list[str]], log_format: str) -> None:
    text = "\n".join(stderr[log_format])
    for secret in (KEY, "hunter2", "letmein", "<xml>"):
        assert secret not in text


async def test_a_number_cannot_forge_a_line(tmp_path: Path) -> None:
    forged = "A\n00:00:00 POST /pay/unifiedorder\u202e\x9b31m"
    body = document({"mch_id": "1900000109", "out_trade_no": forged})
    async with SandboxProcess(tmp_path) as sandbox:
        async with aiohttp.ClientSession(sandbox.url) as session, session.post("/pay/orderquery", data=body) as refused:
            assert refused.status == 200
        lines = await ended(sandbox)
    assert len(lines) == 3
    assert r"A\n00:00:00 POST /pay/unifiedorder\u202e\x9b31m" in lines[1]


@asynccontextmanager
async def unread(data_dir: Path, *options: str) -> AsyncIterator[tuple[str, int]]:
    """A sandbox whose stderr is a small pipe that nobody reads: its URL, and the end to read it at."""
    import fcntl

    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    os.set_blocking(reading, False)
    arguments = ["serve", "--port", "0", "--ready-json", "--data-dir", str(data_dir), *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, stdout=asyncio.subprocess.PIPE, stderr=writing
    )
    os.close(writing)
    assert process.stdout is not None
    try:
        yield json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))["http"], reading
    finally:
        process.kill()
        await process.communicate()
        os.close(reading)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes a pipe smaller")
async def test_a_stderr_that_nobody_reads_does_not_stop_the_sandbox(tmp_path: Path) -> None:
    orders = [f"ORDER{number:03}" for number in range(40)]
    async with unread(tmp_path, "--log-format", "json") as (url, reading), aiohttp.ClientSession(url) as session:
        merchant = Merchant(session, "1900000109", "wx8888888888888888", KEY, NOTIFY_URL)
        async with asyncio.timeout(PATIENCE):
            for number in orders:
                assert (await merchant.order(number))["result_code"] == "SUCCESS"
            # Now somebody reads: each further line brings some of those that waited.
            text = os.read(reading, PIPE_BYTES)
            while orders[-1].encode() not in text:
                await merchant.order("LATER")
                text += os.read(reading, PIPE_BYTES)
    numbers = re.findall('"out_trade_no":"(ORDER[0-9]+)"', text.decode())
    assert numbers == orders


@pytest.mark.parametrize("log_format", FORMATS)
async def test_the_error_that_ends_the_program_is_logged(log_format: str) -> None:
    program = f"from sandbox import logs; logs.configure({log_format!r}); raise RuntimeError('broken')"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=asyncio.subprocess.PIPE)
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    lines = errors.decode().splitlines()
    assert process.returncode == 1
    if log_format == "text":
        assert lines[-1] == "RuntimeError: broken"
        return
    [told] = [json.loads(line) for line in lines]
    assert told["level"] == "critical"
    assert "RuntimeError: broken" in told["traceback"]


async def test_the_variable_chooses_the_format_too(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path, WXPAY_SANDBOX_LOG_FORMAT="json") as sandbox:
        lines = await ended(sandbox)
    assert [json.loads(line)["kind"] for line in lines] == ["start", "stop"]


async def test_a_note_for_the_reader_is_a_log_line_too(tmp_path: Path) -> None:
    options = ("--data-dir", str(tmp_path), "--host", "0.0.0.0", "--lang", "en", "--log-format", "json")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "serve", "--port", "0", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    lines = [json.loads(await asyncio.wait_for(process.stderr.readline(), PATIENCE)) for _ in range(2)]
    process.terminate()
    await process.communicate()
    assert [line["level"] for line in lines] == ["info", "warning"]
    assert "--admin-token" in lines[1]["message"]


async def test_an_unknown_format_is_one_sentence(tmp_path: Path) -> None:
    status, out, errors = await run_command("serve", "--data-dir", str(tmp_path), "--log-format", "xml")
    assert (status, out) == (2, "")
    assert errors.count("\n") == 1
    assert "log_format" in errors
