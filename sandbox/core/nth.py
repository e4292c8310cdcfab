"""Which of several: the first, those from the fourth on, every other one. As scenarios write it."""

import re

_RANGE = re.compile(r"(\d{1,15})(?:(-)(\d{0,15}))?")


def nth_valid(spec: str) -> bool:
    return all(part in ("odd", "even") or _RANGE.fullmatch(part) for part in _parts(spec))


def nth_never(spec: str) -> bool:
    """Whether no number is among them: "0", "3-1"."""
    ranges = [_RANGE.fullmatch(part) for part in _parts(spec)]
    return all(one is not None and not _begins(one) for one in ranges)


def _begins(found: re.Match[str]) -> bool:
    """Whether a range of numbers from 1 on has a first one."""
    last = int(found[3] or 0) if found[2] else int(found[1])
    return bool(found[2] and not found[3]) or max(int(found[1]), 1) <= last


def nth_matches(spec: str, n: int) -> bool:
    """Whether the `n`-th (from 1) is among "1", "1-3", "4-", "odd", "even", "1,3"; an empty spec means all."""
    return not spec or any(_part_matches(part, n) for part in _parts(spec))


def _parts(spec: str) -> list[str]:
    return [part.strip() for part in spec.split(",")] if spec else []


def _part_matches(part: str, n: int) -> bool:
    if part in ("odd", "even"):
        return n % 2 == (part == "odd")
    found = _RANGE.fullmatch(part)
    if found is None:
        return False
    first = int(found[1])
    last = first if not found[2] else int(found[3]) if found[3] else n
    return first <= n <= last
