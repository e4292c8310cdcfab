"""What the core knows of scenarios, in the shapes of docs/contract.md."""

from collections.abc import Sequence

from sandbox.control.scenarios import shapes
from sandbox.core.scenarios import Application, Scenario
from sandbox.core.text import Lang

DECIDING = ("when", "use", "payer", "api", "refund", "share", "bill", "notify", "signed_by")
"""What of a definition says when the scenario decides, and what it does."""


def scenario_view(scenario: Scenario, applied: Sequence[Application], lang: Lang) -> shapes.Scenario:
    """A scenario with its definition, and what it is applied to."""
    definition = scenario.definition
    return shapes.Scenario(
        name=scenario.name,
        title=scenario.title.say(lang),
        description=scenario.description.say(lang) or None,
        good_merchant=scenario.good_merchant.say(lang) or None,
        how_to_see=scenario.how_to_see.say(lang) or None,
        group=scenario.group,
        hostile=scenario.hostile,
        source=scenario.source,
        mch_id=scenario.mch_id or None,
        applied_to=[application_view(one) for one in applied],
        warnings=[shapes.ScenarioWarning(one.field, one.say(lang)) for one in scenario.warnings] or None,
        **{name: definition.get(name) for name in DECIDING},
    )


def application_view(application: Application) -> shapes.Application:
    return shapes.Application(
        mch_id=application.mch_id or None,
        out_trade_no=application.out_trade_no or None,
        next=application.next or None,
    )
