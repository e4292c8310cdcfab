"""Laws of reading and writing flat messages."""

import string
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.core.errors import PaymentError
from sandbox.v2 import envelope

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
def test_the_quick_reader_and_xmltodict_read_every_message_alike(text: str) -> None:
    quick = envelope._quick(text)
    assert quick is None or quick == reference(text)


@given(MESSAGES)
def test_the_quick_reader_reads_every_plain_message(message: dict[str, str]) -> None:
    assert envelope._quick(envelope.build(message).decode()) == message


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
