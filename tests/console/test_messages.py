"""Raw messages made readable: nothing hidden, nothing added, nothing executed."""

import html
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.console.debugging.messages import difference, hex_dump, highlighted, pretty, show
from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.v2.origin import called_at

AT = datetime(2026, 11, 23, tzinfo=UTC)


def exchange(body: bytes = b"", reply: bytes = b"", status: int = 200, path: str = "/pay/unifiedorder") -> Exchange:
    headers = (("Host", "x"), ("Content-Type", "text/xml"), ("Content-Length", "9"))
    kind = "api" if path.startswith("/") else "notification"
    return Exchange(
        at=AT,
        kind=kind,  # type: ignore[arg-type]
        origin=called_at(official=False),
        method="POST",
        path=path,
        request=Message(headers, body),
        status=status,
        reply=Message((), reply),
    )


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.mark.slow
@given(st.text(alphabet=st.sampled_from("<>/!?[]CDATA-xml&\"' \n\ufeff\u202e中😀"), max_size=60))
def test_colours_change_no_character(text: str) -> None:
    assert text_of(highlighted(text)) == text


@pytest.mark.slow
@given(st.text(max_size=40))
def test_whatever_is_sent_stays_text(text: str) -> None:
    marked = highlighted(f"<xml>{text}</xml><script>{text}</script>")
    assert set(re.findall(r"<(\w+)", marked)) <= {"span", "b", "i"}


def test_a_flat_message_is_shown_line_by_line() -> None:
    assert highlighted("<xml><a>1</a><b>2</b></xml>").count('<i class="nl">') == 3
    assert highlighted("<xml><a>1</a>\n<b>2</b>\n</xml>").count('<i class="nl">') == 1


def test_characters_without_a_look_are_named() -> None:
    assert 'data-name="BOM"' in highlighted("\ufeff<xml></xml>")
    assert 'data-name="U+202E"' in highlighted("plain \u202e text")


@pytest.mark.slow
def test_hostile_markup_costs_no_time() -> None:
    for text in ("<" * KEPT_BYTES, "<!--" * 16000, "<![CDATA[" * 7000, "<" * (KEPT_BYTES - 1) + ">"):
        assert text_of(highlighted(text)) == text


def test_a_body_cut_in_the_middle_of_a_character_is_still_text() -> None:
    shown = show(Message((), ("中" * KEPT_BYTES).encode()[:KEPT_BYTES]))
    assert shown.cut
    assert shown.text is not None


def test_bytes_are_dumped_with_their_gbk_reading() -> None:
    shown = show(Message((), "签名".encode("gbk")))
    assert shown.text is None
    assert shown.gbk == "签名"
    assert shown.dump.startswith("000000  c7 a9 c3 fb")
    assert hex_dump(b"A\n") == "000000  41 0a                                            A."


def test_equal_attempts_do_not_differ() -> None:
    assert difference(exchange(b"1", b"2"), exchange(b"1", b"2")) == []


def test_what_differs_is_told_line_by_line() -> None:
    lines = difference(exchange(b"same", b"<a>1</a><b>2</b>", 500), exchange(b"same", b"<a>1</a><b>3</b>", 200))
    assert ("-", "HTTP 500") in lines
    assert ("+", "HTTP 200") in lines
    assert ("-", "<b>2</b>") in lines
    assert ("+", "<b>3</b>") in lines


@given(st.dictionaries(st.text(max_size=9), st.recursive(st.integers() | st.text(max_size=20) | st.none(), st.lists)))
def test_json_is_laid_out_and_every_character_stays(said: dict[str, object]) -> None:
    written = json.dumps(said)
    shown = pretty(written)

    assert shown is not None
    assert json.loads(text_of(shown)) == said


@pytest.mark.parametrize("text", ["", "<xml></xml>", "[1]", '{"a": 1', '{\n"a": 1}'])
def test_what_is_no_json_of_one_line_stays_as_it_is(text: str) -> None:
    assert pretty(text) is None
