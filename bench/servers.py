"""Programs that are measured: started on a core of their own, and what they used of the machine."""

import asyncio
import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from bench.messages import Request, order

ROOT = Path(__file__).parent.parent
SANDBOX = ("-m", "sandbox", "serve", "--port", "0", "--ready-json", "--data-dir")
FIRST = Request("/pay/unifiedorder", order("FIRST"))
START_SECONDS = 60.0
ANSWER_SECONDS = 600.0
_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]


class CannotMeasure(Exception):
    """This machine lacks what it takes; the message says what, in a sentence."""


def require_machine() -> None:
    """Keep this process, and so the load, off the servers' core. Raises CannotMeasure."""
    if SERVER_CORE == LOAD_CORE:
        raise CannotMeasure("Two processor cores are needed, one for the server and one for its callers; here is one.")
    if shutil.which("wrk") is None:
        raise CannotMeasure("wrk is missing: apt-get install wrk")
    os.sched_setaffinity(0, {LOAD_CORE})


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Program:
    """A server that runs, and where. `start_seconds` lie between its start and its first answer."""

    url: str
    pid: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        """The processor time of all its threads, ended ones too, by the process's own clock."""
        clock = ctypes.c_int()
        if _libc.clock_getcpuclockid(self.pid, ctypes.byref(clock)):
            raise ProcessLookupError(self.pid)
        return time.clock_gettime(clock.value)

    def memory_mib(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def written_bytes(self) -> int:
        lines = Path(f"/proc/{self.pid}/io").read_text().splitlines()
        return int(dict(line.split(": ") for line in lines)["write_bytes"])

    async def ask(self, request: Request) -> Answer:
        return await asyncio.to_thread(ask, self.url, request)


_libc = ctypes.CDLL(None)


@contextmanager
def python(*arguments: str, pinned: bool = True) -> Iterator[Program]:
    """A server in this Python that prints a line of JSON with its `http` URL once it is ready, and takes orders.

    `pinned` to the servers' core, unless it is to have what there is.
    """
    began = time.perf_counter()
    with _process([sys.executable, *arguments], subprocess.PIPE, pinned=pinned) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["http"]
        ask(url, FIRST)
        yield Program(url, process.pid, time.perf_counter() - began)


@contextmanager
def command(words: Sequence[str], url: str, first: Request) -> Iterator[Program]:
    """Any server: its start is over when it answers its first request, for which it is asked until it does."""
    began = time.perf_counter()
    with _process(words, subprocess.DEVNULL) as process:
        while True:
            try:
                ask(url, first)
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                    raise CannotMeasure(f"{words[0]} does not start.") from None
                time.sleep(0.02)
        yield Program(url, process.pid, time.perf_counter() - began)


@contextmanager
def _process(words: Sequence[str], stdout: int, *, pinned: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    core = ["taskset", "--cpu-list", str(SERVER_CORE)] if pinned else []
    process = subprocess.Popen([*core, *words], stdout=stdout, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def ask(url: str, request: Request) -> Answer:
    """One call, over a connection of its own."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request(request.method, request.path, request.body, dict(request.headers))
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()
