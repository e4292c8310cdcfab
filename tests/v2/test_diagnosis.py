"""Why a signature is wrong: the journal says so, WeChat does not, and no key is ever shown."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.core.catalogue.faults import FAULTS, SIGN_HINTS
from tests.support.control import Control
from tests.support.merchant import Merchant, document, signature
from tests.v2.conftest import Open

KEY = "sandboxv2key00000000000000000000"
V3_KEY = "sandboxv3key00000000000000000000"
Fields = dict[str, str]


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest().upper()


def joined(pairs: list[tuple[str, str]], key: str = KEY) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs) + f"&key={key}"


def filled(fields: Fields) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields.items() if value]


MISTAKES: dict[str, tuple[str, Callable[[Fields], str]]] = {
    "lower case": ("lower_case", lambda fields: signature(fields, KEY).lower()),
    "HMAC undeclared": ("other_sign_type", lambda fields: signature(fields, KEY, "HMAC-SHA256")),
    "the APIv3 key": ("api_v3_key", lambda fields: signature(fields, V3_KEY)),
    "unsorted": ("unsorted", lambda fields: md5(joined(filled(fields)))),
    "empty fields too": ("empty_fields", lambda fields: md5(joined(sorted(fields.items())))),
    "no key": ("no_key", lambda fields: md5("&".join(f"{name}={value}" for name, value in sorted(filled(fields))))),
    "the key of nobody": ("unknown", lambda fields: signature(fields, "x" * 32)),
    "nonsense": ("unknown", lambda fields: "茶"),
    "the request of yesterday": ("unknown", lambda fields: signature({**fields, "body": "昨天"}, KEY)),
}


async def ordered(merchant: Merchant, make_sign: Callable[[Fields], str], **more: str) -> dict[str, str]:
    """Place an order with this sign; its fields are sent unsorted, one of them empty."""
    from tests.support.merchant import elements

    fields = {
        "trade_type": "NATIVE",
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "nonce_str": "nonce",
        "body": "龙井茶 & 茶杯",
        "attach": "",
        "out_trade_no": "ORDER001",
        "total_fee": "100",
        "spbill_create_ip": "123.12.12.123",
        "notify_url": merchant.notify_url,
        **more,
    }
    return elements(await merchant.post("/pay/unifiedorder", document({**fields, "sign": make_sign(fields)})))


async def last_call(control: Control) -> dict[str, Any]:
    call: dict[str, Any] = (await control.get("/journal", limit="1"))["items"][0]
    return call


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_each_mistake_is_recognised(merchant: Merchant, control: Control, mistake: str) -> None:
    hint, make_sign = MISTAKES[mistake]
    answer = await ordered(merchant, make_sign)
    assert answer == {"return_code": "FAIL", "return_msg": "签名错误"}
    call = await last_call(control)
    assert call["signature"] == "wrong"
    assert call["outcome"] == "failed"
    assert call["facts"]["fault"] == "sign_wrong"
    assert call["facts"]["sign_hint"] == hint


async def test_a_declared_hmac_that_was_computed_as_md5_is_recognised(merchant: Merchant, control: Control) -> None:
    await ordered(merchant, lambda fields: signature(fields, KEY), sign_type="HMAC-SHA256")
    assert (await last_call(control))["facts"]["sign_hint"] == "other_sign_type"


@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
async def test_a_sign_type_that_was_sent_but_not_signed_is_recognised(
    merchant: Merchant, control: Control, sign_type: str
) -> None:
    def without_type(fields: Fields) -> str:
        return signature({name: value for name, value in fields.items() if name != "sign_type"}, KEY, sign_type)

    await ordered(merchant, without_type, sign_type=sign_type)
    assert (await last_call(control))["facts"]["sign_hint"] == "sign_type_left_out"


async def test_mistakes_are_recognised_under_hmac_too(merchant: Merchant, control: Control) -> None:
    def unsorted(fields: Fields) -> str:
        return hmac.new(KEY.encode(), joined(filled(fields)).encode(), hashlib.sha256).hexdigest().upper()

    await ordered(merchant, unsorted, sign_type="HMAC-SHA256")
    assert (await last_call(control))["facts"]["sign_hint"] == "unsorted"


async def test_the_key_of_another_merchant_is_recognised(
    merchant: Merchant, open_merchant: Open, control: Control
) -> None:
    other = await open_merchant()
    await ordered(merchant, lambda fields: signature(fields, other.key))
    facts = (await last_call(control))["facts"]
    assert (facts["sign_hint"], facts["other_mch_id"]) == ("other_merchant", other.mch_id)
    assert other.key not in str(facts)


async def test_a_sign_that_is_missing_is_no_wrong_one(merchant: Merchant, control: Control) -> None:
    await ordered(merchant, lambda fields: "")
    call = await last_call(control)
    assert call["signature"] == "missing"
    assert call["facts"]["fault"] == "sign_missing"
    assert call["facts"]["sign_hint"] == ""


async def test_the_string_to_sign_is_shown_with_its_key_masked(merchant: Merchant, control: Control) -> None:
    await ordered(merchant, lambda fields: "0" * 32)
    shown = (await last_call(control))["facts"]["string_to_sign"]
    assert shown.startswith("appid=wx8888888888888888&body=龙井茶 & 茶杯&mch_id=1900000109&nonce_str=nonce&")
    assert shown.endswith("&key=********")
    assert "attach" not in shown


async def test_a_right_sign_is_ok_and_needs_no_facts(merchant: Merchant, control: Control) -> None:
    assert (await ordered(merchant, lambda fields: signature(fields, KEY)))["result_code"] == "SUCCESS"
    call = await last_call(control)
    assert call["signature"] == "ok"
    assert "facts" not in call


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_no_key_is_shown_in_journal_or_timeline(
    merchant: Merchant, control: Control, session: object, mistake: str
) -> None:
    await ordered(merchant, lambda fields: signature(fields, KEY))
    await ordered(merchant, MISTAKES[mistake][1])
    await control.pay("ORDER001")
    await control.advance(0)
    shown = [
        str(await control.get("/journal")),
        str(await control.timeline("ORDER001")),
        str(await control.order("ORDER001")),
        str(await control.get("/notifications")),
        str(await control.get("/merchants")),
    ]
    for text in shown:
        assert KEY not in text
        assert V3_KEY not in text


async def test_a_call_with_a_wrong_sign_stands_on_its_orders_timeline(merchant: Merchant, control: Control) -> None:
    await ordered(merchant, lambda fields: signature(fields, KEY))
    await ordered(merchant, lambda fields: signature(fields, KEY).lower())
    calls = [line for line in await control.timeline("ORDER001") if line["kind"] == "api"]
    assert [call["signature"] for call in calls] == ["ok", "wrong"]


async def test_steps_of_a_call_have_their_documented_names(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    steps = [step["name"] for step in (await last_call(control))["steps"]]
    assert steps == ["read", "parse", "validate", "find_merchant", "verify_sign", "perform", "sign", "write"]


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"body": None}, {"fault": "missing", "field": "body"}),
        ({"body": "茶" * 43}, {"fault": "length", "field": "body", "got_bytes": 129, "limit": 128}),
        ({"trade_type": "native"}, {"fault": "format", "field": "trade_type", "got": "native"}),
        ({"total_fee": "0.01"}, {"fault": "fen", "field": "total_fee", "got": "0.01"}),
        ({"notify_url": "/notify"}, {"fault": "url", "field": "notify_url", "got": "/notify"}),
        ({"openId": "o"}, {"fault": "unknown", "field": "openId"}),
        ({"mch_id": "1111111111"}, {"fault": "merchant_unknown", "mch_id": "1111111111"}),
        ({"appid": "wxother"}, {"fault": "pairing", "appid": "wxother"}),
        ({"sub_mch_id": "1900000201"}, {"fault": "sub_merchant"}),
    ],
)
async def test_the_journal_tells_more_than_wechat_does(
    merchant: Merchant, control: Control, fields: Fields, facts: dict[str, object]
) -> None:
    answer = await merchant.order("ORDER001", **fields)
    call = await last_call(control)
    assert call["facts"].items() >= (facts | {"return_msg": answer["return_msg"]}).items()
    text = FAULTS[call["facts"]["fault"]]
    assert text.zh.format_map(call["facts"])
    assert text.en.format_map(call["facts"])


def test_every_hint_has_its_sentence() -> None:
    hints = {hint for hint, _ in MISTAKES.values()} | {"sign_type_left_out", "other_merchant"}
    assert hints == set(SIGN_HINTS)
