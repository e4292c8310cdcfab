"""What is wrong with a value or a key, in words that say what would be right."""

import difflib
import re
import typing
from collections.abc import Iterable, Iterator
from enum import Enum
from types import UnionType
from typing import Any

import msgspec

from sandbox import complaints
from sandbox.complaints import Limit
from sandbox.core.text import Text, either, shown, together
from sandbox.scenario.shapes import ValueRefused
from sandbox.words import scenario_files as words

_LIMITS = {Limit.LONGEST: words.LONGEST, Limit.AT_MOST: words.AT_MOST, Limit.AT_LEAST: words.AT_LEAST}


def worded(value: Any, kind: Any, error: msgspec.ValidationError) -> Text:
    """msgspec's complaint about a value that is not of a kind."""
    if isinstance(error.__cause__, ValueRefused):
        return error.__cause__.text
    told = complaints.read(error)
    if told.no_choice:
        return not_among(str(value), _choices(kind))
    if told.wanted:
        return words.MUST_BE.filled(wanted=_wanted(told.wanted, kind), got=_got(told.got, value))
    if told.limit:
        limit, most = told.limit
        return _LIMITS[limit].filled(limit=most)
    form = next(_forms(kind), None)
    return words.MUST_BE_OF.filled(form=form) if form else words.CHECKER_SAYS.filled(said=shown(told.said))


def unknown_key(name: str, struct: type[msgspec.Struct]) -> Text:
    known = [field.name for field in msgspec.structs.fields(struct)]
    return together(guessed(words.NO_SUCH_KEY, name, known), words.KNOWN_HERE.filled(names=", ".join(known)))


def not_among(value: str, choices: list[str]) -> Text:
    return guessed(words.NONE_OF.filled(given=shown(value), choices=", ".join(choices)), value, choices)


def guessed(told: Text, given: str, known: Iterable[str]) -> Text:
    """A sentence, and one that says what was meant, where something alike is known."""
    by_plain: dict[str, list[str]] = {}
    for one in sorted(known):
        by_plain.setdefault(_plain(one), []).append(one)
    alike = difflib.get_close_matches(_plain(given), by_plain, 1, 0.6)
    if not alike:
        return told
    (meant,) = difflib.get_close_matches(given, by_plain[alike[0]], 1, 0)
    return together(told, words.MEANT.filled(meant=meant))


def _plain(name: str) -> str:
    """A name as far as it is told apart: neither case nor the signs between words."""
    return re.sub(r"[\W_]", "", name).lower() or name


def _wanted(kinds: str, kind: Any) -> Text:
    """What msgspec names as `object | array`, with the values that it may have, where they are few."""
    wanted = either(words.KINDS.get(one, Text(one, one)) for one in kinds.split(" | "))
    choices = _choices(kind)
    return words.CHOSEN.filled(wanted=wanted, choices=", ".join(choices)) if choices else wanted


def _got(kind: str, value: Any) -> Text:
    return words.GIVEN.filled(given=shown(value)) if isinstance(value, str) else words.KINDS[kind]


# -- what a declaration says -------------------------------------------------------------------------------------------


def _parts(kind: Any) -> Iterator[Any]:
    """The types that a type is made of: of unions, lists and annotations."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType, list, typing.Annotated):
        for part in typing.get_args(kind):
            yield from _parts(part)
    else:
        yield kind


def _choices(kind: Any) -> list[str]:
    """The values that there may be, where they are few."""
    found: list[str] = []
    for part in _parts(kind):
        if isinstance(part, type) and issubclass(part, Enum):
            found += [str(one.value) for one in part]
        if typing.get_origin(part) is typing.Literal:
            found += [str(one) for one in typing.get_args(part)]
    return list(dict.fromkeys(found))


def _forms(kind: Any) -> Iterator[Text]:
    """What would be of a pattern, in words."""
    for part in _parts(kind):
        if isinstance(part, msgspec.Meta) and part.extra:
            yield part.extra["form"]
