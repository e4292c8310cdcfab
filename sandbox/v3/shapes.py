"""Request shapes of V3: a class per object declares its members, a class per call says where each object stands.

class CloseBody(Part):
    mchid = String(32, "直连商户号")

class Close(Shaped):
    path = Within(Location.PATH, Numbered)
    body = Within(Location.BODY, CloseBody)

The declaration drives validation and its wording, the debugging tool's forms and examples, and the tests that fuzz it.
A call is checked in this order (V3 notes, 3.4; docs/fidelity.md): types, rules, then members that nobody declared.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, overload

from sandbox.v3 import sentences
from sandbox.v3.errors import NUMBERS, Failure, Json, param_error
from sandbox.v3.json_body import Repeated
from sandbox.v3.members import Location, Member, Place
from sandbox.v3.request import RequestInvalid, Said, V3Request

PartOf = TypeVar("PartOf", bound="Part")
PartOf_co = TypeVar("PartOf_co", bound="Part", covariant=True)
Item = TypeVar("Item")


class Part:
    """An object of a request: `values` by the names of its members, `sent` as it came."""

    members: ClassVar[Mapping[str, Member[Any]]] = {}

    def __init_subclass__(cls) -> None:
        found = {name: value for owner in reversed(cls.__mro__) for name, value in vars(owner).items()}
        cls.members = {value.name: value for value in found.values() if isinstance(value, Member)}

    def __init__(self, sent: Mapping[str, Json], place: Place) -> None:
        """Take each member's value, whatever the rules say of it; raises RequestInvalid for one of another type."""
        if isinstance(sent, Repeated):
            at = place.inner(sent.name)
            raise at.refuse(sentences.MALFORMED, at.pointer, "repeated")
        self.sent, self.place = sent, place
        self.values: dict[str, Any] = {}
        for name, member in self.members.items():
            raw = sent.get(name)
            self.values[name] = member.default if raw is None else member.take(raw, place.inner(name))

    def has(self, name: str) -> bool:
        """Whether a member was sent; one that is null was not."""
        return self.sent.get(name) is not None

    def check(self) -> None:
        """Raises RequestInvalid for the first member that is missing, or breaks a rule."""
        for name, member in self.members.items():
            if self.has(name):
                member.check(self.values[name], self.place.inner(name))
            elif member.required:
                member.require(self.place)

    @classmethod
    def strangers(cls, sent: Mapping[str, Json], place: Place) -> Iterator[str]:
        """Pointers to what nobody has declared, here and in what it holds."""
        for name, raw in sent.items():
            member = cls.members.get(name)
            if member is None and raw is not None:
                yield place.inner(name).pointer
            elif member is not None and member.nests:
                yield from member.unknown(raw, place.inner(name))

    def held(self, name: str, kind: type[PartOf]) -> PartOf | None:
        """The object under a name that not every call has; None where it was not sent."""
        value = self.values.get(name)
        return value if isinstance(value, kind) else None

    def text(self, *names: str) -> str:
        """What was sent, or these members of it, as JSON without blanks; "" where there is nothing of it."""
        sent = {name: value for name, value in self.sent.items() if name in names} if names else self.sent
        return json.dumps(sent, ensure_ascii=False, separators=(",", ":")) if sent else ""


class Object(Member[PartOf]):
    """An object that must be there."""

    form = "object"
    nests = True

    def __init__(self, kind: type[PartOf], caption: str) -> None:
        super().__init__(caption, cast(PartOf, None), required=True)
        self.kind = kind

    def take(self, raw: Json, place: Place) -> PartOf:
        if not isinstance(raw, dict):
            raise self.mistyped(raw, place, "object")
        return self.kind(raw, place)

    def check(self, value: PartOf, place: Place) -> None:
        value.check()

    def unknown(self, raw: Json, place: Place) -> Iterable[str]:
        return self.kind.strangers(raw, place) if isinstance(raw, dict) else ()


class OptionalObject(Member[PartOf | None]):
    """An object that need not be there: None when not sent. `limit` is of all of it, as JSON without blanks."""

    form = "object"
    nests = True

    def __init__(self, kind: type[PartOf], caption: str, *, limit: int | None = None) -> None:
        super().__init__(caption, None, required=False)
        self._object = Object(kind, caption)
        self.kind = kind
        self.limit = limit

    def take(self, raw: Json, place: Place) -> PartOf:
        return self._object.take(raw, place)

    def check(self, value: PartOf | None, place: Place) -> None:
        assert value is not None, "only what was sent is checked"
        value.check()
        if self.limit is not None and (got := len(value.text().encode())) > self.limit:
            message = sentences.too_long(place.pointer, self.caption, got, self.limit)
            raise place.refuse(message, got, "length", got_bytes=got, limit=self.limit)

    def unknown(self, raw: Json, place: Place) -> Iterable[str]:
        return self._object.unknown(raw, place)


class Array(Member[tuple[Item, ...]]):
    """Elements of one kind, `least` to `most`; none when not sent."""

    form = "array"
    nests = True

    def __init__(
        self, of: Member[Item], caption: str, *, required: bool = False, least: int = 0, most: int | None = None
    ) -> None:
        super().__init__(caption, (), required=required)
        self.of, self.least, self.most = of, least, most

    def take(self, raw: Json, place: Place) -> tuple[Item, ...]:
        if not isinstance(raw, list):
            raise self.mistyped(raw, place, "array")
        return tuple(self.of.take(one, place.inner(n)) for n, one in enumerate(raw))

    def check(self, value: tuple[Item, ...], place: Place) -> None:
        got = len(value)
        if got < self.least:
            message = sentences.too_few(place.pointer, self.caption, got, self.least)
            raise place.refuse(message, got, "too_few", got=got, limit=self.least)
        if self.most is not None and got > self.most:
            message = sentences.too_many(place.pointer, self.caption, got, self.most)
            raise place.refuse(message, got, "too_many", got=got, limit=self.most)
        for n, one in enumerate(value):
            self.of.check(one, place.inner(n))

    def unknown(self, raw: Json, place: Place) -> Iterable[str]:
        elements = raw if isinstance(raw, list) else []
        return (pointer for n, one in enumerate(elements) for pointer in self.of.unknown(one, place.inner(n)))


class Within(Generic[PartOf_co]):
    """Which object stands in which part of a call."""

    def __init__(self, location: Location, kind: type[PartOf_co]) -> None:
        self.location, self.kind = location, kind
        self.place = Place(location)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Within[PartOf_co]": ...
    @overload
    def __get__(self, instance: "Shaped", owner: type) -> PartOf_co: ...
    def __get__(self, instance: "Shaped | None", owner: type) -> "Within[PartOf_co] | PartOf_co":
        return self if instance is None else cast(PartOf_co, instance.parts[self.name])


class Shaped(V3Request):
    """A call that is read by its declaration; what a part of it is not declared to hold must not be there."""

    path = Within(Location.PATH, Part)
    query = Within(Location.QUERY, Part)
    body = Within(Location.BODY, Part)

    def __init__(self, said: Said) -> None:
        """Raises RequestInvalid, for the first member that is wrong."""
        sent = {"path": said.path, "query": said.query, "body": said.body or {}}
        self.parts: dict[str, Part] = {}
        for name, within in self.withins().items():
            self.parts[name] = within.kind(cast(Mapping[str, Json], sent[name]), within.place)
        try:
            for part in self.parts.values():
                part.check()
        except RequestInvalid as invalid:
            if invalid.fault == "missing" and said.body is None and self.body.members:
                invalid.fault = "empty_body"
            raise
        strangers = [pointer for part in self.parts.values() for pointer in part.strangers(part.sent, part.place)]
        if strangers:
            raise RequestInvalid(undeclared(strangers), "unknown", field=", ".join(strangers[:5]))
        self.mch_id, self.out_trade_no, self.sub_mch_id = self.named()
        self.check()

    @classmethod
    def read(cls, said: Said) -> Self:
        return cls(said)

    @classmethod
    def withins(cls) -> Mapping[str, Within[Part]]:
        """The parts of the call, as they are checked."""
        return {"path": cls.path, "query": cls.query, "body": cls.body}

    def named(self) -> tuple[str, str, str]:
        """Whose call it is, the merchant's number of the order that it is about, and the sub-merchant; "" for none."""
        return "", "", ""

    def check(self) -> None:
        """Rules that need more than one member; raises RequestInvalid."""


def undeclared(pointers: Sequence[str]) -> Failure:
    """How members are told of that nobody has declared."""
    return param_error(sentences.UNKNOWN, {"location": None, "value": list(pointers)}, NUMBERS[sentences.UNKNOWN])
