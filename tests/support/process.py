"""A sandbox in a process of its own, as a user starts it: for what only a real process shows."""

import asyncio
import json
import os
import signal
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

START_SECONDS = 30.0


class SandboxProcess(AbstractAsyncContextManager["SandboxProcess"]):
    """`wxpay-sandbox serve --ready-json` on a free port; `ready` is its line of JSON."""

    def __init__(self, data_dir: Path, *arguments: str, command: str = "serve", **environment: str) -> None:
        self._arguments = [command, "--port", "0", "--ready-json", "--data-dir", str(data_dir), *arguments]
        self._environment = {**os.environ, **environment}
        self.ready: dict[str, Any] = {}
        self.process: asyncio.subprocess.Process

    async def __aenter__(self) -> "SandboxProcess":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox",
            *self._arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
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
        self.process.send_signal(signal.SIGKILL)
        await self.process.communicate()

    async def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            await self.stop()


async def run_command(*arguments: str, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run a command to its end: exit status, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            out, errors = await process.communicate(stdin)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()
