"""kill -9 under load, again and again on one data dir: what was acknowledged is there, what is owed is delivered."""

import asyncio
import random
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.load import Load
from tests.support.merchant import Inbox
from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess

ROUNDS = 8


async def test_nothing_acknowledged_is_lost_and_everything_owed_is_delivered(tmp_path: Path, inbox: Inbox) -> None:
    """Refunds end after a tenth of a second: kills meet them before, at and after their end."""
    chance = random.Random(20261123)
    load = Load(inbox)
    arguments = ["--refund-seconds", "0.1"]
    for number in range(ROUNDS):
        async with SandboxProcess(tmp_path, *arguments) as sandbox:
            running = asyncio.create_task(load.run(sandbox.url, f"R{number}"))
            enough = len(load.paid) + chance.randrange(5, 60)
            await load.until_paid(enough)
            await sandbox.kill()
            await running
    async with SandboxProcess(tmp_path, *arguments) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        await load.nothing_is_lost(session)
    assert len(load.paid) > ROUNDS * 5
    assert len(load.refunded) > ROUNDS


async def test_an_attempt_cut_off_by_a_kill_is_made_again(tmp_path: Path, inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    async with SandboxProcess(tmp_path) as sandbox:
        async with aiohttp.ClientSession(sandbox.url) as session:
            await Load(inbox).merchant(session).order("ORDER001")
            await Control(session).pay("ORDER001")
            await inbox.arrived.wait()
        await sandbox.kill()
    inbox.gate.set()
    async with SandboxProcess(tmp_path) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        order = await Control(session).wait("ORDER001", "notified")
    assert [attempt["n"] for attempt in order["notifications"][0]["attempts"]] == [1]
    assert len(inbox.received) == 2
    assert inbox.received[0].body == inbox.received[1].body


@pytest.mark.parametrize("command", ["serve", "demo"])
async def test_sigterm_stops_it_cleanly_within_two_seconds(tmp_path: Path, command: str) -> None:
    for _ in range(3):  # the best of three: the machine may be busy with something else
        took = await seconds_to_stop(tmp_path, command)
        if took < 2.0:
            break
    assert took < 2.0


async def seconds_to_stop(data_dir: Path, command: str) -> float:
    """How long a clean stop takes while somebody listens to the stream of events."""
    arguments = ["--shop-port", "0"] if command == "demo" else []
    async with (
        SandboxProcess(data_dir, *arguments, command=command) as sandbox,
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/_sandbox/events") as stream,
    ):
        assert stream.status == 200
        began = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            assert await sandbox.stop() == 0
        return time.perf_counter() - began
