"""Moves the clocks, and runs what falls due on the way. Source: contract, "Clock"."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.core.clock import MAX_ADVANCE, MAX_SCALE, MIN_SCALE, Clock
from sandbox.core.errors import ClockRefused
from sandbox.core.events import EventName
from sandbox.core.health import Ailment, Trouble
from sandbox.core.journal import Event
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.services import Changes, Movement
from sandbox.core.ports.storage import ChangeSet, Storage, UnitOfWork
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.due_queue import ORDERS
from sandbox.delivery.scheduler import Scheduler

LAST_YEAR = 4000
"""Where the calendar of datetimes is not near its end yet."""


SIDE_BY_SIDE = timedelta(seconds=0.5)
"""Attempts that fall due within it are made side by side, as they would be while time runs by itself: far less than any
wait of the schedule."""

LOCK = "clock"
"""Held by whoever moves one, among all processes on the database."""

LOOK_SECONDS = 0.02
"""How long to wait before looking again whether other processes have done what is due."""

WORTH_TELLING = timedelta(seconds=0.5)
"""A movement that takes no longer is not told of."""


@dataclass(slots=True)
class ClockJump:
    """A clock on its way: of `seconds` it still has `left`; `since` is real time."""

    mch_id: str
    seconds: float
    since: datetime
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.seconds


class ClockDriver:
    """The one who moves clocks: one movement at a time, each stored."""

    def __init__(
        self, storage: Storage, clock: Clock, changes: Changes, scheduler: Scheduler, dispatcher: Dispatcher
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._changes = changes
        self._scheduler, self._dispatcher = scheduler, dispatcher
        self._halted = asyncio.Event()
        self._current: ClockJump | None = None

    async def advance(self, seconds: float, mch_id: str = "") -> None:
        """Go from due moment to due moment; what is due at (about) one moment runs side by side, and is waited for.

        Raises ClockRefused for a time that is negative, not a number, or over ten years.
        """
        if not 0 <= seconds <= MAX_ADVANCE or self._clock.now(mch_id).year >= LAST_YEAR:
            raise ClockRefused
        async with self._storage.exclusively(LOCK):
            self._halted.clear()
            self._current = ClockJump(mch_id, seconds, self._clock.real_now())
            try:
                await self._travel(self._current)
            finally:
                told, self._current = self.movement(), None
                if told is not None:
                    self._changes.publish(ChangeSet(clocks=True))

    async def _travel(self, jump: ClockJump) -> None:
        await self._note(EventName.CLOCK_ADVANCED, jump.mch_id, jump.seconds)
        ends = self._ends(jump.seconds, jump.mch_id)
        await self._all_idle(jump, ends)
        while not self._halted.is_set() and (step := self._until_next(ends)) is not None:
            await self._go(jump, min(step, jump.left))
            await self._all_idle(jump, ends)
        if self._halted.is_set():
            await self._note(EventName.CLOCK_HALTED, jump.mch_id, jump.seconds - jump.left)
        else:
            await self._go(jump, jump.left)

    async def _go(self, jump: ClockJump, step: float) -> None:
        jump.left -= step
        await self._jump(step, jump.mch_id)

    async def _all_idle(self, jump: ClockJump, ends: Mapping[str, datetime]) -> None:
        """The same for all processes; then this one knows of all that is due on the rest of the way."""
        await self._idle(ends)
        if not self._storage.owed.shared:
            return
        while not (self._halted.is_set() or await self._scheduler.others_are_done(jump.mch_id)):
            await self._scheduler.sweep()
            await asyncio.sleep(LOOK_SECONDS)
            await self._idle(ends)
        await self._scheduler.take_up_all(jump.left, jump.mch_id)

    async def _idle(self, ends: Mapping[str, datetime]) -> None:
        """Wait for all that runs, or for the halt.

        Asked again at the end: before the driver has its turn, more may have fallen due by itself.
        """
        while not (self._halted.is_set() or self._scheduler.is_idle(ends)):
            waits = [asyncio.ensure_future(self._scheduler.idle(ends)), asyncio.ensure_future(self._halted.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()

    def movement(self) -> Movement | None:
        jump = self._current
        if jump is None or self._clock.real_now() - jump.since < WORTH_TELLING:
            return None
        waits_for = [one for one in self._dispatcher.underway if jump.mch_id in ("", one.key.mch_id)]
        done = jump.seconds - jump.left
        oldest_first = sorted(waits_for, key=lambda one: one.since)
        return Movement(jump.mch_id, jump.seconds, done, jump.since, oldest_first)

    def halt(self) -> None:
        self._halted.set()

    async def rescale(self, scale: float, mch_id: str = "") -> None:
        """Run at another speed; raises ClockRefused for one that is not positive, or absurd."""
        if not MIN_SCALE <= scale <= MAX_SCALE:
            raise ClockRefused
        await self._set(lambda clock: clock.rescale(scale, mch_id), mch_id)

    async def reset(self, mch_id: str = "") -> None:
        await self._set(lambda clock: clock.reset(mch_id), mch_id)

    def follow(self, tx: UnitOfWork, news: ChangeSet) -> None:
        """A follower of the store: where another process has moved a clock, what is due by it now is run."""
        if news.clocks:
            asyncio.get_running_loop().call_soon(self._scheduler.moved)

    async def attempt_now(self, notification_id: str) -> None:
        await self._scheduler.attempt_now(notification_id)

    def trouble(self) -> Trouble | None:
        return None if self._scheduler.alive else Trouble(Ailment.DELIVERIES_STOPPED)

    def _ends(self, seconds: float, mch_id: str) -> dict[str, datetime]:
        """Up to when each merchant's items run: fixed at the start, so that nobody chases what falls due meanwhile."""
        merchants = [mch_id] if mch_id else self._storage.accounts.merchants
        return {one: self._clock.now(one) + timedelta(seconds=seconds) for one in merchants}

    def _until_next(self, ends: Mapping[str, datetime]) -> float | None:
        """Sandbox seconds until these merchants' next due moment; 0 for what is overdue.

        Of attempts that fall due closely one after the other it is the last one's, before anything of an order does.
        """
        queue, now = self._scheduler.due_queue, {mch_id: self._clock.now(mch_id) for mch_id in ends}
        first = [
            item.at - now[mch_id] for mch_id, end in ends.items() if (item := queue.next(mch_id)) and item.at <= end
        ]
        if not first:
            return None
        close = min(first) + SIDE_BY_SIDE
        due = {
            (item.at - now[mch_id], item.item == ORDERS)
            for mch_id, end in ends.items()
            for item in queue.until(mch_id, min(end, now[mch_id] + close))
        }
        of_orders = min((left for left, is_orders in due if is_orders), default=close)
        attempts = [left for left, is_orders in due if not is_orders and left <= of_orders]
        return max(0.0, max(attempts, default=of_orders).total_seconds())

    async def _jump(self, seconds: float, mch_id: str) -> None:
        await self._change(lambda clock: clock.advance(seconds, mch_id))
        self._scheduler.moved(mch_id)

    async def _set(self, change: Callable[[Clock], None], mch_id: str) -> None:
        async with self._storage.exclusively(LOCK):
            await self._change(change)
            self._scheduler.moved(mch_id)

    async def _change(self, change: Callable[[Clock], None]) -> None:
        """Store the clocks as they are after a change; then they show it."""
        before, after = self._clock.settings(), self._clock.after(change)
        for mch_id in set(after) - {""} - set(self._storage.accounts.merchants):
            del after[mch_id]  # deleted while its clock was being moved

        def save(tx: UnitOfWork) -> None:
            for mch_id in before.keys() | after.keys():
                if before.get(mch_id) != after.get(mch_id):
                    tx.clocks.save(mch_id, after.get(mch_id))

        await self._storage.write(save)
        self._clock.restore(after)

    async def _note(self, name: EventName, mch_id: str, seconds: float) -> None:
        at = self._clock.now(mch_id)
        event = Event(at=at, name=name, key=OrderKey(mch_id, ""), facts={"seconds": seconds})
        await self._storage.write(lambda tx: tx.note(event))
