"""How quickly merchants are told, with nothing else to do: to a quick one, beside fifty that hang, to a dead one."""

import statistics
import time

import msgspec

from bench import messages
from bench.merchant import Merchant
from bench.messages import Request
from bench.operations import numbers, paid
from bench.results import Told
from bench.servers import Program
from bench.wrk import Misled

OWED = 2000
SLOWLY, QUICKLY = 0.01, 1000
"""The clock's speeds while notifications come to be owed, and while they fall due: 15 s after, all at once."""
DAY = 24 * 3600 + 5 * 60
"""The sixteenth attempt comes after 24 hours and four minutes."""
ATTEMPTS = 16
DEAD = "http://127.0.0.1:9/notify"
"""Nobody listens on the port of discard."""


async def told(sandbox: Program, merchant: Merchant, rounds: int) -> Told:
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(await _quick(sandbox, merchant, hanging=[]))
        merchant.hang()
        beside.append(await _quick(sandbox, merchant, merchant.hanging))
        merchant.let_go()
    return Told(statistics.median(alone), statistics.median(beside), await _day(sandbox, merchant))


async def _quick(sandbox: Program, merchant: Merchant, hanging: list[str]) -> float:
    """Second attempts a second, to a merchant that said FAIL to the first ones."""
    merchant.word = "FAIL"
    await _clock(sandbox, {"scale": SLOWLY})
    quick = dict.fromkeys(numbers(OWED), merchant.quick)
    await paid(sandbox, merchant, dict(zip(numbers(len(hanging)), hanging, strict=True)) | quick)
    merchant.word = "SUCCESS"
    before, began = merchant.received, time.perf_counter()
    await _clock(sandbox, {"scale": QUICKLY})
    await merchant.until(before + OWED)
    seconds = time.perf_counter() - began
    await _clock(sandbox, {"reset": True})
    return OWED / seconds


async def _day(sandbox: Program, merchant: Merchant) -> float:
    """The seconds in which a day passes for 2,000 notifications owed to an address where nobody listens."""
    fresh = numbers(OWED)
    await paid(sandbox, merchant, dict.fromkeys(fresh, DEAD))
    began = time.perf_counter()
    await _clock(sandbox, {"advance": DAY})
    seconds = time.perf_counter() - began
    path = f"/_sandbox/orders/{messages.MCH_ID}/{fresh[-1]}"
    order = msgspec.json.decode((await sandbox.ask(Request(path, method="GET"))).body)
    attempts = len(order["notifications"][0]["attempts"])
    if attempts != ATTEMPTS:
        raise Misled(f"{attempts} attempts were made in a day, and not {ATTEMPTS}")
    return seconds


async def _clock(sandbox: Program, move: dict[str, float]) -> None:
    answer = await sandbox.ask(Request("/_sandbox/clock", msgspec.json.encode(move), headers=messages.JSON))
    if answer.status != 200:
        raise Misled(answer.body.decode())
