"""How a sandbox ends: at once, whatever hangs, and leaving nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess

STOP_SECONDS = 5.0
"""It takes well under two; a busy machine needs some for the end of the interpreter alone."""

DEAD_NAME_SERVER = """
import socket, time
real = socket.getaddrinfo
def getaddrinfo(host, *rest, **options):
    if str(host).endswith("dead.example"):
        time.sleep(300)
    return real(host, *rest, **options)
socket.getaddrinfo = getaddrinfo
"""


async def test_it_ends_at_once_while_names_are_looked_up(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEAD_NAME_SERVER)
    async with (
        SandboxProcess(tmp_path / "data", PYTHONPATH=str(tmp_path)) as sandbox,
        aiohttp.ClientSession(sandbox.url) as session,
    ):
        control = Control(session)
        merchant = Merchant(
            session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", "http://shop.example/"
        )
        for number in range(10):
            await merchant.order(f"ORDER{number}", notify_url=f"http://{number}.dead.example/")
            await control.pay(f"ORDER{number}")
        proxy = sandbox.ready["proxy"].rpartition(":")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy[2]))
        writer.write(b"CONNECT dead.example:80 HTTP/1.1\r\nHost: dead.example\r\n\r\n")
        began = time.perf_counter()
        status = await sandbox.stop()
        took = time.perf_counter() - began
        assert await reader.read() == b""
        writer.close()
        assert (status, took < STOP_SECONDS) == (0, True)


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Programs that tests start inherit that SIGHUP is heeded, also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
async def test_each_signal_that_ends_programs_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with SandboxProcess(tmp_path) as sandbox:
        assert (tmp_path / "running.json").exists()
        sandbox.process.send_signal(number)
        sandbox.process.send_signal(number)
        _, errors = await sandbox.process.communicate()
    assert sandbox.process.returncode == 0
    assert errors.decode().splitlines()[-1].endswith("wxpay-sandbox has stopped")
    assert not (tmp_path / "running.json").exists()


async def test_signals_that_come_again_and_again_end_it_cleanly_too(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path) as sandbox:
        while sandbox.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(sandbox.process.pid, signal.SIGTERM)
            await asyncio.sleep(0.005)
    assert sandbox.process.returncode == 0


async def test_one_that_comes_before_it_is_ready_ends_it_cleanly(tmp_path: Path) -> None:
    """The earliest moment that can be seen from outside: its lock is there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--data-dir", str(tmp_path), stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        while not (tmp_path / "lock").exists():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.001)
    process.terminate()
    _, errors = await process.communicate()
    assert (process.returncode, b"Traceback" in errors) == (0, False)
    assert not (tmp_path / "running.json").exists()
