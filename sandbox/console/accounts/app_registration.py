"""Registering an app on the open platform, and dropping one that nobody is paired with."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.apps import app_of, app_path
from sandbox.console.frame.forms import FormError, fitting, form_of
from sandbox.console.frame.view import HOME, console_of, lang_of, said, say
from sandbox.core.changes import Author
from sandbox.core.errors import AccountTaken, AppPaired
from sandbox.web.drafts import AppBody
from sandbox.words import enrolling as words
from sandbox.words.refusals import refusal

_EMPTY = {"kind": "app", "name": "", "appid": "", "mch_id": ""}

routes = web.RouteTableDef()


@routes.get("/apps/new")
async def ask_for_app(request: web.Request) -> web.Response:
    return _asked(request, {"mch_id": console_of(request).merchant_chosen(request)})


@routes.post("/apps")
async def register_app(request: web.Request) -> web.Response:
    """A new app; what is left empty is made up."""
    console, form = console_of(request), await form_of(request)
    try:
        draft = fitting(AppBody, _given(form)).draft()
        app = await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).register_app(draft))
    except FormError as unfit:
        return _asked(request, form, unfit.sentence(lang_of(request)))
    except AccountTaken:
        return _asked(request, form, say(request, words.TAKEN, appid=form["appid"]))
    return said(request, say(request, words.REGISTERED, appid=app.appid), back=app_path(app.appid))


@routes.get("/apps/{appid}/drop")
async def ask_to_drop(request: web.Request) -> web.Response:
    """The question before an app goes. With script it stands in a dialog."""
    return console_of(request).page(request, "app_drop.html", {"app": app_of(request)}, here="merchants")


@routes.post("/apps/{appid}/drop")
async def drop_app(request: web.Request) -> web.Response:
    console, appid = console_of(request), app_of(request).appid
    try:
        await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).remove_app(appid))
    except AppPaired as paired:
        return said(request, refusal(paired, lang_of(request)), good=False, back=app_path(appid), status=409)
    return said(request, say(request, words.DROPPED, appid=appid), back=f"{HOME}/apps")


def _given(form: dict[str, str]) -> dict[str, Any]:
    """A form's fields, as the control API names them; an empty one is not asked for."""
    given: dict[str, Any] = {name: form[name] for name in ("appid", "name", "kind") if form.get(name)}
    if form.get("mch_id"):
        given["mch_ids"] = [form["mch_id"]]
    return given


def _asked(request: web.Request, form: dict[str, str], wrong: str = "") -> web.Response:
    """The form, with what was written into it and what is wrong with that."""
    context = {"form": {**_EMPTY, **form}, "wrong": wrong}
    return console_of(request).page(request, "app_new.html", context, here="merchants", status=409 if wrong else 200)
