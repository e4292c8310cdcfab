"""Reading a body of V3: one JSON object in UTF-8, whose members have a name each, and numbers that are numbers."""

import json
import math
import re
from collections.abc import Sequence

from sandbox.core.errors import MessageUnreadable
from sandbox.core.text import shown
from sandbox.v3.errors import Json

LONGEST_NUMBER = 300
"""Digits. What is longer is no amount of anything, and is not worth the time that it takes to read it."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Escapes that may be one half of a pair without the other: no text of UTF-8 can hold it."""

_AROUND = 12
_OPENING, _NESTED = re.compile(rb"[\[{]"), 64
"""How deep a body may nest; the documents' deepest has five levels."""


class Repeated(dict[str, Json]):
    """An object that names a member twice."""

    def __init__(self, members: Sequence[tuple[str, Json]], name: str) -> None:
        super().__init__(members)
        self.name = name


def read(body: bytes) -> Json:
    """What a body says; raises MessageUnreadable."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MessageUnreadable("not_utf8") from None
    try:
        value: Json = json.loads(
            text, parse_int=_whole, parse_float=_fraction, parse_constant=_constant, object_pairs_hook=object_of
        )
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("<"):
            raise MessageUnreadable("xml") from None
        near = text[max(0, error.pos - _AROUND) : error.pos + _AROUND]
        raise MessageUnreadable(
            "json_malformed", error.lineno, error.colno, detail=error.msg, near=shown(near)
        ) from None
    except RecursionError:
        raise MessageUnreadable("json_nested", limit=_NESTED) from None
    except _NoNumber as error:
        raise MessageUnreadable("json_number", got=str(error)[:32]) from None
    if len(_OPENING.findall(body)) > _NESTED and _depth(value) > _NESTED:
        raise MessageUnreadable("json_nested", limit=_NESTED)
    if _HALF.search(body) and not _writable(value):
        raise MessageUnreadable("json_half_character")
    if not isinstance(value, dict):
        raise MessageUnreadable("json_no_object")
    return value


class _NoNumber(Exception):
    pass


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _NoNumber(digits)
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits) if len(digits) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise _NoNumber(digits)
    return value


def _constant(name: str) -> float:
    raise _NoNumber(name)


def object_of(members: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    """An object of members in the order in which they were sent; Repeated where one is named twice."""
    value = dict(members)
    if len(value) == len(members):
        return value
    names = [name for name, _ in members]
    return Repeated(members, next(name for name in names if names.count(name) > 1))


def _depth(value: Json) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _writable(value: Json) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
