"""Acts on an order besides paying it: notify again, or with a fault; have a scenario decide; keep what happened."""

from aiohttp import web

from sandbox.console.frame.view import console_of, lang_of, order_path, said, say
from sandbox.console.orders.notifications import resent
from sandbox.console.orders.order import named
from sandbox.console.scenarios.scenario_editor import editor
from sandbox.console.scenarios.scenarios import download
from sandbox.core.errors import PaymentError
from sandbox.core.notifications import FAILED, Notification, beside_shares, that_count
from sandbox.core.order_keys import OrderKey
from sandbox.core.plans import Alteration, MessageFault, ReasonName
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.scenarios import Definition
from sandbox.words import scenario_pages as words
from sandbox.words.refusals import refusal
from sandbox.words.verdicts import message_fault

routes = web.RouteTableDef()
ORDER = "/orders/{mch_id}/{out_trade_no}"


@routes.post(ORDER + "/notify")
async def resend(request: web.Request) -> web.Response:
    """One more attempt to notify, outside the schedule, or a message with a `fault`; answers with its verdict.

    With `failed`, what the list shows as failed is sent again, which may be the notification of a refund.
    """
    console, lang = console_of(request), lang_of(request)
    form = await request.post()
    back = _back(request, str(form.get("back", "")))
    name = str(form.get("fault", ""))
    fault = MessageFault.named(name)
    if name and fault is None:
        raise web.HTTPBadRequest(text="fault: " + ", ".join(MessageFault))

    def owed(tx: UnitOfWork) -> Notification:
        payments, key = console.usecases.payments(tx), named(console, tx, request).key
        if fault:
            return payments.forge(key, Alteration(fault=fault))
        return (_failed(tx, key) if form.get("failed") else None) or payments.owed(key)

    try:
        notification = await console.storage.write(owed)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    await console.clock_control.attempt_now(notification.id)
    return await resent(
        request, notification.id, back, message_fault(fault, lang, notification.origin.face) if fault else ""
    )


def _failed(tx: UnitOfWork, key: OrderKey) -> Notification | None:
    """The first of those by which the order stands that has failed."""
    owed = that_count(beside_shares(tx.notifications.of_order(key)))
    return next((one for one in owed if one.standing in FAILED), None)


@routes.post(ORDER + "/scenario")
async def choose(request: web.Request) -> web.Response:
    """Have a scenario decide over a waiting order, or none."""
    console, lang = console_of(request), lang_of(request)
    form = await request.post()
    name, back = str(form.get("scenario", "")), _back(request, str(form.get("back", "")))

    def bind(tx: UnitOfWork) -> OrderKey:
        key = named(console, tx, request).key
        plan = console.scenarios.plan(name, key.mch_id, ReasonName.CONSOLE) if name else None
        return console.usecases.payments(tx).bind(key, plan).key

    try:
        key = await console.storage.write(bind)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    text = words.CHOSEN if name else words.NONE_CHOSEN
    return said(request, say(request, text, out_trade_no=key.out_trade_no, name=name), back=back)


@routes.get(ORDER + "/scenario")
async def save_as(request: web.Request) -> web.Response:
    """The form for a scenario, with what happened to the order in it."""
    console = console_of(request)
    story = await _recorded(request)
    name = story.pop("name")
    lead = say(request, words.RECORDED_LEAD, out_trade_no=request.match_info["out_trade_no"])
    return editor(request, name=name, text=console.scenarios.write(story), owner="", lead=lead)


@routes.get(ORDER + "/scenario.yaml")
async def download_story(request: web.Request) -> web.Response:
    story = await _recorded(request)
    return download(console_of(request).scenarios.write(story), story["name"])


async def _recorded(request: web.Request) -> Definition:
    console = console_of(request)

    def written(tx: UnitOfWork) -> Definition:
        order = named(console, tx, request)
        return console.scenarios.recorded(order, tx.journal.timeline(order.key))

    return await console.storage.read(written)


def _back(request: web.Request, wanted: str) -> str:
    """Where to go on: the page that the form stood on, else the order's."""
    info = request.match_info
    key = OrderKey(info["mch_id"], info["out_trade_no"], request.query.get("sub_mch_id", ""))
    return wanted or order_path(key)
