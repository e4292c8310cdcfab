"""The signature doctor, and signing and verifying by hand, over the control API."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from sandbox.words.unreadable import UNREADABLE
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Merchant, document, elements, signature
from tests.support.missigning import CASES, KEY, V3_KEY, Fields, but, closed, filled, md5, order

OTHER = {"mch_id": "1900000777", "api_key": "k" * 32}


@pytest.fixture(scope="module")
async def session(shared_database: Place) -> AsyncIterator[aiohttp.ClientSession]:
    """One sandbox for all: a doctor changes nothing."""
    running = await Server.start(Settings(port=0, **shared_database))
    async with aiohttp.ClientSession(running.url) as opened:
        await Control(opened).post("/merchants", {**OTHER, "certificate": False}, 201)
        yield opened
    await running.stop()


def signed(sign: str, fields: Fields) -> str:
    return document({**fields, "sign": sign}).decode()


async def examine(control: Control, sign: str, fields: Fields, lang: str = "zh", **more: str) -> dict[str, Any]:
    body = {"body": signed(sign, fields), **more}
    answer: dict[str, Any] = await control.call("POST", "/doctor", body, lang=lang)
    return answer


@pytest.mark.parametrize("name", CASES)
async def test_each_mistake_is_named_and_explained(control: Control, name: str) -> None:
    case = CASES[name]
    fields = order(**case.fields)
    for lang in ("zh", "en"):
        answer = await examine(control, case.sign(fields), fields, lang)
        assert (answer["valid"], answer["mistake"], answer["also"]) == (False, case.hint, list(case.also))
        for told in (answer["explanation"], answer["fix"]):
            assert told.endswith("。" if lang == "zh" else (".", "?)."))
            assert not re.search(r"[{}]|“\?”|\bfacts\b", told)
    assert KEY not in str(answer)
    assert V3_KEY not in str(answer)


async def test_a_right_signature_is_right(control: Control) -> None:
    right = signature(order(), KEY)
    answer = await examine(control, right, order())
    assert (
        answer.items()
        >= {
            "valid": True,
            "readable": True,
            "mch_id": "1900000109",
            "sign_type": "MD5",
            "given": right,
            "expected": right,
            "mistake": None,
            "also": [],
            "signed": None,
            "explanation": "签名正确。",
            "fix": "",
        }.items()
    )


async def test_a_diagnosis_shows_both_signs_and_both_strings(control: Control) -> None:
    fields = order(sign_type="HMAC-SHA256")
    wrong = but(fields, body="%E8%8C%B6")
    answer = await examine(control, wrong, {**fields, "body": "茶"})
    assert (answer["mistake"], answer["also"]) == ("url_encoded", ["other_sign_type"])
    assert answer["given"] == wrong
    assert answer["expected"] == signature({**fields, "body": "茶"}, KEY, "HMAC-SHA256")
    assert answer["string_to_sign"].startswith("appid=wx8888888888888888&body=茶&mch_id=1900000109&")
    assert answer["string_to_sign"].endswith("&key=********")
    assert answer["signed"] == answer["string_to_sign"].replace("茶", "%E8%8C%B6")
    assert answer["facts"] == {"fields": "body"}


async def test_the_key_of_another_merchant_is_named_by_its_number(control: Control) -> None:
    answer = await examine(control, signature(order(), OTHER["api_key"]), order())
    assert answer["mistake"] == "other_merchant"
    assert OTHER["mch_id"] in answer["explanation"]
    assert OTHER["api_key"] not in str(answer)


async def test_the_official_sandboxs_key_is_recognised_and_not_shown(control: Control) -> None:
    merchant = Merchant(control.session, "1900000109", "wx8888888888888888", KEY, "")
    key = (await merchant.in_official_sandbox()).key
    answer = await examine(control, signature(order(), key), order())
    assert answer["mistake"] == "sandbox_signkey"
    assert "/sandboxnew/" in answer["fix"]
    assert key not in str(answer)


@pytest.mark.parametrize(("key", "second"), [(OTHER["api_key"], "other_merchant"), (V3_KEY, "api_v3_key")])
async def test_two_mistakes_at_once_are_both_named(control: Control, key: str, second: str) -> None:
    wrong = md5(closed(filled(order())).replace(KEY, key))
    answer = await examine(control, wrong, order(), "en")
    assert (answer["mistake"], answer["also"]) == ("unsorted", [second])
    assert "not sorted" in answer["explanation"]
    assert key not in str(answer)


@pytest.mark.parametrize("left_out", [("body", "nonce_str", "appid"), ("mch_id", "total_fee", "body", "notify_url")])
async def test_many_fields_forgotten_are_found(control: Control, left_out: tuple[str, ...]) -> None:
    answer = await examine(control, but(order(), **dict.fromkeys(left_out)), order())
    assert answer["mistake"] == "field_left_out"
    assert sorted(answer["facts"]["fields"].split(", ")) == sorted(left_out)


async def test_two_empty_fields_that_were_not_sent_are_found(control: Control) -> None:
    wrong = md5(closed(sorted([*filled(order()), ("device_info", ""), ("detail", "")])))
    answer = await examine(control, wrong, order())
    assert (answer["mistake"], answer["facts"]) == ("extra_field", {"fields": "device_info=&detail="})


# -- whose key ---------------------------------------------------------------------------------------------------------


async def test_a_key_that_the_sandbox_does_not_know_can_be_given(control: Control) -> None:
    fields, key = order(mch_id="1230000109"), "x" * 32
    assert (await examine(control, signature(fields, key), fields, key=key))["valid"]
    assert (await examine(control, signature(fields, key).lower(), fields, key=key))["mistake"] == "lower_case"
    answer = await examine(control, signature(order(), KEY), order(), key=key)
    assert (answer["mistake"], answer["facts"]) == ("other_merchant", {"other_mch_id": "1900000109"})


async def test_a_merchant_can_be_named(control: Control) -> None:
    fields = {"appId": "wx8888888888888888", "package": "prepay_id=1"}
    assert (await examine(control, signature(fields, KEY), fields, mch_id="1900000109"))["valid"]


async def test_a_transfer_names_its_merchant_mchid(control: Control) -> None:
    fields = {"mchid": "1900000109", "partner_trade_no": "1"}
    assert (await examine(control, signature(fields, KEY), fields))["valid"]


@pytest.mark.parametrize("mch_id", ["1111111111", ""])
async def test_without_a_key_the_doctor_says_what_it_needs(control: Control, mch_id: str) -> None:
    answer = await examine(control, "0" * 32, order(mch_id=mch_id))
    assert (answer["valid"], answer["readable"], answer["mistake"]) == (False, True, "merchant_unknown")
    assert answer["expected"] is None
    assert "--key" in answer["fix"]


async def test_a_merchant_that_is_not_there_is_a_404(control: Control) -> None:
    for path, body in (
        ("/doctor", {"body": "<xml/>"}),
        ("/debug/sign", {"fields": {}}),
        ("/debug/verify", {"message": "<xml/>"}),
    ):
        refused = await control.post(path, {**body, "mch_id": "1111111111"}, 404)
        assert refused["error"]["code"] == "merchant_unknown"


# -- messages that cannot be read --------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[str, bytes, tuple[int, int] | None]] = {
    "nothing": ("empty", b" \n", None),
    "over 64 KB": ("too_large", b"<xml>" + b"x" * 65536 + b"</xml>", None),
    "GBK": ("gbk", "<xml>\n<body>茶</body></xml>".encode("gbk"), (2, 7)),
    "no charset at all": ("not_utf8", b"<xml><body>\xff\xff</body></xml>", (1, 12)),
    "another charset declared": ("declared_encoding", b"<?xml version='1.0' encoding='GBK'?><xml/>", None),
    "a form": ("form", b"mch_id=1900000109&sign=1", None),
    "a page": ("html", b"<!DOCTYPE html><html></html>", None),
    "words": ("no_xml", b"sign", None),
    "an &": ("ampersand", b"<xml>\n<url>http://a?b=1&c=2</url></xml>", (2, 18)),
    "an & and a space": ("ampersand", "<xml><body>茶 & 杯</body></xml>".encode(), (1, 14)),
    "a <": ("less_than", b"<xml><body>a < b</body></xml>", (1, 15)),
    "an entity": ("entity", b"<xml><body>&nbsp;</body></xml>", (1, 12)),
    "a control character": ("control_character", b"<xml><body>\x01</body></xml>", (1, 12)),
    "no end": ("cut_off", b"<xml><body>1</body>", (1, 20)),
    "half a tag": ("cut_off", b"<xml><body>1</bo", (1, 13)),
    "no end of CDATA": ("cdata_open", b"<xml><body><![CDATA[1</body></xml>", (1, 35)),
    "tags in other case": ("tag_mismatch", b"<xml>\n<body>1</Body>\n</xml>", (2, 10)),
    "two roots": ("after_root", b"<xml></xml><xml></xml>", (1, 12)),
    "a late declaration": ("declaration_late", b"\n<?xml version='1.0'?><xml/>", (2, 1)),
    "a DOCTYPE": ("doctype", b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml/>", (1, 15)),
    "a field twice": ("repeated", b"<xml><body>1</body><body>2</body></xml>", (1, 20)),
    "fields in a field": ("nested", b"<xml><detail><id>1</id></detail></xml>", (1, 14)),
    "text between": ("text_between", b"<xml>hello<a>1</a></xml>", (1, 6)),
    "an attribute without quotes": ("malformed", b"<xml a=1></xml>", (1, 8)),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_message_that_cannot_be_read_is_explained_with_its_place(control: Control, name: str) -> None:
    reason, body, place = BROKEN[name]
    for lang, stop in (("zh", "。"), ("en", ".")):
        packed = {"body_base64": base64.b64encode(body).decode()}
        answer = await control.call("POST", "/doctor", packed, lang=lang)
        assert (answer["valid"], answer["readable"], answer["mistake"]) == (False, False, reason)
        assert (answer["line"], answer["column"]) == (place or (None, None))
        assert answer["explanation"].endswith(stop)
        assert answer["fix"].endswith(stop)


async def test_every_reason_has_its_message() -> None:
    of_calls_and_json = {"packing", "json", "xml", "curl", "curl_file", "key_length"} | {
        one for one in UNREADABLE if one.startswith("json_")
    }
    assert {reason for reason, _, _ in BROKEN.values()} | of_calls_and_json == set(UNREADABLE)


async def test_a_json_object_that_breaks_is_not_called_xml(control: Control) -> None:
    for lang, said in (("zh", "JSON 格式不对"), ("en", "The JSON is not well-formed")):
        refused = await control.call("POST", "/debug/verify", {"message": '{"appId": '}, 400, lang=lang)
        assert "XML" not in refused["error"]["message"]
        assert said.split()[0] in refused["error"]["message"]


@pytest.mark.parametrize("body", [{}, {"body": "<xml/>", "body_base64": ""}, {"body": 1}, {"body_base64": "?"}])
async def test_a_doctor_needs_one_body(control: Control, body: dict[str, object]) -> None:
    refused = await control.post("/doctor", body, 400)
    assert refused["error"]["field"] in ("body", "body_base64")


async def test_a_body_in_base64_is_as_good(control: Control) -> None:
    message = signed(signature(order(), KEY), order()).encode()
    assert (await control.post("/doctor", {"body_base64": base64.b64encode(message).decode()}))["valid"]


async def test_a_long_message_has_a_diagnosis_too(control: Control) -> None:
    fields = order(detail="茶 & " * 6000)
    assert (await examine(control, signature(fields, "x" * 32), fields))["mistake"] == "unknown"


# -- signing and verifying by hand -------------------------------------------------------------------------------------

EXAMPLE = {
    "appid": "wxd930ea5d5a258f4f",
    "mch_id": "10000100",
    "device_info": "1000",
    "body": "test",
    "nonce_str": "ibuaiVcKdpRxkhJA",
}
EXAMPLE_KEY = "192006250b4c09247ec02edce69f6a2d"


async def test_the_documents_example_is_signed_as_in_the_documents(control: Control) -> None:
    made = await control.post("/debug/sign", {"fields": EXAMPLE, "key": EXAMPLE_KEY})
    assert made["sign"] == "9A0A8659F005D6984697E2CA0A9CF3B7"
    assert made["string_to_sign"] == (
        f"appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&key={EXAMPLE_KEY}"
    )
    assert elements(made["xml"]) == {**EXAMPLE, "sign": made["sign"]}


@pytest.mark.parametrize("where", ["sign_type", "fields"])
async def test_a_sign_type_is_given_beside_the_fields_or_among_them(control: Control, where: str) -> None:
    fields = {**EXAMPLE, "sign_type": "HMAC-SHA256"} if where == "fields" else EXAMPLE
    more = {} if where == "fields" else {"sign_type": "HMAC-SHA256"}
    made = await control.post("/debug/sign", {"fields": fields, "key": EXAMPLE_KEY, **more})
    assert made["sign"] == signature(fields, EXAMPLE_KEY, "HMAC-SHA256")


async def test_a_merchants_key_is_used_and_not_shown(control: Control) -> None:
    for named in ({"mch_id": "1900000109"}, {}):
        made = await control.post("/debug/sign", {"fields": order(), **named})
        assert made["sign"] == signature(order(), KEY)
        assert made["string_to_sign"].endswith("&key=********")
        assert KEY not in str(made)


async def test_what_was_signed_by_hand_is_an_order(control: Control, session: aiohttp.ClientSession) -> None:
    made = await control.post("/debug/sign", {"fields": {**order(), "total_fee": 100, "sign": "old"}})
    merchant = Merchant(session, "1900000109", "wx8888888888888888", KEY, "")
    answer = elements(await merchant.post("/pay/unifiedorder", made["xml"].encode()))
    assert answer["result_code"] == "SUCCESS"
    assert (await control.post("/debug/verify", {"message": made["xml"]}))["valid"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "fields"),
        ({"fields": {"total_fee": 1.5}}, "fields[...]"),
        ({"fields": {}, "key": "k", "sign_type": "SHA1"}, "sign_type"),
        ({"fields": {"sign_type": "md5"}, "key": "k"}, "fields.sign_type"),
        ({"fields": {"sign_type": "MD5"}, "key": "k", "sign_type": "HMAC-SHA256"}, "sign_type"),
        ({"fields": {"a b": "1"}, "key": "k"}, "fields"),
        ({"fields": {"a": "\u0001"}, "key": "k"}, "fields"),
        ({"fields": {"a": "x" * 65536}, "key": "k"}, "fields"),
        ({"fields": {"mch_id": "1111111111"}}, "mch_id"),
    ],
)
async def test_what_cannot_be_signed_is_refused(control: Control, body: dict[str, object], field: str) -> None:
    error = (await control.post("/debug/sign", body, 400))["error"]
    assert error.get("field", "") == field


async def test_a_message_is_verified_over_the_string_that_is_shown(control: Control) -> None:
    right, wrong = signature(order(), KEY), "0" * 32
    for sign, valid in ((right, True), (wrong, False), (right.lower(), False)):
        answer = await control.post("/debug/verify", {"message": signed(sign, order())})
        assert answer.items() >= {"valid": valid, "given": sign, "expected": right, "sign_type": "MD5"}.items()
        assert answer["string_to_sign"].endswith("&key=********")


async def test_a_message_is_verified_with_a_key_that_is_given(control: Control) -> None:
    message = document({**EXAMPLE, "sign": signature(EXAMPLE, EXAMPLE_KEY)}).decode()
    answer = await control.post("/debug/verify", {"message": message, "key": EXAMPLE_KEY})
    assert answer["valid"]
    assert answer["string_to_sign"].endswith(f"&key={EXAMPLE_KEY}")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"id": "1"}', "not_supported"),
        ("<xml>", "message_unreadable"),
        ("", "message_unreadable"),
        ("<xml><sign>1</sign></xml>", "invalid"),
    ],
)
async def test_what_cannot_be_verified_is_refused(control: Control, message: str, code: str) -> None:
    error = (await control.post("/debug/verify", {"message": message}, 400))["error"]
    assert error["code"] == code


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_was_lost_is_suspected_not_found(control: Control, lang: str) -> None:
    lost = order(body="???")
    answer = await examine(control, but(lost, body="龙井茶"), lost, lang)
    assert (answer["mistake"], answer["suspected"], answer["signed"]) == ("characters_lost", True, None)
    assert "body" in answer["explanation"]
    assert ("怀疑" if lang == "zh" else "suspicion") in answer["explanation"]
    assert "UTF-8" in answer["fix"]
    found = await examine(control, but(order(), body="?" * 9), order(body="龙井茶"), lang)
    assert (found["mistake"], found["suspected"]) == ("question_marks", None)


async def test_one_question_mark_in_a_url_is_no_lost_character(control: Control) -> None:
    answer = await examine(control, signature(order(), "x" * 32), order())
    assert (answer["mistake"], answer["suspected"]) == ("unknown", None)
    lost = order(notify_url="http://shop.example/notify?shop=??")
    assert (await examine(control, signature(lost, "x" * 32), lost))["mistake"] == "characters_lost"


@pytest.mark.parametrize("path", ["/debug/verify"])
async def test_a_notification_that_was_read_in_another_charset_is_suspected_too(control: Control, path: str) -> None:
    told = {"return_code": "SUCCESS", "mch_id": "1900000109", "attach": "茶", "nonce_str": "n1"}
    garbled = document({**told, "attach": "?", "sign": signature(told, KEY)}).decode()
    answer = await control.post(path, {"message": garbled})
    assert (answer["valid"], answer["mistake"], answer["suspected"]) == (False, "characters_lost", True)
