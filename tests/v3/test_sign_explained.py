"""A call turned away for its signature: its merchant is told what should have been signed, its developer why."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.control import Control
from tests.support.v3 import PAY, V3Merchant, sign

TARGET = f"{PAY}/out-trade-no/A%7CBCDE?mchid=1900000109"
Spoils = Callable[[V3Merchant], Callable[[str], str]]


async def last_call(control: Control) -> dict[str, Any]:
    call: dict[str, Any] = (await control.get("/journal", limit="1"))["items"][0]
    return call


def signed_as(method: str = "GET", target: str = TARGET, body: bytes = b"", **parts: str) -> Spoils:
    """Signed as another call would be."""
    return lambda merchant: lambda header: merchant.authorization(method, target, body, **parts)


def rewritten(old: str, new: str) -> Spoils:
    return lambda merchant: lambda header: re.sub(old, new, header)


def without_last_line_end(merchant: V3Merchant) -> Callable[[str], str]:
    at = str(int(time.time()))
    text = f"GET\n{TARGET}\n{at}\nnonce\n".encode()
    made = sign(text, str(merchant.shown["private_key"]))
    return lambda header: merchant.authorization("GET", TARGET, b"", timestamp=at, nonce_str="nonce", signature=made)


def with_platforms_serial(merchant: V3Merchant) -> Callable[[str], str]:
    serial_no = merchant.shown["platform_serial_no"]
    return lambda header: merchant.authorization("GET", TARGET, b"", serial_no=serial_no)


CAUSES: dict[str, Spoils] = {
    "last_line_end": without_last_line_end,
    "target_without_query": signed_as(target=TARGET.partition("?")[0]),
    "target_with_host": signed_as(target=f"https://api.mch.weixin.qq.com{TARGET}"),
    "target_decoded": signed_as(target=TARGET.replace("%7C", "|")),
    "method_case": signed_as(method="get"),
    "body_invented": signed_as(body=b"{}"),
    "nonce_case": lambda merchant: (
        lambda header: re.sub('nonce_str="[^"]*"', lambda one: one[0].upper().replace("NONCE_STR", "nonce_str"), header)
    ),
    "serial_platform": with_platforms_serial,
    "signature_unpadded": rewritten('=="', '"'),
    "quotes_single": rewritten('"', "'"),
    "fields_missing": rewritten(',timestamp="[^"]*"', ""),
    "timestamp_milliseconds": rewritten('timestamp="([0-9]+)"', 'timestamp="\\g<1>000"'),
    "clock_behind": signed_as(timestamp=str(int(time.time()) - 3600)),
    "authorization_missing": rewritten(".+", ""),
    "text_unknown": signed_as(target="/tea"),
}


@pytest.mark.parametrize("cause", CAUSES)
async def test_the_journal_says_why_a_call_was_turned_away(v3: V3Merchant, shared_control: Control, cause: str) -> None:
    answer = await v3.call("GET", TARGET, authorization=CAUSES[cause](v3))

    assert (answer.status, answer.json["code"]) == (401, "SIGN_ERROR")
    facts = (await last_call(shared_control))["facts"]
    assert facts["sign_hint"] == cause


async def test_a_wrong_signature_is_answered_with_what_should_have_been_signed(v3: V3Merchant) -> None:
    body = b'{"mchid":"1900000109"}'
    parts = {"timestamp": str(int(time.time())), "nonce_str": "n" * 32}
    answer = await v3.call(
        "POST", f"{PAY}/native", body, authorization=lambda header: v3.authorization("POST", "/v3/tea", body, **parts)
    )

    assert list(answer.json) == ["code", "detail", "message"]
    assert answer.json["message"] == "签名错误"
    assert answer.json["detail"] == {
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": "POST",
            "sign_message_length": len(f"POST\n{PAY}/native\n{parts['timestamp']}\n{parts['nonce_str']}\n")
            + len(body)
            + 1,
            "truncated_sign_message": f'POST\n{PAY}/native\n{parts["timestamp"]}\n{parts["nonce_str"]}\n{{"mchid"\n',
            "url": f"{PAY}/native",
        },
    }


async def test_the_key_of_another_merchant_is_recognised(v3: V3Merchant, shared_control: Control) -> None:
    other = await shared_control.post("/merchants", {"mch_id": "1900009999"}, 201)
    key = str((await shared_control.get(f"/merchants/{other['mch_id']}"))["private_key"])
    at = str(int(time.time()))
    made = sign(f"GET\n{TARGET}\n{at}\nn\n\n".encode(), key)
    await v3.call(
        "GET",
        TARGET,
        authorization=lambda header: v3.authorization("GET", TARGET, b"", timestamp=at, nonce_str="n", signature=made),
    )
    call = await last_call(shared_control)

    assert call["facts"]["sign_hint"] == "key_other_merchant"
    assert call["facts"]["other_mch_id"] == "1900009999"
    assert "1900009999" in call["explanation"]
    assert "PRIVATE KEY" not in str(call["facts"])


async def test_a_right_signature_needs_no_facts(v3: V3Merchant, shared_control: Control) -> None:
    assert (await v3.call("GET", TARGET)).status == 404
    call = await last_call(shared_control)

    assert call["signature"] == "ok"
    assert "sign_hint" not in call.get("facts", {})
