"""Regular expressions that come from outside: none may hold the server, whatever it is matched against.

`re` keeps the interpreter until it has done, which is years for (a|aa)+$ and a long value. `regex` knows the same
patterns, can be told to stop, and lets others run meanwhile. It writes out what is counted, though, so that {90} inside
{90} inside {90} takes gigabytes to compile: hence the limits on a pattern's length and counts.
"""

import time
from math import prod
from typing import Any

from sandbox.web.errors import Refused

LONGEST = 200
MOST_REPEATS = 10_000
QUICK_SECONDS = 0.005
SLOW_SECONDS = 0.25
PATIENCE_SECONDS = 2.0


class Patience:
    """How long the patterns of one question may take, all in all."""

    def __init__(self) -> None:
        self.left = PATIENCE_SECONDS

    def renew(self) -> None:
        self.left = PATIENCE_SECONDS


class Pattern:
    """A regular expression that whole values match; a line break is a character like others.

    Raises Refused, naming `where`: at once when it is wrong, later when it takes too long.
    """

    def __init__(self, source: str, where: str, patience: Patience) -> None:
        self.source = source
        self._where = where
        self._patience = patience
        self._compiled = _compiled(source, where)

    def matches(self, value: str) -> bool:
        if self._patience.left <= 0:
            raise self._too_long()
        began = time.perf_counter()
        try:
            return self._matches(value)
        finally:
            self._patience.left -= time.perf_counter() - began

    def _matches(self, value: str) -> bool:
        try:
            # To give the interpreter away and have it back takes longer than nearly all matching.
            return bool(self._compiled.fullmatch(value, timeout=QUICK_SECONDS, concurrent=False))
        except TimeoutError:
            return self._slowly(value)

    def _slowly(self, value: str) -> bool:
        try:
            return bool(self._compiled.fullmatch(value, timeout=SLOW_SECONDS, concurrent=True))
        except TimeoutError:
            raise self._too_long() from None

    def _too_long(self) -> Refused:
        return Refused(400, "invalid", "This regular expression takes too long.", self._where)


def _compiled(source: str, where: str) -> Any:
    import regex  # noqa: PLC0415 - few questions have a pattern

    if len(source) > LONGEST:
        raise Refused(400, "invalid", f"A regular expression has at most {LONGEST} characters.", where)
    counts = regex.findall(r"\{(\d*)(?:,(\d*))?\}", source)
    repeats = prod(max(int(least or 1), int(most or 1), 1) for least, most in counts)
    if repeats > MOST_REPEATS or regex.search(r"\(\?[\w-]*x", source):
        message = f"The counts of a regular expression, multiplied, are at most {MOST_REPEATS}; (?x) is not taken."
        raise Refused(400, "invalid", message, where)
    try:
        return regex.compile(source, regex.DOTALL)
    except (regex.error, OverflowError, RecursionError) as error:
        raise Refused(400, "invalid", f"This is no regular expression: {error}.", where) from None
