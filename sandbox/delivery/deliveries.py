"""Delivers what is owed: each attempt goes through due, build, sign, send, judge, record.

Owing is in the store; this keeps the agenda of it in memory and makes the attempts. An attempt that is cut off (a stop,
a kill) was not recorded, so it counts as not made and is made again at the next start.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sandbox.core import forgeries
from sandbox.core.clock import Clock
from sandbox.core.errors import NotificationUnknown, StorageFailed
from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.core.links import CANARY
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import FORGERY_ACCEPTED, Notification, NotificationState, Verdict
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.plans import NOBODYS_KEY
from sandbox.core.ports import Answer, Committed, Parcel, Surroundings, Underway, UnitOfWork
from sandbox.core.world import World
from sandbox.delivery.agenda import ORDERS, Agenda, Due
from sandbox.delivery.lines import Lines
from sandbox.delivery.switchboard import Carrier

log = logging.getLogger(__name__)

LONGEST_SLEEP = 3600.0
TRY_AGAIN = timedelta(seconds=15)


class Deliveries:
    """Runs what falls due."""

    def __init__(self, world: World, carrier: Carrier) -> None:
        self._world = world
        self._clock: Clock = world.clock
        self._carrier = carrier
        self._lines = Lines()
        self.agenda = Agenda(world.clock)
        self._wake = asyncio.Event()
        self._in_flight: defaultdict[str, dict[asyncio.Task[None], datetime]] = defaultdict(dict)
        """What runs for each merchant, with the moment at which it was due."""
        self._runner: asyncio.Task[None] | None = None
        self.underway: set[Underway] = set()
        """What has been sent, and is waited for."""

    async def start(self) -> None:
        """Take up what is owed from before, and run."""
        self._take_up(await self._world.storage.read(_left_over))
        self._runner = asyncio.create_task(self._run(), name="deliveries")

    async def stop(self, grace: float) -> None:
        """Let attempts in flight end for `grace` seconds; the rest is cut off, to be made again at the next start."""
        if self._runner is not None:
            self._runner.cancel()
        tasks = [task for flying in self._in_flight.values() for task in flying]
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=grace)
            for task in pending:
                task.cancel()
        await asyncio.gather(*tasks, *([self._runner] if self._runner else []), return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Whether what falls due is run: from the start to the stop, unless something of ours broke."""
        return self._runner is not None and not self._runner.done()

    def committed(self, committed: Committed) -> None:
        """A listener of the store."""
        for mch_id in committed.forgotten:
            self.agenda.forget(mch_id)
        self._take_up(committed)

    def moved(self, mch_id: str = "") -> None:
        """A clock was moved: run what is due by it now."""
        self.agenda.moved(mch_id)
        self.run_due()
        self._wake.set()

    def run_due(self) -> None:
        """Start everything that is due."""
        for due in self.agenda.pop_due():
            work = self._run_orders(due.mch_id) if due.item == ORDERS else self._deliver(due.item)
            self._spawn(due.mch_id, due.at, asyncio.create_task(self._guarded(due, work)))

    async def idle(self, ends: Mapping[str, datetime]) -> None:
        """Wait for all that runs for these merchants and was due by each one's end."""
        while running := self._running(ends):
            await asyncio.wait(running)

    async def attempt_now(self, notification_id: str) -> None:
        """Make one attempt outside the schedule; raises NotificationUnknown."""
        notification = await self._world.storage.peek(lambda tx: tx.notifications.find(notification_id))
        if notification is None:
            raise NotificationUnknown(notification_id)
        attempt = asyncio.create_task(self._attempt(notification_id, extra=True))
        self._spawn(notification.key.mch_id, self._clock.now(notification.key.mch_id), attempt)
        await attempt

    # -- running -------------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            self.run_due()
            due = self.agenda.next()
            delay = LONGEST_SLEEP if due is None else min(self.agenda.real_delay(due), LONGEST_SLEEP)
            try:
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _take_up(self, committed: Committed) -> None:
        for notification in committed.owed:
            if notification.next_at is not None:
                self.agenda.put(notification.id, notification.key.mch_id, notification.next_at)
        for mch_id, at in committed.dues.items():
            known = self.agenda.when(ORDERS, mch_id)
            if known is None or at < known:
                self.agenda.put(ORDERS, mch_id, at)
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
            self.agenda.put(due.item, due.mch_id, self._clock.now(due.mch_id) + TRY_AGAIN)
            self._wake.set()

    async def _run_orders(self, mch_id: str) -> None:
        """What is due at a merchant's orders and refunds, batch by batch until nothing is."""
        while await self._world.storage.write(lambda tx: self._world.run_due(tx, mch_id)):
            pass
        at = await self._world.storage.peek(lambda tx: tx.orders.next_due_of(mch_id))
        if at is not None:
            self._take_up(Committed(dues={mch_id: at}))

    # -- an attempt ----------------------------------------------------------------------------------------------------

    async def _deliver(self, notification_id: str) -> None:
        await self._attempt(notification_id, extra=False)

    async def _attempt(self, notification_id: str, *, extra: bool) -> None:
        """One attempt, recorded; none when nothing is owed (any more)."""
        owed = await self._world.storage.peek(lambda tx: tx.notifications.find(notification_id))
        if owed is None:
            return
        if self._world.storage.trouble() and await self._world.storage.examine():
            raise StorageFailed  # nobody would know that it was sent, and it would be sent for ever
        async with self._lines.place(owed.key.mch_id, _origin(owed.url)):
            # Only now: while it waited in its line the order may have been dropped, or delivered by another attempt.
            parcel = await self._world.storage.peek(lambda tx: self._load(tx, notification_id))
            if parcel is None or not (extra or parcel.notification.state is NotificationState.PENDING):
                return
            with self._seen(parcel.notification):
                exchange, verdict = await self._send(parcel)
        after = await self._world.storage.write(lambda tx: self._record(tx, notification_id, exchange, verdict, extra))
        if after is None:
            return
        if after.next_at is None:
            self.agenda.drop(after.id, after.key.mch_id)
        elif not extra:
            self._take_up(Committed(owed=[after]))

    @contextmanager
    def _seen(self, notification: Notification) -> Iterator[None]:
        """Whoever asks what is waited for sees it."""
        one = Underway(notification.key, notification.url, notification.attempts + 1, self._clock.real_now())
        self.underway.add(one)
        try:
            yield
        finally:
            self.underway.discard(one)

    def _load(self, tx: UnitOfWork, notification_id: str) -> Parcel | None:
        notification = tx.notifications.find(notification_id)
        if notification is None:
            return None
        order = tx.orders.find(notification.key)
        merchant = tx.accounts.merchants.get(notification.key.mch_id)
        if order is None or merchant is None:
            return None
        refund = tx.refunds.find(order.key.mch_id, notification.out_refund_no, order.key.sub_mch_id)
        return Parcel(notification, order, merchant, self._surroundings(tx, notification, merchant), refund)

    def _surroundings(self, tx: UnitOfWork, notification: Notification, merchant: Merchant) -> Surroundings:
        """What a message may borrow; nothing is looked up for an honest one."""
        if notification.alteration is None:
            return Surroundings(NOBODYS_KEY, None, "")
        others = (one.api_key for one in tx.accounts.merchants.values() if one.mch_id != merchant.mch_id)
        canary = f"{self._world.links.own}{CANARY}/{notification.id}"
        return Surroundings(next(others, NOBODYS_KEY), tx.orders.another(notification.key), canary)

    async def _send(self, parcel: Parcel) -> tuple[Exchange, Verdict]:
        notification = parcel.notification
        face = self._world.faces.of(notification).notifications
        message = face.build(parcel)
        exchange = Exchange(
            at=self._clock.now(notification.key.mch_id),
            kind="notification",
            method="POST",
            path=notification.url,
            request=message,
            key=notification.key,
            mch_id=notification.key.mch_id,
            request_id=self._world.ids.request_id(self._clock.now(notification.key.mch_id)),
            notification_id=notification.id,
            facts=_facts(parcel),
        )
        sent = Message((*message.headers, (REQUEST_ID, exchange.request_id)), message.body)
        exchange.request = Message(sent.headers, sent.body[:KEPT_BYTES])
        result = await self._carrier.carry(exchange, sent)
        verdict = face.judge(result) if isinstance(result, Answer) else result
        if notification.hostile:
            verdict = forgeries.judged(verdict, exchange.status, notification)
        elif notification.doubtful:
            verdict = forgeries.doubted(verdict, exchange.status)
        return exchange, verdict

    @staticmethod
    def _record(
        tx: UnitOfWork, notification_id: str, exchange: Exchange, verdict: Verdict, extra: bool
    ) -> Notification | None:
        notification = tx.notifications.find(notification_id)
        if notification is None:
            return None
        if notification.true and verdict.accepted and (earlier := _receipts(tx, notification)):
            verdict = Verdict("ok_again", (("times", str(earlier + 1)),))
        after = notification.attempted(verdict, exchange.at, extra=extra)
        tx.notifications.save(after)
        if verdict.name == FORGERY_ACCEPTED:
            tx.orders.deceived(after.key)
        exchange.n, exchange.verdict = after.attempts, verdict
        tx.record(tx.journal.settled(exchange))
        return after


def _receipts(tx: UnitOfWork, notification: Notification) -> int:
    """How often the merchant has acknowledged already what a notification tells."""
    told = [one for one in tx.notifications.of_order(notification.key) if one.tells_as(notification)]
    made = [attempt for one in told if one.attempts for attempt in tx.journal.attempts(one.id)]
    return sum(attempt.verdict is not None and attempt.verdict.accepted for attempt in made)


def _facts(parcel: Parcel) -> dict[str, str | int]:
    """What the timeline says of a message that is not the usual one."""
    notification, plan = parcel.notification, parcel.order.plan
    about: dict[str, str | int] = {"out_refund_no": notification.out_refund_no} if notification.out_refund_no else {}
    if not notification.single:
        return about
    told: dict[str, str | int] = {**about, "single": 1}
    if notification.alteration is not None:
        fault = notification.alteration.fault
        told |= {"notify_fault": fault.value if fault else "altered", "hostile": int(notification.hostile)}
    return told | ({"scenario": plan.scenario} if plan else {})


def _left_over(tx: UnitOfWork) -> Committed:
    """What is owed, and when orders expire."""
    dues = {mch_id: tx.orders.next_due_of(mch_id) for mch_id in tx.accounts.merchants}
    return Committed(
        owed=list(tx.notifications.pending()),
        dues={mch_id: at for mch_id, at in dues.items() if at is not None},
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
