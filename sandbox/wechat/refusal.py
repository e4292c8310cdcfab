"""Why the client refuses: the cause, what it says, what exactly it minded."""

from dataclasses import dataclass

from sandbox.core.causes import Cause
from sandbox.core.text import Lang
from sandbox.words.causes import explain

LONGEST_FACT = 200
"""What a stranger sent is quoted, but not without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A -1 that comes before the cashier opens. `explanation` is a name in `words.causes.EXPLANATIONS`."""

    cause: Cause
    explanation: str
    field: str = ""
    given: str = ""
    expected: str = ""
    words: str = ""
    """What WeChat says, where that is not the cause's usual text."""

    @property
    def err_str(self) -> str:
        return self.words or self.cause.err_str

    def facts(self) -> dict[str, str | int]:
        """What the timeline keeps of it."""
        said = {"explanation": self.explanation, "field": self.field, "given": self.given, "expected": self.expected}
        return {name: value[:LONGEST_FACT] for name, value in said.items() if value}

    def explain(self, lang: Lang) -> str:
        return explain(self.facts(), lang)
