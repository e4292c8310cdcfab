"""Scenarios: what there is, what each is applied to, and the form in which one writes one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.console.frame.view import Console, console_of, query_with, said, say, scenario_path, whom
from sandbox.core.scenarios import Application, Scenario
from sandbox.words import scenario_pages as words
from sandbox.words.scenarios import GROUPS

APPLIED = "applied"
"""The filter for those that are in force."""
LONGEST_SEARCH = 64

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Card:
    """A scenario with what it is applied to, each with its words."""

    scenario: Scenario
    applied: Sequence[tuple[Application, str]]


# -- looking -----------------------------------------------------------------------------------------------------------


@routes.get("/scenarios")
async def list_scenarios(request: web.Request) -> web.Response:
    console = console_of(request)
    mch_id = acting_merchant(console, request)
    find = request.query.get("find", "")[:LONGEST_SEARCH]
    scenarios = [one for one in console.scenarios.all(mch_id) if matches(one, find)]
    cards = {id(one): _card(request, one) for one in scenarios}
    in_force = [card.scenario for card in cards.values() if card.applied]
    groups = grouped([card.scenario for card in cards.values()])
    wanted = request.query.get("group", "")
    shown = grouped(in_force) if wanted == APPLIED else {n: some for n, some in groups.items() if wanted in ("", n)}
    context = {
        "groups": [(name, GROUPS[name], [cards[id(one)] for one in found]) for name, found in shown.items()],
        "chips": _chips(request, groups, len(in_force)),
        "find": find,
        "everywhere": query_with(request, group="") if wanted and find else "",
        **_whom(console, mch_id),
    }
    return console.page(request, "scenarios.html", context, here="scenarios")


@routes.get("/scenarios/{name}")
async def show_scenario(request: web.Request) -> web.Response:
    console = console_of(request)
    mch_id = acting_merchant(console, request)
    scenario = console.scenarios.get(request.match_info["name"], mch_id)
    context = {
        "card": _card(request, scenario),
        "text": console.scenarios.write(definition(scenario)),
        **_whom(console, mch_id),
    }
    return console.page(request, "scenario.html", context, here="scenarios")


@routes.get("/scenarios/{name}/yaml")
async def download_scenario(request: web.Request) -> web.Response:
    console, name = console_of(request), request.match_info["name"]
    scenario = console.scenarios.get(name, acting_merchant(console, request))
    return download(console.scenarios.write(definition(scenario)), name)


def download(text: str, name: str) -> web.Response:
    """A scenario as a file to be kept."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return web.Response(text=text, content_type="application/yaml", charset="utf-8", headers=disposition)


def acting_merchant(console: Console, request: web.Request) -> str:
    """Whose next order, and whose own scenarios: the merchant of the switch, else the first."""
    return console.merchant_chosen(request) or next(iter(console.storage.accounts.merchants), "")


def definition(scenario: Scenario) -> dict[str, Any]:
    """What its file says, with its name first."""
    return {"name": scenario.name, **{key: value for key, value in scenario.definition.items() if key != "name"}}


def grouped(scenarios: Sequence[Scenario]) -> dict[str, list[Scenario]]:
    """By group: one's own first, then in the order of the catalogue."""
    names = dict.fromkeys(["own", *GROUPS])
    found = {name: [one for one in scenarios if _group(one) == name] for name in names}
    return {name: some for name, some in found.items() if some}


def matches(scenario: Scenario, find: str) -> bool:
    """Whether all words that are looked for stand in its name or in what is said of it, in either language."""
    texts = (scenario.title, scenario.description, scenario.good_merchant, scenario.how_to_see)
    words_of_it = [scenario.name, *(f"{text.say('zh')} {text.say('en')}" for text in texts)]
    return all(word in " ".join(words_of_it).casefold() for word in find.casefold().split())


def _group(scenario: Scenario) -> str:
    """Built-in ones by what they trouble; those of files and those that were put are one's own."""
    return scenario.group if scenario.source == "built-in" and scenario.group in GROUPS else "own"


def _card(request: web.Request, scenario: Scenario) -> Card:
    console = console_of(request)
    chosen = console.merchant_chosen(request)
    applied = console.scenarios.applied(scenario.name)
    mine = [one for one in applied if not chosen or one.mch_id in ("", chosen)]
    return Card(scenario, [(one, whom(request, one)) for one in mine])


def _whom(console: Console, mch_id: str) -> dict[str, Any]:
    merchant = console.storage.accounts.merchants.get(mch_id)
    return {"acting": merchant}


def _chips(request: web.Request, groups: dict[str, list[Scenario]], applied: int) -> list[tuple[str, int, str, bool]]:
    present = request.query.get("group", "")
    names = dict.fromkeys([*groups, *([present] if present in GROUPS else [])])
    counts = {name: (GROUPS[name], len(groups.get(name, ()))) for name in names}
    if applied or present == APPLIED:
        counts = {APPLIED: (words.APPLIED_NOW, applied), **counts}
    return [
        (say(request, text), count, query_with(request, group="" if present == name else name), present == name)
        for name, (text, count) in counts.items()
    ]


# -- applying ----------------------------------------------------------------------------------------------------------


@routes.post("/scenarios/{name}/apply")
async def apply(request: web.Request) -> web.Response:
    """Put it in force `to` the merchant's next order, the merchant, or all."""
    console, form, name = console_of(request), await request.post(), request.match_info["name"]
    to, mch_id = str(form.get("to", "")), str(form.get("mch_id", ""))
    if to not in ("next", "merchant", "all"):
        raise web.HTTPBadRequest(text="to: next, merchant or all")
    if to != "all":
        console.storage.accounts.merchant(mch_id)
    application = Application(scenario=name, mch_id="" if to == "all" else mch_id, next=to == "next")
    await console.scenarios.apply(application)
    sentence = say(request, words.APPLIED, name=name, whom=whom(request, application))
    return said(request, sentence, back=str(form.get("back", "")) or scenario_path(name))


@routes.post("/scenarios/{name}/end")
async def end(request: web.Request) -> web.Response:
    console, form, name = console_of(request), await request.post(), request.match_info["name"]
    mch_id, out_trade_no = str(form.get("mch_id", "")), str(form.get("out_trade_no", ""))
    application = Application(scenario=name, mch_id=mch_id, out_trade_no=out_trade_no, next=bool(form.get("next")))
    await console.scenarios.end(application)
    sentence = say(request, words.ENDED, name=name, whom=whom(request, application))
    return said(request, sentence, back=str(form.get("back", "")) or scenario_path(name))
