"""The shapes of the control API's answers about scenarios. Source: docs/contract.md, "Shapes"."""

from typing import Any

from sandbox.core.scenarios import Source
from sandbox.web.shapes import Answer, Part


class Application(Answer):
    """What a scenario is applied to: an order, a merchant (its `next` order only), or all orders."""

    mch_id: str | None = None
    out_trade_no: str | None = None
    next: bool | None = None


class ScenarioWarning(Answer):
    """What stands in a scenario and can hardly be meant; it works as it stands."""

    field: str
    message: str


class Scenario(Answer, kw_only=True):
    """A scenario with its definition as it was written, and what it is applied to. `mch_id` is its owner.

    `warnings` tell of what it holds and can hardly mean, such as a pattern that no order number fits.
    """

    name: str
    title: str
    description: str | None = None
    good_merchant: str | None = None
    how_to_see: str | None = None
    group: str
    hostile: bool
    source: Source
    mch_id: str | None = None
    applied_to: list[Application]
    warnings: list[ScenarioWarning] | None = None
    when: Any = None
    use: str | None = None
    payer: Any = None
    api: Any = None
    refund: Any = None
    share: Any = None
    bill: Any = None
    notify: Any = None
    signed_by: Any = None


class ScenarioList(Part[Scenario]):
    """All scenarios at hand: the list comes whole."""
