"""Transactions, reads, and what is still there after a restart."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from sandbox.core.clock import ClockSetting
from sandbox.core.errors import AccountTaken, OrderNotFound, StorageFailed
from sandbox.core.events import EventName
from sandbox.core.journal import CallRefusal, Event, Exchange
from sandbox.core.merchants import App, ProductState, Review, SubMerchant
from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Payment, TradeType
from sandbox.core.patches import MerchantPatch
from sandbox.core.payers import Card, Payer
from sandbox.core.platform_keys import PlatformIdentity
from sandbox.core.ports.queries import CallFilter, OrderFilter
from sandbox.core.ports.storage import ChangeSet, UnitOfWork
from sandbox.core.usecases.accounts import DEFAULT_APPID
from sandbox.signing.flat import SignType
from sandbox.store import Store
from sandbox.store.journal_tables import journal
from sandbox.store.sqlite.database import FILE_NAME
from sandbox.store.transaction import Transaction
from sandbox.v2.origin import is_official, placed_by
from sandbox.words.events import sentence
from tests.store.helpers import MCH_ID, NOON, ORIGIN, call, enrolment, find, keep, numbers, open_store, order
from tests.support.databases import Place


async def journalled(store: Store, exchange: Exchange) -> None:
    """What the edge does before it answers a call that changed nothing."""
    if (journalling := store.journal_later(exchange)) is not None:
        await journalling


async def grouped(store: Store, *works: Callable[[UnitOfWork], object]) -> list[object]:
    """Run works that arrive together, and so share a group; gives each one's result or exception."""
    return await asyncio.gather(*map(store.write, works), return_exceptions=True)


def add(number: str) -> Callable[[UnitOfWork], str]:
    def work(tx: UnitOfWork) -> str:
        tx.orders.add(order(number))
        return number

    return work


def add_and_fail(number: str) -> Callable[[UnitOfWork], str]:
    def work(tx: UnitOfWork) -> str:
        tx.orders.add(order(number))
        tx.note(Event(at=NOON, name=EventName.CLOSED, key=OrderKey(MCH_ID, number)))
        raise OrderNotFound

    return work


# -- writing -----------------------------------------------------------------------------------------------------------


async def test_what_raises_leaves_no_trace(store: Store) -> None:
    with pytest.raises(OrderNotFound):
        await store.write(add_and_fail("ORDER001"))
    assert await store.read(find("ORDER001")) is None
    assert await store.read(lambda tx: tx.journal.timeline(OrderKey(MCH_ID, "ORDER001"))) == []


async def test_one_that_fails_in_a_group_does_not_hurt_the_others(store: Store) -> None:
    first, failed, last = await grouped(store, add("FIRST"), add_and_fail("FAILED"), add("LAST"))
    assert (first, last) == ("FIRST", "LAST")
    assert isinstance(failed, OrderNotFound)
    assert await numbers(store) == ["LAST", "FIRST"]


async def test_a_rule_of_the_database_that_is_broken_fails_only_the_one_that_broke_it(store: Store) -> None:
    first, twin, last = await grouped(store, add("SAME"), add("SAME"), add("OTHER"))
    assert (first, last) == ("SAME", "OTHER")
    assert isinstance(twin, Exception)
    assert await numbers(store) == ["OTHER", "SAME"]


async def test_one_that_is_not_guarded_fails_alone_as_long_as_it_has_stored_nothing(store: Store) -> None:
    def fail(tx: UnitOfWork) -> str:
        raise OrderNotFound

    work = add("FIRST"), fail, add("LAST")
    ended = await asyncio.gather(*[store.write(one, guarded=False) for one in work], return_exceptions=True)
    first, failed, last = ended
    assert (first, type(failed), last) == ("FIRST", OrderNotFound, "LAST")
    assert await numbers(store) == ["LAST", "FIRST"]


@pytest.mark.sqlite_only("on PostgreSQL it takes nobody along")
async def test_one_that_is_not_guarded_and_fails_when_it_has_stored_something_takes_its_group_with_it(
    store: Store,
) -> None:
    work = add("FIRST"), add_and_fail("FAILED"), add("LAST")
    ended = await asyncio.gather(*[store.write(one, guarded=False) for one in work], return_exceptions=True)
    assert [type(one) for one in ended] == [StorageFailed] * 3
    assert await numbers(store) == []
    await store.write(add("AFTER"), guarded=False)
    assert await numbers(store) == ["AFTER"]


async def test_a_group_sees_what_was_done_earlier_in_it(store: Store) -> None:
    _, seen = await grouped(store, add("ORDER001"), find("ORDER001"))
    assert seen == order("ORDER001")


async def test_two_who_open_the_same_merchant_at_once_do_not_both_get_it(store: Store) -> None:
    def open_it(tx: UnitOfWork) -> object:
        return enrolment(store, tx).open(MerchantPatch(mch_id="1999999999"))

    first, second = await grouped(store, open_it, open_it)
    assert isinstance(second, AccountTaken)
    assert store.accounts.merchant("1999999999") == first


async def test_a_transaction_sees_the_accounts_that_it_changed(store: Store) -> None:
    def work(tx: UnitOfWork) -> str:
        enrolment(store, tx).open(MerchantPatch(mch_id="1999999999"))
        return tx.accounts.merchant("1999999999").mch_id

    assert await store.write(work) == "1999999999"


async def test_accounts_of_a_transaction_that_failed_are_not_kept(store: Store) -> None:
    def work(tx: UnitOfWork) -> None:
        enrolment(store, tx).open(MerchantPatch(mch_id="1999999999"))
        raise OrderNotFound

    with pytest.raises(OrderNotFound):
        await store.write(work)
    assert "1999999999" not in store.accounts.merchants


async def test_listeners_hear_only_of_what_was_stored(store: Store) -> None:
    heard: list[ChangeSet] = []
    store.listen(heard.append)
    await grouped(store, add("FIRST"), add_and_fail("FAILED"))
    assert set().union(*(committed.orders for committed in heard)) == {OrderKey(MCH_ID, "FIRST")}


async def test_listeners_hear_before_the_answer_is_given(store: Store) -> None:
    heard: list[ChangeSet] = []
    store.listen(heard.append)
    await store.write(add("ORDER001"))
    assert [committed.orders for committed in heard] == [{OrderKey(MCH_ID, "ORDER001")}]


async def test_many_at_once_are_all_kept(store: Store) -> None:
    await asyncio.gather(*(store.write(add(f"ORDER{number:03}")) for number in range(300)))
    assert sorted(await numbers(store, limit=1000)) == [f"ORDER{number:03}" for number in range(300)]


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_a_read_sees_the_calls_that_were_answered_before_it(store: Store) -> None:
    await journalled(store, call("ORDER001"))
    await journalled(store, call("ORDER001", minutes=1))
    entries = await store.read(lambda tx: tx.journal.timeline(OrderKey(MCH_ID, "ORDER001")))
    assert [entry.what.at for entry in entries] == [NOON, NOON + timedelta(minutes=1)]


async def test_calls_are_journalled_in_the_order_in_which_they_were_answered(store: Store) -> None:
    await journalled(store, call("ORDER001"))
    await store.write(lambda tx: tx.record(call("ORDER001", minutes=1)))
    await journalled(store, call("ORDER001", minutes=2))
    page = await store.read(lambda tx: tx.journal.calls(CallFilter(), None, 10))
    assert [entry.what.at for entry in page.items] == [NOON + timedelta(minutes=n) for n in (2, 1, 0)]


async def test_closing_writes_the_calls_that_still_wait(kept_database: Place) -> None:
    store = await open_store(kept_database)
    await journalled(store, call("ORDER001"))
    await store.close()
    again = await open_store(kept_database)
    assert len(await again.read(lambda tx: tx.journal.timeline(OrderKey(MCH_ID, "ORDER001")))) == 1
    await again.close()


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StorageFailed) as refused:
        await store.read(add("ORDER001"))
    assert re.search("read-?only", str(refused.value.__cause__))
    assert await numbers(store) == []


# -- everything comes back as it was -----------------------------------------------------------------------------------


async def reopened(store: Store, place: Place) -> Store:
    await store.close()
    return await open_store(place)


async def test_an_order_with_every_field_survives_a_restart(kept_database: Place) -> None:
    store = await open_store(kept_database)
    full = order(
        "ORDER001",
        trade_type=TradeType.JSAPI,
        spbill_create_ip="2001:db8::1",
        fee_type="CNY",
        sub_appid="wxsub",
        openid="oPayer",
        sub_openid="oSubPayer",
        attach="附加 ]]> & 🍵",
        detail='{"goods_detail": []}',
        device_info="WEB",
        goods_tag="TAG",
        product_id="88888",
        limit_pay="no_credit",
        scene_info="{}",
        receipt="Y",
        profit_sharing="N",
        time_start=NOON,
        time_expire=NOON + timedelta(hours=1),
    )
    payment = Payment(
        transaction_id="4200000001202611230000000001",
        paid_at=NOON + timedelta(microseconds=1),
        bank_type="CMB_DEBIT",
        openid="oPayer",
        sub_openid="oSubPayer",
        cash_fee=100,
        is_subscribe="Y",
    )
    full = replace(full, origin=placed_by(SignType.HMAC_SHA256))
    paid = full.pay(payment)
    await keep(store, full)
    await store.write(lambda tx: tx.orders.save(paid))
    store = await reopened(store, kept_database)
    assert await store.read(find("ORDER001")) == paid
    await store.close()


async def test_a_closed_order_survives_a_restart(kept_database: Place) -> None:
    store = await open_store(kept_database)
    closed = order("ORDER001").close(NOON + timedelta(minutes=3))
    await keep(store, order("ORDER001"))
    await store.write(lambda tx: tx.orders.save(closed))
    store = await reopened(store, kept_database)
    assert await store.read(find("ORDER001")) == closed
    await store.close()


async def test_an_order_of_the_official_sandbox_stays_one(kept_database: Place) -> None:
    store = await open_store(kept_database)
    placed = replace(order("ORDER001"), origin=placed_by(SignType.HMAC_SHA256, official=True))
    await keep(store, placed, order("ORDER002"))
    store = await reopened(store, kept_database)
    assert await store.read(find("ORDER001")) == placed
    ordinary = await store.read(find("ORDER002"))
    assert ordinary is not None
    assert not is_official(ordinary.origin)
    await store.close()


@pytest.mark.sqlite_only("older databases are files")
async def test_a_sub_merchant_of_an_older_database_has_granted_everything(kept_database: Place, tmp_path: Path) -> None:
    store = await open_store(kept_database)
    await store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("""UPDATE merchants SET sub_merchants = '[["1888888888", ["wxsub"]]]'""")
        connection.commit()
    store = await open_store(kept_database)
    assert store.accounts.merchant(MCH_ID).sub_merchants == (SubMerchant("1888888888", ("wxsub",)),)
    await store.close()


async def test_an_event_that_another_version_wrote_is_told_by_its_name(kept_database: Place, tmp_path: Path) -> None:
    store = await open_store(kept_database)
    event = Event(at=NOON, name=EventName.CLOSED, key=OrderKey(MCH_ID, "ORDER001"), facts={"seconds": 1})
    await store.write(lambda tx: tx.note(event))

    def as_from_afar(tx: UnitOfWork) -> None:
        assert isinstance(tx, Transaction)
        tx.connection.execute(update(journal).values(name="from_afar"))

    await store.write(as_from_afar)
    (entry,) = await store.read(lambda tx: tx.journal.timeline(event.key))
    assert isinstance(entry.what, Event)
    assert sentence(entry.what, "en") == "from_afar"
    assert entry.what.facts == {"name": "from_afar", "seconds": 1}
    await store.close()


async def test_accounts_payers_and_clocks_survive_a_restart(kept_database: Place) -> None:
    store = await open_store(kept_database)
    app = App("wxapp", name="茶", package_name="com.example.tea", bundle_id="tea", review=Review.REFUSED)
    draft = MerchantPatch(
        mch_id="1999999999",
        name="服务商",
        appids=["wxprovider"],
        products={"NATIVE": ProductState.PENDING},
        service_provider=True,
        sub_merchants=[SubMerchant("1888888888", ("wxsub",), {"NATIVE": ProductState.NOT_OPENED})],
        notify_url="http://shop.example/notify",
    )
    await store.write(lambda tx: enrolment(store, tx).open(draft))
    places = MerchantPatch(
        api_key="n" * 32,
        jsapi_directories=["https://a.example/"],
        h5_domains=["a"],
        h5_check_ip=True,
        platform_identity=PlatformIdentity.BOTH,
        separate_platform_keys=True,
    )
    merchant = await store.write(lambda tx: enrolment(store, tx).change("1999999999", places))
    assert merchant.former_keys
    cards = (Card("CMB_DEBIT", 99), Card("LQT"))
    payer = Payer("oPayer", "wxapp", 500, "iPhone", logged_in=False, wechat_version="4.5", cards=cards)
    setting = ClockSetting(since=1.5, ahead=86400.25, scale=60.0, advanced=86400.0)

    def work(tx: UnitOfWork) -> None:
        tx.apps.save(app)
        tx.payers.save(payer)
        tx.clocks.save("", setting)
        tx.clocks.save("1999999999", setting)
        tx.clocks.save("1888888888", setting)
        tx.clocks.save("1888888888", None)

    await store.write(work)
    store = await reopened(store, kept_database)
    assert store.accounts.merchant("1999999999") == merchant
    assert store.accounts.app("wxapp") == app
    assert await store.read(lambda tx: tx.payers.find("oPayer")) == payer
    assert await store.read(lambda tx: tx.payers.first_of("wxapp")) == payer
    assert await store.read(lambda tx: tx.clocks.all()) == {"": setting, "1999999999": setting}
    await store.close()


async def test_what_is_owed_survives_a_restart(kept_database: Place) -> None:
    store = await open_store(kept_database)
    owed = Notification(
        id="ntf_1",
        kind=NotificationKind.PAYMENT,
        key=OrderKey(MCH_ID, "ORDER001"),
        origin=ORIGIN,
        url="http://shop.example/notify",
        nonce_str="nonce",
        created_at=NOON,
        next_at=NOON + timedelta(seconds=15),
        attempts=1,
        scheduled=1,
    )
    await keep(store, order("ORDER001"))
    await store.write(lambda tx: tx.owe(owed))
    store = await reopened(store, kept_database)
    assert await store.read(lambda tx: tx.notifications.pending()) == [owed]
    await store.close()


async def test_a_call_survives_a_restart_byte_for_byte(kept_database: Place) -> None:
    store = await open_store(kept_database)
    one = call("ORDER001")
    one.request = replace(one.request, body=b"\xff\x00<xml>\xe8\x8c\xb6")
    one.refusal, one.facts = CallRefusal(fault="length"), {"limit": 128}
    one.steps = [("read", 0.5), ("parse", 0.25)]
    await store.write(lambda tx: tx.record(one))
    store = await reopened(store, kept_database)
    page = await store.read(lambda tx: tx.journal.calls(CallFilter(), None, 10))
    assert page.items[0].what == one
    await store.close()


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 8])
async def test_the_parts_of_a_list_make_the_whole_list(store: Store, limit: int) -> None:
    await keep(store, *(order(f"ORDER{number:03}") for number in range(7)))
    found: list[str] = []
    cursor: str | None = None
    for _ in range(8):
        page = await store.read(lambda tx: tx.orders.page(OrderFilter(), cursor, limit))  # noqa: B023
        found += [row.order.key.out_trade_no for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == [f"ORDER{number:03}" for number in reversed(range(7))]


async def test_orders_placed_meanwhile_do_not_shift_the_parts_of_a_list(store: Store) -> None:
    await keep(store, *(order(f"ORDER{number:03}") for number in range(4)))
    first = await store.read(lambda tx: tx.orders.page(OrderFilter(), None, 2))
    await keep(store, order("NEWCOMER"))
    second = await store.read(lambda tx: tx.orders.page(OrderFilter(), first.next, 2))
    assert [row.order.key.out_trade_no for row in second.items] == ["ORDER001", "ORDER000"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("TEA", ["TEA002", "TEA001"]),
        ("TEA001", ["TEA001"]),
        ("tea", []),
        ("001", []),
        ("wxTEA002", ["TEA002"]),
        ("毛尖", ["CUP001"]),
        ("尖", ["CUP001"]),
        ("%", ["SALE001"]),
        ("_", []),
        ("'; DROP TABLE orders; --", []),
        ("", ["SALE001", "CUP001", "TEA002", "TEA001"]),
    ],
)
async def test_a_search_finds_beginnings_of_numbers_and_words_in_bodies(
    store: Store, search: str, found: list[str]
) -> None:
    cup, sale = order("CUP001", body="信阳毛尖"), order("SALE001", body="八折 80%")
    await keep(store, order("TEA001"), order("TEA002"), cup, sale)
    assert await numbers(store, OrderFilter(search=search)) == found


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (OrderFilter(mch_id=MCH_ID), ["C", "B", "A"]),
        (OrderFilter(mch_id="1000000000"), []),
        (OrderFilter(out_trade_no="B"), ["B"]),
        (OrderFilter(trade_state="CLOSED"), ["C"]),
        (OrderFilter(trade_type="APP"), ["B"]),
        (OrderFilter(trade_state="NOTPAY", trade_type="NATIVE"), ["A"]),
        (OrderFilter(notification="none"), ["C", "A"]),
        (OrderFilter(notification="pending"), ["B"]),
    ],
)
async def test_a_filter_lists_only_what_fits(store: Store, chosen: OrderFilter, found: list[str]) -> None:
    await keep(store, order("A"), order("B", trade_type=TradeType.APP), order("C"))
    owed = Notification(
        id="ntf_1",
        kind=NotificationKind.PAYMENT,
        key=OrderKey(MCH_ID, "B"),
        origin=ORIGIN,
        url="http://shop.example/",
        nonce_str="",
        created_at=NOON,
        next_at=NOON,
    )
    await store.write(lambda tx: tx.orders.save(order("C").close(NOON)))
    await store.write(lambda tx: tx.owe(owed))
    assert await numbers(store, chosen) == found


async def test_forgetting_one_merchants_orders_leaves_the_others(store: Store) -> None:
    other = replace(order("THEIRS"), key=OrderKey("1000000000", "THEIRS"))
    await keep(store, order("MINE"), other)
    await store.write(lambda tx: tx.record(call("MINE")))
    await store.write(lambda tx: tx.forget_orders(MCH_ID))
    assert await numbers(store) == ["THEIRS"]
    assert await store.read(lambda tx: tx.journal.calls(CallFilter(), None, 10).items) == []


async def test_the_first_payer_of_an_appid_is_the_one_that_was_added_first(store: Store) -> None:
    await store.write(lambda tx: tx.payers.save(Payer("oSecond", DEFAULT_APPID)))
    first = await store.read(lambda tx: tx.payers.first_of(DEFAULT_APPID))
    assert first is not None
    assert first.openid == "oSandboxPayer000000000000001"
