"""The XML of V2: flat messages in, flat messages out. The one home of xmltodict.

What the sources are silent about (DOCTYPE, repeated and nested elements, attributes) is assumed: see docs/fidelity.md.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from xml.parsers import expat

import xmltodict

from sandbox.core.errors import PaymentError

Fields = Mapping[str, str | int]
"""The elements of a message in their order; integers are written bare, strings in CDATA."""

DECLARED_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

_TEXT = r"[^\]<&\0-\x08\x0b-\x1f\ufffe\uffff]*+"
_QUOTED = _TEXT.replace("<&", "")
_ONE = rf"<([A-Za-z_]\w*+)>(?:<!\[CDATA\[({_QUOTED})\]\]>|({_TEXT}))</\1>[ \t\n]*+"
_ELEMENT = re.compile(_ONE, re.ASCII)
_PLAIN = re.compile(rf"<xml>[ \t\n]*+(?:{_ONE})++</xml>[ \t\n]*+", re.ASCII)
"""One root and flat elements, with nothing in them that XML reads as something else."""


class MessageEmpty(PaymentError):
    """The body is empty."""


class MessageNotUtf8(PaymentError):
    """The body is not UTF-8."""


class MessageMalformed(PaymentError):
    """The body is not one flat XML document."""


class NotWellFormed(MessageMalformed):
    """It is no XML: `reason` is expat's message, `at` where it stopped, in bytes."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


class NotFlat(MessageMalformed):
    """Something stands there that no flat message has: `reason` names it, `at` is where it begins, in bytes."""

    def __init__(self, reason: str, name: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.name, self.at = reason, name, at


class _CarefulExpat:
    """xmltodict's parser, refusing every DOCTYPE: no entity is ever declared, so none can expand or be fetched."""

    @staticmethod
    def ParserCreate(encoding: str | None, separator: str | None) -> Any:  # noqa: N802 - the name that xmltodict calls
        parser = expat.ParserCreate(encoding, separator)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        return parser


def _refuse_doctype(*_: object) -> None:
    raise MessageMalformed("The body holds a DOCTYPE.")


def parse(body: bytes) -> dict[str, str]:
    """The elements of a flat message, as they were written: white space at a value's ends belongs to it.

    Raises MessageEmpty, MessageNotUtf8, MessageMalformed.
    """
    if not body.strip():
        raise MessageEmpty
    declared = DECLARED_ENCODING.match(body)
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise MessageNotUtf8(f"The body declares the encoding {declared.group(1).decode()}.")
    try:
        text = body.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise MessageNotUtf8(f"Byte {error.start} is not UTF-8.") from None
    return _plain(text) or _quick(text) or _flat(_document(text))


# xmltodict is the reference, and the three read every message alike (tested). Each of the other two costs less than
# half of the one behind it, and the profile of unifiedorder asked for them.


def _plain(text: str) -> dict[str, str] | None:
    """The elements of a message as most SDKs write it, where no character stands for another; None for any other."""
    if _PLAIN.fullmatch(text) is None:
        return None
    found = _ELEMENT.findall(text, len("<xml>"))
    fields = {name: quoted or bare for name, quoted, bare in found}
    return fields if len(fields) == len(found) else None


def _quick(text: str) -> dict[str, str] | None:
    """The elements of a flat message; None for one that is not, about which `_document` has the last word."""
    try:
        return FlatReader().read(text)
    except MessageMalformed:
        return None


def root(body: bytes) -> str:
    """What the root of a message is called that `parse` has read."""
    reader = FlatReader()
    reader.read(body.decode("utf-8-sig"))
    return reader.root


class FlatReader:
    """Expat's handlers for one root with flat elements: reads a message, once.

    `exactly` costs more, and NotFlat says where a text begins that does not belong there; without, it is behind it.
    """

    def __init__(self, *, exactly: bool = False) -> None:
        self.root = ""
        self._exactly = exactly
        self._fields: dict[str, str] = {}
        self._depth = 0
        self._text = ""

    def read(self, text: str) -> dict[str, str]:
        """The elements; raises NotWellFormed, NotFlat."""
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = not self._exactly
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise NotWellFormed(expat.ErrorString(error.code), parser.ErrorByteIndex) from None
        finally:
            del self._parser  # which knows this reader: no circle that waits for the collector
        return self._fields

    def _start(self, name: str, attributes: object) -> None:
        self._depth += 1
        if self._depth == 2:
            if name in self._fields:
                self._stop("repeated", name)
            self._text = ""
        elif self._depth == 1:
            self.root = name
        else:
            self._stop("nested", name)

    def _end(self, name: str) -> None:
        if self._depth == 2:
            self._fields[name] = self._text
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._depth == 2:
            self._text += text
        elif text.strip():
            self._stop("text_between")

    def _doctype(self, *_: object) -> None:
        self._stop("doctype")

    def _stop(self, reason: str, name: str = "") -> NoReturn:
        # Asked at once: expat itself has gone on by the time that the error is out.
        raise NotFlat(reason, name, self._parser.CurrentByteIndex)


def _document(text: str) -> Any:
    try:
        document = xmltodict.parse(
            text, encoding="utf-8", expat=_CarefulExpat, strip_whitespace=False, xml_attribs=False
        )
    except (expat.ExpatError, ValueError) as error:
        raise MessageMalformed(f"The body is not well-formed XML: {error}.") from None
    return next(iter(document.values()))


def _flat(document: Any) -> dict[str, str]:
    if document is None:
        return {}
    if not isinstance(document, dict):
        if document.strip():
            raise MessageMalformed("The root element holds text instead of elements.")
        return {}
    if document.pop("#text", "").strip():
        raise MessageMalformed("There is text between the elements.")
    for name, value in document.items():
        if isinstance(value, list):
            raise MessageMalformed(f"The element {name} stands there {len(value)} times.")
        if isinstance(value, dict):
            raise MessageMalformed(f"The element {name} holds other elements.")
    return {name: value or "" for name, value in document.items()}


def build(fields: Fields) -> bytes:
    """A message as api.mch.weixin.qq.com writes it: an element a line, the first joined to the root.

    Source: V2 notes, 1.2 (raw shapes seen live).
    """
    return ("<xml>" + "".join([f"{element(name, value)}\n" for name, value in fields.items()]) + "</xml>").encode()


def build_indented(fields: Fields) -> bytes:
    """A message as the official sandbox writes it: an element a line, two spaces before it, every value in CDATA."""
    return (
        "<xml>\n" + "".join(f"  {element(name, str(value))}\n" for name, value in fields.items()) + "</xml>"
    ).encode()


def element(name: str, value: str | int) -> str:
    """One element of a message."""
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
