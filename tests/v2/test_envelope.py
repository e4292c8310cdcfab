"""Laws of reading and writing flat messages."""

import string
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import xmltodict
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.core.errors import MessageUnreadable, PaymentError
from sandbox.core.exchange_facts import remembered
from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind, Message
from sandbox.v2 import envelope
from sandbox.v2.messages import V2Messages
from sandbox.v2.origin import called_at

pytestmark = pytest.mark.slow

# XML 1.0's characters; a carriage return is read as a line feed unless it is escaped.
MARKUP = st.sampled_from(["]]>", "]", ">", "<", "&", "\t", "\n", " ", "茶", "🍵", '"', "'", "&amp;", "<![CDATA["])
CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
XML_TEXT = st.lists(st.one_of(MARKUP, CHARACTERS), max_size=12).map("".join)
NAMES = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
MESSAGES = st.dictionaries(NAMES, XML_TEXT, max_size=6)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def reference(text: str) -> dict[str, str] | None:
    """How xmltodict reads a message; None when it refuses."""
    try:
        return envelope._flat(envelope._document(text))
    except envelope.MessageMalformed:
        return None


@given(MESSAGES)
@example({"body": "]]>"})
@example({"body": "]]]]>>", "attach": "<![CDATA[]]>"})
def test_what_is_built_is_read_back(message: dict[str, str]) -> None:
    assert envelope.parse(envelope.build(message)) == message


@given(st.dictionaries(NAMES, st.integers(0, 10**12), min_size=1, max_size=4))
def test_integers_are_written_bare(message: dict[str, int]) -> None:
    built = envelope.build(message)
    assert b"CDATA" not in built
    assert envelope.parse(built) == {name: str(value) for name, value in message.items()}


@given(MESSAGES)
def test_escaped_text_reads_like_cdata(message: dict[str, str]) -> None:
    body = "<xml>" + "".join(f"<{name}>{escaped(value)}</{name}>" for name, value in message.items()) + "</xml>"
    assert envelope.parse(body.encode()) == message


@given(MESSAGES, st.sampled_from(["", "\n", "  \n\t"]), st.sampled_from(["xml", "root", "a"]))
def test_white_space_between_elements_and_the_roots_name_do_not_matter(
    message: dict[str, str], between: str, root: str
) -> None:
    elements = [f"<{name}>{escaped(value)}</{name}>" for name, value in message.items()]
    body = f"<{root}>{between}" + between.join(elements) + f"{between}</{root}>{between}"
    assert envelope.parse(body.encode()) == message


@given(st.binary(max_size=200))
def test_reading_bytes_gives_fields_or_one_of_wechats_errors(body: bytes) -> None:
    try:
        fields = envelope.parse(body)
    except PaymentError:
        return
    assert all(isinstance(value, str) for value in fields.values())


PIECES = st.lists(
    st.sampled_from(
        [
            "<xml>",
            "</xml>",
            "<a>",
            "</a>",
            "<b>",
            "</b>",
            "<a/>",
            "<b x='1'/>",
            "<!-- c -->",
            "<?pi x?>",
            "<![CDATA[x]]>",
            "<a>xy</a>",
            "<a>x<![CDATA[y]]>z</a>",
            "<a><![CDATA[x]]>y</a>",
            "<a>x<?pi?>y</a>",
            "<b>x&#65;y</b>",
            "<![CDATA[",
            "]]>",
            "text",
            " ",
            "\n",
            "&amp;",
            "&#65;",
            "&#0;",
            "&x;",
            "<!DOCTYPE xml>",
            "<!DOCTYPE xml [<!ENTITY x 'y'>]>",
            "<?xml version='1.0'?>",
            "<?xml version='1.0' encoding='utf-8'?>",
            "\ufeff",
            "\x00",
            "茶",
        ]
    ),
    max_size=14,
).map("".join)
NEARLY_XML = st.one_of(PIECES, PIECES.map(lambda inner: f"<xml>{inner}</xml>"))


@given(NEARLY_XML)
def test_markup_in_disorder_gives_fields_or_one_of_wechats_errors(text: str) -> None:
    with suppress(envelope.MessageEmpty, envelope.MessageMalformed, envelope.MessageNotUtf8):
        envelope.parse(text.encode())


@given(NEARLY_XML)
def test_the_quick_readers_and_xmltodict_read_every_message_alike(text: str) -> None:
    assert envelope._quick(text) == reference(text)
    assert envelope._plain(text) in (None, reference(text))


@given(NEARLY_XML)
def test_what_a_person_is_told_is_wrong_with_a_message_is_what_the_reader_stumbled_over(text: str) -> None:
    try:
        told: MessageUnreadable | dict[str, str] = dict(V2Messages().read(text.encode()))
    except MessageUnreadable as unreadable:
        told = unreadable
    text = text.removeprefix("\ufeff")
    if not text.strip():
        assert isinstance(told, MessageUnreadable)
        assert told.reason in ("empty", "no_xml")
        return
    assert (told if isinstance(told, dict) else None) == reference(text)
    if isinstance(told, MessageUnreadable):
        # "malformed" without a place would mean that the exact reader found nothing.
        assert told.line or told.reason in ("no_xml", "html", "form"), told.reason


KEPT = Exchange(
    at=datetime(2026, 11, 23, tzinfo=UTC),
    kind=ExchangeKind.API,
    origin=called_at(official=False),
    method="POST",
    path="/",
    request=Message(),
)


@given(NEARLY_XML, st.sampled_from(ExchangeKind))
def test_the_journal_is_read_as_the_call_was(text: str, kind: ExchangeKind) -> None:
    message = Message((), text.encode())
    kept = replace(KEPT, kind=kind, path="/pay/unifiedorder", request=message, reply=message)
    try:
        read = envelope.parse(text.encode())
    except PaymentError:
        read = None
    for reading in (V2Messages().request(kept), V2Messages().reply(kept)):
        assert reading.fields == (read or {})
        assert (reading.flaw is None) is (read is not None)


@given(NEARLY_XML)
def test_a_sieve_holds_no_message_back_that_has_the_fields(text: str) -> None:
    with suppress(PaymentError):
        read = envelope.parse(text.encode())
        for fields in (read, *({name: value} for name, value in read.items())):
            sieve = V2Messages().sieve(fields)
            assert sieve is None or sieve(text.encode())


@pytest.mark.parametrize("other", ["", "x", "ORDER00", "order001"])
@pytest.mark.parametrize("write", [envelope.build, envelope.build_indented])
def test_a_sieve_holds_back_what_has_other_fields(write: Callable[[envelope.Fields], bytes], other: str) -> None:
    sieve = V2Messages().sieve({"out_trade_no": "ORDER001", "attach": "&"})
    assert sieve is not None
    assert sieve(write({"out_trade_no": "ORDER001", "total_fee": 1}))
    assert not sieve(write({"out_trade_no": other, "total_fee": 1}))


@given(NEARLY_XML)
def test_the_roots_name_is_the_references(text: str) -> None:
    with suppress(PaymentError):
        envelope.parse(text.encode())
        assert [envelope.root(text.encode())] == list(
            xmltodict.parse(text.removeprefix("\ufeff"), encoding="utf-8", xml_attribs=False)
        )


@given(MESSAGES)
def test_the_quick_reader_reads_every_plain_message(message: dict[str, str]) -> None:
    assert envelope._quick(envelope.build(message).decode()) == message


@given(st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True), st.text()), st.sampled_from(["", "\n"]))
def test_what_most_sdks_write_is_read_by_the_quickest_alone_or_as_the_reference_has_it(
    message: dict[str, str], between: str
) -> None:
    for form in ("<{0}><![CDATA[{1}]]></{0}>", "<{0}>{1}</{0}>"):
        text = "<xml>" + between.join(form.format(name, value) for name, value in message.items()) + "</xml>"
        read = envelope._plain(text)
        assert read in (None, reference(text))
        plain = all(value.isprintable() and not set("]<&") & set(value) for value in message.values())
        assert read == message if plain and message else True


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("<xml></xml>", {}),
        ("<xml/>", {}),
        ("<xml><a/></xml>", {"a": ""}),
        ("<xml><a></a></xml>", {"a": ""}),
        ("<xml><a> </a></xml>", {"a": " "}),
        ("<xml><a>1<!-- not signed -->2</a></xml>", {"a": "12"}),
        ("<xml><a>1<![CDATA[2]]>3</a></xml>", {"a": "123"}),
        ("<xml><a x='1'>2</a></xml>", {"a": "2"}),
        ("<xml a='1'><a>2</a></xml>", {"a": "2"}),
        ("<xml><a>&#x1F375;&#10;&lt;</a></xml>", {"a": "🍵\n<"}),
        ("<xml><a>1\r\n2</a></xml>", {"a": "1\n2"}),
        ("<?xml version='1.0' encoding='UTF-8' standalone='yes'?><xml><a>1</a></xml>", {"a": "1"}),
        ("<?xml version='1.0' encoding='utf8'?><xml><a>1</a></xml>", {"a": "1"}),
        ("\ufeff<xml><a>1</a></xml>", {"a": "1"}),
        ("<root><a>1</a></root>", {"a": "1"}),
        ("<xml><ns:a>1</ns:a></xml>", {"ns:a": "1"}),
    ],
)
def test_a_message_is_read(body: str, fields: dict[str, str]) -> None:
    assert envelope.parse(body.encode()) == fields


def kept(body: bytes, **facts: str | int) -> Exchange:
    message = Message((), body)
    return replace(KEPT, request=message, reply=message, **remembered(facts))


def test_fields_are_read_as_they_are_signed() -> None:
    raw = b"<xml><a><![CDATA[x<y]]></a><b>1 &lt; 2 &amp;amp;</b><c></c></xml>"
    assert V2Messages().request(kept(raw)).fields == {"a": "x<y", "b": "1 < 2 &amp;", "c": ""}
    assert V2Messages().request(kept(b"{}")).fields == {}


@pytest.mark.parametrize(
    "cut",
    [
        kept(b"<xml><a>1</a></xml>", fault="too_large", reply_cut=KEPT_BYTES),
        kept(b"<xml><a>".ljust(KEPT_BYTES, b"1")),
    ],
    ids=["noted", "to be seen"],
)
def test_of_a_message_that_was_cut_nothing_is_read(cut: Exchange) -> None:
    for reading in (V2Messages().request(cut), V2Messages().reply(cut)):
        assert reading.fields == {}
        assert reading.flaw is not None
        assert (reading.flaw.reason, reading.flaw.facts) == ("too_large", {"limit": KEPT_BYTES})
