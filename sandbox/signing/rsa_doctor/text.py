"""The search for the text that was signed: each mistake of the table, then two of them together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from sandbox.core.text import shown
from sandbox.signing.rsa_doctor.case import Lines, Parts, Place, SignedCall, legible, raw
from sandbox.signing.rsa_doctor.table import HASHED_BEFORE, OF_LINES, ON_LINES

QUICK = 3_000_000
THOROUGH = 20_000_000
"""How much may be tried: bytes that are hashed, and 500 more for each attempt."""
_ATTEMPT = 500
_AT: Mapping[str, int] = {name: at for at, name in enumerate(Parts._fields)}


class Change(NamedTuple):
    """One mistake, and what it made of a line; of all of them (`lines`), of the whole text (`before`)."""

    mistake: str
    place: Place | Literal["lines", "before"]
    made: bytes


class Found(NamedTuple):
    """A text that was signed; no change means the right one."""

    text: bytes
    changes: tuple[Change, ...] = ()

    @property
    def mistakes(self) -> Mapping[str, Mapping[str, str]]:
        """By name, with facts."""
        return {one.mistake: {one.place: shown(legible(one.made))} for one in self.changes}


def find(call: SignedCall, covers: Callable[[bytes], bool], *, thorough: bool) -> Found | None:
    """The text that `covers` says yes to, the fewest mistakes first; None where nothing that was tried is it."""
    left = THOROUGH if thorough else QUICK
    for found in _texts(call):
        if covers(found.text):
            return found
        left -= _ATTEMPT + len(found.text)
        if left < 0:
            break
    return None


def _texts(call: SignedCall) -> Iterator[Found]:
    """All that may have been signed, the likeliest first."""
    right = call.parts.lines
    paired: list[Change] = []
    yield Found(_ended(right))
    yield from _laid_out(right, alone=False)
    for one, alone in _on_lines(call):
        yield Found(_ended(_put(right, one)), (one,))
        if not alone:
            paired.append(one)
    yield from _laid_out(right, alone=True)
    yield from _hashed_before(right)
    yield from _two(right, paired)


def _on_lines(call: SignedCall) -> Iterator[tuple[Change, bool]]:
    """Each line otherwise than it should be, no content twice; of two names the first is the likelier."""
    seen = set(zip(Parts._fields, call.parts.lines, strict=True))
    for mistake, place, changes, alone in ON_LINES:
        for value in changes(call):
            made = raw(value) if isinstance(value, str) else value
            if (one := (str(place), made)) not in seen:
                seen.add(one)
                yield Change(mistake, place, made), alone


def _put(lines: Lines, change: Change) -> Lines:
    changed = [*lines]
    changed[_AT[change.place]] = change.made
    return changed


def _ended(lines: Lines) -> bytes:
    """As `rsa.lines`, of what is bytes already: thousands are put together for one call."""
    return b"\n".join(lines) + b"\n"


def _laid_out(lines: Lines, beside: tuple[Change, ...] = (), *, alone: bool) -> Iterator[Found]:
    """The lines put together otherwise."""
    for mistake, layouts, only_alone in OF_LINES:
        if only_alone is alone:
            for text, told in layouts(lines):
                yield Found(text, (Change(mistake, "lines", told.encode()), *beside))


def _hashed_before(lines: Lines) -> Iterator[Found]:
    """The right text, or the lines put together otherwise, hashed by hand before it was signed."""
    for text, beside in (Found(_ended(lines)), *_laid_out(lines, alone=False)):
        for name, change in HASHED_BEFORE.items():
            yield Found(change(text), (Change("hashed_before", "before", name.encode()), *beside))


def _two(right: Lines, changes: Sequence[Change]) -> Iterator[Found]:
    """One line otherwise and the lines put together otherwise; two lines otherwise."""
    for one in changes:
        yield from _laid_out(_put(right, one), (one,), alone=False)
    for one, other in combinations(changes, 2):
        if one.place != other.place:
            yield Found(_ended(_put(_put(right, one), other)), (one, other))
