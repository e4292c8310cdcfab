"""A merchant's bills: the days that have something, and the bill of a day as people read it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from aiohttp import web

from sandbox.console.merchants import merchant_of
from sandbox.console.sentences import Step, counted
from sandbox.console.view import (
    Chip,
    Console,
    console_of,
    lang_of,
    order_path,
    query_with,
    refund_path,
    say,
)
from sandbox.core.bills import ready_at
from sandbox.core.catalogue import Lang
from sandbox.core.catalogue import funds as words
from sandbox.core.errors import BillCreating, BillDateInvalid, NoBill
from sandbox.core.ids import BEIJING
from sandbox.core.ledger import DaySum, Movement
from sandbox.core.merchants import Merchant
from sandbox.core.orders import OrderKey
from sandbox.core.ports import UnitOfWork
from sandbox.core.statements import Bill, BillType, Row

PAGE = 50
FLOW = "FUND_FLOW"
KINDS = (*(kind.value for kind in BillType), FLOW)
"""What a day has: its trade bills, and the flow of the merchant's own funds."""

_TOOK = frozenset({Movement.PAYMENT, Movement.COUPON})
_GAVE = frozenset({Movement.REFUND, Movement.REVERSAL})
_BLANK = re.compile(r"(0(\.0+)?%?)?")
_NUMBER = re.compile(r"-?\d+\.\d+%?")
_SAME = ("公众账号ID", "商户号", "货币种类", "费率")
"""Columns that are told once, where every row says the same."""

routes = web.RouteTableDef()


# -- the days ----------------------------------------------------------------------------------------------------------


@routes.get("/merchants/{mch_id}/bills")
async def list_bills(request: web.Request) -> web.Response:
    console, merchant, lang = console_of(request), merchant_of(request), lang_of(request)

    def look(tx: UnitOfWork) -> Sequence[DaySum]:
        oldest = console.world.bills(tx).oldest(merchant.mch_id)
        return tx.ledger.days(merchant.mch_id, datetime.combine(oldest, time(), BEIJING))

    sums = await console.world.storage.read(look)
    now = console.world.clock.now(merchant.mch_id)
    days = dict.fromkeys(one.day for one in sums)
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "rows": [_day([one for one in sums if one.day == day], day, now, lang) for day in days],
    }
    return console.page(request, "bills.html", context, here="merchants")


def _day(sums: Sequence[DaySum], day: date, now: datetime, lang: Lang) -> dict[str, Any]:
    def total(movements: frozenset[Movement], lines: frozenset[Movement]) -> tuple[int, int]:
        return (
            sum(one.lines for one in sums if one.movement in lines),
            sum(one.fen for one in sums if one.movement in movements),
        )

    return {
        "day": day,
        "took": total(_TOOK, frozenset({Movement.PAYMENT})),
        "gave": total(_GAVE, _GAVE),
        "step": _ready(day, now, lang),
    }


def _ready(day: date, now: datetime, lang: Lang) -> Step | None:
    """When a day's bills will be there; None where they are."""
    made_at = ready_at(day)
    return counted(words.BILL_READY, "", made_at, now, lang) if now < made_at else None


# -- a day -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which bill an address names."""

    merchant: Merchant
    day: date
    kind: str
    sub_mch_id: str

    def read(self, console: Console, tx: UnitOfWork) -> Bill:
        """Raises BillDateInvalid, BillCreating, NoBill."""
        bills = console.world.bills(tx)
        if self.kind == FLOW:
            return bills.fund_flow(self.merchant.mch_id, self.day)
        return bills.trade_bill(self.merchant.mch_id, self.sub_mch_id, self.day, BillType(self.kind))


def _chosen(request: web.Request) -> Chosen:
    merchant, kind = merchant_of(request), request.query.get("type", KINDS[0])
    try:
        day = date.fromisoformat(request.match_info["day"])
    except ValueError:
        raise web.HTTPNotFound from None
    known = {sub.sub_mch_id for sub in merchant.sub_merchants}
    sub_mch_id = request.query.get("sub_mch_id", "")
    return Chosen(merchant, day, kind if kind in KINDS else KINDS[0], sub_mch_id if sub_mch_id in known else "")


@routes.get(r"/merchants/{mch_id}/bills/{day:\d{4}-\d\d-\d\d}")
async def show_bill(request: web.Request) -> web.Response:
    console, chosen = console_of(request), _chosen(request)
    bill, sentence = None, None
    try:
        bill = await console.world.storage.read(lambda tx: chosen.read(console, tx))
    except (BillDateInvalid, BillCreating):
        now = console.world.clock.now(chosen.merchant.mch_id)
        sentence = _ready(chosen.day, now, lang_of(request)) or Step(say(request, words.BILL_TOO_OLD))
    except NoBill:
        text = words.NO_FLOW if chosen.kind == FLOW else words.NO_TRADES
        sentence = Step(say(request, text))
    context = {
        "merchant": chosen.merchant,
        "mch_id": chosen.merchant.mch_id,
        "day": chosen.day,
        "chips": _kinds(request, chosen),
        "subs": [] if chosen.kind == FLOW else _subs(request, chosen),
        "sentence": sentence,
        "bill": _shown(request, bill) if bill else None,
        "csv": query_with(request, **{"from": "", "columns": ""}).replace(f"{chosen.day}", f"{chosen.day}.csv", 1),
    }
    return console.page(request, "bill.html", context, here="merchants")


def _kinds(request: web.Request, chosen: Chosen) -> list[Chip]:
    return [
        Chip(
            say(request, words.BILL_KINDS[kind]),
            query_with(request, **{"type": "" if kind == KINDS[0] else kind, "from": ""}),
            kind == chosen.kind,
        )
        for kind in KINDS
    ]


def _subs(request: web.Request, chosen: Chosen) -> list[Chip]:
    """The sub-merchants of a service provider, each of which has a bill of its own."""

    def chip(sub_mch_id: str) -> Chip:
        on = sub_mch_id == chosen.sub_mch_id
        return Chip(sub_mch_id, query_with(request, **{"sub_mch_id": "" if on else sub_mch_id, "from": ""}), on)

    return [chip(sub.sub_mch_id) for sub in chosen.merchant.sub_merchants]


# -- a bill as a table -------------------------------------------------------------------------------------------------


def _shown(request: web.Request, bill: Bill) -> dict[str, Any]:
    """The part of a bill that a page shows: its rows from `from` on, without columns that say nothing."""
    everything = request.query.get("columns") == "all"
    same = {} if everything else _same(bill)
    columns = [name for name in bill.columns if everything or (name not in same and not _empty(bill, name))]
    start = _start(request, len(bill.rows))
    rows = bill.rows[start : start + PAGE]
    return {
        "columns": [(name, _title(name, lang_of(request)), _numeric(rows, name)) for name in columns],
        "rows": [[(row[name], _link(name, row)) for name in columns] for row in rows],
        "summary": [(name, _title(name, lang_of(request)), value) for name, value in bill.summary.items()],
        "same": [(_title(name, lang_of(request)), value) for name, value in same.items()],
        "left_out": len(bill.columns) - len(columns) - len(same),
        "everything": everything,
        "whole": query_with(request, columns="" if everything else "all"),
        "span": (start + 1, start + len(rows), len(bill.rows)),
        "newest": query_with(request, **{"from": str(max(start - PAGE, 0) or "")}) if start else "",
        "older": query_with(request, **{"from": str(start + PAGE)}) if start + PAGE < len(bill.rows) else "",
    }


def _start(request: web.Request, count: int) -> int:
    start = request.query.get("from", "")
    return min(int(start), max(count - 1, 0)) if re.fullmatch("[0-9]{1,9}", start) else 0


def _same(bill: Bill) -> dict[str, str]:
    """What every row says alike."""
    return {
        name: bill.rows[0][name]
        for name in _SAME
        if name in bill.columns and len(bill.rows) > 1 and len({row[name] for row in bill.rows}) == 1
    }


def _empty(bill: Bill, name: str) -> bool:
    """Whether no row says anything in a column; the rows of a bill without any keep all columns."""
    return bool(bill.rows) and all(_BLANK.fullmatch(row[name]) for row in bill.rows)


def _numeric(rows: Sequence[Row], name: str) -> bool:
    return all(_NUMBER.fullmatch(row[name]) for row in rows)


def _title(name: str, lang: Lang) -> str:
    """A column's name in the reader's language."""
    known = words.BILL_COLUMNS.get(name)
    return known.say(lang) if known else name


def _link(name: str, row: Row) -> str:
    """Where a cell leads: an order's or a refund's page; empty for all others."""
    lead = _LEADS.get(name)
    if lead is None or not row[name] or row[name] == "0":
        return ""
    sub_mch_id = row["特约商户号"] if row["特约商户号"] != "0" else ""
    return lead(OrderKey(row["商户号"], row["商户订单号"], sub_mch_id), row[name])


_LEADS: Mapping[str, Callable[[OrderKey, str], str]] = {
    "商户订单号": lambda key, _: order_path(key),
    "商户退款单号": refund_path,
}


@routes.get(r"/merchants/{mch_id}/bills/{day:\d{4}-\d\d-\d\d}.csv")
async def download_bill(request: web.Request) -> web.Response:
    """The bill as the merchant downloads it."""
    console, chosen = console_of(request), _chosen(request)
    try:
        bill = await console.world.storage.read(lambda tx: chosen.read(console, tx))
    except (BillDateInvalid, BillCreating, NoBill):
        raise web.HTTPNotFound from None
    name = f"{chosen.merchant.mch_id}-{chosen.kind}-{chosen.day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    body = bill.text().encode("utf-8-sig")
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)
