"""Raw messages made readable: bodies and differences. What a merchant sent reaches the page only escaped."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from markupsafe import Markup, escape

from sandbox.core.journal import KEPT_BYTES, Exchange, Message
from sandbox.web.messages import decoded

HEX_SHOWN = 2048
_DIFF_LINES = 300
_DIFF_WIDTH = 400
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_ODD = re.compile("([\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff])")


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the page shows it: `text`, or where it is not UTF-8 `dump`, `base64` and (readable so) `gbk`.

    JSON that was sent in a line is shown `pretty` too.
    """

    size: int
    cut: bool
    text: Markup | None = None
    pretty: Markup | None = None
    dump: str = ""
    base64: str = ""
    gbk: str = ""


def show(message: Message) -> Body:
    """A message's body, ready to be shown."""
    raw = message.body
    cut = len(raw) >= KEPT_BYTES
    text = decoded(raw, cut=cut)
    if text is not None:
        return Body(len(raw), cut, highlighted(text), pretty(text))
    dump, encoded = hex_dump(raw[:HEX_SHOWN]), base64.b64encode(raw).decode()
    return Body(len(raw), cut, dump=dump, base64=encoded, gbk=_as_gbk(raw))


def _as_gbk(raw: bytes) -> str:
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""


def hex_dump(raw: bytes) -> str:
    """Sixteen bytes a line: offset, hex, what of it is ASCII."""
    lines = []
    for offset in range(0, len(raw), 16):
        part = raw[offset : offset + 16]
        ascii_part = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{offset:06x}  {part.hex(' '):<47}  {ascii_part}")
    return "\n".join(lines)


def pretty(text: str) -> Markup | None:
    """A JSON object that was sent in a line with a line for each member, every character as it was written.

    None for any other text.
    """
    if not text.startswith("{") or "\n" in text.strip():
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return Markup("").join(_indented(text))


def _indented(text: str) -> Iterator[Markup]:
    """The tokens of JSON with line breaks between them, the names of members in quiet."""
    depth, pieces = 0, _JSON_TOKEN.findall(text)
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        depth += (piece in ("{", "[")) - (following in ("}", "]"))
        name = ":" in (piece, following)
        yield Markup('<span class="x-t">{}</span>').format(_visible(piece)) if name else _visible(piece)
        if piece == ":":
            yield escape(" ")
        elif (piece in ("{", "[", ",") or following in ("}", "]")) and piece + following not in ("{}", "[]"):
            yield escape("\n" + "  " * depth)


# -- highlighting ------------------------------------------------------------------------------------------------------


def highlighted(text: str) -> Markup:
    """XML (or HTML) coloured, other text as it is; its characters stay, an added line break is an empty tag."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return _visible(text)
    parts: list[Markup] = []
    before = ""
    for kind, token in _tokens(text):
        if (before == "close" and kind in ("open", "close")) or before == kind == "open":
            parts.append(Markup('<i class="nl"></i>'))
        parts.append(_coloured(kind, token))
        before = kind
    return Markup("").join(parts)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Cut XML-like text into open, close, cdata, other markup and text; whatever is no XML is text."""
    at = 0
    while at < len(text):
        kind, end = _token_at(text, at)
        yield kind, text[at:end]
        at = end


def _token_at(text: str, at: int) -> tuple[str, int]:
    if text[at] != "<":
        end = text.find("<", at)
        return "text", end if end >= 0 else len(text)
    for opening, closing, kind in (("<![CDATA[", "]]>", "cdata"), ("<!--", "-->", "other")):
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            return (kind, end + len(closing)) if end >= 0 else ("text", len(text))
    following = text.find("<", at + 1)
    limit = following if following >= 0 else len(text)
    end = text.find(">", at, limit)
    if end < 0:
        return "text", limit
    kind = {"/": "close", "?": "other", "!": "other"}.get(text[at + 1], "open")
    return kind, end + 1


def _coloured(kind: str, token: str) -> Markup:
    if kind == "text":
        return _visible(token)
    if kind == "cdata":
        return Markup('<span class="x-c">&lt;![CDATA[</span><b>{}</b><span class="x-c">]]&gt;</span>').format(
            _visible(token[9:-3])
        )
    name = "x-t" if kind in ("open", "close") else "x-c"
    return Markup('<span class="{}">{}</span>').format(name, _visible(token))


def _visible(text: str) -> Markup:
    """Escaped text in which a reader sees the characters that have no look: BOM, controls, direction marks."""
    pieces = _ODD.split(text)
    if len(pieces) == 1:
        return escape(text)
    shown = []
    for number, piece in enumerate(pieces):
        if number % 2:
            name = "BOM" if piece == "\ufeff" else f"U+{ord(piece):04X}"
            shown.append(Markup('<span class="odd" data-name="{}">{}</span>').format(name, piece))
        else:
            shown.append(escape(piece))
    return Markup("").join(shown)


# -- differences -------------------------------------------------------------------------------------------------------


def difference(previous: Exchange, current: Exchange) -> list[tuple[str, str]]:
    """What changed between two attempts, as lines with their sign (+, -, or a space); empty where nothing did."""
    lines: list[tuple[str, str]] = []
    for before, after in ((_request(previous), _request(current)), (_reply(previous), _reply(current))):
        changed = unified_diff(before, after, n=1, lineterm="")
        lines += [(line[0], line[1:]) for line in changed if not line.startswith(("---", "+++", "@@"))]
    return lines


def _request(exchange: Exchange) -> list[str]:
    return [f"{exchange.method} {exchange.target}", *_message_lines(exchange.request)]


def _reply(exchange: Exchange) -> list[str]:
    if exchange.status is None:
        return [exchange.verdict.name if exchange.verdict else "-"]
    return [f"HTTP {exchange.status}", *_message_lines(exchange.reply)]


def _message_lines(message: Message) -> list[str]:
    """Headers and body, short enough to be compared; what changes by itself (Date, Request-ID) is left out."""
    headers = [f"{name}: {value}" for name, value in message.headers if name.lower() not in ("date", "request-id")]
    body = message.body.decode("utf-8", "backslashreplace").replace("><", ">\n<").splitlines()
    return [line[:_DIFF_WIDTH] for line in [*headers, "", *body][:_DIFF_LINES]]
