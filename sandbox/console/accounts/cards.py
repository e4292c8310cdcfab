"""A payer's cards in the console: add one, set what is left in it, take it away."""

from dataclasses import asdict

from aiohttp import web

from sandbox.console.accounts.payers import payer_path
from sandbox.console.frame.forms import fitting, form_of, limit_of
from sandbox.console.frame.view import console_of, said, say
from sandbox.core.changes import Author
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.accounts import payer_of
from sandbox.web.drafts import PayerChanges
from sandbox.words import accounts as words

routes = web.RouteTableDef()


@routes.post("/payers/{openid}/cards")
async def change_cards(request: web.Request) -> web.Response:
    """`act`: keep a card (`bank_type`, `balance` in yuan), remove one, or have the usual ones again."""
    console, form, openid = console_of(request), await form_of(request), request.match_info["openid"]
    back = form.get("back", "") or payer_path(openid)
    act, bank_type = form.get("act", ""), form.get("bank_type", "")
    if act not in ("keep", "remove", "usual"):
        raise web.HTTPBadRequest(text="act: keep, remove, usual")
    kept = {"bank_type": bank_type, "balance_fen": limit_of(form.get("balance", ""))}

    def changed(tx: UnitOfWork) -> None:
        payer = payer_of(tx, openid)
        # What the page shows stays: the usual cards too, where nobody has said which.
        others = [asdict(card) for card in payer.methods()[1:] if act == "keep" or card.bank_type != bank_type]
        cards = None if act == "usual" else [*others, kept] if act == "keep" else others
        given = fitting(PayerChanges, {"cards": cards}).given()
        console.usecases.accounts(tx, Author.CONSOLE).change_payer(openid, given)

    await console.storage.write(changed)
    return said(request, say(request, words.SAVED), back=back)
