"""Sandboxes, processes of their own on one database, asked in turn as a balancer does."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aiohttp

from bench.messages import Request
from bench.servers import ROOT, SANDBOX, Answer
from bench.soaking.sales import Fault, Finding

START_SECONDS = 60.0
STOP_SECONDS = 15.0
WELL_SECONDS = 60.0
ANSWER_SECONDS = 60.0
HEALTH = Request("/_sandbox/health", method="GET")


class Stuck(Exception):
    """What goes on by itself does not; the message says what was waited for."""


@dataclass
class Sandbox:
    """One process, or the place of one that is down: its `url` is empty then."""

    number: int
    folder: Path
    log: Path
    url: str = ""
    process: asyncio.subprocess.Process | None = None


class Fleet(AbstractAsyncContextManager["Fleet"]):
    """`folders` are the sandboxes' data dirs, one each; their logs are files in `logs`."""

    def __init__(self, folders: Sequence[Path], logs: Path, arguments: Sequence[str]) -> None:
        self.sandboxes = [
            Sandbox(number, folder, logs / f"sandbox-{number}.log") for number, folder in enumerate(folders, 1)
        ]
        self._arguments = arguments
        self._turn = 0

    async def __aenter__(self) -> Self:
        # As behind a balancer that keeps no connections: none that idles dies under a call.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        try:
            async with asyncio.TaskGroup() as starts:
                for one in self.sandboxes:
                    starts.create_task(self.start(one))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await asyncio.gather(*[self.stop(one) for one in self.sandboxes if one.process])

    async def start(self, sandbox: Sandbox) -> None:
        """Raises Stuck where it does not get ready."""
        words = [*SANDBOX, str(sandbox.folder), *self._arguments]
        with sandbox.log.open("ab") as log:
            sandbox.process = await asyncio.create_subprocess_exec(
                sys.executable, *words, stdout=asyncio.subprocess.PIPE, stderr=log, cwd=ROOT
            )
        assert sandbox.process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = json.loads(await sandbox.process.stdout.readline())
        except (TimeoutError, ValueError):
            raise Stuck(f"Sandbox {sandbox.number} does not start: {sandbox.log}") from None
        sandbox.url = ready["http"]

    async def kill(self, sandbox: Sandbox) -> None:
        """kill -9."""
        assert sandbox.process is not None
        sandbox.process.kill()
        sandbox.url = ""
        await sandbox.process.wait()
        sandbox.process = None

    async def stop(self, sandbox: Sandbox) -> int:
        """SIGTERM; the exit status. A balancer learns of it late: until it has ended it is asked in its turn."""
        assert sandbox.process is not None
        with suppress(ProcessLookupError):  # it may have ended by itself
            sandbox.process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await sandbox.process.wait()
        except TimeoutError:
            sandbox.process.kill()
            return await sandbox.process.wait()
        finally:
            sandbox.url, sandbox.process = "", None

    async def well(self) -> None:
        """Wait until each says that it takes orders and tells merchants. Raises Stuck."""
        deadline = time.monotonic() + WELL_SECONDS
        for one in self.sandboxes:
            while (said := await self._ask(one.url, HEALTH)) is None or said.status != 200:
                if time.monotonic() > deadline:
                    raise Stuck(f"Sandbox {one.number} does not become well: {said.body.decode() if said else 'mute'}")
                await asyncio.sleep(0.1)

    async def ask(self, request: Request, seconds: float = ANSWER_SECONDS) -> Answer | None:
        """What the next in turn of those that are up answers; None where it does not."""
        up = [one.url for one in self.sandboxes if one.url]
        if not up:
            return None
        self._turn += 1
        return await self._ask(up[self._turn % len(up)], request, seconds)

    def tracebacks(self) -> Iterator[Finding]:
        """Where the sandboxes' logs have any."""
        for one in self.sandboxes:
            for number, line in enumerate(one.log.read_text(errors="replace").splitlines(), 1):
                if line.startswith("Traceback"):
                    yield Finding(Fault.TRACEBACK, f"{one.log}:{number}")

    async def _ask(self, url: str, request: Request, seconds: float = ANSWER_SECONDS) -> Answer | None:
        timeout, headers = aiohttp.ClientTimeout(seconds), dict(request.headers)
        try:
            async with self._session.request(
                request.method, url + request.path, data=request.body or None, headers=headers, timeout=timeout
            ) as response:
                return Answer(response.status, dict(response.headers), await response.read())
        except (aiohttp.ClientError, OSError):  # TimeoutError is one
            return None
