"""A payer's phone: the living payment code, as bar code and QR code, and what waits for the payer's password."""

from itertools import groupby

import segno
from aiohttp import web

from sandbox.console.frame.view import Console, console_of, lang_of
from sandbox.core.codes import AuthCode
from sandbox.core.orders import Order, TradeState
from sandbox.core.payers import Payer
from sandbox.core.ports.queries import OrderFilter
from sandbox.core.ports.storage import UnitOfWork
from sandbox.words.causes import CAUSES
from sandbox.words.events import duration

PAYERS_LISTED = 200
ORDERS_LISTED = 5

routes = web.RouteTableDef()


@routes.get("/phone")
async def show_phone(request: web.Request) -> web.Response:
    """The page. Showing a phone makes a new code where the payer has no living one, as a real phone does."""
    console = console_of(request)
    wanted, mch_id = request.query.get("openid", ""), console.merchant_chosen(request)

    def look(tx: UnitOfWork) -> tuple[list[Payer], Payer | None, AuthCode | None, float, list[Order]]:
        payers = list(tx.payers.page(None, PAYERS_LISTED).items)
        payer = tx.payers.find(wanted) or _first(console, tx, mch_id) or next(iter(payers), None)
        if payer is None or payer.hindrance:
            return payers, payer, None, 0.0, []
        codes = console.usecases.payment_codes(tx)
        code = codes.shown(payer.openid)
        left = (code.expires_at - codes.now(payer.openid)).total_seconds()
        return payers, payer, code, left, _waiting(console, tx, payer)

    payers, payer, code, left, waiting = await console.storage.write(look)
    context = {
        "payers": payers if payer is None or payer in payers else [payer, *payers],
        "payer": payer,
        "code": code,
        "digits": " ".join(code.auth_code[n : n + 4] for n in range(0, 18, 4)) if code else "",
        "bars": bars(code.auth_code) if code else None,
        "qr": segno.make(code.auth_code, error="m", micro=False).svg_inline(border=2, omitsize=True) if code else "",
        "left": left,
        "span": duration(left, lang_of(request)),
        "waiting": waiting,
        "hindrance": CAUSES[payer.hindrance].title if payer and payer.hindrance else None,
    }
    return console.page(request, "phone.html", context, here="merchants")


def _first(console: Console, tx: UnitOfWork, mch_id: str) -> Payer | None:
    """The first payer of the first app of the merchant that was chosen, else of the first merchant."""
    merchants = console.storage.accounts.merchants
    merchant = merchants.get(mch_id) or next(iter(merchants.values()), None)
    return tx.payers.first_of(merchant.appids[0]) if merchant and merchant.appids else None


def _waiting(console: Console, tx: UnitOfWork, payer: Payer) -> list[Order]:
    """This payer's newest orders that wait for the password."""
    listed = tx.orders.page(OrderFilter(trade_state=TradeState.USERPAYING.value), None, 100).items
    own = [one.order for one in listed if one.order.terms.payer()[1] == payer.openid]
    orders = [one.as_of(console.now(one.key)) for one in own]
    return [one for one in orders if one.trade_state is TradeState.USERPAYING][:ORDERS_LISTED]


def bars(auth_code: str) -> tuple[int, str]:
    """A Code 128 as an SVG path, one unit high, with its width in modules; ten modules stay quiet on both sides."""
    from barcode import Code128  # noqa: PLC0415 - 30 ms of import, for one page

    path, at = "", 10
    for dark, run in groupby(Code128(auth_code).build()[0]):
        width = len(list(run))
        path += f"M{at} 0h{width}v1h-{width}z" if dark == "1" else ""
        at += width
    return at + 10, path
