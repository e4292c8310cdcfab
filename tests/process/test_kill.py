"""kill -9 under load, again and again on one data dir: what was acknowledged is there, what is owed is delivered."""

import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.patience import PATIENCE
from tests.support.process import SandboxProcess
from tests.support.refunds import told

ROUNDS = 8
CALLERS = 8
TOTAL_FEE = 1990
REFUNDS = [(), (700,), (700, 1290)]
"""What is refunded of one order, of the next, of the one after that; and so on."""

Json = dict[str, Any]


def _merchant(session: aiohttp.ClientSession, inbox: Inbox) -> Merchant:
    return Merchant(session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", inbox.url)


class Load:
    """Callers that place, pay and refund orders until the sandbox dies, and what it acknowledged to them.

    `asked` are the refunds that they asked for, answered or not: by number, the order and the amount.
    """

    def __init__(self, inbox: Inbox) -> None:
        self.placed: list[str] = []
        self.paid: list[str] = []
        self.asked: dict[str, tuple[str, int]] = {}
        self.refunded: list[str] = []
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

    async def ask_again(self, merchant: Merchant) -> None:
        """Ask once more for the refunds that got no answer, as a merchant does: by the same numbers."""
        for out_refund_no in self.asked.keys() - set(self.refunded):
            await self._refund(merchant, out_refund_no)

    async def _call(self, session: aiohttp.ClientSession, name: str) -> None:
        merchant, control = _merchant(session, self._inbox), Control(session)
        for number in range(10_000):
            try:
                await self._sell(merchant, control, f"{name}-{number:05}", REFUNDS[number % len(REFUNDS)])
            except (aiohttp.ClientError, OSError):
                return

    async def _sell(self, merchant: Merchant, control: Control, out_trade_no: str, refunds: tuple[int, ...]) -> None:
        answer = await merchant.order(out_trade_no, total_fee=str(TOTAL_FEE))
        assert answer["result_code"] == "SUCCESS"
        self.placed.append(out_trade_no)
        await control.pay(out_trade_no)
        self.paid.append(out_trade_no)
        if len(self.paid) >= self._enough:
            self._reached.set()
        for number, refund_fee in enumerate(refunds):
            self.asked[f"{out_trade_no}-{number}"] = out_trade_no, refund_fee
            await self._refund(merchant, f"{out_trade_no}-{number}")

    async def _refund(self, merchant: Merchant, out_refund_no: str) -> None:
        out_trade_no, refund_fee = self.asked[out_refund_no]
        terms = {"total_fee": str(TOTAL_FEE), "notify_url": merchant.notify_url}
        answer = await merchant.refund(out_trade_no, out_refund_no, refund_fee, **terms)
        assert answer["result_code"] == "SUCCESS", answer
        self.refunded.append(out_refund_no)


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
        control, merchant = Control(session), _merchant(session, inbox)
        await load.ask_again(merchant)
        await control.advance(1)
        orders, refunds = await _all(control, "/orders"), await _all(control, "/refunds")
        ledger = await _all(control, f"/merchants/{merchant.mch_id}/ledger")
        balances = (await control.get(f"/merchants/{merchant.mch_id}/ledger"))["balances"]
        assert (await control.get("/notifications", state="pending"))["items"] == []
    assert len(load.paid) > ROUNDS * 5
    _every_order_is_there(load, inbox, orders)
    _every_refund_is_there_once(load, inbox, merchant, refunds)
    _the_money_adds_up(orders, refunds, ledger, balances)


def _every_order_is_there(load: Load, inbox: Inbox, orders: list[Json]) -> None:
    states = {order["out_trade_no"]: order["trade_state"] for order in orders}
    refunded = {out_trade_no for out_trade_no, _ in load.asked.values()}
    assert set(load.placed) <= set(states)
    wrong = {one for one in load.paid if states[one] != ("REFUND" if one in refunded else "SUCCESS")}
    assert wrong == set()
    assert set(load.paid) <= {one.fields["out_trade_no"] for one in inbox.received if "out_trade_no" in one.fields}


def _every_refund_is_there_once(load: Load, inbox: Inbox, merchant: Merchant, refunds: list[Json]) -> None:
    assert len(load.refunded) > ROUNDS
    amounts = [(one["out_refund_no"], (one["out_trade_no"], one["refund_fee"])) for one in refunds]
    assert Counter(amounts) == Counter(load.asked.items())
    assert {one["refund_status"] for one in refunds} == {"SUCCESS"}
    heard = {told(one, merchant)["out_refund_no"] for one in inbox.received if "req_info" in one.fields}
    assert heard == set(load.asked)


def _the_money_adds_up(orders: list[Json], refunds: list[Json], ledger: list[Json], balances: dict[str, int]) -> None:
    """What the merchant keeps of each order, less 0.6 % of that; every move is in the ledger once."""
    kept = {one["out_trade_no"]: one["total_fee"] for one in orders if one["trade_state"] in ("SUCCESS", "REFUND")}
    for refund in refunds:
        kept[refund["out_trade_no"]] -= refund["refund_fee"]
    assert balances == {"Basic": sum(fen - round(fen * 0.006) for fen in kept.values()), "Operation": 0, "Fees": 0}
    moves = Counter((one["movement"], one["out_trade_no"], one.get("out_refund_no")) for one in ledger)
    numbers = [(one["out_trade_no"], one["out_refund_no"]) for one in refunds]
    expected = [("payment", number, None) for number in kept]
    expected += [("fee", number, None) for number in kept]
    expected += [(move, *one) for move in ("refund", "fee_returned", "refund_arrived") for one in numbers]
    assert moves == Counter(expected)


async def _all(control: Control, path: str) -> list[Json]:
    """A list to its end."""
    items: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = await control.get(path, limit="1000", **cursor)
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = {"cursor": page["next"]}


async def test_an_attempt_cut_off_by_a_kill_is_made_again(tmp_path: Path, inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    async with SandboxProcess(tmp_path) as sandbox:
        async with aiohttp.ClientSession(sandbox.url) as session:
            await _merchant(session, inbox).order("ORDER001")
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
