"""Regular expressions that come from outside: none may hold the server, whatever it is matched against.

They are RE2's, whose work grows with the value's length alone; `re` would take years for (a|aa)+$ and a long value.
"""

from typing import Any

from sandbox.web.errors import Refused

LONGEST = 200


class Pattern:
    """A regular expression that whole values match; a line break is a character like others.

    Raises Refused, naming `where`, with RE2's reason: it has no lookaround, no backreference, and repeats what is
    counted 1,000 times at most.
    """

    def __init__(self, source: str, where: str) -> None:
        self.source = source
        self._compiled = _compiled(source, where)

    def matches(self, value: str) -> bool:
        # A header's bytes that are no UTF-8 are lone surrogates here.
        return self._compiled.fullmatch(value.encode("utf-8", "replace")) is not None


def _compiled(source: str, where: str) -> Any:
    import re2  # noqa: PLC0415 - few questions have a pattern

    if len(source) > LONGEST:
        raise Refused(400, "invalid", f"A regular expression has at most {LONGEST} characters.", where)
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(source.encode(), options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode() if isinstance(error, re2.error) else "a lone surrogate"
        raise Refused(400, "invalid", f"This is no regular expression of RE2: {reason}.", where) from None
