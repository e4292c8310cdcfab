"""A payer's cards in the console: add one, set what is left in it, take it away."""

from aiohttp import web

from sandbox.console.forms import form_of, limit_of
from sandbox.console.payers import BANK_TYPES, payer_path
from sandbox.console.view import console_of, said, say
from sandbox.core.catalogue import payers as words
from sandbox.core.changes import Author
from sandbox.core.errors import PayerUnknown
from sandbox.core.payers import MOST_CARDS, Card
from sandbox.core.ports import UnitOfWork

routes = web.RouteTableDef()


class TooMany(Exception):
    """More cards than a payer may have."""


@routes.post("/payers/{openid}/cards")
async def change_cards(request: web.Request) -> web.Response:
    """`act`: keep a card (`bank_type`, `balance` in yuan), remove one, or have the usual ones again."""
    console, form, openid = console_of(request), await form_of(request), request.match_info["openid"]
    back = form.get("back", "") or payer_path(openid)
    act, bank_type = form.get("act", ""), form.get("bank_type", "")
    if act not in ("keep", "remove", "usual") or (act == "keep" and bank_type not in BANK_TYPES):
        raise web.HTTPBadRequest(text="act, bank_type")
    try:
        balance_fen = limit_of(form.get("balance", "")) if act == "keep" else None
    except ValueError:
        return said(request, say(request, words.LEFT_WRONG), good=False, back=back, status=409)

    def changed(tx: UnitOfWork) -> None:
        payer = tx.payers.find(openid)
        if payer is None:
            raise PayerUnknown
        cards = {card.bank_type: card for card in payer.cards or ()}
        if act == "keep":
            cards[bank_type] = Card(bank_type, balance_fen)
        else:
            cards.pop(bank_type, None)
        if len(cards) > MOST_CARDS:
            raise TooMany
        given = {"cards": None if act == "usual" else tuple(cards.values())}
        console.world.enrolment(tx, Author.CONSOLE).change_payer(openid, given)

    try:
        await console.world.storage.write(changed)
    except TooMany:
        return said(request, say(request, words.TOO_MANY_CARDS, most=MOST_CARDS), good=False, back=back, status=409)
    return said(request, say(request, words.CARDS_SAVED), back=back)
