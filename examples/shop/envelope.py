"""WeChat Pay V2 messages as bytes: flat XML, one element a field. The one home of xmltodict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

import xmltodict

MAX_BYTES = 64 * 1024
_DOCUMENT_TYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class BadMessage(Exception):
    """The bytes are not a flat V2 message."""


def read(raw: bytes, root: str = "xml") -> dict[str, str]:
    """Read a V2 message into its fields, each value as it was before escaping, spaces included.

    A document type is refused before any parser sees it: it is the door to XXE and to entity bombs.
    Decoding comes first, so that no other encoding can hide one.
    """
    if len(raw) > MAX_BYTES:
        raise BadMessage("longer than 64 KB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadMessage("not UTF-8") from error
    if _DOCUMENT_TYPE.search(text):
        raise BadMessage("holds a DOCTYPE or an ENTITY")
    try:
        document = xmltodict.parse(text, strip_whitespace=False)
    except (ExpatError, ValueError) as error:
        raise BadMessage("not well-formed XML") from error
    return _fields(document.get(root))


def _fields(root: object) -> dict[str, str]:
    if not isinstance(root, dict):
        raise BadMessage("no fields inside its root")
    fields = {name: "" if value is None else value for name, value in root.items()}
    if fields.pop("#text", "").strip():
        raise BadMessage("text between the fields")
    if not all(isinstance(value, str) and not name.startswith("@") for name, value in fields.items()):
        raise BadMessage("nested or repeated fields, or attributes")
    return fields


def write(fields: Mapping[str, str]) -> bytes:
    """Write the fields as a V2 message in UTF-8."""
    return xmltodict.unparse({"xml": dict(fields)}, full_document=False).encode()


def answer(return_code: str, return_msg: str) -> str:
    """Write the answer to a notification, character by character as WeChat's documents show it."""
    return (
        f"<xml><return_code><![CDATA[{return_code}]]></return_code>"
        f"<return_msg><![CDATA[{return_msg}]]></return_msg></xml>"
    )
