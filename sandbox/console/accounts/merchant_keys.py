"""A merchant's keys: replaced here, and which calls have not heard of it."""

from aiohttp import web

from sandbox.console.accounts.merchant_settings import changed
from sandbox.console.accounts.merchants import KEYS, merchant_of
from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import merchant_path, said, say
from sandbox.core.ids import secret_key
from sandbox.words import accounts as words

routes = web.RouteTableDef()


@routes.post("/merchants/{mch_id}/key")
async def replace_key(request: web.Request) -> web.Response:
    """Another API key or APIv3 key; one that is left empty is made up."""
    merchant, form = merchant_of(request), await form_of(request)
    name = form.get("name", "")
    if name not in KEYS:
        raise web.HTTPBadRequest(text="name: " + ", ".join(KEYS))
    key = form.get("key", "") or secret_key()
    if key == getattr(merchant, name):
        back = form.get("back", "") or merchant_path(merchant.mch_id)
        return said(request, say(request, words.KEY_SAME), good=False, back=back, status=409)
    return await changed(request, {name: key}, words.KEY_REPLACED, name=name)
