"""What a test expects of the calls that came in: the body of /journal/verify and /journal/wait, and the matching.

`differences` decides and does nothing else. What a body can have wrong is said when it is compiled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from sandbox.control.journal.patterns import LONGEST, Pattern
from sandbox.core.ids import BEIJING
from sandbox.core.journal import Exchange, ExchangeOutcome, SignatureState
from sandbox.core.ports.face import Reading
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter
from sandbox.web.errors import Refused
from sandbox.web.shapes import Instant, instant, instant_of

Expression = Annotated[str, msgspec.Meta(extra_json_schema={"format": "regex", "maxLength": LONGEST})]


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """What a value must be like: the whole of it matches a regular expression of RE2, or it is not there (or is)."""

    matches: Expression | UnsetType = UNSET
    absent: bool | UnsetType = UNSET


OneRule = Annotated[Rule, msgspec.Meta(extra_json_schema={"minProperties": 1, "maxProperties": 1})]
Wanted = str | int | OneRule
Some = Annotated[dict[str, Wanted], msgspec.Meta(max_length=50)]
Number = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class CountBody(msgspec.Struct, forbid_unknown_fields=True):
    """How often; what is left out may be any number."""

    at_least: Number | None = None
    at_most: Number | None = None


class ExpectationBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a call is like; what is left out may be anything. `fields` are those of the V2 message that was sent."""

    mch_id: str = ""
    path: str = ""
    out_trade_no: str = ""
    outcome: Literal["ok", "failed"] | None = None
    signature: Literal["ok", "wrong", "missing"] | None = None
    err_code: Wanted | None = None
    return_msg: Wanted | None = None
    fields: Some = {}
    header: Some = {}
    since: Instant | UnsetType = UNSET


# -- matching ----------------------------------------------------------------------------------------------------------


FIELDS = "fields."
"""Before the name of a field, in what a difference is about."""


class Call:
    """A call as an expectation sees it; its messages are read when something asks for them."""

    def __init__(self, exchange: Exchange, faces: Faces) -> None:
        self.exchange = exchange
        self._messages = faces.of(exchange).messages

    @property
    def out_trade_no(self) -> str:
        return self.exchange.key.out_trade_no if self.exchange.key else ""

    @cached_property
    def request(self) -> Reading:
        return self._messages.request(self.exchange)

    @cached_property
    def answer(self) -> Mapping[str, str]:
        """What the answer says by V2's names; of a face that has other names, why the call was refused."""
        reply, refusal = self._messages.reply(self.exchange), self.exchange.refusal
        if refusal is None or reply.flaw is not None or reply.fields.keys() & {"err_code", "return_msg"}:
            return reply.fields
        return {**reply.fields, "err_code": refusal.code, "return_msg": refusal.message}

    def header(self, name: str) -> Sequence[str]:
        return [value for one, value in self.exchange.request.headers if one.lower() == name]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a call is not what was expected; `expected` and `got` as JSON."""

    what: str
    expected: Any
    got: Any


class Predicate(Protocol):
    """What is asked of the values that stand in one place: none, one, or (headers) several."""

    @property
    def expected(self) -> Any: ...
    def accepts(self, values: Sequence[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Equals:
    expected: str

    def accepts(self, values: Sequence[str]) -> bool:
        return self.expected in values


@dataclass(frozen=True, slots=True)
class Absent:
    absent: bool

    @property
    def expected(self) -> Any:
        return {"absent": self.absent}

    def accepts(self, values: Sequence[str]) -> bool:
        return bool(values) is not self.absent


@dataclass(frozen=True, slots=True)
class Since:
    since: datetime

    @property
    def expected(self) -> Any:
        return {"since": instant(self.since)}

    def accepts(self, values: Sequence[str]) -> bool:
        return datetime.fromisoformat(values[0]) >= self.since


@dataclass(frozen=True, slots=True)
class Matches:
    pattern: Pattern

    @property
    def expected(self) -> Any:
        return {"matches": self.pattern.source}

    def accepts(self, values: Sequence[str]) -> bool:
        return any(self.pattern.matches(value) for value in values)


@dataclass(frozen=True, slots=True)
class Check:
    """A demand, and where in a call its values stand."""

    what: str
    demand: Predicate
    values: Callable[[Call], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Expectation:
    """Compiled: all that is asked of a call, and what finds those which can be it: a filter, and fields with their
    values; an empty one may be any.
    """

    checks: tuple[Check, ...]
    filter: CallFilter
    wanted: Mapping[str, str]


def differences(expectation: Expectation, call: Call) -> list[Difference]:
    """In what a call is not as expected; nothing, when it is."""
    found = [
        Difference(check.what, check.demand.expected, ", ".join(values) if values else None)
        for check in expectation.checks
        if not check.demand.accepts(values := check.values(call))
    ]
    if any(one.what.startswith(FIELDS) for one in found) and (flaw := call.request.flaw):
        found.append(Difference("message", {"readable": True}, flaw.reason))
    return found


# -- compiling ---------------------------------------------------------------------------------------------------------


def compiled(body: ExpectationBody, where: str = "") -> Expectation:
    """An expectation, ready to be matched; raises Refused naming the field, below `where`."""
    since = None if body.since is UNSET else instant_of(body.since, f"{where}since")
    checks = [Check(what, Equals(value), values) for what, value, values in _texts(body) if value]
    if since is not None:
        checks.append(Check("since", Since(since), lambda call: [call.exchange.at.astimezone(BEIJING).isoformat()]))
    for what, wanted, values in _wanted(body):
        checks.append(Check(what, _demand(wanted, f"{where}{what}"), values))
    values_wanted = {
        name: "" if isinstance(value, Rule) else str(value) for name, value in body.fields.items() if _required(value)
    }
    return Expectation(tuple(checks), _filter(body, since), values_wanted)


def _texts(body: ExpectationBody) -> list[tuple[str, str, Callable[[Call], Sequence[str]]]]:
    return [
        ("mch_id", body.mch_id, lambda call: _some(call.exchange.mch_id)),
        ("path", body.path, lambda call: [call.exchange.path]),
        (
            "out_trade_no",
            body.out_trade_no,
            lambda call: _some(call.exchange.key.out_trade_no if call.exchange.key else ""),
        ),
        ("outcome", body.outcome or "", lambda call: [call.exchange.outcome]),
        ("signature", body.signature or "", lambda call: _some(call.exchange.signature)),
    ]


def _wanted(body: ExpectationBody) -> list[tuple[str, Wanted, Callable[[Call], Sequence[str]]]]:
    answer = {"err_code": body.err_code, "return_msg": body.return_msg}
    return [
        *((name, one, _answer(name)) for name, one in answer.items() if one is not None),
        *((f"{FIELDS}{name}", one, _field(name)) for name, one in body.fields.items()),
        *((f"header.{name}", one, _header(name.lower())) for name, one in body.header.items()),
    ]


def _answer(name: str) -> Callable[[Call], Sequence[str]]:
    return lambda call: _some(call.answer.get(name))


def _field(name: str) -> Callable[[Call], Sequence[str]]:
    return lambda call: [call.request.fields[name]] if name in call.request.fields else []


def _header(name: str) -> Callable[[Call], Sequence[str]]:
    return lambda call: call.header(name)


def _some(value: str | None) -> Sequence[str]:
    return [value] if value else []


def _demand(wanted: Wanted, where: str) -> Predicate:
    if not isinstance(wanted, Rule):
        return Equals(str(wanted))
    if wanted.matches is not UNSET and wanted.absent is UNSET:
        return Matches(Pattern(wanted.matches, f"{where}.matches"))
    if wanted.absent is not UNSET and wanted.matches is UNSET:
        return Absent(wanted.absent)
    raise Refused(400, "invalid", "A rule has either matches or absent.", where)


def _filter(body: ExpectationBody, since: datetime | None) -> CallFilter:
    return CallFilter(
        mch_id=body.mch_id,
        path=body.path,
        out_trade_no=body.out_trade_no,
        outcome=ExchangeOutcome(body.outcome or ""),
        signature=SignatureState(body.signature or ""),
        since=since,
    )


def _required(wanted: Wanted) -> bool:
    return not (isinstance(wanted, Rule) and wanted.absent is True)
