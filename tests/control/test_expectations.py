"""What differs between an expectation and a call: a table."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sandbox.control.journal.expectations import Call, Difference, ExpectationBody, compiled, differences
from sandbox.core.journal import CallRefusal, Exchange, ExchangeKind, ExchangeOutcome, Message, SignatureState
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter
from sandbox.v2 import FACE
from sandbox.v2.origin import called_at
from sandbox.web.errors import Refused
from tests.support import plain_face

REQUEST = (
    "<xml><mch_id>1900000109</mch_id><total_fee>100</total_fee><attach><![CDATA[a&b\n2]]></attach>"
    "<body>1 &lt; 2</body><detail></detail></xml>"
)
REPLY = (
    "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg><result_code>FAIL</result_code>"
    "<err_code>ORDERPAID</err_code></xml>"
)
CALL = Exchange(
    at=datetime(2026, 11, 23, 4, 0, tzinfo=UTC),
    kind=ExchangeKind.API,
    origin=called_at(official=False),
    method="POST",
    path="/pay/unifiedorder",
    request=Message((("Content-Type", "text/xml"), ("X-Try", "1"), ("x-try", "2")), REQUEST.encode()),
    key=OrderKey("1900000109", "N1"),
    mch_id="1900000109",
    status=200,
    reply=Message((), REPLY.encode()),
    signature=SignatureState.OK,
    outcome=ExchangeOutcome.FAILED,
)
NOBODYS = Exchange(
    at=CALL.at,
    kind=ExchangeKind.API,
    origin=CALL.origin,
    method="POST",
    path="/pay/closeorder",
    request=Message((), b"nonsense"),
    outcome=ExchangeOutcome.FAILED,
)

AS_EXPECTED: list[dict[str, Any]] = [
    {},
    {"mch_id": "1900000109", "path": "/pay/unifiedorder", "out_trade_no": "N1"},
    {"outcome": "failed", "signature": "ok"},
    {"err_code": "ORDERPAID"},
    {"err_code": {"matches": "ORDER.*"}, "return_msg": "OK"},
    {"fields": {"total_fee": "100"}},
    {"fields": {"total_fee": 100}},
    {"fields": {"body": "1 < 2", "attach": "a&b\n2", "detail": ""}},
    {"fields": {"attach": {"matches": "a.*2"}}},
    {"fields": {"sub_mch_id": {"absent": True}, "detail": {"absent": False}}},
    {"header": {"content-type": "text/xml"}},
    {"header": {"X-TRY": "2", "Authorization": {"absent": True}}},
    {"header": {"x-try": {"matches": "[0-9]"}}},
    {"since": "2026-11-23T12:00:00+08:00"},
]
DIFFERENT: list[tuple[dict[str, Any], tuple[str, Any, Any]]] = [
    ({"mch_id": "1900000108"}, ("mch_id", "1900000108", "1900000109")),
    ({"path": "/pay/orderquery"}, ("path", "/pay/orderquery", "/pay/unifiedorder")),
    ({"out_trade_no": "N2"}, ("out_trade_no", "N2", "N1")),
    ({"outcome": "ok"}, ("outcome", "ok", "failed")),
    ({"signature": "wrong"}, ("signature", "wrong", "ok")),
    ({"err_code": "ORDERCLOSED"}, ("err_code", "ORDERCLOSED", "ORDERPAID")),
    ({"err_code": {"absent": True}}, ("err_code", {"absent": True}, "ORDERPAID")),
    ({"return_msg": {"matches": "签名.*"}}, ("return_msg", {"matches": "签名.*"}, "OK")),
    ({"fields": {"total_fee": 101}}, ("fields.total_fee", "101", "100")),
    ({"fields": {"total_fee": {"matches": "1"}}}, ("fields.total_fee", {"matches": "1"}, "100")),
    ({"fields": {"openid": "o1"}}, ("fields.openid", "o1", None)),
    ({"fields": {"openid": {"matches": ".*"}}}, ("fields.openid", {"matches": ".*"}, None)),
    ({"fields": {"body": {"absent": True}}}, ("fields.body", {"absent": True}, "1 < 2")),
    ({"fields": {"openid": {"absent": False}}}, ("fields.openid", {"absent": False}, None)),
    ({"header": {"X-Try": "3"}}, ("header.X-Try", "3", "1, 2")),
    (
        {"since": "2026-11-23T12:00:01+08:00"},
        ("since", {"since": "2026-11-23T12:00:01.000+08:00"}, "2026-11-23T12:00:00+08:00"),
    ),
]


def found(expectation: dict[str, Any], exchange: Exchange) -> list[Difference]:
    body = msgspec.convert(expectation, ExpectationBody)
    return differences(compiled(body), Call(exchange, Faces(FACE)))


def test_of_another_face_the_refusal_has_code_and_words() -> None:
    refused = replace(
        CALL, origin=plain_face.ORIGIN, request=Message((), b"{}"), refusal=CallRefusal("BAD_DAY", "not today")
    )
    body = msgspec.convert({"err_code": "BAD_DAY", "return_msg": {"matches": "not .*"}}, ExpectationBody)
    assert differences(compiled(body), Call(refused, Faces(FACE, plain_face.FACE))) == []


@pytest.mark.parametrize("name", ["amount.total", "longer_than_others"])
def test_what_is_looked_through_is_for_the_face_to_say(name: str) -> None:
    """A name need not stand in the request as it is: nested fields have none."""
    expectation = compiled(
        msgspec.convert({"fields": {name: {"matches": "1.*"}, "no": {"absent": True}}}, ExpectationBody)
    )
    assert expectation.filter == CallFilter()
    assert expectation.wanted == {name: ""}
    sieve = Faces(FACE).sieve(expectation.wanted)
    assert sieve is not None
    assert sieve(f"<xml><{name}>1</{name}></xml>".encode())
    assert not sieve(b"<xml><other>1</other></xml>")
    assert Faces(FACE, plain_face.FACE).sieve(expectation.wanted) is None


@pytest.mark.parametrize("expectation", AS_EXPECTED, ids=str)
def test_what_is_as_expected_does_not_differ(expectation: dict[str, Any]) -> None:
    assert found(expectation, CALL) == []


@pytest.mark.parametrize(("expectation", "difference"), DIFFERENT, ids=str)
def test_what_differs_is_told_with_both_values(expectation: dict[str, Any], difference: tuple[str, Any, Any]) -> None:
    assert found(expectation, CALL) == [Difference(*difference)]


def test_every_difference_is_told() -> None:
    expectation = {"path": "/x", "outcome": "ok", "fields": {"total_fee": 1, "body": "1 < 2"}}
    assert [one.what for one in found(expectation, CALL)] == ["path", "outcome", "fields.total_fee"]


def test_a_call_of_nobody_has_no_merchant_and_no_order() -> None:
    assert [one.got for one in found({"mch_id": "1900000109", "out_trade_no": "N1"}, NOBODYS)] == [None, None]


def test_a_body_that_is_no_message_has_no_fields() -> None:
    assert found({"fields": {"total_fee": {"absent": True}}}, NOBODYS) == []


@pytest.mark.parametrize(
    ("expectation", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-23T12:00:00"}, "since"),
        ({"fields": {"a": {}}}, "fields.a"),
        ({"header": {"a": {"matches": "x", "absent": True}}}, "header.a"),
        ({"err_code": {"matches": "("}}, "err_code.matches"),
        ({"return_msg": {"matches": "x" * 201}}, "return_msg.matches"),
        ({"fields": {"a": {"matches": "(?:(?:(?:a?){90}){90}){90}"}}}, "fields.a.matches"),
        ({"fields": {"a": {"matches": "(?x) (?:a?){ 9 0 }"}}}, "fields.a.matches"),
        ({"header": {"a": {"matches": "(?=a)b"}}}, "header.a.matches"),
        ({"header": {"a": {"matches": r"(a)\1"}}}, "header.a.matches"),
        ({"err_code": {"matches": "\ud800"}}, "err_code.matches"),
    ],
)
def test_an_expectation_that_cannot_be_is_named(expectation: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        found(expectation, CALL)
    assert refused.value.status == 400
    assert refused.value.field == field


def test_what_is_refused_of_a_regular_expression_is_told() -> None:
    with pytest.raises(Refused, match=r"RE2: invalid perl operator: \(\?="):
        found({"fields": {"body": {"matches": "(?=1)."}}}, CALL)


@pytest.mark.parametrize("pattern", ["(a|aa)+b", "(a*)*b", "(?:(?:a?){31}){32}"])
def test_no_regular_expression_is_endless(pattern: str) -> None:
    """A value of the longest body; `re` would take years for the first two."""
    body = f"<xml><attach>{'a' * 60_000}</attach></xml>".encode()
    began = time.process_time()
    assert found({"fields": {"attach": {"matches": pattern}}}, replace(CALL, request=Message((), body))) != []
    assert time.process_time() - began < 5


def test_a_header_that_is_no_text_is_matched_too() -> None:
    call = replace(CALL, request=Message((("X-Odd", "a\udcff"),), b""))
    assert found({"header": {"x-odd": {"matches": "a."}}}, call) == []


@pytest.mark.parametrize("pattern", [r"\d{4}-\d{2}-\d{2}", "(?i)WX[0-9a-f]{16}", "[A-Za-z0-9_-]{28}", "(a|b)*c{1,32}"])
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert found({"fields": {"openid": {"matches": pattern}}}, CALL) != []
