"""How a sandbox ends: at once, whatever hangs, and leaving nothing behind."""

import asyncio
import time
from pathlib import Path

import aiohttp

from tests.support.control import Control
from tests.support.merchant import Merchant
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
