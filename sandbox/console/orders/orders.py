"""The list of orders: what waits for a decision, what was paid, whom it was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from sandbox.console.first_steps.sample import example_curl, receiver_url
from sandbox.console.frame.clock import Stranded, stranded
from sandbox.console.frame.view import (
    HOME,
    Chip,
    Console,
    console_of,
    cursor_of,
    lang_of,
    paging,
    query_with,
    said,
    say,
    searched,
)
from sandbox.console.orders.traces import mentioning, missing
from sandbox.core.notifications import Standing
from sandbox.core.orders import TradeState, TradeType
from sandbox.core.ports.queries import Counters, Entry, ListedOrder, OrderFilter, Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Text
from sandbox.words import console as words
from sandbox.words.causes import CAUSES
from sandbox.words.scenario_pages import SCENARIO

PAGE = 50
FEW = 1000
"""Where the counters stop counting."""

routes = web.RouteTableDef()


@routes.get("/")
async def list_orders(request: web.Request) -> web.Response:
    console = console_of(request)
    chosen = order_filter(request, console)
    cursor = cursor_of(request)
    hour_ago = console.clock.now(chosen.mch_id) - timedelta(hours=1)

    def look(tx: UnitOfWork) -> tuple[Page[ListedOrder], Counters, Sequence[Entry], Stranded | None]:
        page = tx.orders.page(chosen, cursor, PAGE)
        lost = chosen.search and not page.items
        spoken_of = mentioning(tx, chosen.mch_id, chosen.search) if lost else ()
        left = stranded(console, tx, chosen.mch_id, lang_of(request))
        return page, tx.orders.counters(chosen, hour_ago), spoken_of, left

    page, counters, spoken_of, left = await console.storage.read(look)
    filtered = chosen != OrderFilter(mch_id=chosen.mch_id) or cursor is not None
    context: dict[str, Any] = {
        "rows": [_row(console, request, listed) for listed in page.items],
        "tiles": tiles(request, counters),
        "chips": chips(request),
        "stranded": left,
        "missing": missing(request, chosen.search, spoken_of),
        "mch_id": chosen.mch_id,
        **paging(request, page.next),
        "filtered": filtered,
        "unfiltered": HOME + "/" + (f"?mch_id={chosen.mch_id}" if chosen.mch_id else ""),
        "causes": CAUSES,
        "trade_types": list(TradeType),
    }
    if not page.items and not filtered:
        context |= invitation(request, console, chosen.mch_id)
    return console.page(request, "orders.html", context, here="orders")


def order_filter(request: web.Request, console: Console) -> OrderFilter:
    """The filters in the address; what is not one of the known values does not filter."""
    query = request.query

    def known(name: str, values: set[str]) -> str:
        return query.get(name, "") if query.get(name, "") in values else ""

    return OrderFilter(
        mch_id=console.merchant_chosen(request),
        trade_state=known("state", set(TradeState)),
        trade_type=known("type", set(TradeType)),
        notification=known("notification", {*Standing, "failed", "none"}),
        scenario=query.get("scenario", "").replace("\0", "")[:64],
        search=searched(request),
    )


def chips(request: web.Request) -> list[tuple[str, list[Chip]]]:
    """The filters, group by group."""

    def group(name: str, values: Mapping[str, tuple[Text | None, str]]) -> list[Chip]:
        present = request.query.get(name, "")
        return [
            Chip(
                say(request, text) if text else value,
                query_with(request, **{name: "" if present == value else value}),
                present == value,
                mark,
            )
            for value, (text, mark) in values.items()
        ]

    states = {state.value: (words.STATES[state], "") for state in CHIP_STATES}
    scenario: dict[str, tuple[Text | None, str]] = {request.query.get("scenario", "")[:64]: (None, "◇")}
    types: dict[str, tuple[Text | None, str]] = {kind.value: (None, "") for kind in TradeType}
    return [
        (say(request, words.STATE), group("state", states)),
        (say(request, words.TYPE), group("type", types)),
        (say(request, words.NOTIFICATION), group("notification", words.NOTIFICATION_CHIPS)),
        *([(say(request, SCENARIO), group("scenario", scenario))] if request.query.get("scenario") else []),
    ]


CHIP_STATES = (
    TradeState.NOTPAY,
    TradeState.USERPAYING,
    TradeState.SUCCESS,
    TradeState.REFUND,
    TradeState.CLOSED,
    TradeState.REVOKED,
    TradeState.PAYERROR,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A counter that is a filter too. `alarming` ones are red as soon as they are not 0."""

    label: str
    count: int
    address: str
    on: bool
    alarming: bool = False

    @property
    def shown(self) -> str:
        return f"{FEW:,}+" if self.count >= FEW else str(self.count)


def tiles(request: web.Request, counters: Counters) -> list[Tile]:
    """The strip over the list."""
    mine = {name: request.query[name] for name in ("mch_id", "q") if request.query.get(name)}

    def tile(label: Text, count: int, name: str, value: str, *, alarming: bool = False) -> Tile:
        on = request.query.get(name) == value
        address = query_with(request, **{name: "" if on else value})
        return Tile(say(request, label), count, address, on, alarming)

    calls = f"{HOME}/calls?" + urlencode({**mine, "signature": "wrong"})
    return [
        tile(words.WAITING, counters.waiting, "state", TradeState.NOTPAY.value),
        tile(words.PAID, counters.paid, "state", TradeState.SUCCESS.value),
        tile(
            words.FAILED_NOTIFICATIONS,
            counters.failed_notifications,
            "notification",
            "failed",
            alarming=True,
        ),
        Tile(say(request, words.SIGNATURE_ERRORS), counters.signature_errors, calls, on=False, alarming=True),
    ]


def invitation(request: web.Request, console: Console, mch_id: str) -> dict[str, Any]:
    """What an empty list offers: where to point the backend, with which keys, and a first order to try."""
    merchants = console.storage.accounts.merchants
    merchant = merchants.get(mch_id) or next(iter(merchants.values()), None)
    if merchant is None:
        return {"merchant": None}
    return {
        "merchant": merchant,
        "base": console.links.base,
        "curl": example_curl(console, console.faces.first, merchant, receiver_url(request)),
    }


def _row(console: Console, request: web.Request, listed: ListedOrder) -> dict[str, Any]:
    now = console.now(listed.order.payable)
    order = listed.order.as_of(now)
    return {
        "id": listed.id,
        "order": order,
        "age": (now - order.created_at).total_seconds(),
        "notification": listed.notification,
        "due": (listed.next_at - now).total_seconds() if listed.next_at else None,
        "waiting": order.unpaid and not order.part,
        "payable_for": (order.prepay.expires_at() - now).total_seconds(),
        "scenario": order.plan.scenario if order.plan else "",
        "same_scenario": query_with(request, scenario=order.plan.scenario) if order.plan else "",
        "merchant": console.storage.accounts.merchants.get(order.key.mch_id),
    }


# -- clearing ----------------------------------------------------------------------------------------------------------


@routes.get("/clear")
async def ask_to_clear(request: web.Request) -> web.Response:
    """The question before orders are forgotten: how many, whose. With script it stands in a dialog of the list."""
    console = console_of(request)
    mch_id = console.merchant_chosen(request)
    chosen = OrderFilter(mch_id=mch_id)
    page = await console.storage.read(lambda tx: tx.orders.page(chosen, None, FEW))
    merchant = console.storage.accounts.merchants.get(mch_id)
    whose = (merchant.name or merchant.mch_id) if merchant else say(request, words.ALL_MERCHANTS)
    count = f"{len(page.items):,}" + ("+" if page.next else "")
    return console.page(request, "clear.html", {"mch_id": mch_id, "count": count, "whose": whose}, here="orders")


@routes.post("/clear")
async def clear(request: web.Request) -> web.Response:
    """Forget orders, notifications and calls, of one merchant or of all."""
    console = console_of(request)
    form = await request.post()
    mch_id = str(form.get("mch_id", ""))
    await console.storage.write(lambda tx: tx.forget_orders(mch_id))
    return said(request, say(request, words.CLEARED), back=HOME + "/" + (f"?mch_id={mch_id}" if mch_id else ""))
