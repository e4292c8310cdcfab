"""The members of a declared call as a form has them: each under its way, `amount.total`, `limit_pay[0]`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.core.ports.calls import FieldForm
from sandbox.v3.members import Boolean, Integer, Location, Member, OneOf, OptionalInteger
from sandbox.v3.request import V3Request
from sandbox.v3.shapes import Array, Object, OptionalObject, Part, Shaped

_YUAN = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")

Declared = Mapping[str, tuple[Location, Member[Any], bool]]
"""By the ways to them: where each member stands, its declaration, and whether it must be sent."""


def declared(shape: type[V3Request]) -> Declared:
    """All members of a call that are no objects; of a list its first element."""
    if not issubclass(shape, Shaped):
        return {}
    return {
        way: (within.location, member, needed)
        for within in shape.withins().values()
        for way, member, needed in _members(within.kind, "", needed=True)
    }


def _members(kind: type[Part], at: str, *, needed: bool) -> Iterator[tuple[str, Member[Any], bool]]:
    for name, member in kind.members.items():
        way = f"{at}.{name}" if at else name
        yield from _member(member, way, needed=needed and member.required)


def _member(member: Member[Any], way: str, *, needed: bool) -> Iterator[tuple[str, Member[Any], bool]]:
    if isinstance(member, Object | OptionalObject):
        yield from _members(member.kind, way, needed=needed)
    elif isinstance(member, Array):
        yield from _member(member.of, f"{way}[0]", needed=needed)
    else:
        yield way, member, needed


def form(way: str, member: Member[Any], *, needed: bool) -> FieldForm:
    """What a form says of a member."""
    limit = None if member.choices else member.limit
    return FieldForm(name=way, required=needed, form=member.form, limit=limit, choices=member.choices)


def typed(text: str, member: Member[Any] | None) -> str | int | float:
    """What a form holds, as JSON has it; what cannot be of its type stays as it is, so that wrong calls can be made.

    So does an amount in yuan, which is a number all the same.
    """
    if isinstance(member, Boolean) and text in member.choices:
        return text == "true"
    if isinstance(member, Integer | OptionalInteger | OneOf) and text.removeprefix("-").isdecimal() and len(text) < 20:
        return int(text)
    if isinstance(member, Integer | OptionalInteger) and _YUAN.fullmatch(text):
        return float(text)
    return text
