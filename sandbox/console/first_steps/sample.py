"""The sample order for those who have no backend yet: a button, a cURL, and a mailbox for its notification."""

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.console.frame.view import Console, console_of, order_path, said, say
from sandbox.core.errors import AppNotPaired, PaymentError
from sandbox.core.ids import BEIJING
from sandbox.core.links import MAILBOX
from sandbox.core.merchants import Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import UNIFIED, Order, Terms, TradeType
from sandbox.core.ports.face import Face
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.usecases.payments import Payments
from sandbox.words import console as words
from sandbox.words.refusals import refusal

_BODY = "沙箱样单 - 拿铁 x1"
_FEE = 1990

routes = web.RouteTableDef()


@routes.post("/sample")
async def place_sample(request: web.Request) -> web.Response:
    """Place an order for a merchant as its backend would, past the signature."""
    console = console_of(request)
    form = await request.post()
    accounts = console.storage.accounts
    merchant = accounts.merchants.get(str(form.get("mch_id", ""))) or next(iter(accounts.merchants.values()))
    wanted = str(form.get("trade_type", ""))
    trade_type = TradeType(wanted) if wanted in set(UNIFIED) else TradeType.APP
    notify_url = merchant.notify_url or receiver_url(request)
    sub = merchant.sub_merchants[0].sub_mch_id if merchant.sub_merchants else ""
    at = console.clock.now(merchant.mch_id).astimezone(BEIJING)
    key = OrderKey(merchant.mch_id, f"SAMPLE{at:%Y%m%d%H%M%S}{secrets.randbelow(1000):03}", sub)

    def place(tx: UnitOfWork) -> Order:
        if not merchant.appids:
            raise AppNotPaired
        appid = merchant.appids[0]
        payer = tx.payers.first_of(appid)
        terms = Terms(
            appid=appid,
            trade_type=trade_type,
            total_fee=_FEE,
            body=_BODY,
            notify_url=notify_url,
            spbill_create_ip="127.0.0.1",
            openid=payer.openid if payer and trade_type is TradeType.JSAPI else "",
            product_id="sample" if trade_type is TradeType.NATIVE else "",
        )
        context = console.usecases.context(tx, CallContext(origin=console.faces.first.origin))
        return Payments(context).place(key, terms)

    try:
        order = await console.storage.write(place)
    except PaymentError as error:
        return said(request, refusal(error, console.pages.language(request)), good=False, status=409)
    text = say(request, words.SAMPLE_PLACED, out_trade_no=order.key.out_trade_no)
    return said(request, text, back=order_path(order.key))


def mailbox(faces: Faces) -> Handler:
    """The sample shop's mailbox: answers any notification as a good merchant does, and keeps nothing."""

    async def receive(request: web.Request) -> web.StreamResponse:
        receipt = faces.fitting(await request.read()).notifications.receipt()
        return web.Response(body=receipt.body, headers=receipt.headers)

    return receive


def bad_mailbox(faces: Faces) -> Handler:
    """A mailbox that answers as merchants often do, and should not."""

    async def receive(request: web.Request) -> web.StreamResponse:
        reply = faces.fitting(await request.read()).lessons.misreply
        return web.Response(body=reply.body, headers=reply.headers)

    return receive


async def turn_to_login(request: web.Request) -> web.Response:
    """A mailbox that asks for a login, which WeChat has not."""
    await request.read()
    return web.Response(status=302, headers={"Location": "/login?next=/notify"})


def receiver_url(request: web.Request) -> str:
    """The mailbox's address as the sandbox itself reaches it: the socket on which this request came in."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    if not name:
        return str(request.url.origin()) + MAILBOX
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}{MAILBOX}"


def example_curl(console: Console, face: Face, merchant: Merchant, notify_url: str) -> str:
    """A command that places a signed order, to be pasted into a shell."""
    return face.api.curl(merchant, console.links.base, notify_url, console.clock.now(merchant.mch_id))
