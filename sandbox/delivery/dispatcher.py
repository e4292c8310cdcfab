"""Makes attempts to deliver notifications: build, sign, send, judge, record.

An attempt that is cut off (a stop, a kill) was not recorded, so it counts as not made and is made again at the next
start.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sandbox.core import forgery_verdicts
from sandbox.core.clock import Clock
from sandbox.core.errors import StorageFailed
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange, Message, Played
from sandbox.core.links import CANARY, Links
from sandbox.core.merchants import Merchant
from sandbox.core.notifications import Notification, NotificationState, that_told
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.plans import MessageFault
from sandbox.core.ports.face import Answer, DeliveryContext, ForgeryContext
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Certificates, Underway
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.verdicts import Verdict
from sandbox.delivery.addressing import addressed
from sandbox.delivery.recording import Outcome, record
from sandbox.delivery.slots import Line, Slots
from sandbox.delivery.switchboard import Carrier
from sandbox.delivery.together import Together

T = TypeVar("T")

NOTHING_AROUND = ForgeryContext(None, None, "")


class Dispatcher:
    """Makes one attempt at a time of each notification, as the notification's own face writes and judges it."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        ids: Ids,
        links: Links,
        faces: Faces,
        certificates: Certificates,
        carrier: Carrier,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._links = links
        self._faces = faces
        self._certificates = certificates
        self._carrier = carrier
        self._slots = Slots(lambda: storage.owed.processes)
        self._loading = Together(self._read, self._load)
        self._recording = Together(storage.write, record)
        self.underway: set[Underway] = set()
        """What has been sent, and is waited for."""

    async def attempt(
        self, notification_id: str, mch_id: str, line: Line, *, extra: bool = False
    ) -> Notification | None:
        """Make one attempt, and record it; the notification as it is then, None where nothing is owed (any more).

        An `extra` one is made of what is delivered too, the others of what no other process has taken; it is due by the
        clock of `mch_id`. What a merchant is owed that was deleted is given up.
        The place in the line is held until all is stored, so that those that come after are read and stored in groups.
        """
        async with self._slots.place(line):
            if not (extra or await self._storage.owed.take(notification_id, self._clock.now(mch_id))):
                return None
            delivery = await self._find(notification_id)
            if delivery is None:
                return await self._give_up(notification_id)
            if not (extra or delivery.notification.state is NotificationState.PENDING):
                return None
            with self._seen(delivery.notification):
                exchange, verdict = await self._send(delivery)
            return await self._recording.ask(Outcome(exchange, verdict, extra))

    @contextmanager
    def _seen(self, notification: Notification) -> Iterator[None]:
        """Whoever asks what is waited for sees it."""
        one = Underway(notification.key, notification.url, notification.attempts + 1, self._clock.real_now())
        self.underway.add(one)
        try:
            yield
        finally:
            self.underway.discard(one)

    async def _find(self, notification_id: str) -> DeliveryContext | None:
        """What an attempt needs, as it is now; WeChat Pay's keys are made for the first that is signed by them."""
        delivery = await self._loading.ask(notification_id)
        if delivery is None or not self._faces.of(delivery.notification).signs_by_certificate:
            return delivery
        if delivery.credentials.platform is not None:
            return delivery
        await self._certificates.platform_keys(delivery.merchant.mch_id)
        return await self._loading.ask(notification_id)

    async def _read(self, work: Callable[[UnitOfWork], T]) -> T:
        if self._storage.trouble() and await self._storage.examine():
            raise StorageFailed  # nobody would know that it was sent, and it would be sent for ever
        return await self._storage.read_now(work)

    async def _give_up(self, notification_id: str) -> Notification | None:
        """Owe nothing any more where nobody can be told: of what is pending the order would stay for ever."""

        def give_up(tx: UnitOfWork) -> Notification | None:
            notification = tx.notifications.find(notification_id)
            if notification is None or notification.state is not NotificationState.PENDING:
                return None
            after = notification.given_up()
            tx.notifications.save_all([after], tx.notifications.of_all({after.key}))
            return after

        return await self._storage.write(give_up)

    def _load(self, tx: UnitOfWork, notification_ids: Sequence[str]) -> Sequence[DeliveryContext | None]:
        owed = tx.notifications.find_all(notification_ids)
        orders = tx.orders.find_all({one.key for one in owed.values() if one.key.out_trade_no})
        return [self._context(tx, owed[one], orders) if one in owed else None for one in notification_ids]

    def _context(
        self, tx: UnitOfWork, notification: Notification, orders: Mapping[OrderKey, Order]
    ) -> DeliveryContext | None:
        key, number = notification.key, notification.out_refund_no
        subject = tx.transfers.find(key) if key.out_bill_no else orders.get(key)
        merchant = tx.accounts.merchants.get(notification.told)
        if subject is None or merchant is None:
            return None
        refund = tx.refunds.find(key.mch_id, number, key.sub_mch_id) if number else None
        credentials = self._faces.of(notification).credentials(tx, merchant, self._clock.real_now())
        parts = tx.orders.sub_orders(key) if isinstance(subject, Order) and subject.combined else ()
        around = self._surroundings(tx, notification, merchant)
        return DeliveryContext(notification, subject, credentials, around, refund, parts)

    def _surroundings(self, tx: UnitOfWork, notification: Notification, merchant: Merchant) -> ForgeryContext:
        """What a message may borrow; nothing is looked up for an honest one."""
        if notification.alteration is None:
            return NOTHING_AROUND
        others = (one for one in tx.accounts.merchants.values() if one.mch_id != merchant.mch_id)
        canary = f"{self._links.own}{CANARY}/{notification.id}"
        return ForgeryContext(
            next(others, None), tx.orders.another(notification.key), canary, _earlier(tx, notification)
        )

    async def _send(self, delivery: DeliveryContext) -> tuple[Exchange, Verdict]:
        notification, key = delivery.notification, delivery.notification.key
        face = self._faces.of(notification)
        message, at = face.notifications.build(delivery), self._clock.now(key.mch_id)
        exchange, sent = addressed(
            notification.url,
            message,
            face.identified(self._ids.request_id(at)),
            mch_id=key.mch_id,
            origin=notification.origin,
            at=at,
        )
        exchange.key, exchange.notification_id = key, notification.id
        exchange.single, exchange.out_refund_no = notification.single, notification.out_refund_no
        exchange.played = _played(delivery)
        if notification.sharing is not None:
            exchange.receiver, exchange.out_order_no = notification.told, notification.sharing.out_order_no
        if notification.alteration is not None:
            exchange.facts["hostile"] = int(notification.hostile)
        result = await self._carrier.carry(exchange, sent)
        verdict = face.notifications.judge(result) if isinstance(result, Answer) else result
        if notification.hostile:
            verdict = forgery_verdicts.judged(verdict, exchange.status, notification)
        elif notification.doubtful:
            verdict = forgery_verdicts.doubted(verdict, exchange.status)
        return exchange, verdict


def _earlier(tx: UnitOfWork, notification: Notification) -> Message | None:
    """The last true message that was sent of what a notification tells, for one that repeats it."""
    if notification.alteration is None or notification.alteration.fault is not MessageFault.REUSED_NONCE:
        return None
    told = that_told(notification, tx.notifications.of_order(notification.key))
    attempts = [attempt for one in told for attempt in tx.journal.attempts(one.id)]
    return max(attempts, key=lambda one: one.at).request if attempts else None


def _played(delivery: DeliveryContext) -> Played | None:
    """What a scenario, or a person, made of a message that is not the usual one."""
    notification, plan = delivery.notification, delivery.subject.plan
    if not notification.single:
        return None
    fault = ""
    if notification.alteration is not None:
        fault = notification.alteration.fault.value if notification.alteration.fault else "altered"
    return Played(plan.scenario if plan else "", fault)
