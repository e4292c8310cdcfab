"""Archives: what HAR 1.2 requires is there, and bodies come out as they went in."""

import base64
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.queries import Entry
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.v2.origin import called_at
from sandbox.web.har import closing, entries, opening

NUMBER, TEXT, LIST, OBJECT = (int, float), str, list, dict
REQUIRED: dict[str, dict[str, Any]] = {
    "log": {"version": TEXT, "creator": OBJECT, "entries": LIST},
    "creator": {"name": TEXT, "version": TEXT},
    "entry": {
        "startedDateTime": TEXT,
        "time": NUMBER,
        "request": OBJECT,
        "response": OBJECT,
        "cache": OBJECT,
        "timings": OBJECT,
    },
    "request": {
        "method": TEXT,
        "url": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "queryString": LIST,
        "headersSize": NUMBER,
        "bodySize": NUMBER,
    },
    "response": {
        "status": NUMBER,
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": LIST,
        "headers": LIST,
        "content": OBJECT,
        "redirectURL": TEXT,
        "headersSize": NUMBER,
        "bodySize": NUMBER,
    },
    "content": {"size": NUMBER, "mimeType": TEXT},
    "postData": {"mimeType": TEXT, "text": TEXT},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
    "pair": {"name": TEXT, "value": TEXT},
}
"""The members that the specification requires, with the types of their values."""

OPTIONAL = {
    "log": {"browser", "pages", "comment"},
    "creator": {"comment"},
    "entry": {"pageref", "serverIPAddress", "connection", "comment"},
    "request": {"postData", "comment"},
    "response": {"comment"},
    "content": {"compression", "text", "encoding", "comment"},
    "postData": {"params", "comment"},
    "timings": {"blocked", "dns", "connect", "ssl", "comment"},
    "pair": {"comment"},
}


def exchange(**changed: Any) -> Exchange:
    usual: dict[str, Any] = {
        "at": datetime(2026, 11, 23, 4, tzinfo=UTC),
        "kind": "api",
        "method": "POST",
        "path": "/pay/orderquery",
        "request": Message((("Content-Type", "text/xml"), ("Cookie", "a=1; b=2=3; odd")), b"<xml><a>1</a></xml>"),
        "origin": called_at(official=False),
        "status": 200,
        "reply": Message((("Content-Type", "text/plain"),), "<xml>好</xml>".encode()),
        "signature": "ok",
        "outcome": "ok",
        "duration_ms": 5.5,
        "steps": [("read", 0.5), ("write", 5.0)],
    }
    return Exchange(**{**usual, **changed})


NOTIFICATION = exchange(
    kind="notification", path="http://shop.example/notify?a=1&b=", key=OrderKey("1900000109", "N1"), signature=""
)
UNANSWERED = exchange(
    kind="notification", path="http://shop.example/", status=None, reply=Message(), verdict=Verdict(VerdictName.TIMEOUT)
)
CASES = {
    "call": exchange(),
    "notification": NOTIFICATION,
    "unanswered": UNANSWERED,
    "bytes": exchange(request=Message((), b"\xff\xfe"), reply=Message((), b"\xff")),
    "cut": exchange(request=Message((), ("中" * KEPT_BYTES).encode()[:KEPT_BYTES])),
    "empty": exchange(method="GET", request=Message(), reply=Message()),
}


def archived(*exchanges: Exchange) -> Any:
    found = [Entry(number, one) for number, one in enumerate(exchanges, 1)]
    written = opening() + entries(found, "http://127.0.0.1:8686", "en") + closing(None)
    return msgspec.json.decode(written)["log"]


def entry_of(one: Exchange) -> Any:
    (entry,) = archived(one)["entries"]
    return entry


def check(kind: str, value: dict[str, Any]) -> None:
    """Assert that an object has what it must, and nothing that the specification does not know."""
    for name, expected in REQUIRED[kind].items():
        assert isinstance(value.get(name), expected), f"{kind}.{name}"
    known = set(REQUIRED[kind]) | OPTIONAL[kind]
    assert [name for name in value if name not in known and not name.startswith("_")] == []


@pytest.mark.parametrize("name", CASES)
def test_an_archive_has_what_the_specification_requires(name: str) -> None:
    log = archived(CASES[name])
    check("log", log)
    check("creator", log["creator"])
    (entry,) = log["entries"]
    request, response = entry["request"], entry["response"]
    check("entry", entry)
    check("request", request)
    check("response", response)
    check("content", response["content"])
    check("timings", entry["timings"])
    if "postData" in request:
        check("postData", request["postData"])
    for side in (request, response):
        for pair in [*side["headers"], *side["cookies"], *side.get("queryString", [])]:
            check("pair", pair)


@pytest.mark.parametrize("name", CASES)
def test_times_are_not_negative_and_add_up(name: str) -> None:
    entry = entry_of(CASES[name])
    assert min(entry["timings"].values()) >= 0
    assert entry["time"] == pytest.approx(sum(entry["timings"].values()))
    assert entry["time"] == pytest.approx(5.5)
    assert datetime.fromisoformat(entry["startedDateTime"]) == CASES[name].at


def test_the_oldest_call_comes_first() -> None:
    assert [entry["_id"] for entry in archived(exchange(), exchange(), exchange())["entries"]] == [1, 2, 3]


def test_a_text_is_written_as_it_is() -> None:
    entry = entry_of(exchange())
    assert entry["request"]["postData"] == {"mimeType": "text/xml", "text": "<xml><a>1</a></xml>"}
    assert entry["response"]["content"] == {"size": 14, "mimeType": "text/plain", "text": "<xml>好</xml>"}


def test_what_is_not_utf_8_goes_by_base64() -> None:
    entry = entry_of(CASES["bytes"])
    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xff\xfe"
    assert entry["request"]["postData"]["_encoding"] == "base64"
    assert entry["response"]["content"]["encoding"] == "base64"


def test_a_body_that_was_cut_says_so() -> None:
    entry = entry_of(CASES["cut"])
    assert entry["request"]["bodySize"] == -1
    assert "only the first 64 KB were kept" in entry["comment"]


def test_cookies_are_those_of_the_headers() -> None:
    entry = entry_of(exchange(reply=Message((("Set-Cookie", "sid=x; Path=/; HttpOnly"),), b"")))
    assert entry["request"]["cookies"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2=3"}]
    assert entry["response"]["cookies"] == [{"name": "sid", "value": "x"}]


def test_a_notification_goes_to_the_merchants_url() -> None:
    request = entry_of(NOTIFICATION)["request"]
    assert request["url"] == "http://shop.example/notify?a=1&b="
    assert request["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]


def test_no_answer_is_status_0() -> None:
    assert entry_of(UNANSWERED)["response"]["status"] == 0


def test_a_redirection_names_its_target() -> None:
    moved = exchange(status=302, reply=Message((("Location", "/login"),), b""))
    assert entry_of(moved)["response"]["redirectURL"] == "/login"
    assert entry_of(moved)["response"]["statusText"] == "Found"
