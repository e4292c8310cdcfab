"""What msgspec complains of, read from its English: the one place that knows how it words that."""

import re
from dataclasses import dataclass
from enum import Enum

import msgspec

_WHERE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>[^`]*)`\Z")
_NAMED = re.compile(r"field `(?P<name>[^`]*)`\Z")
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`$")
_CHOICE = "Invalid enum value"


class Limit(Enum):
    """A limit that a value is beyond."""

    LONGEST = re.compile(r"of length <= (?P<limit>\d+)$")
    AT_MOST = re.compile(r"<= (?P<limit>[\d.]+)$")
    AT_LEAST = re.compile(r">= (?P<limit>[\d.]+)$")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint: `said` without the place, `field` as `sub_merchants[0].sub_mch_id`, empty for the whole.

    `wanted` and `got` are kinds, as `object | array`, where the kind is wrong; `no_choice`: it is none of a few values;
    `limit` is what it is beyond, and how much may be.
    """

    said: str
    field: str
    wanted: str = ""
    got: str = ""
    no_choice: bool = False
    limit: tuple[Limit, str] | None = None


def read(error: msgspec.ValidationError) -> Complaint:
    """What an error says."""
    text = str(error)
    where = _WHERE.search(text)
    said = text[: where.start()] if where else text
    named = _NAMED.search(said)
    path = [where["path"]] if where and where["path"] else []
    field = ".".join(path + ([named["name"]] if named else []))
    if expected := _EXPECTED.match(said):
        return Complaint(said, field, expected["wanted"], expected["got"])
    found = ((limit, limit.value.search(said)) for limit in Limit)
    beyond = next(((limit, match["limit"].removesuffix(".0")) for limit, match in found if match), None)
    return Complaint(said, field, no_choice=said.startswith(_CHOICE), limit=beyond)


def of_pattern(pattern: str) -> str:
    """What is said of a text that is not of a pattern."""
    return f"Expected `str` matching regex {pattern!r}"
