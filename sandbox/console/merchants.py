"""Merchants and their credentials. A key leaves the sandbox only when it is asked for."""

from aiohttp import web

from sandbox.console.view import Console, console_of
from sandbox.core.catalogue import console as words
from sandbox.core.merchants import PRODUCTS, Merchant
from sandbox.core.orders import TradeType

MASK = "•" * 12
KEYS = ("api_key", "api_v3_key")

routes = web.RouteTableDef()


@routes.get("/merchants")
async def list_merchants(request: web.Request) -> web.Response:
    console = console_of(request)
    found = list(console.world.storage.accounts.merchants.values())
    return console.page(request, "merchants.html", {"found": found}, here="merchants")


@routes.get("/merchants/{mch_id}")
async def show_merchant(request: web.Request) -> web.Response:
    return await _page(request, _merchant(request), "")


async def _page(request: web.Request, merchant: Merchant, shown: str, text: str = "") -> web.Response:
    console = console_of(request)
    accounts = console.world.storage.accounts
    payers = await console.world.storage.read(
        lambda tx: {appid: tx.payers.first_of(appid) for appid in merchant.appids}
    )
    products = [name for name in PRODUCTS if name in set(TradeType)]
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "apps": [(appid, accounts.app(appid), payers.get(appid)) for appid in merchant.appids],
        "products": [(name, merchant.product(name).value) for name in products],
        "keys": [(name, text if name == shown else "") for name in KEYS],
        "settings": text if shown == "settings" else settings(merchant, console.world.links.base, shown=False),
        "settings_shown": shown == "settings",
        "pems": list(words.PEMS.items()),
        "pem_shown": shown,
        "pem_text": text,
        "base": console.world.links.base,
        "mask": MASK,
    }
    return console.page(request, "merchant.html", context, here="merchants")


@routes.post("/merchants/{mch_id}/reveal")
async def reveal(request: web.Request) -> web.Response:
    """A key, a certificate or the settings, asked for: plain text to copy, a piece of the page, or the page."""
    console, merchant, form = console_of(request), _merchant(request), await request.post()
    wanted = str(form.get("field", ""))
    text = await _revealed(console, merchant, wanted)
    if "text/plain" in request.headers.get("Accept", ""):
        return web.Response(text=text, headers={"Cache-Control": "no-store"})
    if "HX-Request" in request.headers:
        return console.part(request, "revealed.html", {"name": wanted, "text": text})
    return await _page(request, merchant, wanted, text)


async def _revealed(console: Console, merchant: Merchant, wanted: str) -> str:
    certificates = console.world.certificates
    if wanted in KEYS:
        return key(merchant, wanted)
    if wanted == "settings":
        return settings(merchant, console.world.links.base, shown=True)
    if wanted == "certificate":
        own = await certificates.merchant(merchant.mch_id)
        return f"serial_no: {own.serial_no}\n{own.certificate}"
    platform = await certificates.platform()
    if wanted == "platform_certificate":
        return f"serial_no: {platform.serial_no}\n{platform.certificate}"
    if wanted == "platform_public_key":
        return f"{certificates.public_key_id(platform)}\n{certificates.public_key(platform)}"
    raise web.HTTPBadRequest(text="field: " + ", ".join([*KEYS, "settings", *words.PEMS]))


def key(merchant: Merchant, name: str) -> str:
    return str(merchant.api_key if name == "api_key" else merchant.api_v3_key)


def settings(merchant: Merchant, base: str, *, shown: bool) -> str:
    """Lines for a `.env` file."""
    lines = {
        "WXPAY_BASE_URL": base,
        "WXPAY_MCH_ID": merchant.mch_id,
        "WXPAY_APPID": merchant.appids[0] if merchant.appids else "",
        "WXPAY_API_KEY": key(merchant, "api_key") if shown else MASK,
        "WXPAY_API_V3_KEY": key(merchant, "api_v3_key") if shown else MASK,
    }
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def _merchant(request: web.Request) -> Merchant:
    merchant = console_of(request).world.storage.accounts.merchants.get(request.match_info["mch_id"])
    if merchant is None:
        raise web.HTTPNotFound
    return merchant
