"""Scenarios as people see them: what each is for, and what it is applied to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.core.errors import PaymentError
from sandbox.core.plans import Plan
from sandbox.core.text import Lang, Text

NOTHING = Text("", "")
PLAIN = Text("{message}", "{message}")
Source = Literal["built-in", "file", "api"]
Definition = dict[str, Any]
"""A scenario as its file has it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a scenario file, where, and what would be right. `line` counts from 1; 0 where there is none.

    A `warning` is of what may be meant, but hardly is: the scenario works as it stands; `frame` says so.
    """

    file: str
    line: int
    field: str
    message: Text
    warning: bool = False
    frame: Text = PLAIN

    def __str__(self) -> str:
        return self.told("en")

    def told(self, lang: Lang) -> str:
        """The whole line: file, line and field, and what is wrong."""
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        return ": ".join(filter(None, [place, self.field, self.frame.say(lang, message=self.say(lang))]))

    def say(self, lang: Lang) -> str:
        return self.message.say(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario at hand. `mch_id` is its owner, "" where everybody may use it; `definition` is what its file says.

    `hostile` tells that a good merchant must refuse what it sends. `plan` is its *what*, without a reason. `warnings`
    tell of what it holds and can hardly mean.
    """

    name: str
    title: Text
    source: Source
    definition: Mapping[str, Any]
    plan: Plan
    mch_id: str = ""
    description: Text = NOTHING
    good_merchant: Text = NOTHING
    how_to_see: Text = NOTHING
    group: str = "own"
    hostile: bool = False
    when: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    warnings: Sequence[Mistake] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A scenario in force for an order, for a merchant (its next order only: `next`), or for all (both empty)."""

    scenario: str
    mch_id: str = ""
    out_trade_no: str = ""
    next: bool = False


class ScenarioInvalid(PaymentError):
    """A scenario is not as its schema asks. `mistakes` hold a sentence each, with line and field.

    `warnings` are of what else stands there and can hardly be meant.
    """

    def __init__(self, mistakes: list[Mistake], warnings: Sequence[Mistake] = ()) -> None:
        self.mistakes = mistakes
        self.warnings = warnings
        super().__init__(self.told("en"))

    def told(self, lang: Lang) -> str:
        """A line for each mistake."""
        return "\n".join(mistake.told(lang) for mistake in self.mistakes)
