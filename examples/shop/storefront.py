"""The shop's face to the web: pages, JSON and the address that WeChat Pay notifies. It decides nothing about money."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import envelope
import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from apis import Apis
from counter import Counter
from guards import errors, own_pages_only, security_headers
from orders import Order, Orders, State, TradeType
from refunds import OPEN, NotRefundable, Refund, Refunds, RefundState
from settings import Settings
from teas import SHELF, Tea
from till import Till
from wechatpay import BEIJING, Receipt, Rejected, Unreadable, WeChatPayError
from words import Words, preferred

PAGES = Path(__file__).parent / "pages"
NOTIFY_PATH, REFUNDED_PATH = "/wechatpay/notify", "/wechatpay/refunded"

TakenIn = Callable[[Mapping[str, str], bytes], Awaitable[Order | Refund]]
"""Takes in a notification."""
LISTED = 100
NOTICES = ("unpaid", "unsure", "late", "not_refundable")
_YUAN = re.compile(r"(\d{1,8})(?:\.(\d{1,2}))?")

log = logging.getLogger("shop")


def yuan(fen: int) -> str:
    """Write an amount for people: 1990 fen is 19.90."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(yuan: str) -> int:
    """Read an amount as people write it: 19.9 is 1990 fen. Raises ValueError."""
    amount = _YUAN.fullmatch(yuan.strip())
    if not amount:
        raise ValueError(yuan)
    return int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0"))


def wall_clock(moment: datetime) -> str:
    """Write a moment for people, in Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def as_json(order: Order) -> dict[str, object]:
    """Show an order to programs. The same order gives the same text: pages poll it and compare."""
    return {
        "out_trade_no": order.out_trade_no,
        "item": order.item,
        "body": order.body,
        "total_fee": order.total_fee,
        "trade_type": order.trade_type.value,
        "sign_type": order.sign_type.value,
        "state": order.state.value,
        "transaction_id": order.transaction_id,
        "paid_by": order.paid_by,
        "paid_at": order.paid_at.astimezone(BEIJING).isoformat() if order.paid_at else None,
        "fulfilled": order.fulfilled,
        "problem": order.problem,
        "created_at": order.created_at.astimezone(BEIJING).isoformat(timespec="seconds"),
        "closes_at": order.closes_at.astimezone(BEIJING).isoformat(timespec="seconds"),
        "prepay_id": order.prepay_id,
        "code_url": order.code_url,
        "mweb_url": order.mweb_url,
    }


def with_refunds(order: Order, refunds: list[Refund]) -> dict[str, object]:
    """Show an order and what was given back of it."""
    shown = ("out_refund_no", "refund_fee", "refund_id", "problem")
    listed = [{name: getattr(one, name) for name in shown} | {"state": one.state.value} for one in refunds]
    return as_json(order) | {"refunds": listed}


def etag(content: object) -> str:
    """Name one state of what is shown, so that a page knows when it has grown old."""
    return f'"{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]}"'


class Storefront:
    """The handlers, one a route."""

    def __init__(
        self, settings: Settings, orders: Orders, till: Till, refunds: Refunds, counter: Counter, apis: Apis
    ) -> None:
        self._settings = settings
        self._orders = orders
        self._till = till
        self._refunds = refunds
        self._counter = counter
        self._apis = apis
        self._pages = _environment()

    def routes(self) -> list[web.AbstractRouteDef]:
        """Everything that can be asked of the shop."""
        order = "/orders/{out_trade_no:[0-9A-Za-z]+}"
        return [
            web.get("/", self.show_teas),
            web.get("/orders", self.show_orders),
            web.post("/orders", self.buy),
            web.get("/orders.json", self.list_orders),
            web.post("/orders.json", self.buy_by_program),
            web.get(order + ".json", self.show_order_to_program),
            web.get(order, self.show_order),
            web.post(order + "/check", self.check),
            web.post(order + "/cancel", self.cancel),
            web.post(order + "/pay", self.go_and_pay),
            web.post(order + "/refund", self.refund),
            web.post(NOTIFY_PATH, self.notify),
            web.post(REFUNDED_PATH, self.notify_refund),
            *(web.get(f"/static/{name}", _static(name)) for name in ("shop.css", "shop.js", "leaf.svg")),
        ]

    async def show_teas(self, request: web.Request) -> web.Response:
        """The shelf, and the choice of how to pay."""
        return self.page(request, "teas.html", teas=SHELF.values(), ways=TradeType)

    async def show_orders(self, request: web.Request) -> web.Response:
        """All orders, newest first."""
        orders = self._orders.newest(LISTED)
        return self.page(request, "orders.html", orders=orders, shelf=SHELF, etag=etag(list(map(as_json, orders))))

    async def show_order(self, request: web.Request) -> web.Response:
        """One order: how it stands, and the means to pay it."""
        order = self._order(request)
        refunds = self._refunds.of(order.out_trade_no)
        notice = request.query.get("notice")
        return self.page(
            request,
            "order.html",
            order=order,
            tea=SHELF.get(order.item),
            params=self._till.client_params(order),
            notice=notice if notice in NOTICES else None,
            returned="returned" in request.query,
            refunds=refunds,
            refundable=self._refunds.refundable(order.out_trade_no),
            unsettled=any(refund.state in OPEN for refund in refunds),
            etag=etag(with_refunds(order, refunds)),
        )

    async def list_orders(self, _: web.Request) -> web.Response:
        """All orders, newest first, for programs."""
        items = [as_json(order) for order in self._orders.newest(LISTED)]
        return web.json_response({"items": items}, headers={"ETag": etag(items)})

    async def show_order_to_program(self, request: web.Request) -> web.Response:
        """One order, for programs."""
        return self._json(self._order(request))

    async def buy(self, request: web.Request) -> web.Response:
        """Place an order from the form; a phone's browser goes straight on to WeChat."""
        form = await request.post()
        tea, trade_type = _choice(form.get("item"), form.get("trade_type"))
        order = await self._till.place(tea, trade_type, client_ip(request.remote))
        return _see_other(self._mweb_url(order) or f"/orders/{order.out_trade_no}")

    async def buy_by_program(self, request: web.Request) -> web.Response:
        """Place an order from JSON; 201 with what is needed to pay it, or 502 with WeChat Pay's refusal."""
        wish = await _json_body(request)
        tea, trade_type = _choice(wish.get("item"), wish.get("trade_type", "NATIVE"))
        openid = wish.get("openid", "")
        if not isinstance(openid, str):
            raise web.HTTPBadRequest(text="openid must be a string")
        order = await self._till.place(tea, trade_type, client_ip(request.remote), openid)
        shown = as_json(order) | {"client_params": self._till.client_params(order)}
        if order.state is State.FAILED:
            failure = {"code": "NOT_PLACED", "message": order.problem}
            return web.json_response({"error": failure, "order": shown}, status=502)
        return web.json_response(shown, status=201)

    async def check(self, request: web.Request) -> web.Response:
        """Ask WeChat Pay how the order and its refunds stand, whatever the customer's page was told."""
        order = self._order(request)
        try:
            order = await self._till.look(order)
            for refund in self._refunds.of(order.out_trade_no):
                if refund.state in OPEN:
                    await self._counter.look(refund)
        except (WeChatPayError, Rejected) as error:
            log.warning("%s not queried: %s", order.out_trade_no, error)
            return self._done(request, order, "unsure")
        return self._done(request, self._till.current(order), "unpaid" if order.state is State.WAITING else None)

    async def cancel(self, request: web.Request) -> web.Response:
        """The customer does not want it any more."""
        order = self._order(request)
        try:
            order = await self._till.cancel(order)
        except (WeChatPayError, Rejected) as error:
            log.warning("%s not closed: %s", order.out_trade_no, error)
            return self._done(request, order, "unsure")
        return self._done(request, order, "late" if order.state is State.PAID else None)

    async def go_and_pay(self, request: web.Request) -> web.Response:
        """Lead a phone's browser to WeChat, with a mweb_url that is still good."""
        order = self._order(request)
        try:
            order = await self._till.renewed(order)
        except (WeChatPayError, Rejected) as error:
            log.warning("%s not renewed: %s", order.out_trade_no, error)
            return self._done(request, order, "unsure")
        return _see_other(self._mweb_url(order) or f"/orders/{order.out_trade_no}")

    async def refund(self, request: web.Request) -> web.Response:
        """Give a paid order's money back, or part of it. In a real shop this is behind the staff's login."""
        order = self._order(request)
        form = await request.post()
        try:
            refund = await self._counter.refund(order, fen(str(form.get("amount"))))
        except ValueError as error:
            raise web.HTTPBadRequest(text="amount must be in yuan, as in 19.90") from error
        except NotRefundable:
            return self._done(request, order, "not_refundable")
        return self._done(request, order, "unsure" if refund.state is RefundState.ASKED else None)

    async def notify(self, request: web.Request) -> web.Response:
        """WeChat Pay's notification of a payment."""
        return await self._take_in(request, self._till.notified)

    async def notify_refund(self, request: web.Request) -> web.Response:
        """WeChat Pay's notification of a refund's end."""
        return await self._take_in(request, self._counter.notified)

    async def _take_in(self, request: web.Request, notified: TakenIn) -> web.Response:
        """Answer that it was taken once it is stored, that it was not with the reason when it is not to be believed."""
        api = self._apis.told_by(request.headers)
        try:
            known = await notified(request.headers, await request.read())
        except web.HTTPRequestEntityTooLarge:
            return _answer(api.receipt("报文过长 message longer than 64 KB", 413))
        except Unreadable as reason:
            return _answer(api.receipt(str(reason), 400))
        except Rejected as reason:
            log.warning("notification refused: %s", reason)
            return _answer(api.receipt(str(reason)))
        log.info("%s notified, now %s", known.out_trade_no, known.state)
        return _answer(api.receipt())

    def page(self, request: web.Request, name: str, status: int = 200, **values: object) -> web.Response:
        """Render one page in the browser's language."""
        words, settings = Words(preferred(request.headers.get("Accept-Language", ""))), self._settings
        where = {"gateway": settings.browser_gateway, "console": settings.console, "mch_id": settings.mch_id}
        text = self._pages.get_template(name).render(words=words, path=request.path, **where, **values)
        headers = {"Content-Language": words.language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)

    def _order(self, request: web.Request) -> Order:
        order = self._orders.find(request.match_info["out_trade_no"])
        if order is None:
            raise web.HTTPNotFound(text="no such order")
        return order

    def _mweb_url(self, order: Order) -> str | None:
        """Where a phone's browser goes to pay, with the way back to us."""
        if order.state is not State.WAITING or not order.mweb_url:
            return None
        back = f"{self._settings.public_url}/orders/{order.out_trade_no}?returned"
        return f"{order.mweb_url}&redirect_url={quote(back, safe='')}"

    def _done(self, request: web.Request, order: Order, notice: str | None) -> web.Response:
        if "application/json" in request.headers.get("Accept", ""):
            return self._json(self._till.current(order))  # a notification may have come since it was read
        query = f"?{urlencode({'notice': notice})}" if notice else ""
        return _see_other(f"/orders/{order.out_trade_no}{query}")

    def _json(self, order: Order) -> web.Response:
        shown = with_refunds(order, self._refunds.of(order.out_trade_no))
        return web.json_response(shown, headers={"ETag": etag(shown), "Cache-Control": "no-store"})


def application(
    settings: Settings, orders: Orders, till: Till, refunds: Refunds, counter: Counter, apis: Apis
) -> web.Application:
    """Put the shop's web application together."""
    storefront = Storefront(settings, orders, till, refunds, counter, apis)
    app = web.Application(
        client_max_size=envelope.MAX_BYTES,
        middlewares=[errors(storefront.page), own_pages_only(settings.public_url, {NOTIFY_PATH, REFUNDED_PATH})],
    )
    app.add_routes(storefront.routes())
    app.on_response_prepare.append(security_headers(settings.browser_gateway))
    return app


def client_ip(remote: str | None) -> str:
    """Give the customer's address as unifiedorder wants it: an IPv4 one is never wrapped into IPv6."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return "127.0.0.1"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _choice(item: object, trade_type: object) -> tuple[Tea, TradeType]:
    if not isinstance(item, str) or item not in SHELF:
        raise web.HTTPBadRequest(text=f"item must be one of {', '.join(SHELF)}")
    if not isinstance(trade_type, str) or trade_type not in list(TradeType):
        raise web.HTTPBadRequest(text=f"trade_type must be one of {', '.join(TradeType)}")
    return SHELF[item], TradeType(trade_type)


async def _json_body(request: web.Request) -> dict[str, object]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="the body must be application/json")
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="the body is not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return body


def _see_other(url: str) -> web.Response:
    """Lead the browser on; the URL stays as it is (aiohttp's own redirects unquote what redirect_url has quoted)."""
    return web.Response(status=303, headers={"Location": url})


def _answer(receipt: Receipt) -> web.Response:
    return web.Response(text=receipt.text, content_type=receipt.content_type, status=receipt.status)


def _static(name: str) -> Handler:
    async def give(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGES / name, headers={"Cache-Control": "no-cache"})

    return give


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"yuan": yuan, "wall_clock": wall_clock, "in_path": lambda text: quote(text, safe="")}
    return environment
