"""Why a signature is wrong: the journal says so, WeChat does not, and no key is ever shown."""

import re
from typing import Any

import aiohttp
import pytest

from sandbox.words.faults import FAULTS
from sandbox.words.signing import SIGN_HINTS
from tests.support.control import Control
from tests.support.merchant import Merchant, document, elements, signature
from tests.support.missigning import CASES, KEY, V3_KEY, Fields, order
from tests.support.words import SIGN_WRONG
from tests.v2.conftest import Open


async def send(merchant: Merchant, sign: str, fields: Fields) -> dict[str, str]:
    return elements(await merchant.post("/pay/unifiedorder", document({**fields, "sign": sign})))


async def last_call(control: Control) -> dict[str, Any]:
    call: dict[str, Any] = (await control.get("/journal", limit="1"))["items"][0]
    return call


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.quick and not case.refused])
async def test_each_mistake_is_recognised(
    shopkeeper: Merchant, shared_session: aiohttp.ClientSession, name: str
) -> None:
    case, control = CASES[name], Control(shared_session)
    fields = order(**case.fields)
    answer = await send(shopkeeper, case.sign(fields), fields)
    assert answer == {"return_code": "FAIL", "return_msg": SIGN_WRONG["today"]}
    call = await last_call(control)
    missing = case.hint == "sign_missing"
    assert (call["outcome"], call["signature"]) == ("failed", "missing" if missing else "wrong")
    assert call["facts"]["fault"] == ("sign_missing" if missing else "sign_wrong")
    assert (call["facts"]["sign_hint"], call["facts"].get("sign_also", "")) == (case.hint, " ".join(case.also))


async def test_the_key_of_another_merchant_is_recognised(
    merchant: Merchant, open_merchant: Open, control: Control
) -> None:
    other = await open_merchant()
    await send(merchant, signature(order(), other.key), order())
    facts = (await last_call(control))["facts"]
    assert (facts["sign_hint"], facts["other_mch_id"]) == ("other_merchant", other.mch_id)
    assert other.key not in str(facts)


async def test_the_string_to_sign_is_shown_with_its_key_masked(merchant: Merchant, control: Control) -> None:
    await send(merchant, "0" * 32, order())
    shown = (await last_call(control))["facts"]["string_to_sign"]
    assert shown.startswith(
        "appid=wx8888888888888888&body=龙井茶 & 茶杯&mch_id=1900000109&nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&"
    )
    assert shown.endswith("&key=********")
    assert "attach" not in shown


async def test_a_right_sign_is_ok_and_needs_no_facts(merchant: Merchant, control: Control) -> None:
    assert (await send(merchant, signature(order(), KEY), order()))["result_code"] == "SUCCESS"
    call = await last_call(control)
    assert call["signature"] == "ok"
    assert "facts" not in call


async def test_what_was_signed_is_shown_beside_what_should_have_been(merchant: Merchant, control: Control) -> None:
    case = CASES["URL-encoded"]
    await send(merchant, case.sign(order()), order())
    facts = (await last_call(control))["facts"]
    assert "body=%E9%BE%99%E4%BA%95%E8%8C%B6%20%26%20%E8%8C%B6%E6%9D%AF&" in facts["signed_string"]
    assert facts["signed_string"].endswith("&key=********")
    assert facts["expected_sign"] == signature(order(), KEY)


async def test_no_key_is_shown_in_journal_or_timeline(
    shopkeeper: Merchant, shared_session: aiohttp.ClientSession
) -> None:
    control = Control(shared_session)
    number = {"out_trade_no": "SHOWN001", "notify_url": "http://127.0.0.1:9/notify"}
    await send(shopkeeper, signature(order(**number), KEY), order(**number))
    for case in CASES.values():
        fields = order(**{**case.fields, **number})
        await send(shopkeeper, case.sign(fields), fields)
    await control.pay("SHOWN001")
    await control.advance(0)
    shown = [
        str(await control.get("/journal", limit="1000")),
        str(await control.timeline("SHOWN001")),
        str(await control.order("SHOWN001")),
        str(await control.get("/notifications")),
        str(await control.get("/merchants")),
    ]
    for text in shown:
        assert KEY not in text
        assert KEY.upper() not in text
        assert V3_KEY not in text


async def test_a_call_with_a_wrong_sign_stands_on_its_orders_timeline(merchant: Merchant, control: Control) -> None:
    await send(merchant, signature(order(), KEY), order())
    await send(merchant, signature(order(), KEY).lower(), order())
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


def test_every_hint_has_its_mistake() -> None:
    elsewhere = {"other_merchant", "merchant_unknown", "sandbox_signkey", "ordinary_key", "former_key"}
    assert {case.hint for case in CASES.values()} | elsewhere == set(SIGN_HINTS)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<xml><body>茶</body></xml>".encode("gb18030"), ("看起来是 GBK", "looks like GBK")),
        (b"<xml><body>\xff</body></xml>", ("不是 UTF-8", "not UTF-8")),
        (b'<?xml version="1.0" encoding="GBK"?><xml></xml>', ("声明的编码是 GBK", "declares the encoding GBK")),
        (b"<xml><a>1</a><a>2</a></xml>", ("出现了不止一次", "more than once")),
        (b"<xml><a><b>2</b></a></xml>", ("另一个字段里面", "inside another")),
        (b"<xml>a</xml>", ("字段之外还有文字", "text outside")),
        (b"<xml><a>1</b></xml>", ("不一致", "differ")),
        (b"<xml><a>1 & 2</a></xml>", ("没转义的 &", "not escaped")),
        (b'{"a": 1}', ("这是 JSON", "This is JSON")),
    ],
)
async def test_why_a_body_cannot_be_read_is_in_the_readers_language(
    shopkeeper: Merchant, shared_session: aiohttp.ClientSession, body: bytes, says: tuple[str, str]
) -> None:
    await shopkeeper.post("/pay/unifiedorder", body)
    for lang, said in zip(("zh", "en"), says, strict=True):
        call = (await Control(shared_session).get("/journal", limit="1", lang=lang))["items"][0]
        assert said in call["explanation"]
        if lang == "zh":
            assert not re.search("[a-z]{3,} [a-z]{2,} [a-z]{2,}", call["explanation"])
