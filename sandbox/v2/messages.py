"""Messages that a person shows us: read with a reason and a place where they cannot be, and written."""

import codecs
import re
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from sandbox.api.body import BODY_LIMIT
from sandbox.core.errors import MessageUnreadable, PaymentError
from sandbox.v2 import envelope
from sandbox.v2.envelope import DECLARED_ENCODING

_NEAR = 24
"""How many characters of the text are shown on either side of a place."""

_BARE_AMPERSAND = re.compile(r"&([\w#]*.)?\Z", re.DOTALL)
_CODES = {
    expat.errors.XML_ERROR_SYNTAX: "no_xml",
    expat.errors.XML_ERROR_NO_ELEMENTS: "cut_off",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "cut_off",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "cut_off",
    expat.errors.XML_ERROR_TAG_MISMATCH: "tag_mismatch",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "after_root",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "declaration_late",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "cdata_open",
}


class V2Messages:
    """XML messages. Implements Messages."""

    def fits(self, body: bytes) -> bool:
        return body.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")

    def read(self, body: bytes) -> Mapping[str, str]:
        if len(body) > BODY_LIMIT:
            raise MessageUnreadable("too_large", limit=BODY_LIMIT)
        try:
            return envelope.parse(body)
        except PaymentError as error:
            raise explained(body, error) from None

    def write(self, fields: Mapping[str, str | int]) -> str:
        written = envelope.build(fields)
        self.read(written)
        return written.decode()


def explained(body: bytes, error: PaymentError) -> MessageUnreadable:
    """Why a body cannot be read. That it cannot is the envelope's decision; this only looks for words."""
    if isinstance(error, envelope.MessageEmpty):
        return MessageUnreadable("empty")
    if isinstance(error, envelope.MessageNotUtf8):
        return _not_utf8(body)
    text = body.decode("utf-8-sig")
    return _other_format(text) or _flaw(text) or MessageUnreadable("malformed", detail=str(error))


def _not_utf8(body: bytes) -> MessageUnreadable:
    declared = DECLARED_ENCODING.match(body)
    try:
        body.decode()
    except UnicodeDecodeError as error:
        reason, text = "not_utf8", body.decode("utf-8", "replace")
        at = len(body[: error.start].decode())
        try:
            body.decode("gb18030")
        except UnicodeDecodeError:
            pass
        else:
            reason, text = "gbk", body.decode("gb18030")
        return _at(reason, text, at)
    return MessageUnreadable("declared_encoding", encoding=declared.group(1).decode() if declared else "?")


def _other_format(text: str) -> MessageUnreadable | None:
    """A body that is not meant as XML."""
    start = text.lstrip()[:14].lower()
    if start.startswith(("<!doctype html", "<html")):
        return MessageUnreadable("html")
    if start.startswith(("{", "[")):
        return MessageUnreadable("json")
    if not start.startswith("<"):
        return MessageUnreadable("form" if "=" in text.partition("&")[0] else "no_xml")
    return None


def _flaw(text: str) -> MessageUnreadable | None:
    """Where the text stops being one flat XML document."""
    data = text.encode()
    reader = _FlatDocument()
    try:
        reader.parser.Parse(data, True)
    except MessageUnreadable as flaw:
        return _at(flaw.reason, text, _characters(data, reader.stopped_at), **flaw.facts)
    except expat.ExpatError as error:
        at = _characters(data, reader.parser.ErrorByteIndex)
        return _not_well_formed(text, at, expat.ErrorString(error.code))
    return None


def _not_well_formed(text: str, at: int, message: str) -> MessageUnreadable:
    if message in _CODES:
        return _at(_CODES[message], text, at)
    if message == expat.errors.XML_ERROR_UNDEFINED_ENTITY:
        return _at("entity", text, at, name=text[at:].partition(";")[0][:32] + ";")
    here, before = text[at : at + 1], text[:at]
    if bare := _BARE_AMPERSAND.search(text[: at + 1]):
        return _at("ampersand", text, bare.start())
    if "<" in (here, before[-1:]):
        return _at("less_than", text, at)
    if here < " ":
        return _at("control_character", text, at, name=f"U+{ord(here):04X}")
    return _at("malformed", text, at, detail=message)


def _at(reason: str, text: str, at: int, **facts: str | int) -> MessageUnreadable:
    """A reason with its place, of which `at` is the number of characters before it."""
    before = text[:at]
    line, begin = before.count("\n") + 1, before.rfind("\n") + 1
    near = text[max(begin, at - _NEAR) : at + _NEAR].partition("\n")[0]
    return MessageUnreadable(reason, line, at - begin + 1, near=near, **facts)


def _characters(data: bytes, index: int) -> int:
    return len(data[:index].decode("utf-8", "ignore"))


class _FlatDocument:
    """Expat's handlers, which raise MessageUnreadable at the first thing that a flat message does not have.

    `stopped_at` is where, in bytes; expat itself has gone on by the time that the error is out.
    """

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.stopped_at = 0
        self._names: set[str] = set()
        self._depth = 0

    def _start(self, name: str, attributes: object) -> None:
        self._depth += 1
        if self._depth > 2:
            self._stop("nested", name[:32])
        if self._depth == 2 and name in self._names:
            self._stop("repeated", name[:32])
        if self._depth == 2:
            self._names.add(name)

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._depth == 1 and text.strip():
            self._stop("text_between")

    def _doctype(self, *_: object) -> None:
        self._stop("doctype")

    def _stop(self, reason: str, name: str = "") -> NoReturn:
        self.stopped_at = self.parser.CurrentByteIndex
        raise MessageUnreadable(reason, name=name)
