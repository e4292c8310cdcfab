"""What is kept: the newest journal lines, the newest orders, and all that still has something to do."""

from datetime import date

import pytest

from sandbox.config import Settings
from sandbox.core.events import EventName
from sandbox.core.journal import KEPT_BYTES, KEPT_FACT, Event, Exchange, ExchangeKind, Message
from sandbox.core.ledger import Movement
from sandbox.core.order_keys import OrderKey
from sandbox.server import Server
from sandbox.v2.origin import called_at
from tests.store.helpers import MCH_ID, check_days
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import combined
from tests.support.storing import in_a_file, repeated
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer
from tests.support.v3_transfers import top_up, transfer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite_only("in PostgreSQL it goes by rounds: tests/postgresql/test_retention.py"),
]


async def settled(control: Control) -> None:
    """Until what was written before has had its effect: writes are made one after the other."""
    for _ in range(4):
        await control.post("/payers", status=201)


async def delivered(merchant: Merchant, control: Control, *numbers: str) -> None:
    """Orders that are placed, paid and told of."""
    for number in numbers:
        await merchant.order(number)
        await control.pay(number)
        await control.wait(number, "notified")
    await settled(control)


async def orders(control: Control) -> list[str]:
    """The orders that are kept, oldest first."""
    return [one["out_trade_no"] for one in reversed((await control.get("/orders"))["items"])]


def limits(**settings: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("settings", [settings], ids=str)


# -- journal lines -----------------------------------------------------------------------------------------------------


@limits(keep_calls=5)
async def test_the_newest_lines_are_kept(merchant: Merchant, control: Control) -> None:
    for number in range(12):
        await merchant.query(f"ORDER{number:03}")
    await settled(control)
    await settled(control)
    items = (await control.get("/journal"))["items"]
    assert [one["out_trade_no"] for one in items] == [f"ORDER{number:03}" for number in range(11, 6, -1)]


@limits(keep_calls=200)
async def test_many_lines_go_in_several_batches(server: Server, control: Control) -> None:
    for _ in range(20):
        await write_lines(server, 150)
    await settled(control)
    assert await lines(server, 2800, 2801, 3000) == [False, True, True]


@limits(keep_calls=3)
async def test_an_order_outlives_its_lines(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    for number in range(5):
        await merchant.query(f"OTHER{number:03}")
    await settled(control)
    await settled(control)
    assert await control.timeline("ORDER001") == []
    assert (await control.pay("ORDER001"))["order"]["trade_state"] == "SUCCESS"


@limits(keep_calls=0, keep_orders=0)
async def test_zero_keeps_everything(merchant: Merchant, control: Control) -> None:
    await delivered(merchant, control, "ORDER001", "ORDER002")
    assert len((await control.get("/journal"))["items"]) == 2
    assert await orders(control) == ["ORDER001", "ORDER002"]


@limits(keep_calls=5)
async def test_what_a_reset_forgot_counts_no_more(merchant: Merchant, control: Control) -> None:
    for number in range(4):
        await merchant.query(f"ORDER{number:03}")
    await control.post("/reset", status=204)
    for number in range(4):
        await merchant.query(f"OTHER{number:03}")
    await settled(control)
    assert len((await control.get("/journal"))["items"]) == 4


# -- bytes of the journal ----------------------------------------------------------------------------------------------

MEGABYTE = 1024 * 1024


async def held(control: Control) -> int:
    """What the bodies of the lines that are kept hold."""
    items = (await control.get("/journal", limit="1000"))["items"]
    return sum(len(one["request"]["body"]) for one in items)


@limits(keep_megabytes=1)
async def test_calls_that_nobody_signed_fill_no_more_than_they_may(merchant: Merchant, control: Control) -> None:
    for number in range(40):
        await merchant.post("/pay/unifiedorder", f"<xml><a>{number:03}".encode() + b"x" * 60_000)
    await settled(control)
    await settled(control)
    assert 0.9 * MEGABYTE < await held(control) < 1.01 * MEGABYTE
    newest = (await control.get("/journal", limit="1"))["items"][0]
    assert newest["request"]["body"].startswith("<xml><a>039")


@limits(keep_megabytes=1)
async def test_small_lines_go_by_their_number_alone(merchant: Merchant, control: Control) -> None:
    for number in range(12):
        await merchant.query(f"ORDER{number:03}")
    await settled(control)
    assert len((await control.get("/journal"))["items"]) == 12


@pytest.mark.sqlite_only("on PostgreSQL the rows are counted, by the database")
@limits(keep_megabytes=1, keep_orders=1)
async def test_what_goes_with_an_order_counts_no_more(server: Server, merchant: Merchant, control: Control) -> None:
    for number in range(12):
        await delivered(merchant, control, f"ORDER{number:03}")
    await merchant.post("/pay/unifiedorder", b"x" * 60_000)
    await control.post("/reset", status=204)
    retention = in_a_file(server.parts.storage)._retention
    await settled(control)
    assert (retention._lines, retention._bytes) == (0, 0)


async def test_what_lines_held_before_a_start_counts_too(kept_database: Place) -> None:
    server = await Server.start(Settings(port=0, **kept_database))
    await server.parts.storage.write(repeated(40, lambda tx: tx.record(large(server))))
    await server.stop()
    server = await Server.start(Settings(port=0, **kept_database, keep_megabytes=1))
    await write_lines(server, 1)
    assert await lines(server, 1, 25, 26, 41) == [False, False, True, True]
    await server.stop()


def large(server: Server) -> Exchange:
    """A call with 64 KB of body."""
    body = Message((), b"x" * KEPT_BYTES)
    return Exchange(
        at=server.parts.clock.now(),
        kind=ExchangeKind.API,
        origin=called_at(official=False),
        method="POST",
        path="/pay/unifiedorder",
        request=body,
    )


async def test_of_one_exchange_no_more_is_kept_than_it_may_hold(server: Server) -> None:
    endless = Message(tuple((f"X-{number}", "v" * 8000) for number in range(100)), b"")
    call = large(server)
    call.request, call.reply, call.facts = endless, endless, {"said": "x" * MEGABYTE}
    await server.parts.storage.write(lambda tx: tx.record(call))
    entry = await server.parts.storage.read(lambda tx: tx.journal.entry(1))
    assert entry is not None
    assert isinstance(entry.what, Exchange)
    assert entry.what.request.headers == endless.headers[:1]
    assert len(str(entry.what.facts["said"])) == KEPT_FACT


# -- orders ------------------------------------------------------------------------------------------------------------


@limits(keep_orders=2)
async def test_the_newest_orders_are_kept(merchant: Merchant, control: Control) -> None:
    await delivered(merchant, control, "ORDER001", "ORDER002", "ORDER003", "ORDER004")
    assert await orders(control) == ["ORDER003", "ORDER004"]


@limits(keep_orders=1)
async def test_an_order_goes_with_its_lines_and_notifications(merchant: Merchant, control: Control) -> None:
    await delivered(merchant, control, "ORDER001")
    (notification,) = (await control.order("ORDER001"))["notifications"]
    await delivered(merchant, control, "ORDER002")
    await control.get(f"/orders/{merchant.mch_id}/ORDER001", 404)
    await control.get(f"/notifications/{notification['id']}", 404)
    assert {one["out_trade_no"] for one in (await control.get("/journal"))["items"]} == {"ORDER002"}
    assert {one["out_trade_no"] for one in (await control.get("/notifications"))["items"]} == {"ORDER002"}


@limits(keep_orders=1)
async def test_the_days_sums_lose_what_was_dropped(
    merchant: Merchant, control: Control, inbox: Inbox, server: Server
) -> None:
    sharer = Sharer(await V3Merchant.of(control, inbox.url), control, "1900000201")
    await sharer.add()
    await sharer.share(await sharer.paid("SHARED1"), "P1", unfreeze_unsplit=True)
    await control.advance(5)
    await top_up(control)
    await transfer(sharer.v3, "T01")
    shares = {Movement.FREEZE, Movement.UNFREEZE}
    assert shares <= await moved(server)
    await delivered(merchant, control, "ORDER001", "ORDER002", "ORDER003")
    assert await orders(control) == ["ORDER003"]
    assert (await moved(server)) & (shares | {Movement.TRANSFER}) == {Movement.TRANSFER}


async def moved(server: Server) -> set[Movement]:
    """What the days' sums tell of, which is what the lines come to."""
    await server.parts.storage.read(check_days)
    days = await server.parts.storage.read(lambda tx: tx.ledger.days(MCH_ID, date(2000, 1, 1)))
    return {one.movement for one in days}


@limits(keep_orders=1)
async def test_sub_orders_stay_as_long_as_their_combined_order(
    server: Server, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    inbox.answer(500)
    await combined(server, merchant, inbox, "ALL001", PART01=1, PART02=2)
    await control.pay("ALL001")
    await control.advance(0)
    inbox.answer()
    await delivered(merchant, control, "ORDER001", "ORDER002")
    assert await orders(control) == ["ALL001", "PART01", "PART02", "ORDER002"]


@limits(keep_orders=1)
async def test_an_order_of_many_calls_goes_whole(merchant: Merchant, control: Control, server: Server) -> None:
    key = OrderKey(merchant.mch_id, "ORDER001")
    event = Event(at=server.parts.clock.now(), name=EventName.CANCELLED, key=key)
    await merchant.order("ORDER001")
    await server.parts.storage.write(repeated(1200, lambda tx: tx.note(event)))
    await merchant.close("ORDER001")
    await delivered(merchant, control, "ORDER002")
    assert await orders(control) == ["ORDER002"]
    assert await server.parts.storage.read(lambda tx: tx.journal.timeline(key)) == []


@limits(keep_orders=1)
async def test_an_order_that_can_be_paid_stays(merchant: Merchant, control: Control) -> None:
    for number in ("ORDER001", "ORDER002", "ORDER003"):
        await merchant.order(number)
    await settled(control)
    assert await orders(control) == ["ORDER001", "ORDER002", "ORDER003"]
    await control.pay("ORDER001")


@limits(keep_orders=1)
@pytest.mark.parametrize("end", ["closed", "expired"])
async def test_it_goes_once_it_can_be_paid_no_more(merchant: Merchant, control: Control, end: str) -> None:
    await merchant.order("ORDER001")
    await control.advance(3600)
    await merchant.order("ORDER002")
    await settled(control)
    assert await orders(control) == ["ORDER001", "ORDER002"]
    await (merchant.close("ORDER001") if end == "closed" else control.advance(7 * 86400 - 1800))
    await merchant.query("ORDER002")
    await settled(control)
    await settled(control)
    assert await orders(control) == ["ORDER002"]


@limits(keep_orders=1)
async def test_an_order_with_a_pending_notification_stays(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    inbox.answer(200)
    await delivered(merchant, control, "ORDER002")
    assert await orders(control) == ["ORDER001", "ORDER002"]
    await control.advance(60)
    await merchant.query("ORDER002")
    await settled(control)
    assert await orders(control) == ["ORDER002"]


@limits(keep_orders=2)
async def test_the_newest_do_not_go_in_place_of_those_that_stay(merchant: Merchant, control: Control) -> None:
    for number in ("ORDER001", "ORDER002"):
        await merchant.order(number)
    await delivered(merchant, control, "ORDER003", "ORDER004", "ORDER005")
    assert await orders(control) == ["ORDER001", "ORDER002", "ORDER004", "ORDER005"]


@limits(keep_orders=1)
async def test_an_order_whose_scenario_goes_on_stays(merchant: Merchant, control: Control) -> None:
    await control.call("PUT", "/scenarios/later", {"payer": {"outcome": "success", "after": "1h"}})
    await control.post("/scenarios/later/apply", {"mch_id": merchant.mch_id, "out_trade_no": "ORDER001"})
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    await delivered(merchant, control, "ORDER002")
    assert await orders(control) == ["ORDER001", "ORDER002"]
    await control.advance(3600)
    await merchant.query("ORDER002")
    await settled(control)
    assert await orders(control) == ["ORDER002"]


@limits(keep_orders=1)
async def test_a_number_whose_order_is_gone_may_be_placed_again(merchant: Merchant, control: Control) -> None:
    await delivered(merchant, control, "ORDER001", "ORDER002")
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


# -- transfers ---------------------------------------------------------------------------------------------------------


@limits(keep_orders=2)
async def test_the_newest_transfers_are_kept_and_those_that_go_on(control: Control, inbox: Inbox) -> None:
    inbox.answer(204, "")
    await top_up(control)
    v3 = await V3Merchant.of(control, inbox.url)
    for number in ("WAITS", "T1", "T2", "T3", "T4"):
        await transfer(v3, number)
        if number != "WAITS":
            await control.post(f"/transfers/{v3.mch_id}/{number}", {"outcome": "success"})
            await control.advance(0)
    await settled(control)
    await settled(control)
    kept = {"WAITS", "T3", "T4"}
    assert {one["out_bill_no"] for one in (await control.get("/transfers"))["items"]} == kept
    assert {one["out_bill_no"] for one in (await control.get("/journal"))["items"] if one.get("out_bill_no")} == kept
    assert {one["out_bill_no"] for one in (await control.get("/notifications"))["items"]} == kept - {"WAITS"}
    ledger = await control.get(f"/merchants/{v3.mch_id}/ledger")
    assert {one["out_bill_no"] for one in ledger["items"] if one.get("out_bill_no")} == kept
    assert ledger["balances"]["Basic"] == 1_000_000 - 5 * 30


# -- starts ------------------------------------------------------------------------------------------------------------


async def write_lines(server: Server, many: int) -> None:
    """Lines of the journal; and a write behind them, so that what they set off is done."""
    event = Event(at=server.parts.clock.now(), name=EventName.CLOCK_ADVANCED, key=OrderKey("", ""))
    await server.parts.storage.write(repeated(many, lambda tx: tx.note(event)))
    await server.parts.storage.write(lambda tx: None)


async def lines(server: Server, *numbers: int) -> list[bool]:
    """Whether these lines are there."""
    return await server.parts.storage.read(lambda tx: [tx.journal.entry(number) is not None for number in numbers])


async def test_a_command_that_opens_the_database_drops_nothing(kept_database: Place) -> None:
    server = await Server.start(Settings(port=0, **kept_database, keep_calls=1), quiet=True)
    await write_lines(server, 5)
    assert await lines(server, 1, 5) == [True, True]
    await server.stop()


async def test_what_was_too_much_before_a_start_goes_with_the_first_write(kept_database: Place) -> None:
    server = await Server.start(Settings(port=0, **kept_database))
    await write_lines(server, 5)
    await server.stop()
    server = await Server.start(Settings(port=0, **kept_database, keep_calls=3))
    await write_lines(server, 1)
    assert await lines(server, 3, 4, 6) == [False, True, True]
    await server.stop()
