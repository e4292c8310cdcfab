"""What becomes of the payment notification, as the merchant's inbox has it."""

import asyncio
import xml.etree.ElementTree as ET

import pytest

from tests.scenarios.conftest import Place
from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.patience import PATIENCE
from tests.support.v3 import V3Merchant


@observes("notify-none")
async def test_nobody_is_notified(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(24 * 3600)
    assert ((await merchant.query("S1"))["trade_state"], inbox.received) == ("SUCCESS", [])


@observes("notify-delayed")
async def test_the_notification_comes_ten_minutes_late(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(9 * 60)
    assert inbox.received == []
    await control.advance(60)
    assert [merchant.verifies(one.fields) for one in inbox.received] == [True]


@observes("notify-before-answer")
async def test_the_notification_comes_before_the_answer(
    scenario: str, place: Place, merchant: Merchant, inbox: Inbox
) -> None:
    answer = await place(scenario)
    assert [one.fields["out_trade_no"] for one in inbox.received] == ["S1"]
    assert merchant.verifies(answer)
    assert answer["result_code"] == "SUCCESS"


@observes("notify-three-times")
async def test_three_come_one_a_second(scenario: str, place: Place, control: Control, inbox: Inbox) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(1)
    assert len(inbox.received) == 2
    await control.advance(60)
    assert len(inbox.received) == 3
    assert len({one.fields["transaction_id"] for one in inbox.received}) == 1


@observes("notify-at-once")
async def test_twenty_are_under_way_at_once(scenario: str, place: Place, control: Control, inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    await place(scenario)
    await control.pay("S1")
    async with asyncio.timeout(PATIENCE):
        while len(inbox.received) < 20:
            inbox.arrived.clear()
            await inbox.arrived.wait()
    inbox.gate.set()
    assert {one.fields["out_trade_no"] for one in inbox.received} == {"S1"}


@pytest.mark.parametrize(("scenario", "copies"), [("notify-at-once", 20), ("notify-three-times", 3)])
async def test_what_is_acknowledged_again_says_what_the_sandbox_cannot_see(
    scenario: str, copies: int, place: Place, control: Control, merchant: Merchant
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(2)
    attempts = [item for item in await control.timeline("S1") if item["kind"] == "notification"]
    assert [one["verdict"] for one in attempts] == ["ok"] * copies
    again = [one["explanation"] for one in attempts if "沙箱看不到商户的账" in one["explanation"]]
    assert len(again) == copies - 1
    assert f"第 {copies} 次应答 SUCCESS" in again[-1]
    async with merchant.session.get("/console/orders/1900000109/S1", headers={"Accept-Language": "en"}) as response:
        page = await response.text()
    assert f"acknowledged the same thing {copies} times: see that it was booked once" in page
    assert page.count("Look in your own database by transaction_id") == 2, "once in the headline, once on the timeline"


async def test_so_does_one_that_was_sent_again_by_hand(merchant: Merchant, control: Control) -> None:
    await merchant.order("S1")
    await control.pay("S1")
    await control.wait("S1", "notified")
    await control.post(f"/orders/{control.mch_id}/S1/notify")
    first, second = (await control.notification("S1"))["attempts"]
    assert (first["verdict"], second["verdict"]) == ("ok", "ok")
    assert "商户的账" not in first["explanation"] + first["fix"]
    assert "只应有一次入账" in second["fix"]


@observes("notify-out-of-order")
async def test_the_second_orders_notification_comes_first(
    scenario: str, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await control.post(f"/scenarios/{scenario}/apply", {"mch_id": merchant.mch_id})
    for number in ("S1", "S2", "S3", "S4"):
        await merchant.order(number)
        await control.pay(number)
    await control.advance(10 * 60)
    arrived = [one.fields["out_trade_no"] for one in inbox.received]
    assert (sorted(arrived[:2]), sorted(arrived[2:])) == (["S2", "S4"], ["S1", "S3"])


@observes("notify-replayed")
async def test_it_comes_again_after_six_hours(scenario: str, place: Place, control: Control, inbox: Inbox) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(6 * 3600 - 1)
    assert len(inbox.received) == 1
    await control.advance(1)
    first, second = (one.fields for one in inbox.received)
    ours = {"nonce_str": "", "sign": ""}
    assert first | ours == second | ours


@observes("notify-unknown-fields")
async def test_unknown_fields_are_signed(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(1)
    fields = inbox.received[0].fields
    assert fields["sandbox_new_field"]
    assert merchant.verifies(fields)
    attempt = (await control.notification("S1"))["attempts"][0]
    assert attempt["verdict"] in ("ok", "ok_no_return_msg"), "to take it is right"


@observes("notify-wrong-content-type")
async def test_the_content_type_is_another_and_the_message_is_right(
    scenario: str, place: Place, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await place(scenario)
    await control.pay("S1")
    await control.advance(1)
    one = inbox.received[0]
    assert one.headers["Content-Type"] == "application/json"
    assert ET.fromstring(one.body).tag == "xml"
    assert merchant.verifies(one.fields)


@observes("notify-key-migration")
async def test_both_kinds_of_signatures_arrive_during_a_migration(
    scenario: str, control: Control, inbox: Inbox
) -> None:
    inbox.answer(204, "")
    await control.call("PATCH", f"/merchants/{control.mch_id}", {"separate_platform_keys": True})
    backend = await V3Merchant.of(control, inbox.url)
    for number in range(16):
        await backend.place(f"MIGRATE{number}", attach=f"scenario:{scenario}")
        await control.pay(f"MIGRATE{number}")
    await control.advance(1)
    told = [backend.open(one)["out_trade_no"] for one in inbox.received]
    assert sorted(told) == sorted(f"MIGRATE{number}" for number in range(16))
    assert {one.headers["Wechatpay-Serial"] for one in inbox.received} == set(backend.keys)


@observes("notify-key-by-attempt")
async def test_the_first_attempt_is_signed_with_the_public_key_and_the_next_with_the_certificate(
    scenario: str, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500, "")
    backend = await V3Merchant.of(control, inbox.url)
    await backend.place("BYATTEMPT1", attach=f"scenario:{scenario}")
    await control.pay("BYATTEMPT1")
    await control.advance(31)
    key, certificate = (str(backend.shown[name]) for name in ("platform_public_key_id", "platform_serial_no"))
    assert [one.headers["Wechatpay-Serial"] for one in inbox.received] == [key, certificate, certificate]


async def test_a_face_without_such_keys_leaves_them_out_and_says_so(place: Place, control: Control) -> None:
    await place("notify-key-migration")
    (told,) = [one["summary"] for one in await control.timeline("S1") if "signed-by" in one["summary"]]
    assert "notify-key-migration" in told
