"""An order placed again with one click, and its story as a text to hand on."""

from aiohttp import web

from sandbox.console.frame.view import HOME, console_of, lang_of, order_path, said, say
from sandbox.console.orders.order import named
from sandbox.core.errors import PaymentError
from sandbox.core.ports.storage import UnitOfWork
from sandbox.web.stories import MARKDOWN, story
from sandbox.words import story as words
from sandbox.words.refusals import refusal

routes = web.RouteTableDef()
ORDER = "/orders/{mch_id}/{out_trade_no}"


@routes.post(ORDER + "/again")
async def repeat(request: web.Request) -> web.Response:
    """Place the order again, and lead to the new one, or to the call that was refused, and say why."""
    console, lang = console_of(request), lang_of(request)
    order = await console.storage.read(lambda tx: named(console, tx, request))
    before, back = order.key.out_trade_no, order_path(order.key)
    try:
        again = await console.repeater.place_again(order)
    except PaymentError as error:
        why = refusal(error, lang)
        return said(request, say(request, words.NOT_PLACED_AGAIN, why=why), good=False, back=back, status=409)
    why = again.why(lang)
    if again.order is None:
        call = f"{HOME}/calls/{again.call.id}" if again.call else back
        return said(request, say(request, words.NOT_PLACED_AGAIN, why=why), good=False, back=call, status=409)
    text = words.PLACED_ALL_THE_SAME if why else words.PLACED_AGAIN
    placed = again.order.key
    sentence = say(request, text, before=before, out_trade_no=placed.out_trade_no, why=why)
    return said(request, sentence, good=not why, back=order_path(placed))


@routes.get(ORDER + "/story.md")
async def tell(request: web.Request) -> web.Response:
    """All that happened to the order, as Markdown."""
    console, lang = console_of(request), lang_of(request)

    def told(tx: UnitOfWork) -> str:
        order = named(console, tx, request)
        merchant = console.storage.accounts.merchant(order.key.mch_id)
        return story(order, tx.journal.timeline(order.key), merchant, console.faces, lang)

    text = await console.storage.read(told)
    return web.Response(text=text, content_type=MARKDOWN, charset="utf-8", headers={"Cache-Control": "no-store"})
