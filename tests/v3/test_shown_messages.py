"""Messages of V3 as people paste them: the doctor reads each form and says whether it is signed rightly, or why not."""

import base64
import json
import shlex
from typing import Any

import pytest

from sandbox.cli.doctor import body_of
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import PAY, V3Merchant, sign

BODY = '{"appid":"wx8888888888888888","description":"茶"}'.encode()
TARGET = f"{PAY}/native"


def raw(merchant: V3Merchant, signed: bytes = BODY, end: bytes = b"", lines: str = "\r\n") -> bytes:
    """A request as it goes over the wire."""
    header = merchant.authorization("POST", TARGET, signed)
    head = [f"POST {TARGET} HTTP/1.1", "Host: api.mch.weixin.qq.com", f"Authorization: {header}"]
    return lines.join([*head, "Content-Type: application/json", "", ""]).encode() + BODY + end


def with_length(merchant: V3Merchant) -> bytes:
    """As an editor saves it, with a line end that was not sent."""
    shown = raw(merchant, end=b"\n", lines="\n")
    return shown.replace(b"Content-Type", f"Content-Length: {len(BODY)}\nContent-Type".encode())


def curl(merchant: V3Merchant) -> bytes:
    header = f"Authorization: {merchant.authorization('POST', TARGET, BODY)}"
    words = ["-X", "POST", f"http://127.0.0.1:8686{TARGET}", "-H", header, "--data-raw", BODY.decode()]
    return ("curl -sS " + " ".join(map(shlex.quote, words))).encode()


def piped(merchant: V3Merchant) -> bytes:
    sent = base64.b64encode(BODY).decode()
    return f"echo {sent} | base64 -d | ".encode() + curl(merchant).split(b"--data-raw")[0] + b"--data-binary @-"


def har(merchant: V3Merchant) -> bytes:
    headers = [{"name": "Authorization", "value": merchant.authorization("POST", TARGET, BODY)}]
    request = {"method": "POST", "url": f"https://api.mch.weixin.qq.com{TARGET}", "headers": headers}
    entry = {"request": {**request, "postData": {"text": BODY.decode()}}, "response": {}}
    return json.dumps({"log": {"entries": [entry]}}).encode()


def proxied(merchant: V3Merchant) -> bytes:
    return raw(merchant).replace(b"POST /", b"POST https://api.mch.weixin.qq.com/", 1)


FORMS = {"raw": raw, "saved": with_length, "curl": curl, "piped to curl": piped, "HAR": har, "to a proxy": proxied}


async def doctor(control: Control, shown: bytes, **more: str) -> Any:
    return await control.post("/doctor", {"body_base64": base64.b64encode(shown).decode(), **more})


@pytest.mark.parametrize("form", FORMS)
async def test_a_request_is_read_in_every_form(v3: V3Merchant, shared_control: Control, form: str) -> None:
    found = await doctor(shared_control, body_of(FORMS[form](v3)))

    assert found["valid"], found
    assert found["mch_id"] == v3.mch_id
    assert found["given"] == found["expected"]


async def test_a_pasted_request_is_explained(v3: V3Merchant, shared_control: Control) -> None:
    shown = raw(v3, signed=json.dumps(json.loads(BODY), ensure_ascii=False).encode())
    found = await doctor(shared_control, shown)
    assert (found["valid"], found["mistake"]) == (False, "body_blanks")
    assert "只序列化一次" in found["fix"]
    verified = await shared_control.post("/debug/verify", {"message": shown.decode()})
    assert (verified["valid"], verified["mistake"]) == (False, "body_blanks")


async def test_a_pasted_answer_is_verified(v3: V3Merchant, shared_control: Control) -> None:
    answer = await v3.get(f"{PAY}/out-trade-no/NOBODY0001", mchid=v3.mch_id)
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items() if name.startswith("Wechatpay"))
    shown = f"HTTP/1.1 {answer.status} Not Found\r\n{head}\r\n".encode()

    assert (await doctor(shared_control, shown + answer.body, mch_id=v3.mch_id))["valid"]
    rewritten = json.dumps(answer.json, ensure_ascii=False).encode()
    found = await doctor(shared_control, shown + rewritten, mch_id=v3.mch_id)
    assert found["mistake"] == "reply_body_changed"
    found = await doctor(shared_control, shown + b"{}", mch_id=v3.mch_id)
    assert found["mistake"] == "reply_text_unknown"
    assert (await doctor(shared_control, shown + answer.body))["mistake"] == "merchant_unknown"


async def test_a_pasted_notification_is_verified(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    await v3.place("PASTED0001")
    await shared_control.pay("PASTED0001")
    await shared_control.wait("PASTED0001", "notified")
    received = inbox.received[0]
    head = "".join(f"{name}: {value}\r\n" for name, value in received.headers.items())
    shown = f"POST /notify HTTP/1.1\r\n{head}\r\n{received.body}"

    assert (await doctor(shared_control, shown.encode(), mch_id=v3.mch_id))["valid"]
    other = shown.replace("Wechatpay-Serial: ", "Wechatpay-Serial: 7")
    assert (await doctor(shared_control, other.encode(), mch_id=v3.mch_id))["mistake"] == "reply_serial"
    probe = shown.replace("Wechatpay-Signature: ", "Wechatpay-Signature: WECHATPAY/SIGNTEST/")
    assert (await doctor(shared_control, probe.encode(), mch_id=v3.mch_id))["mistake"] == "reply_probe"


async def test_a_second_signature_is_checked_as_json(v3: V3Merchant, shared_control: Control) -> None:
    prepay_id = (await v3.place("HANDED0001", "app")).json["prepay_id"]
    second = await shared_control.post("/debug/second", {"prepay_id": prepay_id})
    verified = await shared_control.post("/debug/verify", {"message": json.dumps(second["fields"])})
    assert verified["valid"], verified

    text = "\n".join(second["fields"][name] for name in ("appid", "timestamp", "noncestr", "prepayid"))
    fields = {**second["fields"], "sign": sign(text.encode(), str(v3.shown["private_key"]))}
    verified = await shared_control.post("/debug/verify", {"message": json.dumps(fields)})
    assert (verified["valid"], verified["mistake"]) == (False, "v3_sign_last_line_end")


async def test_a_call_by_hand_is_signed_and_its_answer_verified(v3: V3Merchant, shared_control: Control) -> None:
    fields = {"appid": v3.appid, "mchid": v3.mch_id, "description": "tea", "out_trade_no": "BYHAND0001"}
    said = {**fields, "notify_url": "https://shop.example/n", "amount.total": 1}
    sent = await shared_control.post("/debug/send", {"face": "v3", "path": TARGET, "fields": said})

    assert sent["reply"]["status"] == 200, sent
    assert sent["string_to_sign"].startswith(f"POST\n{TARGET}\n")
    assert sent["signature"]["valid"]
    assert (await shared_control.order("BYHAND0001"))["face"] == "v3"


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("curl 'http://127.0.0.1/v3/x -H 'Authorization: WECHATPAY2-SHA256-RSA2048 a'", "curl"),
        ("curl http://127.0.0.1/v3/x -H 'Authorization: WECHATPAY2-SHA256-RSA2048 a' -d @body.json", "curl_file"),
    ],
)
async def test_what_cannot_be_read_is_told(shared_control: Control, shown: str, reason: str) -> None:
    found = await doctor(shared_control, shown.encode())
    assert (found["readable"], found["mistake"]) == (False, reason)


async def test_a_key_that_is_none_is_refused(v3: V3Merchant, shared_control: Control) -> None:
    refused = await shared_control.post("/debug/verify", {"message": raw(v3).decode(), "key": "tea"}, 400)
    assert refused["error"]["code"] == "key_unreadable"
    own = await shared_control.post("/debug/verify", {"message": raw(v3).decode(), "key": v3.shown["private_key"]})
    assert own["valid"]


async def test_a_notification_by_hand_is_signed_by_wechat_pay_and_opens(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await v3.place("NOTICE0001")
    await shared_control.pay("NOTICE0001")
    await shared_control.wait("NOTICE0001", "notified")
    body = {"mch_id": v3.mch_id, "kind": "payment", "url": inbox.url, "face": "v3"}
    await shared_control.post("/debug/notify", body)

    told = v3.open(inbox.received[-1])
    assert told["out_trade_no"] == "NOTICE0001"
    opened = await shared_control.post("/debug/open", {"message": inbox.received[-1].body, "mch_id": v3.mch_id})
    assert opened["sealed"]["out_trade_no"] == "NOTICE0001"
