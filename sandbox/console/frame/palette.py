"""What the command palette offers, as JSON: what stands ready once, and what a text finds among orders,
refunds and transfers."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from sandbox.console.frame.view import (
    HOME,
    Console,
    console_of,
    lang_of,
    merchant_path,
    order_path,
    scenario_path,
    searched,
    transfer_path,
)
from sandbox.console.money.refunds import place
from sandbox.console.scenarios.scenarios import acting_merchant
from sandbox.core.orders import UNIFIED
from sandbox.core.ports.queries import ListedOrder, OrderFilter
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Refund
from sandbox.core.text import Lang, Text
from sandbox.core.transfers import Transfer
from sandbox.words import accounts, funds, scenario_pages, sharing, transfers
from sandbox.words import console as words
from sandbox.words import palette as pal

READY_ORDERS = 30
FOUND_ORDERS, FOUND_REFUNDS, FOUND_TRANSFERS = 8, 4, 4
MOST_MERCHANTS = 200

PAGES: tuple[tuple[str, Text], ...] = (
    ("/", words.ORDERS),
    ("/refunds", funds.REFUNDS),
    ("/transfers", transfers.TRANSFERS),
    ("/sharings", sharing.SHARINGS),
    ("/calls", words.CALLS),
    ("/notifications", words.NOTIFICATIONS),
    ("/scenarios", scenario_pages.SCENARIOS),
    ("/merchants", accounts.ACCOUNTS),
    ("/apps", pal.APPS),
    ("/payers", pal.PAYERS),
    ("/phone", pal.PHONE),
    ("/connect", words.CONNECT),
    ("/debug", words.DEBUG),
    ("/start", words.FIRST_STEPS),
    ("/merchants/new", pal.NEW_MERCHANT),
    ("/scenario-editor", pal.NEW_SCENARIO),
    ("/clear", pal.CLEAR),
)
_CLOCK = (("15", words.PLUS_15_S), ("300", words.PLUS_5_MIN), ("next", words.NEXT_RETRY), ("86400", words.PLUS_1_DAY))
_THEMES = (("", words.THEME_AUTO), ("light", words.THEME_LIGHT), ("dark", words.THEME_DARK))

routes = web.RouteTableDef()


class Entry(msgspec.Struct, omit_defaults=True):
    """One line of the palette: somewhere to go (`href`), a button of the page (`press`), or a form to send (`post`)."""

    kind: Literal["page", "order", "refund", "transfer", "merchant", "scenario", "act"]
    title: str
    also: str = ""
    """What it is found by besides: its name in the other language, its number."""
    href: str = ""
    press: str = ""
    post: str = ""
    values: dict[str, str] = {}


@routes.get("/palette")
async def palette(request: web.Request) -> web.Response:
    """With `q` the orders, refunds and transfers that a text names, else all that stands ready."""
    entries = await _found(request) if searched(request) else await _ready(request)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    response = web.Response(body=msgspec.json.encode(entries), content_type="application/json", headers=headers)
    response.enable_compression()
    return response


async def _found(request: web.Request) -> list[Entry]:
    mch_id, text = console_of(request).merchant_chosen(request), searched(request)

    def look(tx: UnitOfWork) -> list[Entry]:
        orders = tx.orders.page(OrderFilter(mch_id=mch_id, search=text), None, FOUND_ORDERS).items
        refunds = tx.refunds.page(mch_id, "", None, FOUND_REFUNDS, text).items
        transferred = tx.transfers.page(mch_id, "", None, FOUND_TRANSFERS, text).items
        return [*map(_order, orders), *map(_refund, refunds), *map(_transfer, transferred)]

    return await console_of(request).storage.read(look)


async def _ready(request: web.Request) -> list[Entry]:
    console, lang = console_of(request), lang_of(request)
    chosen = OrderFilter(mch_id=console.merchant_chosen(request))
    newest = await console.storage.read(lambda tx: tx.orders.page(chosen, None, READY_ORDERS).items)
    return [
        *(_entry("page", text, lang, href=HOME + path) for path, text in PAGES),
        *_acts(lang),
        *_merchants(console, lang),
        *_scenarios(console, acting_merchant(console, request), lang),
        *(_order(one) for one in newest),
    ]


def _acts(lang: Lang) -> Iterator[Entry]:
    for value, what in _CLOCK:
        yield _entry("act", pal.CLOCK, lang, press=f'.advance [value="{value}"]', what=what)
    yield _entry("act", pal.CLOCK, lang, press='.advance [value="reset"]', what=words.RESET_CLOCK)
    for value, name in _THEMES:
        yield _entry("act", pal.THEME, lang, press=f'.themes [value="{value}"]', name=name)
    yield _entry("act", pal.LANGUAGE, lang, press=".preferences [name=lang]")
    yield _entry("act", words.SHORTCUTS, lang, press='[data-dialog="shortcuts"]')
    for kind in UNIFIED:
        values = {"trade_type": kind.value}
        yield _entry("act", pal.SAMPLE, lang, post=f"{HOME}/sample", values=values, type=kind.value)


def _merchants(console: Console, lang: Lang) -> Iterator[Entry]:
    for one in list(console.storage.accounts.merchants.values())[:MOST_MERCHANTS]:
        name = one.name or one.mch_id
        yield Entry("merchant", name, also=one.mch_id, href=merchant_path(one.mch_id))
        address = f"{HOME}/?{urlencode({'mch_id': one.mch_id})}"
        yield Entry("merchant", pal.ORDERS_OF.say(lang, name=name), also=one.mch_id, href=address)


def _scenarios(console: Console, mch_id: str, lang: Lang) -> Iterator[Entry]:
    for one in console.scenarios.all(mch_id):
        yield _entry("scenario", one.title, lang, more=one.name, href=scenario_path(one.name, one.mch_id))
        if mch_id:
            values = {"to": "next", "mch_id": mch_id}
            apply = scenario_path(one.name, act="/apply")
            yield _entry("act", pal.APPLY_NEXT, lang, more=one.name, post=apply, values=values, name=one.title)


def _order(listed: ListedOrder) -> Entry:
    order = listed.order
    return Entry("order", order.key.out_trade_no, also=order.terms.body, href=order_path(order.key))


def _refund(refund: Refund) -> Entry:
    return Entry("refund", refund.terms.out_refund_no, also=refund.key.out_trade_no, href=place(refund))


def _transfer(transfer: Transfer) -> Entry:
    terms = transfer.terms
    return Entry("transfer", terms.out_bill_no, also=terms.transfer_remark, href=transfer_path(transfer.key))


def _entry(
    kind: Literal["page", "scenario", "act"],
    text: Text,
    lang: Lang,
    *,
    more: str = "",
    href: str = "",
    press: str = "",
    post: str = "",
    values: dict[str, str] | None = None,
    **facts: Text | str,
) -> Entry:
    """An entry that is found by its words in either language."""

    def said(tongue: Lang) -> str:
        return text.say(tongue, **{k: v.say(tongue) if isinstance(v, Text) else v for k, v in facts.items()})

    other: Lang = "en" if lang == "zh" else "zh"
    return Entry(kind, said(lang), f"{said(other)} {more}".rstrip(), href, press, post, values or {})
