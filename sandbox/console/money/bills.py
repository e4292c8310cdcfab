"""A merchant's bills: the days that have something, and the bill of a day as people read it."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.console.accounts.merchants import merchant_of
from sandbox.console.frame.view import (
    Chip,
    console_of,
    lang_of,
    merchant_path,
    order_path,
    query_with,
    refund_path,
    say,
)
from sandbox.console.orders.sentences import Step, counted
from sandbox.core.billfiles import file_name, gzipped, plain
from sandbox.core.errors import BillCreating, BillDateInvalid, NoBill
from sandbox.core.ids import BEIJING
from sandbox.core.ledger import Account, DaySum, Movement
from sandbox.core.merchants import Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.plans import BillFault
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.statements import Bill, BillType, Row, unknown_numbers
from sandbox.core.text import Lang
from sandbox.core.usecases.bills import FLOW_BEGINS, Bills, ready_at
from sandbox.words import funds as words
from sandbox.words.scenarios import BILL_FAULTS

PAGE = 50
FLOW = "FUND_FLOW"
"""In an address beside the types of trade bills: the flow of the merchant's own funds."""

_TOOK = frozenset({Movement.PAYMENT, Movement.COUPON})
_GAVE = frozenset({Movement.REFUND, Movement.REVERSAL})
_BLANK = re.compile(r"(0(\.0+)?%?)?")
_NUMBER = re.compile(r"-?\d+\.\d+%?")
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
"""A day as an address has it, far from both ends of the calendar."""
_KEPT = ("type", "account", "sub_mch_id", "columns")
"""What an address says of how a bill is looked at, whatever the day."""
_SAME = ("公众账号ID", "商户号", "货币种类", "费率")
"""Columns that are told once, where every row says the same."""

_FIRST = (
    *(
        "交易时间",
        "记账时间",
        "商户订单号",
        "交易状态",
        "订单金额",
        "商户退款单号",
        "申请退款金额",
        "退款状态",
        "手续费",
    ),
    *("业务类型", "收支类型", "收支金额(元)", "账户结余(元)", "业务凭证号", "商品名称"),
)
"""Columns that people look for: they stand before the others, unless all are shown as the file has them."""

routes = web.RouteTableDef()


# -- the days ----------------------------------------------------------------------------------------------------------


@routes.get("/merchants/{mch_id}/bills")
async def list_bills(request: web.Request) -> web.Response:
    """The days that have something; a form's `day` leads to that day's bill."""
    console, merchant, lang = console_of(request), merchant_of(request), lang_of(request)
    wanted = _day_of(request.query.get("day", ""))
    if wanted:
        query = query_with(request, day="").removeprefix(request.path)
        raise web.HTTPSeeOther(merchant_path(merchant.mch_id, f"/bills/{wanted}{query}"))

    def look(tx: UnitOfWork) -> Sequence[DaySum]:
        oldest = console.usecases.bills(tx).oldest(merchant.mch_id)
        return tx.ledger.days(merchant.mch_id, oldest)

    sums = await console.storage.read(look)
    now = console.clock.now(merchant.mch_id)
    days = dict.fromkeys(one.day for one in sums)
    context = {
        "merchant": merchant,
        "mch_id": merchant.mch_id,
        "today": now.astimezone(BEIJING).date(),
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
    """Which bill an address names. `kind` is an account where it is the flow of one's funds."""

    merchant: Merchant
    day: date
    kind: BillType | Account
    sub_mch_id: str

    @property
    def file_name(self) -> str:
        return file_name(self.merchant.mch_id, self.kind, self.day)

    def read(self, bills: Bills) -> Bill:
        """Raises BillDateInvalid, BillCreating, NoBill."""
        if isinstance(self.kind, Account):
            return bills.fund_flow(self.merchant.mch_id, self.day, self.kind)
        return bills.trade_bill(self.merchant.mch_id, self.sub_mch_id, self.day, self.kind)

    def faults(self, bills: Bills) -> list[tuple[Order, BillFault]]:
        """The orders of which scenarios have it tell what is not so."""
        if isinstance(self.kind, Account):
            return []
        return list(bills.mistold(self.merchant.mch_id, self.sub_mch_id, self.day, self.kind).values())


def _chosen(request: web.Request) -> Chosen:
    merchant, day = merchant_of(request), _day_of(request.match_info["day"])
    if day is None:
        raise web.HTTPNotFound
    known = {sub.sub_mch_id for sub in merchant.sub_merchants}
    sub_mch_id = request.query.get("sub_mch_id", "")
    return Chosen(merchant, day, _kind(request), sub_mch_id if sub_mch_id in known else "")


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _kind(request: web.Request) -> BillType | Account:
    kind, account = request.query.get("type", ""), request.query.get("account", "")
    if kind == FLOW:
        return Account(account) if account in words.ACCOUNTS else Account.BASIC
    return BillType(kind) if kind in set(BillType) else BillType.ALL


@routes.get(r"/merchants/{mch_id}/bills/{day:\d{4}-\d\d-\d\d}")
async def show_bill(request: web.Request) -> web.Response:
    console, chosen = console_of(request), _chosen(request)

    def look(tx: UnitOfWork) -> tuple[Bill | Step, list[tuple[Order, BillFault]]]:
        bills = console.usecases.bills(tx)
        try:
            bill: Bill | Step = chosen.read(bills)
        except (BillDateInvalid, BillCreating, NoBill) as error:
            bill = _missing(request, chosen, error)
        return bill, chosen.faults(bills)

    bill, faults = await console.storage.read(look)
    strangers = {
        unknown_numbers(order.payment)[1]
        for order, fault in faults
        if fault is BillFault.UNKNOWN_ORDER and order.payment
    }
    context = {
        "merchant": chosen.merchant,
        "mch_id": chosen.merchant.mch_id,
        "day": chosen.day,
        "days": [(mark, _beside(request, chosen, step)) for mark, step in (("‹", -1), ("›", 1))],
        "choices": [(name, request.query[name]) for name in _KEPT if name in request.query],
        "kinds": _kinds(request, chosen),
        "accounts": _accounts(request, chosen) if isinstance(chosen.kind, Account) else [],
        "subs": [] if isinstance(chosen.kind, Account) else _subs(request, chosen),
        "sentence": bill if isinstance(bill, Step) else None,
        "faults_told": BILL_FAULTS,
        "faults": [(order.key, order.plan.scenario if order.plan else "", fault) for order, fault in faults],
        "bill": _shown(request, bill, strangers) if isinstance(bill, Bill) else None,
        "files": [(words.DOWNLOAD_CSV, _file(request, ".csv")), (words.DOWNLOAD_GZIP, _file(request, ".csv.gz"))],
    }
    return console.page(request, "bill.html", context, here="merchants")


def _missing(request: web.Request, chosen: Chosen, error: Exception) -> Step:
    """Why there is no bill."""
    flow = isinstance(chosen.kind, Account)
    if isinstance(error, NoBill):
        return Step(say(request, words.NO_FLOW if flow else words.NO_TRADES))
    now = console_of(request).clock.now(chosen.merchant.mch_id)
    old = words.FLOW_TOO_OLD if flow else words.BILL_TOO_OLD
    return _ready(chosen.day, now, lang_of(request)) or Step(say(request, old, day=FLOW_BEGINS))


def _beside(request: web.Request, chosen: Chosen, step: int) -> str:
    """The address of the same kind of bill of a day before or after."""
    day = chosen.day + timedelta(days=step)
    query = query_with(request, **{"from": ""}).removeprefix(request.path)
    return merchant_path(chosen.merchant.mch_id, f"/bills/{day}{query}")


def _kinds(request: web.Request, chosen: Chosen) -> list[Chip]:
    def chip(kind: str, on: bool) -> Chip:
        changes = {"type": "" if kind == BillType.ALL else kind, "account": "", "from": ""}
        return Chip(say(request, words.BILL_KINDS[kind]), query_with(request, **changes), on)

    flow = isinstance(chosen.kind, Account)
    return [*(chip(kind, kind is chosen.kind) for kind in BillType), chip(FLOW, flow)]


def _accounts(request: web.Request, chosen: Chosen) -> list[Chip]:
    """The accounts of a merchant, each of which has a flow of its own."""
    return [
        Chip(say(request, text), query_with(request, **{"account": name, "from": ""}), name == chosen.kind)
        for name, text in words.ACCOUNTS.items()
    ]


def _subs(request: web.Request, chosen: Chosen) -> list[Chip]:
    """The sub-merchants of a service provider, each of which has a bill of its own."""

    def chip(sub_mch_id: str) -> Chip:
        on = sub_mch_id == chosen.sub_mch_id
        return Chip(sub_mch_id, query_with(request, **{"sub_mch_id": "" if on else sub_mch_id, "from": ""}), on)

    return [chip(sub.sub_mch_id) for sub in chosen.merchant.sub_merchants]


def _file(request: web.Request, ending: str) -> str:
    """The address of the bill's file."""
    address = query_with(request, **{"from": "", "columns": ""})
    return request.path + ending + address.removeprefix(request.path)


# -- a bill as a table -------------------------------------------------------------------------------------------------


def _shown(request: web.Request, bill: Bill, strangers: Set[str]) -> dict[str, Any]:
    """The part of a bill that a page shows: its rows from `from` on, without columns that say nothing.

    `strangers` are the numbers in it of orders that nobody placed.
    """
    everything = request.query.get("columns") == "all"
    same = {} if everything else _same(bill)
    told = [name for name in bill.columns if name not in same and not _empty(bill, name)]
    columns = bill.columns if everything else sorted(told, key=_place)
    start = _start(request, len(bill.rows))
    rows = bill.rows[start : start + PAGE]
    return {
        "columns": [(name, _title(name, lang_of(request)), _numeric(rows, name)) for name in columns],
        "rows": [[(row[name], _link(name, row, strangers)) for name in columns] for row in rows],
        "summary": [(name, _title(name, lang_of(request)), value) for name, value in bill.summary.items()],
        "same": [(_title(name, lang_of(request)), value) for name, value in same.items()],
        "left_out": len(bill.columns) - len(columns) - len(same),
        "everything": everything,
        "whole": query_with(request, columns="" if everything else "all"),
        "span": (start + 1, start + len(rows), len(bill.rows)),
        "newest": query_with(request, **{"from": str(max(start - PAGE, 0) or "")}) if start else "",
        "older": query_with(request, **{"from": str(start + PAGE)}) if start + PAGE < len(bill.rows) else "",
    }


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


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


def _link(name: str, row: Row, strangers: Set[str]) -> str:
    """Where a cell leads: an order's or a refund's page; empty for all others."""
    lead = _LEADS.get(name)
    if lead is None or row[name] in ("", "0") or row[name] in strangers:
        return ""
    sub_mch_id = row["特约商户号"] if row["特约商户号"] != "0" else ""
    return lead(OrderKey(row["商户号"], row["商户订单号"], sub_mch_id), row[name])


_LEADS: Mapping[str, Callable[[OrderKey, str], str]] = {
    "商户订单号": lambda key, _: order_path(key),
    "商户退款单号": refund_path,
}


@routes.get(r"/merchants/{mch_id}/bills/{day:\d{4}-\d\d-\d\d}{ending:\.csv(\.gz)?}")
async def download_bill(request: web.Request) -> web.Response:
    """The bill as the merchant downloads it, plain or gzipped."""
    console, chosen = console_of(request), _chosen(request)
    try:
        bill = await console.storage.read(lambda tx: chosen.read(console.usecases.bills(tx)))
    except (BillDateInvalid, BillCreating, NoBill):
        raise web.HTTPNotFound from None
    name, ending = chosen.file_name, request.match_info["ending"]
    headers = {
        "Content-Disposition": f'attachment; filename="{name}{ending.removeprefix(".csv")}"',
        "Cache-Control": "no-store",
    }
    if ending == ".csv":
        return web.Response(body=plain(bill), content_type="text/csv", charset="utf-8", headers=headers)
    return web.Response(body=gzipped(plain(bill), name), content_type="application/gzip", headers=headers)
