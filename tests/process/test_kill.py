"""kill -9 under load, again and again on one data dir: what was acknowledged is there, what is owed is delivered."""

import asyncio
import random
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.process import SandboxProcess

ROUNDS = 8
CALLERS = 8


class Load:
    """Callers that place and pay orders until the sandbox dies, and what it acknowledged to them."""

    def __init__(self, inbox: Inbox) -> None:
        self.placed: list[str] = []
        self.paid: list[str] = []
        self._inbox = inbox
        self._enough = 0
        self._reached = asyncio.Event()

    async def until_paid(self, enough: int) -> None:
        """Wait until so many orders have been acknowledged as paid."""
        self._enough = enough
        self._reached.clear()
        await self._reached.wait()

    async def run(self, url: str, name: str) -> None:
        async with aiohttp.ClientSession(url) as session:
            callers = [self._call(session, f"{name}-{caller}") for caller in range(CALLERS)]
            await asyncio.gather(*callers)

    async def _call(self, session: aiohttp.ClientSession, name: str) -> None:
        merchant = Merchant(
            session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", self._inbox.url
        )
        control = Control(session)
        for number in range(10_000):
            out_trade_no = f"{name}-{number:05}"
            try:
                answer = await merchant.order(out_trade_no)
                assert answer["result_code"] == "SUCCESS"
                self.placed.append(out_trade_no)
                await control.pay(out_trade_no)
                self.paid.append(out_trade_no)
                if len(self.paid) >= self._enough:
                    self._reached.set()
            except (aiohttp.ClientError, OSError):
                return


async def test_nothing_acknowledged_is_lost_and_everything_owed_is_delivered(tmp_path: Path, inbox: Inbox) -> None:
    chance = random.Random(20261123)
    load = Load(inbox)
    for number in range(ROUNDS):
        async with SandboxProcess(tmp_path) as sandbox:
            running = asyncio.create_task(load.run(sandbox.url, f"R{number}"))
            enough = len(load.paid) + chance.randrange(5, 60)
            await load.until_paid(enough)
            await sandbox.kill()
            await running
    async with SandboxProcess(tmp_path) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        control = Control(session)
        await control.advance(0)
        orders = await _all_orders(control)
        assert set(load.placed) <= set(orders)
        assert {number for number in load.paid if orders[number] != "SUCCESS"} == set()
        assert (await control.get("/notifications", state="pending"))["items"] == []
    notified = {received.fields["out_trade_no"] for received in inbox.received}
    assert set(load.paid) <= notified
    assert len(load.paid) > ROUNDS * 5


async def _all_orders(control: Control) -> dict[str, str]:
    """The state of every order, by its number."""
    states: dict[str, str] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await control.get("/orders", limit="1000", **cursor)
        states |= {order["out_trade_no"]: order["trade_state"] for order in page["items"]}
        if page["next"] is None:
            return states
        cursor = {"cursor": page["next"]}


async def test_an_attempt_cut_off_by_a_kill_is_made_again(tmp_path: Path, inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    async with SandboxProcess(tmp_path) as sandbox:
        async with aiohttp.ClientSession(sandbox.url) as session:
            merchant = Merchant(
                session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", inbox.url
            )
            await merchant.order("ORDER001")
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
        async with asyncio.timeout(20):
            assert await sandbox.stop() == 0
        return time.perf_counter() - began
