"""Requests of V3 by their declarations: any that is right, and any that is wrong at one place."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from sandbox.v3 import parts
from sandbox.v3.members import Boolean, Choice, Integer, Member, Moment, OneOf, OptionalInteger, Sealed, String
from sandbox.v3.shapes import Array, Object, OptionalObject, Part, Shaped

_TEXT = st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=["Cs"])
_NUMBER = st.text(string.ascii_letters + string.digits + "_-|*", min_size=6, max_size=32)
_URL = st.sampled_from(["https://shop.example/notify", "http://127.0.0.1:8080/", "https://a.example:443/b/c"])
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
_MOMENT = st.datetimes(timezones=_ZONES).filter(lambda at: 1970 <= at.year <= 2100)


def bounded(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    """Text of so many bytes."""
    return st.text(_TEXT, min_size=least, max_size=limit).filter(lambda text: least <= len(text.encode()) <= limit)


def value_of(member: Member[Any]) -> st.SearchStrategy[Any]:
    """Any value that a member takes."""
    match member:
        case String():
            return text_of(member)
        case Moment():
            return _MOMENT.map(lambda at: at.isoformat(timespec="seconds").replace("+00:00", "Z"))
        case OneOf():
            return st.sampled_from([int(one) for one in member.choices])
        case Choice():
            return st.sampled_from(member.choices)
        case Integer() | OptionalInteger():
            return st.integers(member.least if member.least is not None else -(2**63), 2**63 - 1)
        case Array():
            # Who acts for itself combines two orders at least.
            return st.lists(value_of(member.of), min_size=2 if member.least else 0, max_size=2)
        case Object() | OptionalObject():
            return object_of(member.kind)
    assert isinstance(member, Boolean), member
    return st.booleans()


def text_of(member: String) -> st.SearchStrategy[str]:
    """Any text that a member takes."""
    if isinstance(member, Sealed):
        return st.just("c2VhbGVk")
    known = {parts.OUT_TRADE_NO: _NUMBER, parts.NOTIFY_URL: _URL}.get(member.pattern)
    if known is not None:
        return known
    if member.pattern:
        matching = re.compile(member.pattern.strip("^$"), re.ASCII)
        return st.from_regex(matching, fullmatch=True).filter(lambda text: len(text.encode()) <= member.limit)
    return bounded(min(member.limit, 40), member.least)


def object_of(kind: type[Part]) -> st.SearchStrategy[dict[str, Any]]:
    """Any object of a declaration: what must be there, and some of the rest."""
    members = kind.members.items()
    needed = {name: value_of(one) for name, one in members if one.required}
    rest = {name: st.none() | value_of(one) for name, one in members if not one.required}
    return st.fixed_dictionaries(needed, optional=rest)


def said_of(shape: type[Shaped]) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Path, query and body of any right call."""
    withins = shape.withins()
    return st.fixed_dictionaries({name: object_of(one.kind) for name, one in withins.items()})


def places(kind: type[Part], sent: dict[str, Any], at: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all declared members of what was sent, with the declaration of each: (way, member)."""
    for name, member in kind.members.items():
        if sent.get(name) is None:
            continue
        yield (*at, name), member
        if isinstance(member, Object | OptionalObject):
            yield from places(member.kind, sent[name], (*at, name))
        if isinstance(member, Array):
            for n, one in enumerate(sent[name]):
                yield (*at, name, n), member.of
                if isinstance(member.of, Object):
                    yield from places(member.of.kind, one, (*at, name, n))


def wrong_for(member: Member[Any]) -> list[Any]:
    """Values that a member never takes."""
    match member:
        case Object() | OptionalObject():
            return [1, "{}", [], True]
        case Array():
            return [1, "[]", {}, False]
        case Integer() | OptionalInteger() | OneOf():
            return ["1", 1.0, True, 0.01, 2**63, -(2**64), [], {}]
        case Boolean():
            return ["true", 1, 0, "Y", [], {}]
        case Moment():
            return ["", "2020-01-01", "20200101000000", "2020-02-30T00:00:00+08:00", "2020-01-01T00:00:00", 1, {}]
        case Choice():
            return ["", "nothing", 1, [], {}]
        case String():
            return [1, True, [], {}, "é" * member.limit, "\U0001f375", "\x00"]
    raise AssertionError(member)
