"""Merchants, their credentials and settings. A key leaves the sandbox only when it is asked for."""

from typing import Any

from aiohttp import web

from sandbox.console.accounts.changes import latest_changes
from sandbox.console.accounts.known_keys import KnownKeys, faces_used, known_keys
from sandbox.console.accounts.stale_calls import calls_with_old_keys
from sandbox.console.frame.view import Console, console_of, lang_of
from sandbox.console.money.balances import Purse, purses, with_orders
from sandbox.core.changes import AccountKind, masked
from sandbox.core.errors import NoValidCertificate
from sandbox.core.ledger import Line, Owner, rate_text
from sandbox.core.merchants import PRODUCTS, Merchant
from sandbox.core.payers import Payer
from sandbox.core.ports.queries import Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.usecases.platform_keys import platform_certificates_of
from sandbox.words import console as words
from sandbox.words import platform_keys as platform_words
from sandbox.words.refusals import refusal

MASK = "•" * 12
KEYS = ("api_key", "api_v3_key")
ADDRESSES = ("notify_url", "refund_notify_url", "sharing_notify_url", "native_callback_url")
PERCENTAGES = ("rate", "sharing_ratio")
LATEST = 5
"""Lines of the ledger on the merchant's page."""


routes = web.RouteTableDef()


@routes.get("/merchants")
async def list_merchants(request: web.Request) -> web.Response:
    console = console_of(request)
    found = list(console.storage.accounts.merchants.values())
    return console.page(request, "merchants.html", {"found": found}, here="merchants")


@routes.get("/merchants/{mch_id}")
async def show_merchant(request: web.Request) -> web.Response:
    return await _page(request, merchant_of(request), "")


async def _page(request: web.Request, merchant: Merchant, shown: str, text: str = "") -> web.Response:
    console = console_of(request)
    accounts, now = console.storage.accounts, console.clock.real_now()

    def look(tx: UnitOfWork) -> tuple[dict[str, Payer | None], list[Purse], Page[Line], dict[str, Any]]:
        payers = {appid: tx.payers.first_of(appid) for appid in merchant.appids}
        more = {
            "changes": latest_changes(tx, AccountKind.MERCHANT, merchant.mch_id),
            "old_key_calls": calls_with_old_keys(tx, merchant),
            "platform_certificates": platform_certificates_of(tx, merchant.mch_id, now),
            "known": known_keys(tx, merchant, now),
            "uses": faces_used(tx, console.faces, merchant.mch_id),
        }
        return payers, purses(tx, merchant), tx.ledger.page(Owner(merchant.mch_id), None, LATEST), more

    payers, found, ledger, more = await console.storage.read(look)
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "apps": [(appid, accounts.app(appid), payers.get(appid)) for appid in merchant.appids],
        "products": [(name, merchant.product(name).value) for name in PRODUCTS],
        # What a key that is shown may be told from another by.
        "ends": {name: masked(key(merchant, name)) for name in KEYS},
        "key_texts": {name: text if name == shown else "" for name in KEYS},
        "settings": text if shown == "settings" else settings(merchant, console.links.base, more["known"], shown=False),
        "settings_shown": shown == "settings",
        "pems": list(words.PEMS.items()),
        "pem_shown": shown,
        "pem_text": text,
        "base": console.links.base,
        "purse": found[0],
        "purses": found[1:],
        "lines": with_orders(ledger.items),
        "rate": rate_text(merchant.rate),
        "real_now": now,
        "percentages": [(name, rate_text(getattr(merchant, name))) for name in PERCENTAGES],
        "told_where": [(name, getattr(merchant, name)) for name in ADDRESSES],
        "mask": MASK,
    }
    return console.page(request, "merchant.html", context | more, here="merchants")


@routes.post("/merchants/{mch_id}/reveal")
async def reveal(request: web.Request) -> web.Response:
    """A key, a certificate or the settings, asked for: plain text to copy, a piece of the page, or the page."""
    console, merchant, form = console_of(request), merchant_of(request), await request.post()
    wanted = str(form.get("field", ""))
    try:
        text = await _revealed(console, merchant, wanted, lang_of(request))
    except NoValidCertificate as error:
        text = refusal(error, lang_of(request))
    if "text/plain" in request.headers.get("Accept", ""):
        return web.Response(text=text, headers={"Cache-Control": "no-store"})
    if "HX-Request" in request.headers:
        return console.part(request, "revealed.html", {"name": wanted, "text": text})
    return await _page(request, merchant, wanted, text)


async def _revealed(console: Console, merchant: Merchant, wanted: str, lang: Lang) -> str:
    certificates = console.certificates
    if wanted in KEYS:
        return key(merchant, wanted)
    if wanted == "settings":
        now = console.clock.real_now()
        known = await console.storage.read(lambda tx: known_keys(tx, merchant, now))
        return settings(merchant, console.links.base, known, shown=True)
    if wanted == "certificate":
        own = await certificates.merchant(merchant.mch_id)
        return f"serial_no: {own.serial_no}\n{own.certificate}"
    platform = await certificates.platform_keys(merchant.mch_id)
    if wanted == "platform_certificate":
        files = platform.certificate and platform.certificate.files
        return (
            f"serial_no: {files.serial_no}\n{files.certificate}" if files else platform_words.NO_CERTIFICATE.say(lang)
        )
    if wanted == "platform_public_key":
        return f"{platform.public_key.key_id}\n{platform.public_key.public_key}"
    raise web.HTTPBadRequest(text="field: " + ", ".join([*KEYS, "settings", *words.PEMS]))


def key(merchant: Merchant, name: str) -> str:
    return str(merchant.api_key if name == "api_key" else merchant.api_v3_key)


def settings(merchant: Merchant, base: str, known: KnownKeys, *, shown: bool) -> str:
    """Lines for a `.env` file, by the names of `merchant export`; what is not made yet is left out."""
    numbers = {
        "WXPAY_SERIAL_NO": known.serial_no,
        "WXPAY_PLATFORM_SERIAL_NO": known.platform_serial_no,
        "WXPAY_PUB_KEY_ID": known.public_key_id,
    }
    lines = {
        "WXPAY_BASE_URL": base,
        "WXPAY_MCH_ID": merchant.mch_id,
        "WXPAY_APPID": merchant.appids[0] if merchant.appids else "",
        "WXPAY_API_KEY": key(merchant, "api_key") if shown else MASK,
        "WXPAY_API_V3_KEY": key(merchant, "api_v3_key") if shown else MASK,
    }
    lines |= {name: number for name, number in numbers.items() if number}
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def merchant_of(request: web.Request) -> Merchant:
    """The merchant that an address names."""
    merchant = console_of(request).storage.accounts.merchants.get(request.match_info["mch_id"])
    if merchant is None:
        raise web.HTTPNotFound
    return merchant
