"""What a merchant has opened, with whom it is paired, and where its payments may be invoked."""

import re
from collections.abc import Sequence

from aiohttp import web

from sandbox.console.forms import form_of
from sandbox.console.merchants import merchant_of
from sandbox.console.view import HOME, console_of, merchant_path, said, say
from sandbox.core.catalogue import Text
from sandbox.core.catalogue import accounts as words
from sandbox.core.changes import Author
from sandbox.core.enrolment import Draft
from sandbox.core.merchants import MOST_DIRECTORIES, PRODUCTS, ProductState

_APPID = re.compile(r"[0-9A-Za-z_\-]{1,32}")
_DIRECTORY = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?/")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")

routes = web.RouteTableDef()


@routes.post("/merchants/{mch_id}/products")
async def change_products(request: web.Request) -> web.Response:
    """Each product's state; what is not sent stays."""
    form = await form_of(request)
    states = {name: form[name] for name in PRODUCTS if form.get(name) in set(ProductState)}
    return await _changed(request, Draft(products={name: ProductState(state) for name, state in states.items()}))


@routes.post("/merchants/{mch_id}/places")
async def change_places(request: web.Request) -> web.Response:
    """JSAPI directories and H5 domains, one a line."""
    sent = await request.post()
    directories, domains = _lines(str(sent.get("jsapi_directories", ""))), _lines(str(sent.get("h5_domains", "")))
    if wrong := _wrong(request, directories, _DIRECTORY, words.DIRECTORY_WRONG):
        return wrong
    if wrong := _wrong(request, domains, _DOMAIN, words.DOMAIN_WRONG):
        return wrong
    draft = Draft(jsapi_directories=directories, h5_domains=domains, h5_check_ip="h5_check_ip" in sent)
    return await _changed(request, draft)


@routes.post("/pairings")
async def pair(request: web.Request) -> web.Response:
    """Pair an appid with a merchant, or take the pairing away: from either side's page."""
    console, form = console_of(request), await form_of(request)
    mch_id, appid, paired = form.get("mch_id", ""), form.get("appid", ""), form.get("act") == "pair"
    back = form.get("back", "") or f"{HOME}/merchants"
    if not _APPID.fullmatch(appid):
        return said(request, say(request, words.APPID_WRONG), good=False, back=back, status=409)
    await console.world.storage.write(
        lambda tx: console.world.enrolment(tx, Author.CONSOLE).pair(mch_id, appid, paired=paired)
    )
    told = words.PAIRED if paired else words.UNPAIRED
    return said(request, say(request, told, appid=appid, mch_id=mch_id), back=back)


async def _changed(request: web.Request, draft: Draft) -> web.Response:
    console, merchant = console_of(request), merchant_of(request)
    back = str((await request.post()).get("back", "")) or merchant_path(merchant.mch_id)
    await console.world.storage.write(
        lambda tx: console.world.enrolment(tx, Author.CONSOLE).change(merchant.mch_id, draft)
    )
    return said(request, say(request, words.SAVED), back=back)


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _wrong(request: web.Request, values: Sequence[str], form: re.Pattern[str], sentence: Text) -> web.Response | None:
    back = merchant_path(request.match_info["mch_id"])
    if len(values) > MOST_DIRECTORIES:
        told = say(request, words.TOO_MANY, most=MOST_DIRECTORIES)
        return said(request, told, good=False, back=back, status=409)
    value = next((one for one in values if not form.fullmatch(one)), None)
    if value is None:
        return None
    return said(request, say(request, sentence, value=value[:100]), good=False, back=back, status=409)
