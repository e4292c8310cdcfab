"""The merchants that a service provider acts for: their appids, and what they have granted to it."""

from collections.abc import Callable

from aiohttp import web

from sandbox.console.accounts.merchant_settings import products_in
from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.forms import fitting, form_of, words_of
from sandbox.console.frame.view import console_of, merchant_path, said, say
from sandbox.console.money.balances import purses
from sandbox.core.changes import Author
from sandbox.core.errors import AccountTaken
from sandbox.core.merchants import PRODUCTS, ProductState, SubMerchant
from sandbox.core.usecases.accounts import AccountService
from sandbox.web.drafts import SubMerchantBody
from sandbox.words import accounts, enrolling

PART = "/sub-merchants"

routes = web.RouteTableDef()


@routes.get("/merchants/{mch_id}" + PART)
async def list_sub_merchants(request: web.Request) -> web.Response:
    console, merchant = console_of(request), merchant_of(request)
    found = await console.storage.read(lambda tx: purses(tx, merchant))
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "balances": {one.owner.sub_mch_id: one.balance for one in found},
        "granted": {sub.sub_mch_id: _granted(sub) for sub in merchant.sub_merchants},
    }
    return console.page(request, "sub_merchants.html", context, here="merchants")


@routes.post("/merchants/{mch_id}" + PART)
async def add_sub_merchant(request: web.Request) -> web.Response:
    form, merchant = await form_of(request), merchant_of(request)
    sub = fitting(SubMerchantBody, {"sub_mch_id": form.get("sub_mch_id", ""), **_asked(form)}).account()
    sentence = say(request, enrolling.SUB_ADDED, sub_mch_id=sub.sub_mch_id)
    try:
        return await _done(request, sentence, lambda accounts: accounts.add_sub_merchant(merchant.mch_id, sub))
    except AccountTaken:
        sentence = say(request, enrolling.SUB_TAKEN, sub_mch_id=sub.sub_mch_id)
        return said(request, sentence, good=False, back=merchant_path(merchant.mch_id, PART), status=409)


@routes.post("/merchants/{mch_id}" + PART + "/{sub_mch_id}")
async def change_sub_merchant(request: web.Request) -> web.Response:
    """Its appids and what it has granted, or that it is to go."""
    form, merchant, known = await form_of(request), merchant_of(request), _sub_merchant_of(request)
    mch_id, sub_mch_id = merchant.mch_id, known.sub_mch_id
    if form.get("act") == "remove":
        sentence = say(request, enrolling.SUB_REMOVED, sub_mch_id=sub_mch_id)
        return await _done(request, sentence, lambda accounts: accounts.remove_sub_merchant(mch_id, sub_mch_id))
    sub = fitting(SubMerchantBody, {"sub_mch_id": sub_mch_id, **_asked(form)}).account()
    sentence = say(request, accounts.SAVED)
    return await _done(request, sentence, lambda accounts: accounts.keep_sub_merchant(mch_id, sub))


async def _done(request: web.Request, sentence: str, act: Callable[[AccountService], None]) -> web.Response:
    console = console_of(request)
    await console.storage.write(lambda tx: act(console.usecases.accounts(tx, Author.CONSOLE)))
    return said(request, sentence, back=merchant_path(merchant_of(request).mch_id, PART))


def _asked(form: dict[str, str]) -> dict[str, object]:
    return {"sub_appids": words_of(form.get("sub_appids", "")), "products": products_in(form)}


def _granted(sub: SubMerchant) -> list[tuple[str, str]]:
    return [(name, sub.products.get(name, ProductState.OPENED).value) for name in PRODUCTS]


def _sub_merchant_of(request: web.Request) -> SubMerchant:
    """The sub-merchant that an address names."""
    sub = merchant_of(request).sub_merchant(request.match_info["sub_mch_id"])
    if sub is None:
        raise web.HTTPNotFound
    return sub
