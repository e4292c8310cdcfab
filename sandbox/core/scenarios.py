"""Scenarios as people see them: what each is for, and what it is applied to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.core.catalogue import Text
from sandbox.core.plans import Plan

NOTHING = Text("", "")
Source = Literal["built-in", "file", "api"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario at hand. `mch_id` is its owner, "" where everybody may use it; `definition` is what its file says.

    `hostile` tells that a good merchant must refuse what it sends. `plan` is its *what*, without a reason.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A scenario in force for an order, for a merchant (its next order only: `next`), or for all (both empty)."""

    scenario: str
    mch_id: str = ""
    out_trade_no: str = ""
    next: bool = False
