"""The debugging tool (接口调试工具): build, sign, send and check by hand, every step in sight."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.console.debugging.debug_forms import FormValues
from sandbox.console.debugging.debug_tabs import TABS, api_chosen, drafted, tool
from sandbox.console.first_steps.sample import receiver_url
from sandbox.console.frame.view import HOME, console_of, say
from sandbox.core.errors import MerchantUnknown, MessageUnreadable
from sandbox.debugging.programs import LANGUAGES, program
from sandbox.words import debugging as words

routes = web.RouteTableDef()


@routes.get("/debug")
async def show_debug(request: web.Request) -> web.Response:
    """The page: what is filled in stands in the address."""
    return await _page(request, _given(request, request.query), "")


@routes.post("/debug")
async def do_debug(request: web.Request) -> web.Response:
    """Build (the steps again), or send; a live page gets the part that changed."""
    given = _given(request, await request.post())
    act = "send" if given.get("act") == "send" else "build"
    if "HX-Request" not in request.headers:
        return await _page(request, given, act)
    tab, context = await _context(request, given, act)
    part = "answer" if act == "send" or tab == "check" else "steps"
    return console_of(request).part(request, f"debug/{tab}_{part}.html", context)


@routes.post("/debug/copy")
async def copy_program(request: web.Request) -> web.Response:
    """A program as it runs, with the key; `field` names its language."""
    console, given = console_of(request), _given(request, await request.post())
    language = given.get("field")
    if language not in LANGUAGES:
        raise web.HTTPNotFound
    service = tool(console, given)
    api = api_chosen(service, given)
    examples = service.face.api.examples(api, await service.case(given.merchant, receiver_url(request)))
    draft = await drafted(service, given, given.fields or examples, api)
    try:
        message = draft.message()
    except MessageUnreadable:
        return web.Response(status=400, text=say(request, words.UNWRITABLE))
    code = program(language, draft, base=console.links.base, message=message)
    return web.Response(text=code, headers={"Cache-Control": "no-store"})


def _given(request: web.Request, sent: Any) -> FormValues:
    """The form with its merchant: the one that is to sign, else the message's, else the header's, else the first."""
    console = console_of(request)
    merchants = console.storage.accounts.merchants
    if not merchants:
        raise MerchantUnknown
    of_message = ("f.mch_id", "f.mchid", "f.sp_mchid", "f.combine_mchid")
    names = ("mch_id",) if "switched" in sent else ("signer", *of_message, "mch_id")
    named = (merchants.get(str(sent.get(name, ""))) for name in names)
    return FormValues.of(sent, next((one for one in named if one), None) or next(iter(merchants.values())))


async def _context(request: web.Request, given: FormValues, act: str) -> tuple[str, dict[str, Any]]:
    tab = given.get("tab") if given.get("tab") in TABS else "request"
    merchants = console_of(request).storage.accounts.merchants
    face = tool(console_of(request), given).face
    chosen = given.get("mch_id") if given.get("mch_id") in merchants else ""
    context: Mapping[str, Any] = {
        "tab": tab,
        "given": given,
        "signer": given.get("signer"),
        "chosen": chosen,
        "kept": given.merchants_kept(),
        "face": face,
        "faces": [one.name for one in console_of(request).faces],
        "algorithms": face.signatures.algorithms,
        "all_merchants": list(merchants.values()),
        "here_again": f"{HOME}/debug",
        "mch_id": chosen,
    }
    return tab, {**context, **await TABS[tab](console_of(request), request, given, act)}


async def _page(request: web.Request, given: FormValues, act: str) -> web.Response:
    tab, context = await _context(request, given, act)
    return console_of(request).page(request, f"debug/{tab}.html", context, here="debug")
