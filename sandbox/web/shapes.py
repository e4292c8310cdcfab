"""What the shapes of JSON APIs are made of: one declaration checks what comes in, writes what goes out, describes both.

A shape is a msgspec Struct. Its docstring, and the descriptions in its fields' `Meta`, stand in /_sandbox/openapi.json.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar, overload

import msgspec
from msgspec import UNSET, UnsetType

from sandbox import complaints
from sandbox.core.ids import BEIJING
from sandbox.web.errors import Refused

T = TypeVar("T")
Shape = TypeVar("Shape")

_WORDS: dict[str, str] = {}


def form(pattern: str, words: str) -> msgspec.Meta:
    """A text of this pattern. Who sends another is told `words`: "8 to 10 digits" for "^[0-9]{8,10}$".

    `$` would let a line break pass at the end, so it is checked as \\Z.
    """
    exact = pattern.removesuffix("$") + r"\Z"
    _WORDS[complaints.of_pattern(exact)] = f"Expected {words}"
    return msgspec.Meta(pattern=exact, description=f"{words[0].upper()}{words[1:]}.")


MchId = Annotated[str, form("^[0-9]{8,10}$", "8 to 10 digits")]
Appid = Annotated[str, form(r"^[0-9A-Za-z_\-]{1,32}$", "at most 32 letters, digits, _ and -")]
SerialNo = Annotated[str, form("^[0-9A-F]{40}$", "40 upper-case hex digits")]
OutTradeNo = Annotated[str, form(r"^[0-9A-Za-z_\-|*@]{1,32}$", "at most 32 letters, digits and _-|*@")]
OutRefundNo = Annotated[str, form(r"^[0-9A-Za-z_\-|*@]{1,64}$", "at most 64 letters, digits and _-|*@")]
OutBillNo = Annotated[str, form("^[0-9A-Za-z]{1,32}$", "at most 32 letters and digits")]
ScenarioName = Annotated[str, form("^[a-z0-9][a-z0-9-]{0,63}$", "at most 64 lower-case letters, digits and -")]
Openid = Annotated[str, form("^o[A-Za-z0-9_-]{27}$", "28 letters, digits, _ and -, the first `o`")]
Instant = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class Answer(msgspec.Struct, omit_defaults=True):
    """What goes out; what does not apply is left out."""


class Part(Answer, Generic[T]):
    """A part of a list; `next` is the `cursor` of the part after it, null at the end."""

    items: list[T]
    next: str | None


class Query(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The parameters of a call: a misspelt one is refused, for a filter that is not there chooses everything."""

    lang: Annotated[str, msgspec.Meta(description="zh or en: of sentences. Else as Accept-Language asks.")] = ""


class ListQuery(Query):
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    cursor: Annotated[str, form("^[0-9]{1,18}$", "what the part before gave as `next`")] | UnsetType = UNSET

    @property
    def after(self) -> str | None:
        """The cursor, None for the first part."""
        return self.cursor or None

    def part_of(self, items: Sequence[T]) -> tuple[list[T], str | None]:
        """A part of a list that is at hand whole, and the cursor of the next: it counts what came before."""
        begin = int(self.after or 0)
        end = begin + self.limit
        return list(items[begin:end]), str(end) if end < len(items) else None


def converted(raw: object, shape: type[Shape], *, text: bool = False) -> Shape:
    """What was sent, in its shape; raises Refused naming the field. `text`: numbers come as text, as in a query."""
    try:
        return msgspec.convert(raw, shape, strict=not text)
    except msgspec.ValidationError as error:
        told = complaints.read(error)
        raise Refused(400, "invalid", f"{_WORDS.get(told.said, told.said)}.", told.field) from None


def without_repeats(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a URL; raises Refused for one that stands there twice: which of the two would count?"""
    names = [name for name, _ in query.items()]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise Refused(400, "invalid", "This parameter may stand here once.", repeated)
    return dict(query)


@overload
def instant(at: datetime) -> str: ...
@overload
def instant(at: None) -> None: ...
@overload
def instant(at: datetime | None) -> str | None: ...
def instant(at: datetime | None) -> str | None:
    """RFC 3339, in Beijing time with milliseconds."""
    return at.astimezone(BEIJING).isoformat(timespec="milliseconds") if at else None


def instant_of(raw: str, field: str) -> datetime:
    """The moment that RFC 3339 text means; raises Refused. (In a query msgspec would also take Unix seconds.)"""
    try:
        at: datetime = msgspec.convert(raw, Annotated[datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError:
        message = "Expected a time as in RFC 3339, with its zone (in a URL, + is written %2B)."
        raise Refused(400, "invalid", message, field) from None
    return at
