"""One order: its headline, the payer's acts, everything that happened to it, its facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote

from aiohttp import web

from sandbox.console.frame.view import Console, console_of, cursor_of, lang_of, paging, said
from sandbox.console.money.refunds import RefundStory, after_refunds, row, stories, sums
from sandbox.console.money.sharings import Shared, shared, sharing_context
from sandbox.console.orders import order_scenario, timeline
from sandbox.console.orders.sentences import alarmed, next_step
from sandbox.console.orders.traces import about, missing
from sandbox.core.causes import Cause
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.deadlines import deadlines
from sandbox.core.errors import OrderAmbiguous, OrderNotFound, PaymentError
from sandbox.core.journal import Exchange
from sandbox.core.notifications import Notification, NotificationKind, that_count
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.usecases.payments import Act
from sandbox.core.verdicts import Verdict
from sandbox.words import console as words
from sandbox.words.causes import CAUSES
from sandbox.words.refusals import refusal

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """All that is known of an order, read at one moment."""

    order: Order
    part: timeline.Part
    owed: Notification | None
    refunds: Sequence[RefundStory]
    shared: Shared | None
    parts: Sequence[Order] = ()
    """Its sub-orders, where it is a combined one."""

    def last_verdict(self) -> Verdict | None:
        """What became of the latest attempt at the notification that the schedule owes."""
        for entry in reversed(self.part.marks):
            if isinstance(entry.what, Exchange) and self.owed and entry.what.notification_id == self.owed.id:
                return entry.what.verdict
        return None


def _story(console: Console, tx: UnitOfWork, request: web.Request) -> OrderRecord:
    order = named(console, tx, request)
    owed = that_count([one for one in tx.notifications.of_order(order.key) if one.kind is NotificationKind.PAYMENT])
    refunds = stories(console, tx, tx.refunds.of_order(order.key))
    parts = console.usecases.combining(tx).find(order.key)[1] if order.combined else ()
    sharing = shared(tx, order.key)
    part = timeline.part(tx, order.key, cursor_of(request))
    return OrderRecord(order, part, owed[-1] if owed else None, refunds, sharing, parts)


def named(console: Console, tx: UnitOfWork, request: web.Request) -> Order:
    """The order that an address names; raises OrderNotFound, OrderAmbiguous."""
    info, sub_mch_id = request.match_info, request.query.get("sub_mch_id")
    return console.usecases.payments(tx).find_named(info["mch_id"], info["out_trade_no"], sub_mch_id)


@routes.get("/orders/{mch_id}/{out_trade_no}")
async def show_order(request: web.Request) -> web.Response:
    console = console_of(request)
    try:
        story = await console.storage.read(lambda tx: _story(console, tx, request))
    except OrderAmbiguous:
        return await _choose(request)
    except OrderNotFound:
        return await _missing(request)
    context = {**_context(console, story, lang_of(request)), **paging(request, story.part.shown.next)}
    return console.page(request, "order.html", context, here="orders")


async def _choose(request: web.Request) -> web.Response:
    """Sub-merchants share the number: name them all."""
    console, info = console_of(request), request.match_info
    named = await console.storage.read(lambda tx: tx.orders.named(info["mch_id"], info["out_trade_no"]))
    return console.page(request, "which.html", {"orders": named}, here="orders", status=300)


async def _missing(request: web.Request) -> web.Response:
    """No such order: the calls that speak of its number; raises OrderNotFound where none does.

    The page watches for the order, and becomes its page as soon as it is placed.
    """
    console, info = console_of(request), request.match_info
    key = OrderKey(info["mch_id"], info["out_trade_no"], request.query.get("sub_mch_id", ""))
    calls, burnt = await console.storage.read(lambda tx: (about(tx, key), tx.burnt_numbers.has(key)))
    found = missing(request, key.out_trade_no, calls, burnt=burnt)
    if found is None:
        raise OrderNotFound(*key.names)
    return console.page(request, "missing.html", {"missing": found, "key": key, "mch_id": key.mch_id}, here="orders")


def _context(console: Console, story: OrderRecord, lang: Lang) -> dict[str, Any]:
    order, links = story.order, console.links
    now = console.now(order.payable)
    step = next_step(order, story.owed, story.last_verdict(), now, lang)
    step = alarmed(after_refunds(step, story.refunds, lang), story.part.marks, lang)
    result = timeline.client_result(story.part.marks)
    return {
        "order": order,
        "mch_id": order.key.mch_id,
        "merchant": console.storage.accounts.merchants.get(order.key.mch_id),
        "waiting": order.unpaid and not order.part,
        "payable": order.unpaid and not order.part and now < order.prepay.expires_at(),
        "age": (now - order.created_at).total_seconds(),
        "next": step,
        "owed": story.owed,
        "notified": order.payment is not None and order.terms.notify_url != "",
        "items": timeline.told(story.part.shown.items, console.faces, lang),
        "result": result,
        "err_msg": result.err_msg(order.terms.trade_type) if result else None,
        "causes": CAUSES,
        **order_scenario.context(console, order, lang),
        "parts": story.parts,
        "repeats": order.combine is None and console.faces.of(order).api.repeats(order),
        "refunds": [row(console, one, lang) for one in story.refunds],
        "sums": sums(order, [one.refund for one in story.refunds]) if order.payment and not order.combined else None,
        **sharing_context(console, story.shared, now, lang),
        "facts": facts(order, console.faces.of(order).shown(order.origin)),
        "deadlines": [(one, (one.at - now).total_seconds()) for one in deadlines(order)]
        if order.unpaid and not order.part
        else [],
        "code_url": links.code_url(order),
        "mweb_url": links.mweb_url(order),
        "cashier": f"/cashier/{quote(order.prepay.prepay_id, safe='')}",
        "cashier_url": links.cashier_url(order),
    }


class Amount(NamedTuple):
    """An amount in the smallest unit of its currency."""

    amount: int
    currency: str


def facts(order: Order, of_origin: Mapping[str, str]) -> list[tuple[str, Any]]:
    """The fields of an order by their documented names, empty ones left out; times as datetimes."""
    key, terms, payment = order.key, order.terms, order.payment
    named: dict[str, Any] = {
        "out_trade_no": key.out_trade_no,
        "transaction_id": payment.transaction_id if payment else "",
        "prepay_id": "" if order.part else order.prepay.prepay_id,
        "mch_id": key.mch_id,
        "sub_mch_id": key.sub_mch_id,
        "combine_mch_id": order.combine.mch_id if order.combine and order.part else "",
        "combine_out_trade_no": order.combine.out_trade_no if order.combine and order.part else "",
        "appid": terms.appid,
        "sub_appid": terms.sub_appid,
        "trade_type": terms.trade_type.value,
        "total_fee": Amount(terms.total_fee, terms.fee_type),
        "cash_fee": Amount(payment.cash_fee, order.cash_fee_type) if payment else None,
        "rate_value": str(payment.rate_value) if payment and payment.rate_value else "",
        **_coupons(order),
        "fee_type": terms.fee_type,
        "bank_type": payment.bank_type if payment else "",
        "openid": payment.openid if payment else terms.openid,
        "sub_openid": payment.sub_openid if payment else terms.sub_openid,
        "body": terms.body,
        "attach": terms.attach,
        "detail": terms.detail,
        "notify_url": terms.notify_url,
        **of_origin,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "paid_at": payment.paid_at if payment else None,
        "closed_at": order.closed_at,
        "time_start": terms.time_start,
        "time_expire": terms.time_expire,
        **{name: getattr(terms, name) for name in _SELDOM},
    }
    return [(name, value) for name, value in named.items() if value not in ("", None)]


def _coupons(order: Order) -> dict[str, Any]:
    """What coupons paid, as a notification names it."""
    payment = order.payment
    if payment is None or not payment.coupons:
        return {}
    settled = order.terms.total_fee - payment.no_cash_fee if payment.no_cash_fee else None
    fees = {"coupon_fee": payment.coupon_fee, "settlement_total_fee": settled}
    told: dict[str, Any] = {}
    for n, coupon in enumerate(payment.coupons):
        told |= {f"coupon_id_{n}": coupon.id, f"coupon_type_{n}": coupon.type.value}
        fees[f"coupon_fee_{n}"] = coupon.fee
    return told | {name: Amount(fee, order.terms.fee_type) for name, fee in fees.items() if fee is not None}


_SELDOM = (
    "spbill_create_ip",
    "device_info",
    "goods_tag",
    "product_id",
    "limit_pay",
    "scene_info",
    "receipt",
    "profit_sharing",
    "subsidy_amount",
    "subsidy_info",
    "identity",
)


# -- acts --------------------------------------------------------------------------------------------------------------


@routes.post("/orders/{mch_id}/{out_trade_no}/pay")
async def act(request: web.Request) -> web.Response:
    """What the payer does: success, error with a cause, cancel, or what the order's `scenario` says.

    Refusals of WeChat's rules become a sentence.
    """
    console, lang = console_of(request), lang_of(request)
    form = await request.post()
    outcome, reason = str(form.get("outcome", "")), str(form.get("reason", ""))
    if outcome not in {*Outcome, "scenario"}:
        raise web.HTTPBadRequest(text="outcome: success, error, cancel or scenario")
    cause = Cause(reason) if reason in set(Cause) else Cause.OTHER
    wanted = Act() if outcome == "scenario" else Act(outcome=Outcome(outcome), cause=cause)
    wanted = replace(wanted, openid=str(form.get("openid", "")))

    def perform(tx: UnitOfWork) -> tuple[Order, ClientResult]:
        return console.usecases.payments(tx).act(named(console, tx, request).key, wanted)

    back = str(form.get("back", "")) or str(request.rel_url).replace("/pay", "", 1)
    try:
        order, result = await console.storage.write(perform)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    good = result.outcome is wanted.outcome or wanted.outcome is None
    return said(request, acted(order, result, lang), good=good, detail=result_line(order, result), back=back)


def acted(order: Order, result: ClientResult, lang: Lang) -> str:
    """What an act came to."""
    texts = {Outcome.SUCCESS: words.ACTED_SUCCESS, Outcome.ERROR: words.ACTED_ERROR, Outcome.CANCEL: words.ACTED_CANCEL}
    cause = CAUSES[result.cause].title.say(lang) if result.cause else ""
    return texts[result.outcome].say(lang, out_trade_no=order.key.out_trade_no, cause=cause)


def result_line(order: Order, result: ClientResult) -> str:
    """What the client hands to the app or page."""
    words_of_client = [f"errCode {result.err_code}", result.err_str, result.err_msg(order.terms.trade_type) or ""]
    return " · ".join(part for part in words_of_client if part)
