"""Clocks over the control API, and what they do to orders and notifications."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.refunds import told
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer


async def now(control: Control, mch_id: str = "") -> float:
    clock = await control.get("/clock", mch_id=mch_id)
    return datetime.fromisoformat(clock["now"]).timestamp()


async def second_merchant(merchant: Merchant, control: Control) -> Merchant:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    key = opened["api_key"]
    return Merchant(merchant.session, opened["mch_id"], opened["appids"][0], key, merchant.notify_url)


async def test_a_clock_tells_beijing_time_its_speed_and_its_jumps(control: Control) -> None:
    clock = await control.get("/clock")
    assert set(clock) == {"now", "scale", "advanced"}
    assert clock["now"].endswith("+08:00")
    assert (clock["scale"], clock["advanced"]) == (1.0, 0.0)


async def test_advancing_answers_with_the_new_time(control: Control) -> None:
    before = await now(control)
    clock = await control.advance(86400.5)
    assert datetime.fromisoformat(clock["now"]).timestamp() - before == pytest.approx(86400.5, abs=2)
    assert clock["advanced"] == pytest.approx(86400.5)


async def test_jumps_add_up(control: Control) -> None:
    for seconds in (10, 0, 20.5):
        await control.advance(seconds)
    assert (await control.get("/clock"))["advanced"] == pytest.approx(30.5)


async def test_the_sandboxs_clock_moves_all_merchants(merchant: Merchant, control: Control) -> None:
    other = await second_merchant(merchant, control)
    await control.advance(3600, other.mch_id)
    before = [await now(control, one) for one in ("", merchant.mch_id, other.mch_id)]
    await control.advance(600)
    after = [await now(control, one) for one in ("", merchant.mch_id, other.mch_id)]
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == pytest.approx([600] * 3, abs=2)


async def test_a_merchants_own_clock_leaves_others_alone(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    other = await second_merchant(merchant, control)
    theirs = Control(merchant.session, other.mch_id)
    for one, of in ((merchant, control), (other, theirs)):
        await one.order("PAID0001")
        await one.order("UNPAID01")
        await of.pay("PAID0001")
    await control.advance(0)
    await control.advance(8 * 86400, other.mch_id)
    assert len((await theirs.notification("PAID0001"))["attempts"]) == 16
    assert (await theirs.order("UNPAID01"))["trade_state"] == "CLOSED"
    assert len((await control.notification("PAID0001"))["attempts"]) == 1
    assert (await control.order("UNPAID01"))["trade_state"] == "NOTPAY"
    assert await now(control, other.mch_id) - await now(control) == pytest.approx(8 * 86400, abs=2)


async def test_advancing_runs_what_is_due_in_order(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    for number in ("FIRST001", "SECOND01"):
        await merchant.order(number)
        await control.pay(number)
        await control.advance(5)
    inbox.received.clear()
    await control.advance(15)
    assert [received.fields["out_trade_no"] for received in inbox.received] == ["FIRST001", "SECOND01"]


async def test_what_falls_due_closely_one_after_the_other_is_sent_side_by_side(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    numbers = ("FIRST001", "SECOND01", "THIRD001")
    inbox.answer(500)
    await control.post("/clock", {"scale": 0.001})  # so that nothing falls due by itself meanwhile
    for number in numbers:
        await merchant.order(number)
        await control.pay(number)
        await control.advance(0.2)
    inbox.received.clear()
    inbox.gate = asyncio.Event()
    advancing = asyncio.create_task(control.advance(20))
    while len(inbox.received) < len(numbers):
        inbox.arrived.clear()
        await inbox.arrived.wait()
    inbox.gate.set()
    await advancing
    attempts = [(await control.notification(number))["attempts"] for number in numbers]
    assert [[one["verdict"] for one in its] for its in attempts] == [["http_status", "http_status"]] * 3, "no timeout"
    moments = [[datetime.fromisoformat(one["at"]).timestamp() for one in its] for its in attempts]
    assert [again - first for first, again in moments] == pytest.approx([15] * 3, abs=0.5)


async def test_a_jump_stands_on_the_timeline_of_orders_there_were(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(90)
    await merchant.order("ORDER002")
    (line,) = [line for line in await control.timeline("ORDER001") if line["kind"] == "clock"]
    assert line["facts"] == {"seconds": 90}
    assert [line for line in await control.timeline("ORDER002") if line["kind"] == "clock"] == []


async def test_a_merchants_jump_is_not_on_anothers_timeline(merchant: Merchant, control: Control) -> None:
    other = await second_merchant(merchant, control)
    await merchant.order("ORDER001")
    await control.advance(90, other.mch_id)
    assert [line["kind"] for line in await control.timeline("ORDER001") if line["kind"] == "clock"] == []


async def test_another_speed_is_told_and_makes_no_jump(control: Control) -> None:
    before = await now(control)
    clock = await control.post("/clock", {"scale": 2})
    assert clock["scale"] == 2.0
    assert datetime.fromisoformat(clock["now"]).timestamp() - before == pytest.approx(0, abs=5)


async def test_a_merchant_may_have_a_speed_of_its_own(merchant: Merchant, control: Control) -> None:
    await control.post("/clock", {"scale": 3, "mch_id": merchant.mch_id})
    assert (await control.get("/clock", mch_id=merchant.mch_id))["scale"] == 3.0
    assert (await control.get("/clock"))["scale"] == 1.0


async def test_a_reset_goes_back_to_real_time(control: Control) -> None:
    before = await now(control)
    await control.post("/clock", {"scale": 60})
    await control.advance(86400)
    clock = await control.post("/clock", {"reset": True})
    assert (clock["scale"], clock["advanced"]) == (1.0, 0.0)
    assert datetime.fromisoformat(clock["now"]).timestamp() - before == pytest.approx(0, abs=5)


async def test_what_is_stored_keeps_its_times_when_the_clock_is_reset(merchant: Merchant, control: Control) -> None:
    await control.advance(86400)
    await merchant.order("ORDER001")
    before = await control.order("ORDER001")
    await control.post("/clock", {"reset": True})
    assert await control.order("ORDER001") == before


async def test_a_retry_falls_due_by_itself_when_time_runs_fast(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    inbox.answer(200)
    await control.post("/clock", {"scale": 10_000})
    order = await control.wait("ORDER001", "notified")
    assert len(order["notifications"][0]["attempts"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"advance": -1},
        {"advance": 10 * 365 * 86400 + 1},
        {"advance": 1e300},
        {"scale": 0},
        {"scale": -1},
        {"scale": 1e9},
        {"advance": -1, "mch_id": "1900000109"},
    ],
)
async def test_an_absurd_value_is_refused_and_changes_nothing(control: Control, body: dict[str, object]) -> None:
    assert (await control.post("/clock", body, 400))["error"]["code"] == "clock_refused"
    clock = await control.get("/clock")
    assert (clock["scale"], clock["advanced"]) == (1.0, 0.0)


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e999", '"1"'])
async def test_what_is_no_number_is_refused(session: aiohttp.ClientSession, raw: str) -> None:
    headers = {"Content-Type": "application/json"}
    async with session.post("/_sandbox/clock", data=f'{{"advance": {raw}}}', headers=headers) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "body", [{}, {"reset": False}, {"advance": 1, "scale": 2}, {"advance": 1, "reset": True}, {"mch_id": "1900000109"}]
)
async def test_one_movement_at_a_time_is_asked_for(control: Control, body: dict[str, object]) -> None:
    assert (await control.post("/clock", body, 400))["error"]["code"] == "invalid"


async def test_clocks_go_on_after_a_restart(kept_database: Place) -> None:
    readings = []
    for restarted in (False, True):
        running = await Server.start(Settings(port=0, **kept_database))
        async with aiohttp.ClientSession(running.url) as session:
            control = Control(session)
            if not restarted:
                await control.advance(86400)
                await control.advance(3600, control.mch_id)
                await control.post("/clock", {"scale": 2, "mch_id": control.mch_id})
            readings.append([await control.get("/clock", mch_id=one) for one in ("", control.mch_id)])
        await running.stop()
    for before, after in zip(*readings, strict=True):
        passed = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
        assert 0 <= passed.total_seconds() < 60
        assert (after["scale"], after["advanced"]) == (before["scale"], before["advanced"])
    assert (readings[1][1]["scale"], readings[1][1]["advanced"]) == (2.0, 3600.0)


async def test_orders_and_what_is_owed_go_on_after_a_restart(kept_database: Place, inbox: Inbox) -> None:
    inbox.answer(500)
    running = await Server.start(Settings(port=0, **kept_database))
    async with aiohttp.ClientSession(running.url) as session:
        control = Control(session)
        key = "sandboxv2key00000000000000000000"
        merchant = Merchant(session, control.mch_id, "wx8888888888888888", key, inbox.url)
        await merchant.order("UNPAID01")
        await merchant.order("PAID0001")
        await control.pay("PAID0001")
        await control.advance(0)
        before = await control.timeline("PAID0001")
    await running.stop()
    inbox.answer(200)
    running = await Server.start(Settings(port=0, **kept_database))
    async with aiohttp.ClientSession(running.url) as session:
        control = Control(session)
        assert (await control.timeline("PAID0001"))[: len(before)] == before
        await control.advance(15)
        assert (await control.notification("PAID0001"))["state"] == "delivered"
        await control.advance(7 * 86400)
        assert (await control.order("UNPAID01"))["trade_state"] == "CLOSED"
    await running.stop()


# -- reset -------------------------------------------------------------------------------------------------------------


async def test_a_reset_forgets_orders_notifications_and_journal(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    await control.post("/reset", {}, 204)
    for path in ("/orders", "/notifications", "/journal"):
        assert (await control.get(path))["items"] == []
    received = len(inbox.received)
    await control.advance(86400)
    assert len(inbox.received) == received
    assert (await merchant.query("ORDER001"))["err_code"] == "ORDERNOTEXIST"
    assert (await merchant.order("ORDER001", total_fee="7"))["result_code"] == "SUCCESS"


async def test_a_reset_forgets_sharings_and_frozen_money_and_keeps_receivers(control: Control) -> None:
    opened = await control.post("/merchants", {"name": "茶叶供应商"}, 201)
    sharer = Sharer(await V3Merchant.of(control, "https://shop.example/notify"), control, opened["mch_id"])
    await sharer.add()
    await sharer.share(await sharer.paid("ORDER001"), "P001")
    await control.post("/reset", {}, 204)
    assert (await control.get("/sharings"))["items"] == []
    assert set((await control.get(f"/merchants/{control.mch_id}/ledger"))["balances"].values()) <= {0}
    assert (await sharer.share(await sharer.paid("ORDER001"), "P001")).status == 200, "with the same receiver"


async def test_a_reset_keeps_merchants_payers_apps_and_clocks(control: Control) -> None:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    await control.advance(3600)
    await control.advance(60, opened["mch_id"])
    kept = [await control.get(path) for path in ("/merchants", "/payers", "/apps")]
    await control.post("/reset", {}, 204)
    assert [await control.get(path) for path in ("/merchants", "/payers", "/apps")] == kept
    assert (await control.get("/clock"))["advanced"] == 3600
    assert (await control.get("/clock", mch_id=opened["mch_id"]))["advanced"] == 60


async def test_a_reset_of_one_merchant_leaves_the_others(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    other = await second_merchant(merchant, control)
    theirs = Control(merchant.session, other.mch_id)
    for one, of in ((merchant, control), (other, theirs)):
        await one.order("ORDER001")
        await of.pay("ORDER001")
    await control.advance(0)
    await control.post("/reset", {"mch_id": other.mch_id}, 204)
    assert {order["mch_id"] for order in (await control.get("/orders"))["items"]} == {merchant.mch_id}
    assert {call["mch_id"] for call in (await control.get("/journal"))["items"]} == {merchant.mch_id}
    inbox.received.clear()
    await control.advance(60)
    assert {received.fields["mch_id"] for received in inbox.received} == {merchant.mch_id}


async def test_advancing_everybody_runs_what_is_due_whatever_each_ones_speed(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    other = await control.post("/merchants", {"certificate": False}, 201)
    quick = Merchant.opened(merchant.session, other, inbox.url)
    await control.post("/clock", {"scale": 1000, "mch_id": quick.mch_id})
    for one in (merchant, quick):
        await one.order("ORDER001")
        await Control(merchant.session, one.mch_id).pay("ORDER001")
    await control.advance(61)
    assert len((await control.notification("ORDER001"))["attempts"]) == 4


async def test_what_falls_due_by_itself_on_the_way_is_waited_for(
    merchant: Merchant, control: Control, inbox: Inbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    for number in range(2):
        await merchant.refund("ORDER001", f"REFUND{number}", 50, notify_url=inbox.url)
    scheduler, idle = server.parts.scheduler, server.parts.scheduler.idle

    async def and_a_moment_later(ends: Mapping[str, datetime]) -> None:
        """A busy machine: real time makes the next thing due before whoever waited has its turn."""
        await idle(ends)
        due = scheduler.due_queue.next()
        if due is not None and due.at <= ends[due.mch_id]:
            server.parts.clock.advance(scheduler.due_queue.real_delay(due))
            scheduler.run_due()

    monkeypatch.setattr(scheduler, "idle", and_a_moment_later)

    await control.advance(60)

    assert sorted(told(one, merchant)["out_refund_no"] for one in inbox.received[1:]) == ["REFUND0", "REFUND1"]
