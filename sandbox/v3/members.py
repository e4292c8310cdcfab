"""The kinds of members that a call of V3 may have. Each reads a value, and says in WeChat Pay's words why it cannot.

A member is read in two passes, as the sentences tell that the real server does: whether the value has its type
(`take`), then whether it keeps the rules (`check`). Source: V3 notes, 3.4.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast, overload

from sandbox.v3 import sentences
from sandbox.v3.errors import Json, param_error
from sandbox.v3.request import RequestInvalid

T = TypeVar("T")

SHOWN = 64
"""Characters of a value that a developer is shown again."""

_INTEGER = re.compile("-?[0-9]{1,19}")
_SMALLEST, LARGEST = -(2**63), 2**63 - 1
_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$"
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|[\U00010000-\U0010ffff]")
"""What no text may hold: what needs four bytes of UTF-8 (V3 notes, 1), and what no XML can tell again."""


class Location(StrEnum):
    """Parts of a call, as `detail` names them."""

    PATH = "uri_template"
    QUERY = "query"
    BODY = "body"


class Place:
    """Where a value stands; the pointer is made only where it is told, for nearly all values are right."""

    __slots__ = ("_outer", "_step", "location")

    def __init__(self, location: Location, outer: "Place | None" = None, step: str | int = "") -> None:
        self.location, self._outer, self._step = location, outer, step

    def inner(self, step: str | int) -> "Place":
        """The place of a member, or of an element."""
        return Place(self.location, self, step)

    @property
    def pointer(self) -> str:
        """A JSON pointer that begins with the location."""
        if self._outer is None:
            return f"/{self.location.value}"
        step = str(self._step).replace("~", "~0").replace("/", "~1")
        return f"{self._outer.pointer}/{step}"

    @property
    def text(self) -> bool:
        """Whether all that stands there is text."""
        return self.location is not Location.BODY

    def refuse(self, message: str, value: Json, fault: str, **facts: str | int) -> RequestInvalid:
        """The answer that tells of a value here; the fault is a name of `words.faults`."""
        detail = {"location": self.location.value, "value": value}
        return RequestInvalid(param_error(message, detail), fault, field=self.pointer, **facts)


class Member(Generic[T]):
    """One member. What was not sent, or is null, reads as `default`.

    `form`, `limit` (bytes) and `choices` describe it to people; `missed_in` is the location that is named where it is
    missing, if that is another than its own.
    """

    name: str
    form: str = "text"
    limit: int | None = None
    choices: tuple[str, ...] = ()
    missed_in: Location | None = None
    nests: bool = False
    """Whether there are members inside it."""

    def __init__(self, caption: str, default: T, *, required: bool) -> None:
        self.caption = caption
        self.default = default
        self.required = required

    def __set_name__(self, owner: type, name: str) -> None:
        """Its name is that of the attribute; the last `_` of a word that is Python's own (`from_`) is none of it."""
        self.name = name.removesuffix("_")

    @overload
    def __get__(self, instance: None, owner: type) -> "Member[T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> "Member[T] | T":
        return self if instance is None else cast(T, cast(Any, instance).values[self.name])

    def take(self, raw: Json, place: Place) -> T:
        """The value, if it has the type; raises RequestInvalid."""
        raise NotImplementedError

    def check(self, value: T, place: Place) -> None:
        """Raises RequestInvalid where it breaks a rule."""

    def unknown(self, raw: Json, place: Place) -> Iterable[str]:
        """Pointers to what nobody has declared inside it."""
        return ()

    def require(self, place: Place) -> None:
        """Raises RequestInvalid: it is not there. `place` is that of what it belongs to."""
        where = Place(self.missed_in) if self.missed_in else place
        at = where.inner(self.name)
        raise at.refuse(sentences.missing(at.pointer, self.caption), "", "missing")

    def mistyped(self, raw: Json, place: Place, kind: str) -> RequestInvalid:
        """It is not of the type that JSON calls `kind`."""
        message = sentences.of_other_type(place.pointer, self.caption, kind, text=place.text)
        return place.refuse(message, told(raw), "type", wanted=kind, got=shown(raw))


class String(Member[str]):
    """Text of `least` to `limit` bytes of UTF-8. What must be there must not be empty either."""

    unit = sentences.BYTES

    def __init__(
        self,
        limit: int,
        caption: str,
        *,
        required: bool = True,
        least: int | None = None,
        pattern: str = "",
        form: str = "text",
        missed_in: Location | None = None,
    ) -> None:
        super().__init__(caption, "", required=required)
        self.limit: int = limit
        self.least = int(required) if least is None else least
        self.pattern = pattern
        self.form = form
        self.missed_in = missed_in
        self._matching = re.compile(pattern, re.ASCII) if pattern else None

    def take(self, raw: Json, place: Place) -> str:
        if not isinstance(raw, str):
            raise self.mistyped(raw, place, "string")
        if not (raw.isascii() and raw.isprintable()) and (unfit := _UNFIT.search(raw)):
            raise place.refuse(sentences.MALFORMED, raw, "character", got=f"U+{ord(unfit[0]):04X}")
        return raw

    def check(self, value: str, place: Place) -> None:
        got = len(value) if value.isascii() else self.length(value)
        if got < self.least and (self.required or value):
            message = sentences.too_short(place.pointer, self.caption, got, self.least, self.unit)
            raise place.refuse(message, got, "too_short", got_bytes=got, limit=self.least)
        if got > self.limit:
            message = sentences.too_long(place.pointer, self.caption, got, self.limit, self.unit)
            raise place.refuse(message, got, "length", got_bytes=got, limit=self.limit)
        if value and self._matching is not None and self._matching.fullmatch(value) is None:
            raise self.unmatched(value, place, self.pattern)

    def length(self, value: str) -> int:
        """How long it is, as `limit` counts."""
        return len(value.encode())

    def unmatched(self, value: str, place: Place, pattern: str) -> RequestInvalid:
        message = sentences.unmatched(place.pointer, self.caption, pattern)
        fault = "notify_url" if self.form == "url" else "format"
        return place.refuse(message, value, fault, got=shown(value))


class Characters(String):
    """The same, of which the limits count characters: profit sharing was seen to do so (V3 notes, 3.4)."""

    unit = sentences.CHARACTERS

    def length(self, value: str) -> int:
        return len(value)


class Moment(Member[datetime | None]):
    """A moment as RFC 3339 writes it: in any zone, Z too, with parts of a second or without; None when not sent."""

    form = "moment"

    def __init__(self, caption: str, *, required: bool = False, limit: int = 64) -> None:
        super().__init__(caption, None, required=required)
        self._text = String(limit, caption, required=required, pattern=_MOMENT)
        self.limit = None

    def take(self, raw: Json, place: Place) -> datetime:
        # Type and form are told of at once: what has no form is no moment to keep until the second pass.
        text = self._text.take(raw, place)
        self._text.check(text, place)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._text.unmatched(text, place, _MOMENT) from None
        if not 1970 <= moment.year <= 9990:
            raise self._text.unmatched(text, place, _MOMENT)
        return moment


class Integer(Member[int]):
    """A whole number of 64 bits, `least` or more, which must be there."""

    form = "whole"

    def __init__(self, caption: str, *, least: int | None = None, form: str = "whole") -> None:
        super().__init__(caption, 0, required=True)
        self.least = least
        self.form = form

    def take(self, raw: Json, place: Place) -> int:
        return whole(raw, place, self.caption)

    def check(self, value: int, place: Place) -> None:
        at_least(value, self.least, place, self.caption)


class OptionalInteger(Member[int | None]):
    """The same, which need not be there: None when not sent."""

    form = "whole"

    def __init__(self, caption: str, *, least: int | None = None) -> None:
        super().__init__(caption, None, required=False)
        self.least = least

    def take(self, raw: Json, place: Place) -> int:
        return whole(raw, place, self.caption)

    def check(self, value: int | None, place: Place) -> None:
        if value is not None:
            at_least(value, self.least, place, self.caption)


class OneOf(Member[int]):
    """One of a few whole numbers."""

    form = "choice"

    def __init__(self, caption: str, *among: int) -> None:
        super().__init__(caption, 0, required=True)
        self._among = among
        self.choices = tuple(map(str, among))

    def take(self, raw: Json, place: Place) -> int:
        return whole(raw, place, self.caption)

    def check(self, value: int, place: Place) -> None:
        if value not in self._among:
            message = sentences.no_choice(place.pointer, self.caption, text=place.text)
            raise place.refuse(message, value, "format", got=str(value))


class Boolean(Member[bool | None]):
    """true or false; None when not sent."""

    form = "choice"
    choices = ("true", "false")

    def __init__(self, caption: str, *, required: bool = False) -> None:
        super().__init__(caption, None, required=required)

    def take(self, raw: Json, place: Place) -> bool:
        if place.text and raw in self.choices:
            return raw == "true"
        if not isinstance(raw, bool):
            raise self.mistyped(raw, place, "bool")
        return raw


class Choice(Member[str]):
    """One of an enumeration's values; "" when not sent."""

    form = "choice"

    def __init__(self, caption: str, choices: Iterable[str], *, required: bool = False) -> None:
        super().__init__(caption, "", required=required)
        self.choices = tuple(choices)

    def take(self, raw: Json, place: Place) -> str:
        if not isinstance(raw, str):
            raise self.mistyped(raw, place, "string")
        if raw not in self.choices:
            message = sentences.no_choice(place.pointer, self.caption, text=place.text)
            raise place.refuse(message, raw, "format", got=shown(raw))
        return raw


class Sealed(String):
    """Text that travels encrypted for WeChat Pay (V3 notes, 6): the Base64 of it, at most 1,024 bytes."""

    def __init__(self, caption: str, *, required: bool = True) -> None:
        super().__init__(1024, caption, required=required, form="sealed")


def whole(raw: Json, place: Place, caption: str) -> int:
    """A whole number of 64 bits; true is none, and neither are "1" and 1.0. Raises RequestInvalid."""
    if place.text and isinstance(raw, str) and _INTEGER.fullmatch(raw):
        raw = int(raw)
    if type(raw) is not int or not _SMALLEST <= raw <= LARGEST:
        message = sentences.no_integer(place.pointer, caption, text=place.text)
        raise place.refuse(message, told(raw), "integer", got=shown(raw))
    return raw


def at_least(value: int, least: int | None, place: Place, caption: str) -> None:
    """Raises RequestInvalid where a number is too small."""
    if least is not None and value < least:
        raise place.refuse(sentences.below(place.pointer, caption, least), value, "below", got=value, limit=least)


def told(raw: Json) -> Json:
    """A value as `detail` tells it: whatever is no single value is not told again (assumed)."""
    return None if isinstance(raw, dict | list) else raw


KINDS: dict[type, str] = {dict: "object", list: "array"}


def shown(raw: Json) -> str:
    """A value as its developer is shown it."""
    return KINDS.get(type(raw)) or (raw if isinstance(raw, str) else str(raw))[:SHOWN]
