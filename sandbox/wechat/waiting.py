"""How the payer's act ended, for a page or app that waits: read from the order's timeline, kept nowhere else.

A transfer's own state tells it.
"""

import asyncio
from dataclasses import dataclass

from sandbox.core.client import ClientResult
from sandbox.core.journal import Event
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.ports.services import Changes, Subscription
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.transfer_errors import TransferNotFound
from sandbox.core.transfers import Transfer
from sandbox.core.usecases.making import UseCases

ACTS = 100
"""How many of the order's last events and attempts are looked back at for the payer's act."""


@dataclass(frozen=True, slots=True)
class PayerResult:
    """An order and the latest act of its payer after a certain moment; `since` is the number of that line."""

    order: Order
    result: ClientResult | None
    since: int

    @property
    def over(self) -> bool:
        """Whether waiting longer would be in vain."""
        return self.result is not None or not self.order.unpaid


def look(usecases: UseCases, tx: UnitOfWork, prepay_id: str, since: int | None) -> PayerResult:
    """What the timeline says now; from its end on where `since` is None. Raises OrderNotFound."""
    order = usecases.payments(tx).find_by_prepay_id(prepay_id)
    start = tx.journal.last_of(order.key) if since is None else since
    for entry in reversed(tx.journal.marks(order.key, ACTS)):
        if entry.id > start and isinstance(entry.what, Event) and (result := entry.what.result):
            return PayerResult(order, result, entry.id)
    return PayerResult(order, None, start)


async def wait_for_act(
    storage: Storage, changes: Changes, usecases: UseCases, prepay_id: str, since: int | None, seconds: float
) -> PayerResult:
    """The payer's act once it is stored, or how things stand after `seconds` (real time). Raises OrderNotFound."""
    with changes.subscribe() as news:
        found = await storage.read(lambda tx: look(usecases, tx, prepay_id, since))
        try:
            async with asyncio.timeout(seconds):
                while not found.over:
                    await _changed(news, found.order.key)
                    start = found.since
                    found = await storage.read(lambda tx: look(usecases, tx, prepay_id, start))  # noqa: B023
        except TimeoutError:
            pass
        return found


async def wait_for_confirmation(storage: Storage, changes: Changes, package: str, seconds: float) -> Transfer:
    """The transfer once it waits for no confirmation any more, or after `seconds` (real time).

    Raises TransferNotFound.
    """
    with changes.subscribe() as news:
        found = await storage.read(lambda tx: _by_package(tx, package))
        try:
            async with asyncio.timeout(seconds):
                while found.waiting:
                    await _changed(news, found.key)
                    found = await storage.read(lambda tx: _by_package(tx, package))
        except TimeoutError:
            pass
        return found


def _by_package(tx: UnitOfWork, package: str) -> Transfer:
    found = tx.transfers.by_package(package)
    if found is None:
        raise TransferNotFound(package)
    return found


async def _changed(changes: Subscription, key: OrderKey) -> None:
    while True:
        committed = await changes.next()
        if key in committed.orders:
            return
