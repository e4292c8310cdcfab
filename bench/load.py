"""Signed orders, callers that send them, and what a process used meanwhile."""

import asyncio
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

KEY = "sandboxv2key00000000000000000000"
ROOT = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Program:
    """A server that runs, and where."""

    url: str
    pid: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def written_bytes(self) -> int:
        lines = Path(f"/proc/{self.pid}/io").read_text().splitlines()
        return int(dict(line.split(": ") for line in lines)["write_bytes"])


@dataclass(frozen=True)
class Run:
    """What one round of orders cost."""

    per_second: float
    cpu_us: float
    written: float
    p50_ms: float
    p99_ms: float


@contextmanager
def program(*command: str) -> Iterator[Program]:
    """Start a server that prints a line of JSON with its `http` URL once it is ready."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["http"]
    asyncio.run(_first_order(url))
    try:
        yield Program(url, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


async def _first_order(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{url}/pay/unifiedorder", data=order("FIRST")) as done:
        await done.read()


def order(out_trade_no: str, notify_url: str = "https://shop.example.com/notify") -> bytes:
    """A signed NATIVE order."""
    fields = {
        "appid": "wx8888888888888888",
        "mch_id": "1900000109",
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "body": "测试商品",
        "out_trade_no": out_trade_no,
        "total_fee": "100",
        "spbill_create_ip": "1.2.3.4",
        "notify_url": notify_url,
        "trade_type": "NATIVE",
        "product_id": "1",
    }
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + f"&key={KEY}"
    fields["sign"] = hashlib.md5(text.encode()).hexdigest().upper()
    return (
        "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"
    ).encode()


async def place(target: Program, prefix: str, count: int, callers: int) -> Run:
    """`callers` place `count` orders between them, as fast as they are answered."""
    bodies = iter([order(f"{prefix}{number:06}") for number in range(count)])
    times: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=callers)) as session:

        async def call() -> None:
            for body in bodies:
                began = time.perf_counter()
                async with session.post(f"{target.url}/pay/unifiedorder", data=body) as response:
                    await response.read()
                times.append((time.perf_counter() - began) * 1000)

        cpu, written, began = target.cpu_seconds(), target.written_bytes(), time.perf_counter()
        await asyncio.gather(*[call() for _ in range(callers)])
        seconds = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Run(
        count / seconds,
        (target.cpu_seconds() - cpu) / count * 1e6,
        (target.written_bytes() - written) / count,
        cuts[49],
        cuts[98],
    )
