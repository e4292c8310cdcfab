"""A sandbox in a process of its own, as a user starts it: for what only a real process shows."""

import asyncio
import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.patience import PATIENCE

MOST_OUTPUT = 64 * 2**20
ROOT = Path(__file__).parent.parent.parent


class Process:
    """A command that runs: what tests use of asyncio's Process. The zygote is its parent, and tells how it ends."""

    def __init__(
        self, pid: int, ending: asyncio.Task[int], stdout: asyncio.StreamReader, stderr: asyncio.StreamReader
    ) -> None:
        self.pid, self._ending = pid, ending
        self.stdout, self.stderr = stdout, stderr

    @property
    def returncode(self) -> int | None:
        return self._ending.result() if self._ending.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[bytes, bytes]:
        """What it writes until it has ended: stdout, stderr."""
        out, errors, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return out, errors


@functools.cache
def _zygote() -> socket.socket:
    """Where this process asks for commands; what listens there (support/zygote.py) ends with it."""
    mine, its = socket.socketpair()
    with its:
        words = [sys.executable, "-m", "tests.support.zygote", str(its.fileno())]
        null = subprocess.DEVNULL
        zygote = subprocess.Popen(words, pass_fds=[its.fileno()], stdin=null, stdout=null, cwd=ROOT)

    def end() -> None:
        mine.close()
        zygote.wait()

    atexit.register(end)
    return mine


async def start(arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> Process:
    """Start `wxpay-sandbox` with these arguments, in this folder: forked, in a fifth of the time of a start."""
    (from_it, stdout), (errors_from_it, stderr) = os.pipe(), os.pipe()
    asking, its = socket.socketpair()
    with its, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        socket.send_fds(_zygote(), [b"\0"], [its.fileno(), given.fileno(), stdout, stderr])
    os.close(stdout)
    os.close(stderr)
    answers, asks = await asyncio.open_connection(sock=asking)
    request = {"arguments": arguments, "environment": {**os.environ, **environment}, "folder": str(Path.cwd())}
    asks.write(json.dumps(request).encode() + b"\n")
    async with asyncio.timeout(PATIENCE):
        pid = int(await answers.readline())

    async def ending() -> int:
        try:
            return int(await answers.readline())
        finally:
            asks.close()

    return Process(pid, asyncio.create_task(ending()), await _reader(from_it), await _reader(errors_from_it))


async def _reader(end: int) -> asyncio.StreamReader:
    # Whoever does not read its log must not hold the process up.
    reader, pipe = asyncio.StreamReader(limit=MOST_OUTPUT), os.fdopen(end, "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


class SandboxProcess(AbstractAsyncContextManager["SandboxProcess"]):
    """`wxpay-sandbox serve --ready-json` on a free port; `ready` is its line of JSON."""

    def __init__(self, data_dir: Path, *arguments: str, command: str = "serve", **environment: str) -> None:
        self._arguments = [command, "--port", "0", "--ready-json", "--data-dir", str(data_dir), *arguments]
        self._environment = environment
        self.ready: dict[str, Any] = {}
        self.process: Process

    async def __aenter__(self) -> "SandboxProcess":
        self.process = await start(self._arguments, self._environment)
        async with asyncio.timeout(PATIENCE):
            line = await self.process.stdout.readline()
        if not line:
            _, errors = await self.process.communicate()
            raise AssertionError(errors.decode())
        self.ready = json.loads(line)
        return self

    @property
    def url(self) -> str:
        return str(self.ready["http"])

    async def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        await self.process.communicate()

    async def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.terminate()
        await self.process.communicate()
        return await self.process.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            await self.stop()


async def run_command(*arguments: str, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run a command to its end: exit status, stdout, stderr."""
    process = await start(arguments, environment, stdin)
    try:
        async with asyncio.timeout(PATIENCE):
            out, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return await process.wait(), out.decode(), errors.decode()
