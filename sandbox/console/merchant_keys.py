"""A merchant's keys: replaced here, and which calls have not heard of it."""

import re

from aiohttp import web

from sandbox.console.forms import form_of
from sandbox.console.merchants import KEYS, merchant_of
from sandbox.console.view import console_of, merchant_path, said, say
from sandbox.core.catalogue import accounts as words
from sandbox.core.changes import Author
from sandbox.core.enrolment import Draft
from sandbox.core.ids import secret_key

_KEY = re.compile("[!-~]{32}")

routes = web.RouteTableDef()


@routes.post("/merchants/{mch_id}/key")
async def replace_key(request: web.Request) -> web.Response:
    """Another API key or APIv3 key; one that is left empty is made up."""
    console, merchant, form = console_of(request), merchant_of(request), await form_of(request)
    back, name = form.get("back", "") or merchant_path(merchant.mch_id), form.get("name", "")
    if name not in KEYS:
        raise web.HTTPBadRequest(text="name: " + ", ".join(KEYS))
    key = form.get("key", "") or secret_key()
    if not _KEY.fullmatch(key):
        return said(request, say(request, words.KEY_WRONG), good=False, back=back, status=409)
    if key == getattr(merchant, name):
        return said(request, say(request, words.KEY_SAME), good=False, back=back, status=409)
    draft = Draft(api_key=key) if name == "api_key" else Draft(api_v3_key=key)
    await console.world.storage.write(
        lambda tx: console.world.enrolment(tx, Author.CONSOLE).change(merchant.mch_id, draft)
    )
    return said(request, say(request, words.KEY_REPLACED, name=name), back=back)
