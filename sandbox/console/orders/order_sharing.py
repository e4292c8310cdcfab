"""The button by which a person unfreezes what is left of an order that is to be shared."""

from aiohttp import web

from sandbox.console.frame.forms import form_of
from sandbox.console.frame.view import console_of, lang_of, said, say
from sandbox.console.orders.order import named
from sandbox.core.currency import CNY, written
from sandbox.core.errors import PaymentError
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.sharing import Sharing
from sandbox.words import sharing as words
from sandbox.words.refusals import refusal

routes = web.RouteTableDef()


@routes.post("/orders/{mch_id}/{out_trade_no}/unfreeze")
async def unfreeze(request: web.Request) -> web.Response:
    """Have WeChat Pay give who shares what is left, as a person does in the merchant platform."""
    console, form = console_of(request), await form_of(request)
    back = form.get("back", "") or str(request.rel_url).replace("/unfreeze", "", 1)

    def perform(tx: UnitOfWork) -> Sharing:
        return console.usecases.sharing(tx).unfreeze_by_hand(named(console, tx, request))

    try:
        made = await console.storage.write(perform)
    except PaymentError as error:
        return said(request, refusal(error, lang_of(request)), good=False, back=back, status=409)
    amount = written(made.amount, CNY)
    return said(request, say(request, words.UNFREEZING, amount=amount, out_order_no=made.out_order_no), back=back)
