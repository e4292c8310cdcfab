"""Whether the calls that came in are those that a test expects: how many, or in which order; and what came close."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import UNSET

from sandbox.control.journal.expectations import (
    Call,
    CountBody,
    Difference,
    Expectation,
    ExpectationBody,
    Number,
    compiled,
    differences,
)
from sandbox.core.journal import Exchange
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter, Entry
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.web.errors import Refused
from sandbox.words import journal as words

LOOKED = 100_000
"""Lines that a question looks through: all that are kept, unless --keep-calls says otherwise."""

BATCH = 1000
CLOSE = 500
"""How many of the newest calls are asked how close they come."""

SHOWN = 100
NEAR_MISSES = 5
_COMPARED = 64
"""Characters by which two values are compared for likeness."""


class VerifyBody(ExpectationBody, kw_only=True):
    """One expectation with a count (at least one), or several that must be met in order."""

    count: Number | CountBody | None = None
    in_order: Annotated[list[ExpectationBody], msgspec.Meta(min_length=1, max_length=50)] | None = None


class WaitBody(VerifyBody, kw_only=True):
    """`timeout` is in real seconds."""

    timeout: Annotated[float, msgspec.Meta(ge=0, le=600)] = 30.0


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A call that was nearly what was expected."""

    entry: Entry
    exchange: Exchange
    differences: Sequence[Difference]


class Matcher(Protocol):
    """What is asked of the journal. Calls are taken in the order in which they came."""

    filter: CallFilter
    wanted: Mapping[str, str]
    """Fields that each of the calls has which it is about."""

    def take(self, entry: Entry, call: Call) -> None: ...
    @property
    def matched(self) -> bool: ...
    @property
    def count(self) -> int: ...
    @property
    def items(self) -> Sequence[Entry]: ...
    @property
    def unmatched(self) -> int | None:
        """The place in the list of the first expectation without a match."""

    def misses(self, entry: Entry, call: Call) -> list[Difference]:
        """In what a call is not the one that is missing; nothing where none is."""

    def explain(self, lang: Lang) -> str:
        """Why it did not match."""


class Counted:
    """So many calls of one kind. `items` are the newest of them, newest first."""

    unmatched = None

    def __init__(self, expectation: Expectation, least: int, most: int | None) -> None:
        self.filter, self.wanted = expectation.filter, expectation.wanted
        self._expectation, self._least, self._most = expectation, least, most
        self._newest: deque[Entry] = deque(maxlen=SHOWN)
        self.count = 0

    def take(self, entry: Entry, call: Call) -> None:
        if not differences(self._expectation, call):
            self.count += 1
            self._newest.appendleft(entry)

    @property
    def matched(self) -> bool:
        return self._least <= self.count and (self._most is None or self.count <= self._most)

    @property
    def items(self) -> Sequence[Entry]:
        return list(self._newest)

    def misses(self, entry: Entry, call: Call) -> list[Difference]:
        too_many = self._most is not None and self.count > self._most
        return [] if too_many else differences(self._expectation, call)

    def explain(self, lang: Lang) -> str:
        wanted = words.AT_LEAST if self._most is None else words.AT_MOST if not self._least else words.BETWEEN
        if self._least == self._most:
            wanted = words.EXACTLY
        said = wanted.say(lang, least=self._least, most=self._most)
        return words.WRONG_COUNT.say(lang, wanted=said, count=self.count)


class Ordered:
    """Calls of several kinds, one after the other; others may stand between. `items` are those found, in that order."""

    def __init__(self, expectations: Sequence[Expectation]) -> None:
        self.filter = _shared(expectations)
        self.wanted: Mapping[str, str] = {}
        self._expectations = expectations
        self.items: list[Entry] = []

    def take(self, entry: Entry, call: Call) -> None:
        # The earliest call that fits leaves the most to those that follow.
        if not self.matched and not differences(self._expectations[self.count], call):
            self.items.append(entry)

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def matched(self) -> bool:
        return self.count == len(self._expectations)

    @property
    def unmatched(self) -> int | None:
        return None if self.matched else self.count

    def misses(self, entry: Entry, call: Call) -> list[Difference]:
        found = differences(self._expectations[self.count], call)
        if self.items and entry.id <= self.items[-1].id:
            found.append(Difference("order", {"after": self.items[-1].id}, entry.id))
        return found

    def explain(self, lang: Lang) -> str:
        return words.OUT_OF_ORDER.say(lang, number=self.count + 1, total=len(self._expectations))


def question_of(body: VerifyBody) -> Matcher:
    """What a body asks; raises Refused naming the field."""
    if body.in_order is None:
        least, most = _bounds(body.count)
        return Counted(compiled(body), least, most)
    beside = [
        name
        for name in ("count", *ExpectationBody.__struct_fields__)
        if getattr(body, name) not in (None, UNSET, "", {})
    ]
    if beside:
        raise Refused(400, "invalid", f"{beside[0]} does not stand beside in_order, but in its items.", beside[0])
    return Ordered([compiled(one, f"in_order[{number}].") for number, one in enumerate(body.in_order)])


def _bounds(count: int | CountBody | None) -> tuple[int, int | None]:
    if count is None:
        return 1, None
    if isinstance(count, int):
        return count, count
    if count.at_least is None and count.at_most is None:
        raise Refused(400, "invalid", "Give at_least, at_most or both.", "count")
    if count.at_most is not None and (count.at_least or 0) > count.at_most:
        raise Refused(400, "invalid", "at_least is over at_most: no count can be both.", "count")
    return count.at_least or 0, count.at_most


def _shared(expectations: Sequence[Expectation]) -> CallFilter:
    """The filter that finds all that any of them can mean: whose calls, and of which order, where they agree."""
    shared = CallFilter()
    for name in ("mch_id", "out_trade_no"):
        values = {getattr(one.filter, name) for one in expectations}
        if len(values) == 1:
            shared = replace(shared, **{name: values.pop()})
    return shared


class JournalWatch:
    """A question put to the journal again and again, each time about what is new. `whole`: nothing was left out."""

    def __init__(self, question: Matcher, faces: Faces) -> None:
        self.question = question
        self._faces = faces
        self._seen: int | None = None
        self.whole = True

    def look(self, tx: UnitOfWork) -> bool:
        """Take the calls that are new; tell whether the question is answered with yes."""
        chosen, newest = self.question.filter, tx.journal.newest()
        sieve = self._faces.sieve(self.question.wanted)
        if self._seen is None:
            self._seen = max(tx.journal.horizon(chosen, LOOKED) - 1, 0)
            self.whole = self._seen == 0
        while batch := tx.journal.calls_after(chosen, self._seen, BATCH, sieve):
            for entry in batch:
                assert isinstance(entry.what, Exchange)
                self.question.take(entry, Call(entry.what, self._faces))
            self._seen = batch[-1].id
        self._seen = max(self._seen, newest)
        return self.question.matched

    def near_misses(self, tx: UnitOfWork) -> Sequence[NearMiss]:
        """The calls that came closest: of the merchant who was named; if it made none, of nobody that is known."""
        mch_id = self.question.filter.mch_id
        entries = tx.journal.calls(CallFilter(mch_id=mch_id), None, CLOSE).items
        if mch_id and not entries:
            entries = [one for one in tx.journal.calls(CallFilter(), None, CLOSE).items if not _exchange(one).mch_id]
        missed = [NearMiss(one, _exchange(one), self._differs(one)) for one in entries]
        return sorted((miss for miss in missed if miss.differences), key=_distance)[:NEAR_MISSES]

    def _differs(self, entry: Entry) -> list[Difference]:
        return self.question.misses(entry, Call(_exchange(entry), self._faces))


def _exchange(entry: Entry) -> Exchange:
    assert isinstance(entry.what, Exchange)
    return entry.what


def _distance(miss: NearMiss) -> tuple[int, float, int]:
    """Fewer differences come first, then values that look alike, then newer calls."""
    unlike = sum(1 - _likeness(difference.expected, difference.got) for difference in miss.differences)
    return len(miss.differences), unlike, -miss.entry.id


def _likeness(expected: Any, got: Any) -> float:
    if not isinstance(expected, str) or not isinstance(got, str):
        return 0.0
    return SequenceMatcher(None, expected[:_COMPARED], got[:_COMPARED]).ratio()
