"""Runs what falls due: acts and ends of orders, ends of refunds and transfers, attempts to deliver notifications.

Owing is in the store; this keeps a queue of it in memory.
"""

import asyncio
import itertools
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.core.clock import Clock
from sandbox.core.errors import NotificationUnknown, StorageFailed
from sandbox.core.ports.storage import ChangeSet, Moments, Owing, Storage, UnitOfWork
from sandbox.core.usecases.making import UseCases
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.due_queue import ORDERS, Due, DueQueue
from sandbox.delivery.slots import Line, line, line_of

log = logging.getLogger(__name__)

LONGEST_SLEEP = 3600.0
SWEEP_SECONDS = 1.0
"""How often a process looks for what others should have done; for orders and refunds each fifth time."""

TRY_AGAIN = timedelta(seconds=15)


class Scheduler:
    """Has everything done in its time, each merchant's by its own clock."""

    def __init__(self, storage: Storage, clock: Clock, usecases: UseCases, dispatcher: Dispatcher) -> None:
        self._storage = storage
        self._clock = clock
        self._usecases = usecases
        self._dispatcher = dispatcher
        self.due_queue = DueQueue(clock)
        self._wake = asyncio.Event()
        self._in_flight: defaultdict[str, dict[asyncio.Task[None], datetime]] = defaultdict(dict)
        """What runs for each merchant, with the moment at which it was due."""
        self._attempting: set[str] = set()
        """Notifications whose attempt by the schedule is under way here."""
        self._runner: asyncio.Task[None] | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what is owed from before, and run."""
        if self._storage.owed.shared:
            self._sweeper = asyncio.create_task(self._sweep_again_and_again(), name="sweeper")
        else:
            self._take_up(await self._storage.read(_left_over))
        self._runner = asyncio.create_task(self._run(), name="scheduler")

    async def stop(self, grace: float) -> None:
        """Let what runs end for `grace` seconds; the rest is cut off, to be made again at the next start."""
        loops = [loop for loop in (self._runner, self._sweeper) if loop is not None]
        for loop in loops:
            loop.cancel()
        tasks = [task for flying in self._in_flight.values() for task in flying]
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=grace)
            for task in pending:
                task.cancel()
        await asyncio.gather(*tasks, *loops, return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Whether what falls due is run: from the start to the stop, unless something of ours broke."""
        return self._runner is not None and not self._runner.done()

    def committed(self, committed: ChangeSet) -> None:
        """A listener of the store."""
        for mch_id in committed.forgotten:
            self.due_queue.forget(mch_id)
        self._take_up(committed)

    def moved(self, mch_id: str = "") -> None:
        """A clock was moved: run what is due by it now."""
        self.due_queue.moved(mch_id)
        self.run_due()
        self._wake.set()

    def run_due(self) -> None:
        """Start everything that is due."""
        for due in self.due_queue.pop_due():
            orders = due.item == ORDERS
            work = self._run_orders(due.mch_id) if orders else self._attempt(due.item, due.mch_id, due.line)
            self._spawn(due.mch_id, due.at, asyncio.create_task(self._guarded(due, work)))

    async def idle(self, ends: Mapping[str, datetime]) -> None:
        """Wait for all that runs for these merchants and was due by each one's end."""
        while running := self._running(ends):
            await asyncio.wait(running)

    def is_idle(self, ends: Mapping[str, datetime]) -> bool:
        """Whether there is nothing to wait for at this moment."""
        return not self._running(ends)

    async def attempt_now(self, notification_id: str) -> None:
        """Make one attempt outside the schedule; raises NotificationUnknown."""
        notification = await self._storage.read_now(lambda tx: tx.notifications.find(notification_id))
        if notification is None:
            raise NotificationUnknown(notification_id)
        mch_id = notification.key.mch_id
        attempt = asyncio.create_task(self._attempt(notification_id, mch_id, line_of(notification), extra=True))
        self._spawn(mch_id, self._clock.now(mch_id), attempt)
        await attempt

    # -- what other processes owe --------------------------------------------------------------------------------------

    async def sweep(self, *, orders: bool = True) -> None:
        """Run what is due and no process has done: one that has ended had it in its queue."""
        for one in await self._storage.owed.untaken(self.moments(), self._attempting):
            if self.due_queue.when(one.id, one.mch_id) is None:
                self._put(one)
        if orders:
            await self._take_up_dues(self._clock.now)
        self.run_due()

    async def take_up_all(self, seconds: float, mch_id: str = "") -> None:
        """Know of all that falls due within so many seconds of a merchant's clock, or of all, whoever is to do it."""
        ahead = timedelta(seconds=seconds)
        for one in await self._storage.owed.owing(self.moments(ahead, mch_id)):
            if self.due_queue.when(one.id, one.mch_id) != one.at:
                self._put(one)
        await self._take_up_dues(lambda name: self._clock.now(name) + ahead)

    async def others_are_done(self, mch_id: str = "") -> bool:
        """Whether no process has anything left that is due by now."""
        if not await self._storage.owed.is_done(self.moments(mch_id=mch_id)):
            return False
        dues = await self._storage.read_now(lambda tx: tx.orders.next_dues())
        return not any(at <= self._clock.now(name) for name, at in dues.items() if mch_id in ("", name))

    def moments(self, ahead: timedelta = timedelta(), mch_id: str = "") -> Moments:
        """So far ahead of what the clocks show: a merchant's, or all."""
        if mch_id:
            return Moments(None, {mch_id: self._clock.now(mch_id) + ahead})
        return Moments(self._clock.now() + ahead, {one: self._clock.now(one) + ahead for one in self._clock.own()})

    async def _take_up_dues(self, until: Callable[[str], datetime]) -> None:
        dues = await self._storage.read_now(lambda tx: tx.orders.next_dues())
        self._take_up(ChangeSet(dues={mch_id: at for mch_id, at in dues.items() if at <= until(mch_id)}))

    def _put(self, owing: Owing) -> None:
        self.due_queue.put(Due(owing.at, owing.id, owing.mch_id, line(owing.told, owing.url)))

    async def _sweep_again_and_again(self) -> None:
        for turn in itertools.count():
            try:
                await self.sweep(orders=turn % 5 == 0)
            except StorageFailed:
                pass  # the store tells of it, and the next turn comes soon
            except Exception:
                log.exception("could not look for what is owed")
            await asyncio.sleep(SWEEP_SECONDS)

    # -- running -------------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            self.run_due()
            due = self.due_queue.next()
            delay = LONGEST_SLEEP if due is None else min(self.due_queue.real_delay(due), LONGEST_SLEEP)
            try:
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _take_up(self, committed: ChangeSet) -> None:
        for notification in committed.owed:
            if notification.next_at is not None:
                due = Due(notification.next_at, notification.id, notification.key.mch_id, line_of(notification))
                self.due_queue.put(due)
        for mch_id, at in committed.dues.items():
            known = self.due_queue.when(ORDERS, mch_id)
            if known is None or at < known:
                self.due_queue.put(Due(at, ORDERS, mch_id))
        if committed.owed or committed.dues:
            self._wake.set()

    def _running(self, ends: Mapping[str, datetime]) -> list[asyncio.Task[None]]:
        return [
            task
            for mch_id, end in ends.items()
            for task, due_at in self._in_flight.get(mch_id, {}).items()
            if due_at <= end
        ]

    def _spawn(self, mch_id: str, due_at: datetime, task: "asyncio.Task[None]") -> None:
        flying = self._in_flight[mch_id]
        flying[task] = due_at

        def landed(task: "asyncio.Task[None]") -> None:
            flying.pop(task, None)
            if not flying and self._in_flight.get(mch_id) is flying:
                del self._in_flight[mch_id]

        task.add_done_callback(landed)

    async def _guarded(self, due: Due, work: Coroutine[Any, Any, None]) -> None:
        """A failure of ours must not lose what is owed: it is logged, and tried again a little later."""
        try:
            await work
        except Exception as failure:
            known = isinstance(failure, StorageFailed)
            log.error("could not run %s of merchant %s: %s", due.item, due.mch_id, failure, exc_info=not known)
            self.due_queue.put(replace(due, at=self._clock.now(due.mch_id) + TRY_AGAIN))
            self._wake.set()

    async def _run_orders(self, mch_id: str) -> None:
        """What is due at a merchant's orders, refunds and transfers, batch by batch until nothing is."""
        while await self._storage.write(lambda tx: self._usecases.run_due(tx, mch_id)):
            pass
        at = await self._storage.read_now(lambda tx: tx.orders.next_due_of(mch_id))
        if at is not None:
            self._take_up(ChangeSet(dues={mch_id: at}))

    async def _attempt(self, notification_id: str, mch_id: str, line: Line, *, extra: bool = False) -> None:
        if extra:
            after = await self._dispatcher.attempt(notification_id, mch_id, line, extra=True)
        elif notification_id in self._attempting:
            return  # by the books it is due as long as its attempt is not recorded
        else:
            self._attempting.add(notification_id)
            try:
                after = await self._dispatcher.attempt(notification_id, mch_id, line)
            finally:
                self._attempting.discard(notification_id)
        if after is None:
            return
        if after.next_at is None:
            self.due_queue.drop(after.id, after.key.mch_id)
        elif not extra:
            self._take_up(ChangeSet(owed=[after]))


def _left_over(tx: UnitOfWork) -> ChangeSet:
    """What is owed, and when orders expire."""
    return ChangeSet(owed=list(tx.notifications.pending()), dues=dict(tx.orders.next_dues()))
