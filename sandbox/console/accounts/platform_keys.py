"""WeChat Pay's own keys on a merchant's page: by what it proves itself, certificates rotated step by step."""

from aiohttp import web

from sandbox.console.accounts.merchant_settings import changed
from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import console_of, lang_of, merchant_path, said, say
from sandbox.core.changes import Author
from sandbox.core.errors import PaymentError
from sandbox.core.usecases.platform_keys import PlatformKeyService
from sandbox.words import platform_keys as words
from sandbox.words.refusals import refusal

ALL = "/merchants/{mch_id}/platform-certificates"
_ACTS = {"sign": PlatformKeyService.sign_with, "expire": PlatformKeyService.end}

routes = web.RouteTableDef()


@routes.post("/merchants/{mch_id}/platform-keys")
async def change_identity(request: web.Request) -> web.Response:
    """By what WeChat Pay proves itself to the merchant, and whether its public key has a pair of its own."""
    form = await form_of(request)
    given: dict[str, object] = {"separate_platform_keys": "separate_platform_keys" in form}
    if "platform_identity" in form:
        given["platform_identity"] = form["platform_identity"]
    return await changed(request, given)


@routes.post(ALL)
async def issue(request: web.Request) -> web.Response:
    """One more, beside the one that goes on signing."""
    console, merchant = console_of(request), merchant_of(request)
    back = merchant_path(merchant.mch_id)
    try:
        issued = await console.certificates.issue_platform(merchant.mch_id, Author.CONSOLE)
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.ISSUED, serial_no=issued.serial_no), back=back)


@routes.post(ALL + "/{serial_no:[0-9A-F]{40}}/{change:sign|expire}")
async def change(request: web.Request) -> web.Response:
    console, merchant, act = console_of(request), merchant_of(request), request.match_info["change"]
    back, serial_no = merchant_path(merchant.mch_id), request.match_info["serial_no"]
    try:
        await console.storage.write(
            lambda tx: _ACTS[act](console.usecases.platform_keys(tx, Author.CONSOLE), merchant.mch_id, serial_no)
        )
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    return said(request, say(request, words.DONE[act]), back=back)
