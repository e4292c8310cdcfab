"""What is set of a merchant: who it is, what it has opened, where its payments may be invoked, what it is told."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.console.accounts.merchants import ADDRESSES, PERCENTAGES, merchant_of
from sandbox.console.frame.forms import fitting, form_of, lines_of
from sandbox.console.frame.view import HOME, console_of, merchant_path, said, say
from sandbox.core.changes import Author
from sandbox.core.merchants import PRODUCTS
from sandbox.core.text import Text
from sandbox.web.drafts import AppBody, MerchantChanges
from sandbox.words import accounts as words

routes = web.RouteTableDef()


@routes.post("/merchants/{mch_id}/identity")
async def change_identity(request: web.Request) -> web.Response:
    """Its name, whether it is a service provider, and the words that V2 has for it."""
    form = await form_of(request)
    given: dict[str, object] = {"name": form["name"]} if "name" in form else {}
    if "kind" in form:
        given["service_provider"] = form["kind"] == "provider"
    if "wording" in form:
        given["wording"] = form["wording"] or None
    return await changed(request, given)


@routes.post("/merchants/{mch_id}/products")
async def change_products(request: web.Request) -> web.Response:
    """Each product's state; what is not sent stays."""
    return await changed(request, {"products": products_in(await form_of(request))})


@routes.post("/merchants/{mch_id}/places")
async def change_places(request: web.Request) -> web.Response:
    """JSAPI directories and H5 domains, one a line."""
    form = await form_of(request)
    names = [name for name in ("jsapi_directories", "h5_domains") if name in form]
    given: dict[str, object] = {name: await lines_of(request, name) for name in names}
    # A box that is not ticked sends nothing: it stands beside the domains.
    return await changed(request, given | ({"h5_check_ip": "h5_check_ip" in form} if "h5_domains" in form else {}))


@routes.post("/merchants/{mch_id}/settings")
async def change_settings(request: web.Request) -> web.Response:
    """Its addresses, any of which may be empty, its rate, and how much of its orders may be shared."""
    form = await form_of(request)
    given = {name: form[name] for name in ADDRESSES if name in form}
    percentages = {name: form[name].removesuffix("%") + "%" for name in PERCENTAGES if name in form}
    return await changed(request, given | percentages)


@routes.post("/pairings")
async def pair(request: web.Request) -> web.Response:
    """Pair an appid with a merchant, or take the pairing away: from either side's page."""
    console, form = console_of(request), await form_of(request)
    mch_id, paired = form.get("mch_id", ""), form.get("act") == "pair"
    appid = fitting(AppBody, {"appid": form.get("appid", "")}).appid or ""
    await console.storage.write(
        lambda tx: console.usecases.accounts(tx, Author.CONSOLE).pair(mch_id, appid, paired=paired)
    )
    told = words.PAIRED if paired else words.UNPAIRED
    return said(
        request, say(request, told, appid=appid, mch_id=mch_id), back=form.get("back", "") or f"{HOME}/merchants"
    )


async def changed(
    request: web.Request, given: Mapping[str, object], told: Text = words.SAVED, **facts: object
) -> web.Response:
    """The merchant with what is given, named as in the control API; raises Unfit."""
    console, merchant = console_of(request), merchant_of(request)
    draft = fitting(MerchantChanges, given).draft()
    await console.storage.write(lambda tx: console.usecases.accounts(tx, Author.CONSOLE).change(merchant.mch_id, draft))
    back = (await form_of(request)).get("back", "") or merchant_path(merchant.mch_id)
    return said(request, say(request, told, **facts), back=back)


def products_in(form: Mapping[str, str]) -> dict[str, str]:
    """The states that a form has of products."""
    return {name: form[name] for name in PRODUCTS if name in form}
