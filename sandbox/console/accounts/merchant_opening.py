"""Opening a merchant, and closing it with all that belongs to it."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.forms import FormError, fitting, form_of
from sandbox.console.frame.view import HOME, console_of, lang_of, merchant_path, said, say
from sandbox.core.changes import Author
from sandbox.core.errors import AccountTaken
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.usecases.accounts import DEFAULT_MERCHANT
from sandbox.web.drafts import MerchantBody
from sandbox.words import enrolling as words
from sandbox.words.refusals import refusal

FEW = 1000
"""Orders that are counted before somebody is asked; more are "1,000+"."""

_EMPTY = {"kind": "direct", "name": "", "mch_id": "", "appid": ""}

routes = web.RouteTableDef()


@routes.get("/merchants/new")
async def ask_for_merchant(request: web.Request) -> web.Response:
    return _asked(request, {})


@routes.post("/merchants")
async def open_merchant(request: web.Request) -> web.Response:
    """A new merchant; what is left empty is made up."""
    console, form = console_of(request), await form_of(request)
    try:
        draft = fitting(MerchantBody, _given(form)).draft()
        merchant = await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).open(draft))
    except FormError as unfit:
        return _asked(request, form, unfit.sentence(lang_of(request)))
    except AccountTaken as taken:
        return _asked(request, form, f"mch_id: {refusal(taken, lang_of(request))}")
    return said(request, say(request, words.OPENED, mch_id=merchant.mch_id), back=merchant_path(merchant.mch_id))


@routes.get("/merchants/{mch_id}/close")
async def ask_to_close(request: web.Request) -> web.Response:
    """The question before a merchant goes: what goes with it. With script it stands in a dialog."""
    console, merchant = console_of(request), merchant_of(request)
    chosen = OrderFilter(mch_id=merchant.mch_id)
    page = await console.storage.read(lambda tx: tx.orders.page(chosen, None, FEW))
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "count": f"{len(page.items):,}" + ("+" if page.next else ""),
        "alone": console.storage.accounts.only_of(merchant.mch_id),
        "default": merchant.mch_id == DEFAULT_MERCHANT.mch_id,
    }
    return console.page(request, "merchant_close.html", context, here="merchants")


@routes.post("/merchants/{mch_id}/close")
async def close_merchant(request: web.Request) -> web.Response:
    console, mch_id = console_of(request), merchant_of(request).mch_id
    await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).close(mch_id))
    console.clock.forget(mch_id)
    return said(request, say(request, words.CLOSED, mch_id=mch_id), back=f"{HOME}/merchants")


def _given(form: dict[str, str]) -> dict[str, Any]:
    """A form's fields, as the control API names them; an empty one is not asked for."""
    given: dict[str, Any] = {name: form[name] for name in ("mch_id", "name") if form.get(name)}
    if form.get("appid"):
        given["appids"] = [form["appid"]]
    return {**given, "service_provider": form.get("kind") == "provider"}


def _asked(request: web.Request, form: dict[str, str], wrong: str = "") -> web.Response:
    """The form, with what was written into it and what is wrong with that."""
    console = console_of(request)
    context = {"form": {**_EMPTY, **form}, "wrong": wrong, "appids": list(console.storage.accounts.apps)}
    return console.page(request, "merchant_new.html", context, here="merchants", status=409 if wrong else 200)
