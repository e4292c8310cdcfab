"""Payment notifications as the merchant sees them."""

import asyncio
from datetime import datetime
from itertools import pairwise

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, elements

LADDER = [0, 15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]


async def test_a_paid_order_is_notified_with_a_right_signature(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("ORDER001", attach="附加 & <数据>")
    await control.pay("ORDER001")
    order = await control.wait("ORDER001", "notified")
    (received,) = inbox.received
    assert merchant.verifies(received.fields)
    assert received.fields["transaction_id"] == order["transaction_id"]
    assert received.fields["attach"] == "附加 & <数据>"
    assert received.headers["Content-Type"] == "text/xml"
    assert order["notifications"][0]["state"] == "delivered"


async def test_a_notification_has_the_live_shape(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001", attach="支付测试")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    body = inbox.received[0].body
    names = list(elements(body))
    assert names == sorted(names)
    assert body.startswith("<xml><appid><![CDATA[")
    assert body.endswith("\n</xml>")
    assert "<total_fee>100</total_fee>" in body
    assert "<cash_fee><![CDATA[100]]></cash_fee>" in body
    assert "sign_type" not in names
    assert "return_msg" not in names


@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
async def test_it_is_signed_as_the_order_was(
    merchant: Merchant, control: Control, inbox: Inbox, sign_type: str
) -> None:
    merchant.sign_type = sign_type
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    assert merchant.verifies(inbox.received[0].fields, sign_type)


async def test_a_merchant_that_never_answers_right_is_tried_sixteen_times(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(25 * 3600)
    notification = await control.notification("ORDER001")
    assert notification["state"] == "given_up"
    assert len(inbox.received) == 16
    assert len({received.body for received in inbox.received}) == 1
    times = [datetime.fromisoformat(attempt["at"]).timestamp() for attempt in notification["attempts"]]
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == pytest.approx(LADDER[1:], abs=1.0)


async def test_it_stops_when_the_merchant_has_understood(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(16)
    inbox.answer(200)
    await control.advance(16)
    await control.advance(24 * 3600)
    notification = await control.notification("ORDER001")
    assert [attempt["verdict"] for attempt in notification["attempts"]] == ["http_status", "http_status", "ok"]


@pytest.mark.parametrize(
    ("status", "text", "verdict"),
    [
        (201, "", "http_201"),
        (204, "", "http_status"),
        (500, "", "http_status"),
        (302, "", "login"),
        (419, "", "csrf"),
        (401, "", "login"),
        (200, "", "empty"),
        (200, "success", "not_xml"),
        (200, "SUCCESS", "not_xml"),
        (200, '{"return_code":"SUCCESS","return_msg":"OK"}', "json"),
        (200, "<!DOCTYPE html><html><body>hi</body></html>", "html"),
        (200, "\ufeff<xml><return_code>SUCCESS</return_code></xml>", "bom"),
        (200, "ok<xml><return_code>SUCCESS</return_code></xml>", "stray_text"),
        (200, "<xml><return_code>SUCCESS</return_code>\\n</xml>", "stray_text"),
        (200, "<xml><code>SUCCESS</code></xml>", "return_code_missing"),
        (200, "<xml><return_code>FAIL</return_code><return_msg>签名失败</return_msg></xml>", "return_code_fail"),
        (200, "<xml><return_code>SUCCESS</return_code></xml>", "ok"),
        (200, "<?xml version='1.0'?><xml><return_msg>OK</return_msg><return_code>SUCCESS</return_code></xml>", "ok"),
        (200, "x" * 70000, "too_large"),
        (500, "x" * 70000, "http_status"),
    ],
)
async def test_each_reply_gets_its_verdict(
    merchant: Merchant, control: Control, inbox: Inbox, status: int, text: str, verdict: str
) -> None:
    inbox.answer(status, text, **({"Location": "/login"} if status == 302 else {}))
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    (attempt,) = (await control.notification("ORDER001"))["attempts"]
    assert attempt["verdict"] == verdict
    assert attempt["explanation"]
    assert attempt["fix"]


async def test_of_a_reply_that_is_too_large_what_was_read_is_kept(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(200, "<xml>" + "x" * 70000)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    (attempt,) = (await control.notification("ORDER001"))["attempts"]
    assert attempt["verdict"] == "too_large"
    reply = attempt["reply"]
    assert (reply["status"], reply["cut"]) == (200, True)
    assert ["Content-Length", "70005"] in reply["headers"]
    assert reply["body"] == "<xml>" + "x" * (64 * 1024 - 5)


async def test_nobody_listening_is_told_so(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", notify_url="http://127.0.0.1:9/notify")
    await control.pay("ORDER001")
    await control.advance(0)
    (attempt,) = (await control.notification("ORDER001"))["attempts"]
    assert attempt["verdict"] == "refused"
    assert "reply" not in attempt


async def test_a_link_local_address_is_never_called(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", notify_url="http://169.254.169.254/latest/meta-data")
    await control.pay("ORDER001")
    await control.advance(0)
    (attempt,) = (await control.notification("ORDER001"))["attempts"]
    assert attempt["verdict"] == "forbidden_address"


async def test_an_extra_attempt_leaves_the_schedule_as_it_is(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(0)
    before = await control.notification("ORDER001")
    await control.post(f"/orders/{control.mch_id}/ORDER001/notify")
    after = await control.notification("ORDER001")
    assert len(after["attempts"]) == len(before["attempts"]) + 1
    assert after["next_at"] == before["next_at"]
    inbox.answer(200)
    retried = await control.post(f"/notifications/{after['id']}/retry")
    assert retried["state"] == "delivered"


async def test_an_unpaid_order_cannot_be_notified(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.post(f"/orders/{control.mch_id}/ORDER001/notify", status=409)


async def test_a_merchant_that_hangs_delays_no_other(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    other = await control.post("/merchants", {"certificate": False}, 201)
    second = Merchant.opened(merchant.session, other, inbox.url)
    merchant.notify_url = inbox.url.replace("/notify", "/hang")
    for number in range(40):
        await merchant.order(f"HANGING{number:03}")
        await control.pay(f"HANGING{number:03}")
    await second.order("QUICK001")
    quick = Control(merchant.session, second.mch_id)
    await quick.pay("QUICK001")
    order = await quick.wait("QUICK001", "notified")
    assert order["notifications"][0]["attempts"][0]["duration_ms"] < 5000
    waiting = await control.get("/notifications", mch_id=merchant.mch_id, state="pending", limit="100")
    assert len(waiting["items"]) == 40
    assert inbox.hanging == 40


async def test_a_queued_attempt_is_not_made_for_an_order_that_is_no_more(
    merchant: Merchant, control: Control, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.delivery.slots.SIDE_BY_SIDE", 1)
    inbox.gate = asyncio.Event()
    for name in ("FIRST001", "SECOND01"):
        await merchant.order(name)
        await control.pay(name)
    await inbox.arrived.wait()
    await control.post("/reset", {}, 204)
    inbox.gate.set()
    await control.advance(3600)
    assert [received.fields["out_trade_no"] for received in inbox.received] == ["FIRST001"]
