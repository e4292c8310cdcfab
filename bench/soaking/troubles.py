"""What goes wrong meanwhile, at random and yet the same for one seed."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence

from bench.servers import Answer
from bench.soaking import calls
from bench.soaking.databases import Cause
from bench.soaking.fleet import Fleet, Sandbox
from bench.soaking.sales import Fault, Finding, Shop, Trouble

KINDS = {
    "kill": "kill -9 of a sandbox, and a new one",
    "stop": "SIGTERM to a sandbox, and a new one",
    "restart": "the database restarted in order",
    "crash": "the database restarted as if the machine had died",
    "kill-database": "kill -9 of the database's server",
    "disk": "the database's disk full",
    "jump": "a jump of the clock",
}
LONGEST_JUMP = 3600.0
ADVANCE_SECONDS = 600.0
GONE_SECONDS = 3.0
"""A process that is gone is replaced within these."""


class Troubles:
    """Comes with one of each kind, in any order, then with one of each again; `calm` seconds lie between, on average.

    A jump is no trouble: nothing may fail for it.
    """

    def __init__(
        self, fleet: Fleet, shops: Sequence[Shop], causes: Mapping[str, Cause], kinds: Sequence[str], seed: int
    ) -> None:
        self._fleet, self._shops = fleet, shops
        self._chance = random.Random(f"{seed} troubles")
        causes = {"kill": self._kill, "stop": self._stop, "jump": self._jump, **causes}
        self._causes = {name: causes[name] for name in kinds if name in causes}
        self._jumps: list[asyncio.Task[Answer | None]] = []
        self.past: list[Trouble] = []
        self.findings: list[Finding] = []

    @property
    def jumps(self) -> int:
        return len(self._jumps)

    async def run(self, until: float, calm: float) -> None:
        """Until then, by `time.monotonic`. Raises Stuck where something does not go on by itself."""
        while self._causes:
            for name in self._chance.sample(list(self._causes), len(self._causes)):
                pause = self._chance.uniform(0.5, 1.5) * calm
                if time.monotonic() + pause >= until:
                    return
                await asyncio.sleep(pause)
                began = time.monotonic()
                await self._causes[name]()
                if name != "jump":
                    await self._fleet.well()
                    self.past.append(Trouble(name, began, time.monotonic()))

    async def jumped(self) -> None:
        """Wait until the clock goes its usual way."""
        await asyncio.gather(*self._jumps)

    async def _kill(self) -> None:
        one = self._one()
        await self._fleet.kill(one)
        await self._again(one)

    async def _stop(self) -> None:
        one = self._one()
        status = await self._fleet.stop(one)
        if status != 0:
            self.findings.append(Finding(Fault.ENDED_BADLY, f"sandbox {one.number}: {status}"))
        await self._again(one)

    async def _again(self, sandbox: Sandbox) -> None:
        await asyncio.sleep(self._chance.uniform(0, GONE_SECONDS))
        await self._fleet.start(sandbox)

    async def _jump(self) -> None:
        """Of all, or of one shop. It takes as long as what falls due on the way, and other troubles meet it."""
        seconds = self._chance.uniform(10, LONGEST_JUMP)
        mch_id = self._chance.choice(["", self._chance.choice(self._shops).mch_id])
        self._jumps.append(asyncio.create_task(self._fleet.ask(calls.advance(seconds, mch_id), ADVANCE_SECONDS)))

    def _one(self) -> Sandbox:
        return self._chance.choice(self._fleet.sandboxes)
