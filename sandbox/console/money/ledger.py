"""A merchant's money: its balance, the lines of its ledger, topping up and withdrawing."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.forms import fen_of, form_of
from sandbox.console.frame.view import (
    Chip,
    Console,
    console_of,
    cursor_of,
    merchant_path,
    paging,
    query_with,
    said,
    say,
)
from sandbox.console.money.balances import Purse, purses, with_orders
from sandbox.core.changes import Author
from sandbox.core.errors import BalanceShort
from sandbox.core.ledger import Line, Owner
from sandbox.core.merchants import Merchant
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.web.pages import yuan
from sandbox.words import funds as words
from sandbox.words.refusals import refusal

PAGE = 50

routes = web.RouteTableDef()


@routes.get("/merchants/{mch_id}/ledger")
async def show_ledger(request: web.Request) -> web.Response:
    console, merchant, cursor = console_of(request), merchant_of(request), cursor_of(request)
    owner = Owner(merchant.mch_id, request.query.get("sub_mch_id", ""))

    def look(tx: UnitOfWork) -> tuple[list[Purse], Page[Line]]:
        return purses(tx, merchant), tx.ledger.page(owner, cursor, PAGE)

    found, page = await console.storage.read(look)
    chosen = next((purse for purse in found if purse.owner == owner), None)
    if chosen is None:
        raise web.HTTPNotFound
    context: dict[str, Any] = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "purse": chosen,
        "chips": _chips(request, found, owner) if len(found) > 1 else [],
        "lines": with_orders(page.items),
        **paging(request, page.next),
    }
    return console.page(request, "ledger.html", context, here="merchants")


def _chips(request: web.Request, found: list[Purse], chosen: Owner) -> list[Chip]:
    return [
        Chip(
            f"{one.owner.sub_mch_id or say(request, words.OWN)} ¥{yuan(one.balance)}",
            query_with(request, sub_mch_id=one.owner.sub_mch_id),
            one.owner == chosen,
        )
        for one in found
    ]


@routes.post("/merchants/{mch_id}/balance")
async def change_balance(request: web.Request) -> web.Response:
    """Top up or withdraw (`act`) an `amount` of yuan."""
    console, merchant, form = console_of(request), merchant_of(request), await form_of(request)
    owner, act = Owner(merchant.mch_id, form.get("sub_mch_id", "")), form.get("act", "")
    if act not in words.MOVED:
        raise web.HTTPBadRequest(text="act: " + ", ".join(words.MOVED))
    back = form.get("back", "") or merchant_path(merchant.mch_id)
    fen = fen_of(form.get("amount", ""))
    if fen is None:
        return said(request, say(request, words.AMOUNT_WRONG), good=False, back=back, status=409)
    try:
        balance = await console.storage.write(
            lambda tx: _move(console, tx, merchant, owner, fen if act == "top-up" else -fen)
        )
    except BalanceShort as error:
        return said(request, refusal(error, console.pages.language(request)), good=False, back=back, status=409)
    return said(request, say(request, words.MOVED[act], amount=yuan(fen), balance=yuan(balance)), back=back)


def _move(console: Console, tx: UnitOfWork, merchant: Merchant, owner: Owner, fen: int) -> int:
    """The balance afterwards; raises BalanceShort."""
    purse = next((one for one in purses(tx, merchant) if one.owner == owner), None)
    if purse is None:
        raise web.HTTPNotFound
    if purse.balance + fen < 0:
        raise BalanceShort
    console.usecases.accounts(tx, Author.CONSOLE).set_balance(owner, purse.balance + fen)
    return purse.balance + fen
