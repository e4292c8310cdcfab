"""Mistakes with the last line: another body signed than sent, most often the same JSON, written anew."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, permutations, product
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sandbox.signing.rsa_doctor.case import SignedCall

LONGEST = 64 * 1024
"""A longer body is not written anew."""
_MOST_ORDERS = 120
_NOTHING = ("{}", "null", '""', "[]", "undefined", "None", "nil", "false", " ", "\n")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_HTML = {ord(one): f"\\u{ord(one):04x}" for one in "<>&"}

Bodies = Iterator[bytes]


class Style(NamedTuple):
    """How JSON is written."""

    blanks: str = "none"
    beyond_ascii: str = "as it is"
    slashes: str = "plain"
    html: str = "plain"
    order: str = "as sent"


_BLANKS: dict[str, dict[str, Any]] = {
    "none": {"separators": (",", ":")},
    "after commas and colons": {},
    "2": {"indent": 2},
    "4": {"indent": 4},
}
_STYLES = [
    Style(*one)
    for one in product(
        _BLANKS,
        ("as it is", "lower-case", "upper-case"),
        ("plain", "escaped"),
        ("plain", "escaped"),
        ("as sent", "sorted"),
    )
]


def left_out(call: SignedCall) -> Bodies:
    yield b""


def invented(call: SignedCall) -> Bodies:
    """Something signed for a body, where none was sent: the query above all."""
    if call.body:
        return
    yield from (one.encode() for one in _NOTHING)
    query = call.target.partition("?")[2]
    pairs = parse_qsl(query, keep_blank_values=True)
    if pairs:
        yield query.encode()
        for separators in ((",", ":"), (", ", ": ")):
            yield json.dumps(dict(pairs), separators=separators).encode()


def blanks(call: SignedCall) -> Bodies:
    yield from _restyled(call, "blanks")


def key_order(call: SignedCall) -> Bodies:
    yield from _restyled(call, "order")


def any_key_order(call: SignedCall) -> Bodies:
    """The outermost members in each order."""
    value, style = _json(call.body), _style_of(call.body) or Style()
    if isinstance(value, dict):
        yield _written(dict(reversed(value.items())), style)
        for order in islice(permutations(value.items()), _MOST_ORDERS):
            yield _written(dict(order), style)


def beyond_ascii(call: SignedCall) -> Bodies:
    r"""\u4e2d for 中, or the other way round."""
    yield from _restyled(call, "beyond_ascii")


def slashes(call: SignedCall) -> Bodies:
    r"""\/ for /, or the other way round."""
    yield from _restyled(call, "slashes")


def html(call: SignedCall) -> Bodies:
    r"""\u0026 for &, or the other way round."""
    yield from _restyled(call, "html")


def written_anew(call: SignedCall) -> Bodies:
    """In any style."""
    yield from _in_all_styles(call.body).values()


def ends(call: SignedCall) -> Bodies:
    """White space or a BOM at the ends."""
    yield call.body.strip()
    yield call.body.removeprefix(b"\xef\xbb\xbf")
    yield call.body.rstrip(b"\0")
    for end in (b"\n", b"\r\n", b" "):
        yield call.body + end
    yield b"\xef\xbb\xbf" + call.body


def line_ends(call: SignedCall) -> Bodies:
    yield call.body.replace(b"\r\n", b"\n")
    yield re.sub(b"\r?\n", b"\r\n", call.body)
    yield re.sub(rb"\r?\n\s*", b"", call.body)


def charset(call: SignedCall) -> Bodies:
    """Chinese in another charset, or lost."""
    try:
        text = call.body.decode()
    except UnicodeDecodeError:
        yield call.body.decode("gb18030", "replace").encode()
        return
    if not text.isascii():
        yield text.encode("gb18030")
        yield text.encode("latin-1", "replace")
        yield call.body.decode("latin-1").encode()


def members(call: SignedCall) -> Bodies:
    """Members that are sent but were not signed: the empty ones, or one of them all."""
    value = _json(call.body)
    if isinstance(value, dict):
        style = _style_of(call.body) or Style()
        for dropped in ((None,), (None, "")):
            yield _written(_without(value, dropped), style)
        for name in value:
            yield _written({one: held for one, held in value.items() if one != name}, style)


def numbers(call: SignedCall) -> Bodies:
    """Numbers as texts, texts as numbers, whole numbers with a point."""
    if (value := _json(call.body)) is not None:
        style = _style_of(call.body) or Style()
        yield _written(_with_numbers(value, str), style)
        yield _written(_with_numbers(value, float), style)
        yield _written(_with_texts(value), style)


def other_format(call: SignedCall) -> Bodies:
    """No JSON: JSON in JSON, a form, a map as Java and Python print it."""
    value = _json(call.body)
    if value is None:
        return
    yield json.dumps(call.body.decode("utf-8", "replace"), ensure_ascii=False).encode()
    yield repr(value).encode("utf-8", "replace")
    if isinstance(value, dict):
        yield urlencode(value, errors="replace").encode()
        yield "&".join(f"{name}={held}" for name, held in value.items()).encode("utf-8", "replace")
        yield f"{{{', '.join(f'{name}={held}' for name, held in value.items())}}}".encode("utf-8", "replace")


# -- JSON --------------------------------------------------------------------------------------------------------------


@lru_cache(8)
def _json(body: bytes) -> Any:
    """What a body holds; None where it is no JSON of one object or list."""
    if len(body) > LONGEST:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


@lru_cache(8)
def _in_all_styles(body: bytes) -> dict[Style, bytes]:
    """The same JSON in each style; nothing for what is no JSON."""
    value = _json(body)
    return {} if value is None else {style: _written(value, style) for style in _STYLES}


def _style_of(body: bytes) -> Style | None:
    """How a body is written; None where it is in no style that is known."""
    return next((style for style, written in _in_all_styles(body).items() if written == body), None)


def _restyled(call: SignedCall, axis: str) -> Bodies:
    """The same JSON in another style in one respect."""
    own = _style_of(call.body)
    if own is not None:
        for style, written in _in_all_styles(call.body).items():
            if style == own._replace(**{axis: getattr(style, axis)}):
                yield written


def _written(value: Any, style: Style) -> bytes:
    plain = style.beyond_ascii == "as it is"
    ordered = style.order == "sorted"
    text = json.dumps(value, ensure_ascii=not plain, sort_keys=ordered, **_BLANKS[style.blanks])
    if style.beyond_ascii == "upper-case":
        text = re.sub(r"(?<!\\)((?:\\\\)*\\u)([0-9a-f]{4})", lambda found: found[1] + found[2].upper(), text)
    if style.slashes == "escaped":
        text = text.replace("/", "\\/")
    return (text.translate(_HTML) if style.html == "escaped" else text).encode("utf-8", "surrogatepass")


def _without(value: Any, dropped: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, dropped) for name, one in value.items() if one not in dropped}
    return [_without(one, dropped) for one in value] if isinstance(value, list) else value


def _with_numbers(value: Any, change: type[str] | type[float]) -> Any:
    if isinstance(value, dict):
        return {name: _with_numbers(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_numbers(one, change) for one in value]
    try:
        return change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    except OverflowError:
        return value


def _with_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_texts(one) for one in value]
    return int(value) if isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,17}", value) else value
