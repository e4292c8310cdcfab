"""Attempts that are kept together are kept as if one by one."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.journal import Exchange, ExchangeKind, Message
from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.delivery.recording import Outcome, record
from sandbox.store import Store
from tests.store.helpers import MCH_ID, NOON, ORIGIN, open_store, order
from tests.support.databases import Place

URL = "http://shop.example/notify"
FORGED = Alteration(fault=MessageFault.WRONG_SIGN)
OF_FIRST = 3
"""The first order is told of by the schedule, by a copy, and by a forgery; another one by the schedule alone."""

Made = tuple[int, bool, bool]
"""An attempt: of which notification, whether the merchant took it, whether a person asked for it."""
MADE = st.lists(st.tuples(st.integers(0, OF_FIRST), st.booleans(), st.booleans()), max_size=8)


def owed(number: str) -> list[Notification]:
    return [
        Notification(
            id=f"{number}-{place}",
            kind=NotificationKind.PAYMENT,
            key=OrderKey(MCH_ID, number if place < OF_FIRST else f"{number}B"),
            origin=ORIGIN,
            url=URL,
            nonce_str="5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            created_at=NOON,
            next_at=NOON,
            single=place in (1, 2),
            alteration=FORGED if place == 2 else None,
        )
        for place in range(OF_FIRST + 1)
    ]


def verdict(notification: Notification, *, taken: bool) -> Verdict:
    if notification.hostile:
        refused = Verdict(VerdictName.CANNOT_TELL, (("fault", "wrong-sign"), ("how", "HTTP 400")))
        return Verdict(VerdictName.FORGERY_ACCEPTED, (("fault", "wrong-sign"),)) if taken else refused
    return Verdict(VerdictName.OK if taken else VerdictName.RESET)


def outcome(told: Notification, seconds: int, *, taken: bool, extra: bool) -> Outcome:
    exchange = Exchange(
        at=NOON + timedelta(seconds=seconds),
        kind=ExchangeKind.NOTIFICATION,
        origin=ORIGIN,
        method="POST",
        path=URL,
        request=Message(),
        key=told.key,
        mch_id=MCH_ID,
        notification_id=told.id,
        single=told.single,
        facts={"hostile": int(told.hostile)} if told.alteration else {},
    )
    return Outcome(exchange, verdict(told, taken=taken), extra)


async def kept(store: Store, number: str, made: Sequence[Made], *, together: bool) -> object:
    """What the transactions give, and what is stored by them: notifications, orders' standings, the journal."""
    told = owed(number)
    keys = sorted({one.key for one in told}, key=lambda key: key.out_trade_no)
    outcomes = [outcome(told[which], n, taken=taken, extra=extra) for n, (which, taken, extra) in enumerate(made)]

    def place(tx: UnitOfWork) -> None:
        for key in keys:
            tx.orders.add(order(key.out_trade_no))
        for one in told:
            tx.owe(one)

    def stored(tx: UnitOfWork) -> object:
        listed = [tx.orders.page(OrderFilter(out_trade_no=key.out_trade_no), None, 1).items[0] for key in keys]
        lines = [entry.what for key in keys for entry in tx.journal.timeline(key)]
        return tx.notifications.of_all(keys), [(one.notification, one.next_at) for one in listed], lines

    await store.write(place)
    groups = [outcomes] if together else [[one] for one in outcomes]
    given_back = [await store.write(lambda tx, group=group: record(tx, group)) for group in groups]  # type: ignore[misc]
    return list(itertools.chain(*given_back)), await store.read(stored)


@pytest.mark.slow
def test_attempts_kept_together_are_as_if_kept_one_by_one(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        stores = [
            runner.run(open_store({"data_dir": tmp_path / name}, synced=False)) for name in ("together", "one-by-one")
        ]
        numbers = itertools.count()

        @settings(max_examples=60, deadline=None)
        @given(MADE)
        def alike(made: list[Made]) -> None:
            number = f"ORDER{next(numbers):04}"
            together, one_by_one = (
                runner.run(kept(store, number, made, together=store is stores[0])) for store in stores
            )
            assert together == one_by_one

        alike()
        for store in stores:
            runner.run(store.close())


async def test_what_became_of_an_attempt_of_what_is_no_more_is_not_kept(kept_database: Place) -> None:
    store = await open_store(kept_database)
    gone = outcome(owed("ORDER001")[0], 0, taken=True, extra=False)
    assert await store.write(lambda tx: record(tx, [gone])) == [None]
    assert not await store.read(lambda tx: tx.journal.timeline(OrderKey(MCH_ID, "ORDER001")))
    await store.close()
