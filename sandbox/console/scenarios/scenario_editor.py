"""The form for scenarios of one's own: written, checked, saved, deleted."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from sandbox.console.frame.view import HOME, console_of, lang_of, said, say, scenario_path
from sandbox.console.scenarios.scenarios import acting_merchant, definition
from sandbox.core.errors import ScenarioBuiltIn
from sandbox.core.scenarios import Mistake, ScenarioInvalid
from sandbox.words import scenario_pages as words
from sandbox.words.refusals import refusal

routes = web.RouteTableDef()

FIRST = """\
title: {zh: 我的场景, en: My scenario}
payer:
  - outcome: error
    reason: balance
    after: 3s
  - after: 10s
notify:
  - fault: wrong-sign
  - {}
"""
"""What the form offers to begin with: it shows payer and notifications in a few lines."""


@routes.get("/scenario-editor")
async def show_editor(request: web.Request) -> web.Response:
    """The form: empty, with an own scenario (`edit`) or with a copy of one (`copy`)."""
    console, query = console_of(request), request.query
    name = query.get("edit", "") or query.get("copy", "")
    if not name:
        return editor(request, name="", text=FIRST, owner=console.merchant_chosen(request))
    scenario = console.scenarios.get(name, acting_merchant(console, request))
    said_by_it = definition(scenario)
    if "copy" in query:
        said_by_it = {key: value for key, value in said_by_it.items() if key not in ("name", "group")}
        name = f"my-{name}"[:64]
    return editor(request, name=name, text=console.scenarios.write(said_by_it), owner=scenario.mch_id)


@routes.post("/scenario-editor")
async def write(request: web.Request) -> web.Response:
    """Check what was written, or save it where nothing is wrong."""
    console, form = console_of(request), await request.post()
    name, text, owner, act = (str(form.get(field, "")) for field in ("name", "text", "owner", "act"))
    name, text = name.strip(), text.replace("\r\n", "\n")
    if owner not in console.storage.accounts.merchants:
        owner = ""
    kept: dict[str, Any] = {"name": name, "text": text, "owner": owner}
    try:
        scenario = console.scenarios.read(text, name, owner)
        if act == "save":
            await console.scenarios.put(scenario)
    except ScenarioInvalid as invalid:
        return editor(request, **kept, mistakes=invalid.mistakes, status=422)
    except ScenarioBuiltIn as error:
        return editor(request, **kept, refused=refusal(error, lang_of(request)), status=409)
    if act != "save":
        return editor(request, **kept, right=True, warnings=scenario.warnings)
    return said(request, say(request, words.SAVED, name=scenario.name), back=scenario_path(scenario.name, owner))


def editor(
    request: web.Request,
    *,
    name: str,
    text: str,
    owner: str,
    lead: str = "",
    mistakes: Sequence[Mistake] = (),
    warnings: Sequence[Mistake] = (),
    refused: str = "",
    right: bool = False,
    status: int = 200,
) -> web.Response:
    context = {
        "name": name,
        "text": text,
        "owner": owner,
        "lead": lead,
        "mistakes": mistakes,
        "warnings": warnings,
        "refused": refused,
        "right": right,
        "rows": max(14, min(36, text.count("\n") + 3)),
    }
    return console_of(request).page(request, "scenario_editor.html", context, here="scenarios", status=status)


@routes.get("/scenarios/{name}/delete")
async def ask_to_delete(request: web.Request) -> web.Response:
    """The question before one is deleted; with script it stands in a dialog."""
    console = console_of(request)
    scenario = console.scenarios.get(request.match_info["name"], acting_merchant(console, request))
    return console.page(request, "scenario_delete.html", {"scenario": scenario}, here="scenarios")


@routes.post("/scenarios/{name}/delete")
async def delete(request: web.Request) -> web.Response:
    console, form, name = console_of(request), await request.post(), request.match_info["name"]
    back = HOME + "/scenarios"
    try:
        await console.scenarios.delete(name, str(form.get("owner", "")))
    except ScenarioBuiltIn as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.DELETED, name=name), back=back)
