"""All that is wrong with the values of a scenario, in one go; what is sound is left for the rules about it.

msgspec stops at the first value that does not fit, so each is held against its own declaration.
"""

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any

import msgspec

from sandbox.core.scenarios import Mistake
from sandbox.scenario.documents import Document
from sandbox.scenario.shapes import ScenarioShape, decode
from sandbox.scenario.wording import unknown_key, worded
from sandbox.words.scenario_files import MISSING

MOST_MISTAKES = 200
"""So many are told at once: nobody mends more, and each costs a search for what was meant."""

_LEFT_OUT = object()


def sifted(document: Document) -> tuple[ScenarioShape, list[Mistake]]:
    """The scenario without what is wrong in it, and a mistake for each of that; the document holds keys and values."""
    try:
        return _fitted(document.data, ScenarioShape), []
    except msgspec.ValidationError:
        sieve = _Sieve(document)
        return _fitted(sieve.members(document.data, ScenarioShape, ""), ScenarioShape), sieve.mistakes[:MOST_MISTAKES]


def _fitted(value: Any, kind: Any) -> Any:
    return msgspec.convert(value, kind, strict=False, dec_hook=decode)


class _Sieve:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.mistakes: list[Mistake] = []

    def members(self, value: dict[str, Any], struct: type[msgspec.Struct], path: str) -> Any:
        """The members that are sound; _LEFT_OUT where one is wanted that is not."""
        fields = {field.name: field for field in msgspec.structs.fields(struct)}
        sound: dict[str, Any] = {}
        for name, raw in value.items():
            below = f"{path}.{name}"
            if len(self.mistakes) >= MOST_MISTAKES:
                break
            if name not in fields:
                self.mistakes.append(self._document.mistake(below, unknown_key(name, struct)))
            elif (kept := self._sound(raw, fields[name].type, below)) is not _LEFT_OUT:
                sound[name] = kept
        wanted = [name for name, field in fields.items() if field.required and name not in sound]
        missing = (name for name in wanted if name not in value)
        self.mistakes += [self._document.mistake(path, MISSING.filled(name=name)) for name in missing]
        return _LEFT_OUT if wanted else sound

    def _sound(self, value: Any, kind: Any, path: str) -> Any:
        """A value without what is wrong in it."""
        if isinstance(value, dict) and (struct := _struct_of(kind)):
            return self.members(value, struct, path)
        if isinstance(value, dict) and (pair := _entry_of(kind)):
            return self._entries(value, *pair, path)
        if isinstance(value, list) and (inner := _element_of(kind)):
            return self._elements(value, inner, path)
        return self._leaf(value, kind, path)

    def _elements(self, values: list[Any], kind: Any, path: str) -> Any:
        kept = [self._sound(one, kind, f"{path}[{n}]") for n, one in enumerate(values)]
        if _can_be_empty(kind):
            # One that is wrong holds its place, so that the others keep their numbers.
            return [{} if one is _LEFT_OUT else one for one in kept]
        return [one for one in kept if one is not _LEFT_OUT]

    def _entries(self, values: dict[str, Any], name_kind: Any, kind: Any, path: str) -> Any:
        sound: dict[str, Any] = {}
        for name, raw in values.items():
            below = f"{path}.{name}"
            found = [self._leaf(name, name_kind, below), self._leaf(raw, kind, below)]
            if _LEFT_OUT not in found:
                sound[name] = raw
        return sound

    def _leaf(self, value: Any, kind: Any, path: str) -> Any:
        if len(self.mistakes) >= MOST_MISTAKES:
            return _LEFT_OUT
        try:
            _fitted(value, kind)
        except msgspec.ValidationError as error:
            self.mistakes.append(self._document.mistake(path, worded(value, kind, error)))
            return _LEFT_OUT
        return value


def _members_of(kind: Any) -> Iterator[Any]:
    """The types that a union is of, without their annotations."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        yield from _members_of(typing.get_args(kind)[0])
    elif origin in (typing.Union, UnionType):
        for part in typing.get_args(kind):
            yield from _members_of(part)
    else:
        yield kind


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    found = (one for one in _members_of(kind) if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return next(found, None)


def _element_of(kind: Any) -> Any:
    return next((typing.get_args(one)[0] for one in _members_of(kind) if typing.get_origin(one) is list), None)


def _entry_of(kind: Any) -> tuple[Any, Any] | None:
    """The types of a mapping's keys and values."""
    found = (typing.get_args(one) for one in _members_of(kind) if typing.get_origin(one) is dict)
    return next(found, None)


def _can_be_empty(kind: Any) -> bool:
    struct = _struct_of(kind)
    return struct is not None and not any(field.required for field in msgspec.structs.fields(struct))
