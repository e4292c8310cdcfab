"""A process that may open few files, as a user has it: the event loop is another one than in most tests."""

import asyncio
import json
import resource
import sys
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from tests.support.patience import PATIENCE

FEW = 256


async def test_half_sent_heads_keep_nobody_out(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "sandbox", "--port", "0", "--ready-json", "--no-tls", "--data-dir", str(tmp_path)],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW)),
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        url = str(json.loads(await process.stdout.readline())["http"])
    address, halves = urlsplit(url), []
    for _ in range(FEW + 50):
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"POST /pay/unifiedorder HTTP/1.1\r\nHost: x\r\n")
        halves.append(writer)
    async with aiohttp.ClientSession(url) as session, session.get("/_sandbox/health") as answer:
        assert answer.status == 200
    for writer in halves:
        writer.transport.abort()
    process.terminate()
    _, errors = await process.communicate()
    assert "those that wait longest are closed" in errors.decode()
    assert "Traceback" not in errors.decode()
