"""An order's scenario: which one decides and why."""

from typing import Any

from sandbox.console.frame.view import Console
from sandbox.console.scenarios.scenarios import grouped
from sandbox.core.client import Outcome
from sandbox.core.orders import Order
from sandbox.core.plans import HARMLESS, Plan
from sandbox.core.repertoire import Repertoire
from sandbox.core.scenarios import Scenario
from sandbox.core.text import Lang, Text
from sandbox.words import console as words
from sandbox.words.causes import CAUSES
from sandbox.words.events import why
from sandbox.words.scenario_pages import ACT_SCENARIO_WHAT
from sandbox.words.scenarios import GROUPS, message_faults


def context(console: Console, order: Order, lang: Lang) -> dict[str, Any]:
    """What the order's page says of scenarios."""
    plan = order.plan
    able = console.faces.of(order).faults
    faults = [(fault, text) for fault, text in message_faults(order.origin.face).items() if fault in able.payments]
    return {
        "plan": plan,
        "why_chosen": why({"scenario": plan.scenario, "why": plan.why.name, **plan.why.facts}, lang) if plan else "",
        "as_planned": _as_planned(plan, lang) if plan else "",
        "choices": _choices(console, order.key.mch_id, able),
        "faults": [
            (hostile, [(fault.value, text) for fault, text in faults if (fault in HARMLESS) != hostile])
            for hostile in (True, False)
        ],
    }


def _choices(console: Console, mch_id: str, able: Repertoire) -> list[tuple[Text, list[Scenario]]]:
    """The scenarios of a menu, by group: those that the order's face can play."""
    found = grouped([one for one in console.scenarios.all(mch_id) if not able.lacking(one.plan)])
    return [(GROUPS[name], some) for name, some in found.items()]


def _as_planned(plan: Plan, lang: Lang) -> str:
    """What happens when somebody asks for the payment, in words; empty where the scenario leaves it open."""
    act = plan.when_asked()
    if act is None:
        return ""
    texts = {Outcome.SUCCESS: words.ACT_SUCCESS, Outcome.ERROR: words.ACT_ERROR, Outcome.CANCEL: words.ACT_CANCEL}
    said = texts[act.outcome].say(lang)
    if act.outcome is Outcome.ERROR:
        said = f"{said} · {CAUSES[act.cause].title.say(lang)}"
    return ACT_SCENARIO_WHAT.say(lang, name=plan.scenario, act=said)
