"""Keeps what became of attempts: many in one transaction, and yet as if they had been kept one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.core.journal import Exchange
from sandbox.core.notifications import Notification, that_told
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.verdicts import Verdict, VerdictName


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt."""

    exchange: Exchange
    verdict: Verdict
    extra: bool

    @property
    def by_itself(self) -> bool:
        """Whether its verdict depends on what is stored of other orders: that of a forgery does."""
        return "hostile" in self.exchange.facts


def record(tx: UnitOfWork, outcomes: Sequence[Outcome]) -> Sequence[Notification | None]:
    """Keep what became of attempts; the notifications as they are then, None for those that are no more."""
    return [after for group in _apart(outcomes) for after in _record_apart(tx, group)]


def _apart(outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    """In their order, and so that nothing in a group depends on what is stored of another: as if one by one."""
    group: list[Outcome] = []
    keys: set[OrderKey | None] = set()
    for one in outcomes:
        if group and (one.exchange.key in keys or one.by_itself or group[-1].by_itself):
            yield group
            group, keys = [], set()
        group.append(one)
        keys.add(one.exchange.key)
    yield group


def _record_apart(tx: UnitOfWork, group: Sequence[Outcome]) -> Sequence[Notification | None]:
    """Of what is known of the notifications now: other attempts may have run beside these."""
    about = tx.notifications.of_all({one.exchange.key for one in group if one.exchange.key})
    owed = {one.id: one for told in about.values() for one in told}
    made = [(owed[one.exchange.notification_id], one) for one in group if one.exchange.notification_id in owed]
    if not made:
        return [None] * len(group)
    again = [notification for notification, one in made if notification.true and one.verdict.accepted]
    earlier = _receipts(tx, {one.id: that_told(one, about[one.key]) for one in again})
    after: dict[str, Notification] = {}
    for notification, one in made:
        exchange, verdict = one.exchange, one.verdict
        if times := earlier.get(notification.id):
            verdict = Verdict(VerdictName.OK_AGAIN, (("times", str(times + 1)),))
        after[notification.id] = notification.attempted(verdict, exchange.at, extra=one.extra)
        exchange.n, exchange.verdict = after[notification.id].attempts, verdict.of_face(exchange.origin.face)
    tx.notifications.save_all(list(after.values()), about)
    for notification, one in made:
        if one.verdict.name is VerdictName.FORGERY_ACCEPTED:
            tx.orders.deceived(notification.key)
        tx.record(tx.journal.settled(one.exchange))
    return [after.get(one.exchange.notification_id) for one in group]


def _receipts(tx: UnitOfWork, told: Mapping[str, Sequence[Notification]]) -> Mapping[str, int]:
    """How often the merchant has acknowledged already what each notification tells, of which `told` names all."""
    tried = {one.id for those in told.values() for one in those}
    receipts = tx.journal.receipts(tried) if tried else {}
    return {notification_id: sum(receipts.get(one.id, 0) for one in those) for notification_id, those in told.items()}
