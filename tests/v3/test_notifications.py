"""Notifications of V3 as they arrive: envelope, headers, what is sealed, each attempt anew, and the replies to them."""

import json
import uuid
from typing import Any

import pytest
from aiohttp import web
from cryptography.exceptions import InvalidSignature

from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Received
from tests.support.v3 import V3Merchant
from tests.support.v3_careful import Careful
from tests.support.v3_refunds import refund

HEADERS = [
    *("Host", "Wechatpay-Timestamp", "Pragma", "Wechatpay-Signature-Type", "Wechatpay-Signature", "Wechatpay-Serial"),
    *("Content-Type", "Wechatpay-Nonce", "Accept", "User-Agent", "Connection", "Request-ID", "Content-Length"),
]
PAYMENT = [
    *("mchid", "appid", "out_trade_no", "transaction_id", "trade_type", "trade_state", "trade_state_desc", "bank_type"),
    *("attach", "success_time", "payer", "amount"),
]


async def paid(v3: V3Merchant, control: Control, number: str, **terms: Any) -> None:
    """An order that is paid and notified, once."""
    assert (await v3.place(number, **terms)).status == 200
    await control.pay(number)
    await control.wait(number, "notified")


async def test_a_payment_is_told_as_captured(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    await paid(v3, shared_control, "NOTIFIED01")

    (received,) = inbox.received
    envelope = json.loads(received.body)
    assert list(envelope) == ["id", "create_time", "resource_type", "event_type", "summary", "resource"]
    assert (envelope["resource_type"], envelope["event_type"]) == ("encrypt-resource", "TRANSACTION.SUCCESS")
    assert uuid.UUID(envelope["id"]).version == 5
    resource = envelope["resource"]
    assert list(resource) == ["original_type", "algorithm", "ciphertext", "associated_data", "nonce"]
    assert resource["original_type"] == resource["associated_data"] == "transaction"
    assert (len(resource["nonce"]), resource["nonce"].isalnum()) == (12, True)
    assert list(received.headers) == HEADERS
    assert received.headers["Request-ID"].endswith("-0")
    assert len(received.headers["Wechatpay-Nonce"]) == 32
    told = v3.open(received)
    assert list(told) == PAYMENT
    assert told["amount"] == {"total": 101, "payer_total": 101, "currency": "CNY", "payer_currency": "CNY"}
    assert (told["attach"], told["trade_state"], told["trade_state_desc"]) == ("", "SUCCESS", "支付成功")
    assert envelope["create_time"] == told["success_time"]
    assert ": " not in received.body
    assert "支付成功" in received.body, "as the bytes are, unescaped"


async def test_a_coupon_is_told_at_the_end(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    await v3.place("NOTIFIED02", attach="scenario:pay-coupon-no-cash")
    await shared_control.advance(3)

    told = v3.open(inbox.received[0])
    assert list(told) == [*PAYMENT, "promotion_detail"]
    (coupon,) = told["promotion_detail"]
    assert (coupon["type"], coupon["amount"], coupon["scope"]) == ("NOCASH", 1, "GLOBAL")
    assert (told["amount"]["total"], told["amount"]["payer_total"]) == (101, 100)


async def test_each_attempt_is_signed_anew_and_tells_the_same(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    inbox.answer(500, "")
    await v3.place("NOTIFIED03")
    await shared_control.pay("NOTIFIED03")
    await shared_control.advance(40)

    first, second, third = inbox.received
    for one in inbox.received:
        v3.open(one)
    assert first.body == second.body == third.body
    for name in ("Wechatpay-Nonce", "Wechatpay-Signature", "Request-ID"):
        assert len({one.headers[name] for one in inbox.received}) == 3, name


async def test_copies_are_one_notification_to_who_knows_it_by_its_id(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await v3.place("NOTIFIED04", attach="scenario:notify-three-times")
    await shared_control.pay("NOTIFIED04")
    await shared_control.advance(3)

    bodies = [json.loads(one.body) for one in inbox.received]
    assert len(bodies) == 3
    assert len({one["id"] for one in bodies}) == 1
    assert len({one["resource"]["nonce"] for one in bodies}) == 3, "no nonce is used for two"


# -- replies -----------------------------------------------------------------------------------------------------------

XML = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"
XML_FAIL = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[签名失败]]></return_msg></xml>"
RECEIPTS = [
    # status, body, what the explanation says
    (200, "", "HTTP 200"),
    (204, "", "HTTP 204"),
    (200, '{"code":"SUCCESS","message":"成功"}', "HTTP 200"),
    (200, "success", "HTTP 200"),
    (200, XML, "XML"),
    (200, '{"code":"FAIL","message":"没有库存"}', "because “没有库存”"),
    (200, XML_FAIL, "because “签名失败”"),
    (200, "<!DOCTYPE html><title>shop</title>", "HTML page"),
]
FAILURES = [
    (201, '{"code":"SUCCESS"}', "http_201", "Only HTTP 200 and 204"),
    (202, "", "http_status", "neither 200 nor 204"),
    (302, "", "redirect", "follows no redirect"),
    (400, '{"code":"FAIL","message":"签名错误"}', "http_status", "HTTP 400"),
    (415, "", "content_type", "application/json"),
    (500, "boom", "http_status", "HTTP 500"),
]


async def replied(
    v3: V3Merchant, control: Control, inbox: Inbox, number: str, status: int, body: str
) -> tuple[dict[str, Any], str]:
    """The notification that was answered so, with its attempt's verdict, and the order's state of being told."""
    inbox.answer(status, body)
    await v3.place(number)
    await control.pay(number)
    await control.advance(0)
    (one,) = (await control.get(f"/orders/{v3.mch_id}/{number}", lang="en"))["notifications"]
    return one["attempts"][0], one["state"]


async def test_200_and_204_are_receipts_whatever_the_body_says(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    for n, (status, body, said) in enumerate(RECEIPTS):
        attempt, state = await replied(v3, shared_control, inbox, f"RECEIPT{n:03}", status, body)
        assert (attempt["verdict"], state) == ("ok", "delivered"), body
        assert said in attempt["explanation"], body


async def test_all_else_is_none_and_tried_again(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    for n, (status, body, verdict, said) in enumerate(FAILURES):
        attempt, state = await replied(v3, shared_control, inbox, f"REFUSED{n:03}", status, body)
        assert (attempt["verdict"], state) == (verdict, "pending"), body
        assert said in attempt["explanation"], body
        inbox.answer(204, "")
        await shared_control.advance(15)


# -- forgeries ---------------------------------------------------------------------------------------------------------


FORGED = [
    *("wrong-sign", "no-sign", "empty-sign", "other-key", "unknown-serial", "signature-probe", "stale-timestamp"),
    *("wrong-api-v3-key", "tampered-ciphertext", "wrong-associated-data", "reused-nonce"),
    *("amount-lower", "amount-higher", "wrong-appid", "wrong-mch-id", "other-order", "unknown-order"),
    *("minimal", "malformed-body", "empty-body", "huge-body"),
]


async def forged(control: Control, number: str, fault: str) -> str:
    """The verdict on what the merchant answers to one more message with this fault."""
    order = await control.post(f"/orders/1900000109/{number}/notify", {"fault": fault})
    (one,) = [one for one in order["notifications"] if one.get("fault") == fault]
    return str(one["attempts"][0]["verdict"])


async def test_a_careful_merchant_refuses_every_forgery_and_a_naive_one_is_caught(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    careful = Careful(v3)
    inbox.reply = careful.answer
    await paid(v3, shared_control, "FORGERY000")
    await paid(v3, shared_control, "FORGERY001")
    assert careful.booked == ["FORGERY000", "FORGERY001"]
    for fault in FORGED:
        assert await forged(shared_control, "FORGERY001", fault) == "ok", fault
    assert careful.booked == ["FORGERY000", "FORGERY001"]

    inbox.answer(204, "")
    await paid(v3, shared_control, "FORGERY002")
    for fault in FORGED:
        expected = "replay_taken" if fault in ("stale-timestamp", "reused-nonce") else "forgery_accepted"
        assert await forged(shared_control, "FORGERY002", fault) == expected, fault


@pytest.mark.parametrize("fault", ["unknown-fields", "wrong-content-type"])
async def test_what_is_odd_and_true_is_to_be_taken(
    fault: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    careful = Careful(v3)
    inbox.reply = careful.answer
    number = f"ODD-{fault}"
    await paid(v3, shared_control, number)
    assert await forged(shared_control, number, fault) == "ok"
    assert careful.booked == [number, number]


async def test_what_only_v2_has_is_refused_by_name(v3: V3Merchant, shared_control: Control) -> None:
    await paid(v3, shared_control, "LACKING001")
    for fault in ("xxe", "xxe-parameter", "entity-expansion", "result-fail", "return-fail", "sign-type-lie"):
        refused = await shared_control.post(f"/orders/{v3.mch_id}/LACKING001/notify", {"fault": fault}, 409)
        assert refused["error"]["code"] == "fault_foreign"
        assert fault in refused["error"]["message"]


async def test_members_are_set_and_removed_inside_the_seal_by_either_names(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    changes = {"set": {"amount.total": "7", "mch_id": "1", "promotion_detail[0].amount": "3"}, "remove": ["openid"]}
    await shared_control.call("PUT", "/scenarios/v3-changed", {"notify": [changes]})
    await v3.place("CHANGED001", attach="scenario:v3-changed")
    await shared_control.pay("CHANGED001")
    await shared_control.advance(1)

    told = v3.open(inbox.received[0])
    assert (told["amount"]["total"], told["mchid"]) == (7, "1")
    assert told["promotion_detail"] == [{"amount": "3"}]
    assert "payer" not in told


# -- refunds -----------------------------------------------------------------------------------------------------------

REFUND = [
    *("mchid", "out_trade_no", "transaction_id", "out_refund_no", "refund_id", "refund_status", "success_time"),
    *("amount", "user_received_account"),
]
ENDS = {
    "refund-at-once": ("REFUND.SUCCESS", "SUCCESS", "退款成功"),
    "refund-change": ("REFUND.ABNORMAL", "ABNORMAL", "退款异常"),
    "refund-closed": ("REFUND.CLOSED", "CLOSED", "退款关闭"),
}


@observes(*ENDS)
async def test_a_refunds_end_is_told_by_its_name(
    scenario: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await paid(v3, shared_control, f"N-{scenario}", attach=f"scenario:{scenario}")
    inbox.received.clear()
    assert (await refund(v3, f"N-{scenario}", f"R-{scenario}", 100, notify_url=inbox.url)).status == 200
    await shared_control.advance(60)

    event, status, summary = ENDS[scenario]
    (received,) = inbox.received
    envelope, told = json.loads(received.body), v3.open(received)
    assert (envelope["event_type"], envelope["summary"]) == (event, summary)
    assert envelope["resource"]["original_type"] == "refund"
    assert list(told) == [name for name in REFUND if name != "success_time" or status == "SUCCESS"]
    assert told["refund_status"] == status
    assert told["amount"] == {"total": 101, "refund": 100, "payer_total": 101, "payer_refund": 100}


@observes("refund-notified-wrong-key", "refund-notified-wrong-amount")
async def test_a_forged_refund_is_refused_by_who_looks(
    scenario: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await paid(v3, shared_control, f"N-{scenario}", attach=f"scenario:{scenario}")
    inbox.received.clear()
    seen: list[int] = []

    def careful(received: Received) -> web.Response:
        try:
            seen.append(v3.open(received)["amount"]["refund"])
        except InvalidSignature:
            seen.append(0)
        return web.Response(status=204 if seen[-1] == 50 else 400)

    inbox.reply = careful
    await refund(v3, f"N-{scenario}", f"R-{scenario}", 50, notify_url=inbox.url)
    await shared_control.advance(90)
    assert seen == [0 if scenario.endswith("key") else 51, 50]
    told = [one for one in (await shared_control.order(f"N-{scenario}"))["notifications"] if one["kind"] == "refund"]
    assert {one["attempts"][-1]["verdict"] for one in told} == {"ok"}


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["payment", "refund"])
async def test_one_made_by_hand_is_sealed_signed_and_opened_again(
    kind: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    asked = {"mch_id": v3.mch_id, "face": "v3", "kind": kind, "fields": {"amount.total": "7"}, "url": inbox.url}
    built = await shared_control.post("/debug/notify", asked)
    (received,) = inbox.received
    told = v3.open(received)
    assert told["amount"]["total"] == 7
    assert built["sealed"]["amount.total"] == "7"
    assert built["attempt"]["verdict"] == "ok"
    opened = await shared_control.post("/debug/open", {"message": received.body, "mch_id": v3.mch_id})
    assert opened["sealed"] == built["sealed"]
