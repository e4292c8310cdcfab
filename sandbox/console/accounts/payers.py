"""The people who pay: their wallet, and the phone that WeChat runs on."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.changes import latest_changes
from sandbox.console.frame.forms import fitting, form_of, limit_of
from sandbox.console.frame.view import HOME, console_of, cursor_of, paging, said, say
from sandbox.core.banks import BANKS, name_of
from sandbox.core.changes import AccountKind, Author
from sandbox.core.errors import AccountTaken
from sandbox.core.payers import Payer
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.accounts import payer_of
from sandbox.web.drafts import PayerBody, PayerChanges
from sandbox.words import accounts as words

ROWS = 50
BANK_TYPES = [f"{bank}_{kind}" for bank in BANKS for kind in ("DEBIT", "CREDIT")] + ["LQT"]
"""The cards that people may add here."""

routes = web.RouteTableDef()


@routes.get("/payers")
async def list_payers(request: web.Request) -> web.Response:
    console = console_of(request)
    page = await console.storage.read(lambda tx: tx.payers.page(cursor_of(request), ROWS))
    context = {
        "found": page.items,
        "appids": [app.appid for app in console.storage.accounts.apps.values()],
        **paging(request, page.next),
    }
    return console.page(request, "payers.html", context, here="merchants")


@routes.post("/payers")
async def add_payer(request: web.Request) -> web.Response:
    """A new payer of an appid; an openid that is left empty is made up."""
    console, form = console_of(request), await form_of(request)
    back = form.get("back", "") or payer_path()
    if console.storage.accounts.app(form.get("appid", "")) is None:
        raise web.HTTPBadRequest(text="appid")
    draft = fitting(PayerBody, {name: form[name] for name in ("appid", "openid") if form.get(name)}).draft()
    try:
        payer = await console.storage.write(
            lambda tx: console.usecases.accounts(tx, Author.CONSOLE).register_payer(draft)
        )
    except AccountTaken:
        sentence = say(request, words.PAYER_TAKEN, openid=form["openid"])
        return said(request, sentence, good=False, back=back, status=409)
    return said(request, say(request, words.PAYER_ADDED, openid=payer.openid), back=back)


@routes.get("/payers/{openid}")
async def show_payer(request: web.Request) -> web.Response:
    openid = request.match_info["openid"]

    def look(tx: UnitOfWork) -> dict[str, Any]:
        payer = payer_of(tx, openid)
        return {
            "payer": payer,
            "cards": [(card, name_of(card.bank_type)) for card in payer.methods()],
            "choices": [(one, name_of(one)) for one in BANK_TYPES],
            "code": console_of(request).usecases.payment_codes(tx).living(openid),
            "changes": latest_changes(tx, AccountKind.PAYER, openid),
        }

    context = await console_of(request).storage.read(look)
    return console_of(request).page(request, "payer.html", context, here="merchants")


@routes.post("/payers/{openid}")
async def change_payer(request: web.Request) -> web.Response:
    """Its phone, or what is in its wallet: what is sent."""
    console, form, openid = console_of(request), await form_of(request), request.match_info["openid"]
    given: dict[str, object] = {name: form[name] for name in ("device", "wechat_version") if name in form}
    if "logged_in" in form:
        given["logged_in"] = form["logged_in"] == "yes"
    if "balance" in form:
        given["balance_fen"] = limit_of(form["balance"])
    changes = fitting(PayerChanges, given).given()

    def changed(tx: UnitOfWork) -> Payer:
        return console.usecases.accounts(tx, Author.CONSOLE).change_payer(openid, changes)

    await console.storage.write(changed)
    return said(request, say(request, words.SAVED), back=form.get("back", "") or payer_path(openid))


def payer_path(openid: str = "") -> str:
    return f"{HOME}/payers" + (f"/{openid}" if openid else "")
