"""Messages that a person shows us or the journal keeps: read, with a reason and a place where they cannot be."""

import codecs
import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from sandbox.api.body import BODY_LIMIT
from sandbox.core.credentials import Credentials
from sandbox.core.errors import MessageUnreadable, PaymentError
from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind
from sandbox.core.ports.calls import SignedText
from sandbox.core.ports.face import Reading
from sandbox.core.ports.repositories import Sieve
from sandbox.v2 import envelope
from sandbox.v2.envelope import DECLARED_ENCODING, FlatReader, NotFlat, NotWellFormed

_NEAR = 24
"""How many characters of the text are shown on either side of a place."""

_SECRET = ("sandbox_signkey",)
"""Fields that hold a key."""

_BARE_AMPERSAND = re.compile(r"&([\w#]*.)?\Z", re.DOTALL)
_WRITTEN_OTHERWISE = re.compile("[&<>\"'\r\n\ufffd]+")
"""Characters of a value that may stand in a message as something else; all others by their number at most."""

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
            raise _too_large()
        try:
            return envelope.parse(body)
        except PaymentError as error:
            raise explained(body, error) from None

    def write(self, fields: Mapping[str, str | int]) -> str:
        written = envelope.build(fields)
        self.read(written)
        return written.decode()

    def request(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        return self._kept(exchange.request.body, cut=exchange.fault == "too_large")

    def reply(self, exchange: Exchange, credentials: Credentials | None = None) -> Reading:
        return self._kept(exchange.reply.body, cut=exchange.reply_cut)

    def signed(self, exchange: Exchange) -> Sequence[SignedText]:
        return ()

    def sieve(self, fields: Mapping[str, str]) -> Sieve | None:
        pieces = (piece for value in fields.values() for piece in _WRITTEN_OTHERWISE.split(value))
        longest = max(pieces, key=len, default="").encode("utf-8", "surrogatepass")
        # A field's name stands in the request as it is, however its value is written.
        name = max(fields, key=len, default="").encode("utf-8", "surrogatepass")
        if not name:
            return None
        return lambda body: name in body and (longest in body or _cut_up(body))

    def secrets(self, exchange: Exchange) -> Sequence[str]:
        told = self.reply(exchange).fields if exchange.kind is ExchangeKind.API else {}
        return [told[name] for name in _SECRET if told.get(name)]

    def _kept(self, body: bytes, *, cut: bool) -> Reading:
        """A body that was kept; of one that was cut, what is left says nothing, even where it could be read."""
        if cut:
            return Reading(flaw=_too_large())
        try:
            return Reading(self.read(body))
        except MessageUnreadable as flaw:
            return Reading(flaw=_too_large() if len(body) >= KEPT_BYTES else flaw)


def _cut_up(body: bytes) -> bool:
    """Whether a value, without the characters that are written otherwise, may not stand in one piece.

    There is a character by its number, or CDATA, a comment or an instruction (other than at the start) beside a text.
    """
    beside = any(body.count(start, 5) != body.count(b">" + start, 4) for start in (b"<!", b"<?"))
    return b"&#" in body or beside or body.count(b"]]>") != body.count(b"]]></")


def _too_large() -> MessageUnreadable:
    return MessageUnreadable("too_large", limit=BODY_LIMIT)


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
    try:
        FlatReader(exactly=True).read(text)
    except NotFlat as flaw:
        return _at(flaw.reason, text, _characters(text, flaw.at), name=flaw.name[:32])
    except NotWellFormed as flaw:
        return _not_well_formed(text, _characters(text, flaw.at), flaw.reason)
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


def _characters(text: str, index: int) -> int:
    """How many characters stand before a byte of the text's UTF-8."""
    return len(text.encode()[:index].decode("utf-8", "ignore"))
