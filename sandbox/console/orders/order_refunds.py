"""An order's refunds on its page, and the form by which a person refunds."""

from aiohttp import web

from sandbox.console.frame.forms import fen_of, form_of
from sandbox.console.frame.view import console_of, lang_of, said, say
from sandbox.console.orders.order import named
from sandbox.core.currency import written
from sandbox.core.errors import BalanceShort, PaymentError
from sandbox.core.orders import Order
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.refunds import Refund
from sandbox.words import funds as words
from sandbox.words.refusals import refusal

LONGEST_REASON = 80
"""Characters of a refund_desc."""

routes = web.RouteTableDef()


@routes.post("/orders/{mch_id}/{out_trade_no}/refund")
async def refund(request: web.Request) -> web.Response:
    """Refund `amount` yuan, as a person does in the merchant platform."""
    console, lang, form = console_of(request), lang_of(request), await form_of(request)
    back = form.get("back", "") or str(request.rel_url).replace("/refund", "", 1)

    def perform(tx: UnitOfWork) -> tuple[Order, Refund] | None:
        order, reason = named(console, tx, request), form.get("reason", "")[:LONGEST_REASON]
        refund_fee = fen_of(form.get("amount", ""), order.terms.fee_type)
        return (order, console.usecases.refunds(tx).by_hand(order.key, refund_fee, reason)) if refund_fee else None

    try:
        made = await console.storage.write(perform)
    except BalanceShort as error:
        hint = say(request, words.TOP_UP_FIRST)
        return said(request, refusal(error, lang), good=False, detail=hint, back=back, status=409)
    except PaymentError as error:
        return said(request, refusal(error, lang), good=False, back=back, status=409)
    if made is None:
        return said(request, say(request, words.AMOUNT_WRONG), good=False, back=back, status=409)
    order, accepted = made
    amount = written(accepted.terms.refund_fee, order.terms.fee_type)
    told = say(request, words.MADE, amount=amount, out_refund_no=accepted.terms.out_refund_no)
    return said(request, told, back=back)
