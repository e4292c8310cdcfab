"""What becomes of refunds, as the merchant sees it in refundquery and in its inbox."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.scenarios.conftest import Place
from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.refunds import decrypted, told

Pay = Callable[[str], Awaitable[None]]
DAY = 86400


@pytest.fixture
def pay(place: Place, control: Control, inbox: Inbox) -> Pay:
    """An order under a scenario, paid and notified; its inbox is empty again."""

    async def paid(scenario: str) -> None:
        await place(scenario)
        await control.pay("S1")
        await control.advance(0)
        inbox.received.clear()

    return paid


async def status(merchant: Merchant, out_refund_no: str = "R1") -> str:
    return (await merchant.refund_query(out_refund_no=out_refund_no))["refund_status_0"]


@observes("refund-at-once")
async def test_it_arrives_without_any_time(
    scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(0)
    assert await status(merchant) == "SUCCESS"
    assert [told(one, merchant)["refund_status"] for one in inbox.received] == ["SUCCESS"]


@observes("refund-slow")
async def test_it_is_processed_for_three_days(scenario: str, pay: Pay, merchant: Merchant, control: Control) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1")
    await control.advance(2 * DAY)
    assert await status(merchant) == "PROCESSING"
    await control.advance(DAY)
    assert await status(merchant) == "SUCCESS"


@observes("refund-change")
async def test_it_is_stuck(scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(10)
    assert await status(merchant) == "CHANGE"
    assert [told(one, merchant)["refund_status"] for one in inbox.received] == ["CHANGE"]
    assert (await merchant.refund("S1", "R2"))["result_code"] == "FAIL"


@observes("refund-closed")
async def test_it_is_closed_and_may_be_asked_for_anew(
    scenario: str, pay: Pay, merchant: Merchant, control: Control
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1")
    await control.advance(10)
    assert await status(merchant) == "REFUNDCLOSE"
    assert (await merchant.refund("S1", "R2"))["result_code"] == "SUCCESS"


@observes("refund-change-then-success")
async def test_only_the_first_is_stuck(scenario: str, pay: Pay, merchant: Merchant, control: Control) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", 30)
    await merchant.refund("S1", "R2", 30)
    await control.advance(60)
    assert (await status(merchant, "R1"), await status(merchant, "R2")) == ("CHANGE", "SUCCESS")


@observes("refund-no-notification")
async def test_nobody_is_told_of_the_refund(
    scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(DAY)
    assert (await status(merchant), inbox.received) == ("SUCCESS", [])


@observes("refund-notified-three-times")
async def test_three_messages_tell_of_one_refund(
    scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(60 + 2)
    refund_ids = [told(one, merchant)["refund_id"] for one in inbox.received]
    assert (len(refund_ids), len(set(refund_ids))) == (3, 1)


@observes("refund-notified-wrong-key")
async def test_the_first_cannot_be_decrypted(
    scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(70)
    assert [decrypted(one.fields["req_info"], merchant.key) is None for one in inbox.received] == [True, False]
    first = {one.get("fault"): one["attempts"][0] for one in (await refund_messages(control))}
    # This inbox answers SUCCESS to everything.
    assert {fault: made["verdict"] for fault, made in first.items()} == {"other-key": "forgery_accepted", None: "ok"}
    assert "用另一个商户的密钥加密" in first["other-key"]["explanation"]
    assert first["other-key"]["fix"].startswith("退款通知没有签名：用自己的 API 密钥解密 req_info")


async def test_a_forged_refund_was_refused_only_where_the_true_one_is_taken(
    pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay("refund-notified-wrong-key")
    inbox.answer(500)
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(70)
    told = {one.get("fault"): one["attempts"][0]["verdict"] for one in (await refund_messages(control))}
    assert told == {"other-key": "cannot_tell", None: "http_status"}
    inbox.answer()
    await control.advance(600)
    (forged,) = [one for one in (await refund_messages(control)) if one.get("fault")]
    assert forged["attempts"][0]["verdict"] == "ok"


@pytest.mark.parametrize("fault", ["result-fail", "sign-type-lie"])
async def test_a_fault_that_no_message_of_refunds_can_have_is_left_out_and_told(
    pay: Pay, merchant: Merchant, control: Control, inbox: Inbox, fault: str
) -> None:
    """There is neither a result_code nor a sign_type in one: it would be a true message, held against who takes it."""
    await control.call("PUT", "/scenarios/mine", {"refund": {"notify": [{"fault": fault}, {}]}})
    await pay("mine")
    await merchant.refund("S1", "R1", notify_url=inbox.url)
    await control.advance(90)
    assert [told(one, merchant)["refund_status"] for one in inbox.received] == ["SUCCESS"]
    assert any(fault in one["summary"] for one in await control.timeline("S1") if one["kind"] == "scenario")


async def refund_messages(control: Control) -> list[dict[str, Any]]:
    return [one for one in (await control.order("S1"))["notifications"] if one["kind"] == "refund"]


@observes("refund-notified-wrong-amount")
async def test_the_first_has_one_fen_more(
    scenario: str, pay: Pay, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(scenario)
    await merchant.refund("S1", "R1", 50, notify_url=inbox.url)
    await control.advance(70)
    assert [told(one, merchant)["refund_fee"] for one in inbox.received] == ["51", "50"]


@observes("refund-system-error")
async def test_the_same_number_gives_the_same_refund(
    scenario: str, pay: Pay, merchant: Merchant, control: Control
) -> None:
    await pay(scenario)
    assert (await merchant.refund("S1", "R1"))["err_code"] == "SYSTEMERROR"
    again = await merchant.refund("S1", "R1")
    assert (again["result_code"], len((await control.order("S1"))["refunds"])) == ("SUCCESS", 1)
