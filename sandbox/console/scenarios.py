"""Scenarios: what each is for, what it is applied to, and writing one's own."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from sandbox.console.view import HOME, Console, console_of, lang_of, said, say
from sandbox.core.catalogue import scenario_pages as pages
from sandbox.core.catalogue.refusals import refusal
from sandbox.core.catalogue.scenarios import GROUPS
from sandbox.core.errors import PaymentError
from sandbox.core.merchants import Merchant
from sandbox.core.scenarios import Application, Mistake, Scenario, ScenarioInvalid

EXAMPLE = """\
title: SYSTEMERROR, then paid after three seconds
when: {out_trade_no: "T-*"}
api: {call: unifiedorder, nth: 1, fail: SYSTEMERROR}
payer: {outcome: success, after: 3s}
notify: [{fault: wrong-sign}, {}]
"""
LARGEST = 64 * 1024

routes = web.RouteTableDef()


@routes.get("/scenarios")
async def list_scenarios(request: web.Request) -> web.Response:
    console = console_of(request)
    merchant = _merchant(request)
    mine = merchant.mch_id if merchant else ""
    group = request.query.get("group", "")
    found = console.world.scenarios.all(mine)
    names = [name for name in ("own", *GROUPS) if any(_group(one) == name for one in found)]
    shown = [group] if group in names else list(dict.fromkeys(names))
    context = {
        "groups": [
            (name, GROUPS[name], [_card(console, one, mine) for one in found if _group(one) == name]) for name in shown
        ],
        "chips": [(name, GROUPS[name], name == group) for name in dict.fromkeys(names)],
        "merchant": merchant,
    }
    return console.page(request, "scenarios.html", context, here="scenarios")


@routes.get("/scenarios/new")
async def write_scenario(request: web.Request) -> web.Response:
    """The editor: empty, or with the definition of `?from=`."""
    console, source = console_of(request), request.query.get("from", "")
    name, text = request.query.get("name", ""), EXAMPLE
    if source:
        scenario = console.world.scenarios.get(source, _mch_id(request))
        text = console.world.scenarios.write(
            {k: v for k, v in scenario.definition.items() if k not in ("name", "group")}
        )
        name = name or (source if scenario.source == "api" else f"my-{source}")
    return _editor(request, name, text)


@routes.post("/scenarios/new")
async def save_scenario(request: web.Request) -> web.Response:
    """Check it, or keep it for everybody; what is wrong is said line by line."""
    console, form = console_of(request), await request.post()
    name, text = str(form.get("name", "")).strip(), str(form.get("text", ""))[:LARGEST].replace("\r\n", "\n")
    try:
        scenario = console.world.scenarios.read(text, name)
        if form.get("act") != "save":
            return _editor(request, name, text, right=True)
        await console.world.scenarios.put(scenario)
    except ScenarioInvalid as invalid:
        return _editor(request, name, text, invalid.mistakes)
    except PaymentError as error:
        return _editor(request, name, text, [Mistake("", 0, "name", refusal(error, lang_of(request)))])
    return said(request, say(request, pages.SAVED, scenario=name), back=f"{HOME}/scenarios/{name}")


@routes.get("/scenarios/{name}")
async def show_scenario(request: web.Request) -> web.Response:
    console, merchant = console_of(request), _merchant(request)
    mine = merchant.mch_id if merchant else ""
    scenario = console.world.scenarios.get(request.match_info["name"], mine)
    context = {
        "one": _card(console, scenario, mine),
        "merchant": merchant,
        "group": GROUPS.get(_group(scenario)),
        "yaml": console.world.scenarios.write(scenario.definition),
    }
    return console.page(request, "scenario.html", context, here="scenarios")


@routes.post("/scenarios/{name}/apply")
async def apply_scenario(request: web.Request) -> web.Response:
    console, form = console_of(request), await request.post()
    application = _application(request, form)
    await console.world.scenarios.apply(application)
    sentence = say(request, pages.APPLIED, scenario=application.scenario, target=target(request, application))
    return said(request, sentence, back=_back(request, form))


@routes.post("/scenarios/{name}/end")
async def end_application(request: web.Request) -> web.Response:
    console, form = console_of(request), await request.post()
    application = _application(request, form)
    await console.world.scenarios.end(application)
    sentence = say(request, pages.ENDED, scenario=application.scenario, target=target(request, application))
    return said(request, sentence, back=_back(request, form))


@routes.post("/scenarios/{name}/delete")
async def delete_scenario(request: web.Request) -> web.Response:
    console, form = console_of(request), await request.post()
    name = request.match_info["name"]
    await console.world.scenarios.delete(name, str(form.get("owner", "")))
    return said(request, say(request, pages.DELETED, scenario=name), back=f"{HOME}/scenarios")


def target(request: web.Request, application: Application) -> str:
    """What a scenario is applied to, in words."""
    if application.out_trade_no:
        return say(request, pages.TO_ORDER, out_trade_no=application.out_trade_no)
    if not application.mch_id:
        return say(request, pages.TO_ALL)
    return say(request, pages.TO_NEXT if application.next else pages.TO_MERCHANT, mch_id=application.mch_id)


# -- parts -------------------------------------------------------------------------------------------------------------


def _card(console: Console, scenario: Scenario, mine: str) -> dict[str, Any]:
    applied: Sequence[Application] = console.world.scenarios.applied(scenario.name)
    return {
        "scenario": scenario,
        "applied": [one for one in applied if one.mch_id in ("", mine)],
        "by_when": bool(scenario.when) and not applied,
    }


def _group(scenario: Scenario) -> str:
    return scenario.group if scenario.source == "built-in" and scenario.group in GROUPS else "own"


def _merchant(request: web.Request) -> Merchant | None:
    """The merchant that "this merchant" means: the header's, else the first."""
    merchants = console_of(request).world.storage.accounts.merchants
    return merchants.get(request.query.get("mch_id", "")) or next(iter(merchants.values()), None)


def _mch_id(request: web.Request) -> str:
    merchant = _merchant(request)
    return merchant.mch_id if merchant else ""


def _application(request: web.Request, form: Any) -> Application:
    mch_id = str(form.get("mch_id", ""))
    return Application(
        scenario=request.match_info["name"],
        mch_id=mch_id if mch_id in console_of(request).world.storage.accounts.merchants else "",
        out_trade_no=str(form.get("out_trade_no", "")),
        next=form.get("next") == "1",
    )


def _back(request: web.Request, form: Any) -> str:
    return str(form.get("back", "")) or f"{HOME}/scenarios/{request.match_info['name']}"


def _editor(
    request: web.Request, name: str, text: str, mistakes: Sequence[Mistake] = (), *, right: bool = False
) -> web.Response:
    context = {"name": name, "text": text, "mistakes": mistakes, "right": right}
    return console_of(request).page(
        request, "scenario_editor.html", context, here="scenarios", status=400 if mistakes else 200
    )
