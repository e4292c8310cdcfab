"""The addresses of the cashier. Open to all and shown in any frame; only its forms are kept from other sites."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import segno
from aiohttp import web

from sandbox.cashier.forms import NotUnderstood, act_of, read_form
from sandbox.cashier.h5 import Came, Refused, refusal
from sandbox.cashier.methods import methods_for
from sandbox.cashier.screens import (
    CashierScreen,
    Screen,
    code_lives,
    just_done_of,
    reason_against,
    safe_redirect,
    screen_of,
    token_of,
)
from sandbox.cashier.transfers import TransferPages
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.clock import Clock
from sandbox.core.deadlines import deadlines
from sandbox.core.errors import CreditForbidden, OrderNotFound, PaymentError
from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.links import Links
from sandbox.core.orders import Order
from sandbox.core.payers import Payer
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.services import Scanner
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Text
from sandbox.core.usecases.making import UseCases
from sandbox.core.usecases.payments import Act
from sandbox.web.pages import Pages
from sandbox.words import cashier as words
from sandbox.words.causes import CAUSES
from sandbox.words.native import explanation_of, sentence_of


def add_routes(app: web.Application, cashier: "Cashier") -> None:
    """`/cashier`, `/cashier/{prepay_id}`, its QR code, the H5 page that leads to it; where transfers are confirmed."""
    app.router.add_get("/cashier", cashier.scan)
    app.router.add_get("/cashier/", cashier.scan)
    app.router.add_get("/cashier/{prepay_id}", cashier.show)
    app.router.add_post("/cashier/{prepay_id}", cashier.act)
    app.router.add_get("/cashier/transfers/{transfer_bill_no}", cashier.transfers.show)
    app.router.add_post("/cashier/transfers/{transfer_bill_no}", cashier.transfers.act)
    app.router.add_get("/cashier/{prepay_id}/qr.svg", cashier.qr_code)
    app.router.add_get("/cgi-bin/mmpayweb-bin/checkmweb", cashier.check_mweb)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one transaction read for a page: the order, its merchant's name, its payer, the end of its timeline."""

    order: Order
    payee: str
    payer: Payer
    since: int


class Cashier:
    """The handlers."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        links: Links,
        faces: Faces,
        scanner: Scanner,
        usecases: UseCases,
        pages: Pages,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._links = links
        self._faces = faces
        self._scanner = scanner
        self._usecases = usecases
        self._pages = pages
        self.transfers = TransferPages(storage, usecases, pages)

    # -- handlers ------------------------------------------------------------------------------------------------------

    async def scan(self, request: web.Request) -> web.StreamResponse:
        """What the payer's camera does with a code_url: find its order. Without one, ask for it."""
        scanned = request.query.get("code_url", "")
        if not scanned.strip():
            return self._pages.render(request, "cashier/scan.html", {}, ancestors="*")
        code = await self._storage.read(lambda tx: self._usecases.short_urls(tx).resolve(scanned.strip()))
        if self._faces.static_code(code) is not None:
            return await self._scan_static(request, scanned)
        token = token_of(code)
        try:
            order = await self._storage.read(lambda tx: self._usecases.payments(tx).find_by_code(token))
        except OrderNotFound:
            return self._dead(request, words.CODE_EXPIRED, 404)
        if not code_lives(order, token, self._now(order)):
            return self._dead(request, reason_against(order, self._now(order)) or words.CODE_EXPIRED, 410)
        return _see_other(_address(order.prepay.prepay_id, _kept(request)))

    async def _scan_static(self, request: web.Request, scanned: str) -> web.StreamResponse:
        """A static code: the merchant is asked for an order."""
        found = await self._scanner.scan(scanned)
        if found.order is None:
            return self._dead(request, sentence_of(found.verdict), 409, explanation_of(found.verdict))
        return _see_other(_address(found.order.prepay.prepay_id, _kept(request)))

    async def check_mweb(self, request: web.Request) -> web.StreamResponse:
        """WeChat's H5 page: works for five minutes, and only with the package of the latest unifiedorder."""
        prepay_id, package = request.query.get("prepay_id", ""), request.query.get("package", "")
        try:
            order = await self._storage.read(lambda tx: self._usecases.payments(tx).find_by_prepay_id(prepay_id))
        except OrderNotFound:
            return self._dead(request, words.REQUEST_EXPIRED, 404)
        if not code_lives(order, package, self._now(order)):
            return self._dead(request, words.REQUEST_EXPIRED, 410)
        came = Came(request.headers.get("Referer", ""), request.query.get("redirect_url", ""), request.remote or "")
        merchant = self._storage.accounts.merchant(order.key.mch_id)
        if refused := refusal(came, merchant, order.terms.spbill_create_ip):
            await self._storage.write(lambda tx: self._note_refusal(tx, order, refused))
            explanation = refused.explanation.filled(given=refused.given, expected=refused.expected)
            return self._dead(request, refused.sentence, 403, explanation)
        return _see_other(_address(prepay_id, _kept(request)))

    async def show(self, request: web.Request) -> web.StreamResponse:
        try:
            seen = await self._storage.read(lambda tx: self._look(tx, _prepay_id(request)))
        except OrderNotFound:
            return self._dead(request, words.ORDER_UNKNOWN, 404)
        just_done = just_done_of(request.query.get("result", ""), request.query.get("cause", ""))
        return self._page(request, seen, just_done)

    async def act(self, request: web.Request) -> web.StreamResponse:
        """What the payer did; then back to the page, so that a reload does nothing again."""
        prepay_id = _prepay_id(request)
        try:
            act = act_of(await read_form(request))
            _, result = await self._storage.write(lambda tx: self._act(tx, prepay_id, act))
        except OrderNotFound:
            return self._dead(request, words.ORDER_UNKNOWN, 404)
        except NotUnderstood as wrong:
            return await self._again(request, wrong.sentence, 400)
        except CreditForbidden:
            return await self._again(request, words.NO_CREDIT, 409)
        except PaymentError:
            return await self._again(request, None, 409)
        told = {"result": result.outcome.value} | ({"cause": result.cause.value} if result.cause else {})
        return _see_other(_address(prepay_id, _kept(request) | told))

    async def qr_code(self, request: web.Request) -> web.StreamResponse:
        """A QR code of the cashier's own address: any phone's camera opens it."""
        try:
            order = await self._storage.read(
                lambda tx: self._usecases.payments(tx).find_by_prepay_id(_prepay_id(request))
            )
        except OrderNotFound:
            raise web.HTTPNotFound(text="No order has this prepay_id.") from None
        image = io.BytesIO()
        code = segno.make(self._links.cashier_url(order), error="m", micro=False)
        code.save(image, kind="svg", scale=6, border=3, light="#fff", title="QR")
        headers = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=image.getvalue(), content_type="image/svg+xml", headers=headers)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _look(self, tx: UnitOfWork, prepay_id: str) -> Seen:
        order = self._usecases.payments(tx).find_by_prepay_id(prepay_id)
        payee, payer = tx.accounts.merchant(order.key.mch_id).name, self._usecases.openids(tx).at_hand(order.terms)
        return Seen(order, payee, payer, tx.journal.last_of(order.key))

    def _act(self, tx: UnitOfWork, prepay_id: str, act: Act) -> tuple[Order, ClientResult]:
        payments = self._usecases.payments(tx)
        order = payments.find_by_prepay_id(prepay_id)
        payer = self._usecases.openids(tx).at_hand(order.terms)
        if act.bank_type and act.bank_type not in {card.bank_type for card in payer.methods()}:
            raise NotUnderstood(words.BAD_FORM)
        if act.outcome is Outcome.SUCCESS and payer.hindrance:
            act = Act(outcome=Outcome.ERROR, cause=payer.hindrance)
        return payments.act(order.key, act)

    def _note_refusal(self, tx: UnitOfWork, order: Order, refused: Refused) -> None:
        facts = {"why_h5": refused.name, "given": refused.given[:200], "expected": refused.expected[:200]}
        said = {"words": refused.sentence.zh, **facts}
        tx.note(Event(at=self._now(order), name=EventName.H5_REFUSED, key=order.key, facts=said))

    def _now(self, order: Order) -> datetime:
        return self._clock.now(order.key.mch_id)

    async def _again(self, request: web.Request, notice: Text | None, status: int) -> web.Response:
        """The page as it stands, with what was wrong about the form."""
        try:
            seen = await self._storage.read(lambda tx: self._look(tx, _prepay_id(request)))
        except OrderNotFound:
            return self._dead(request, words.ORDER_UNKNOWN, 404)
        return self._page(request, seen, None, notice, status)

    def _page(
        self,
        request: web.Request,
        seen: Seen,
        just_done: ClientResult | None,
        notice: Text | None = None,
        status: int = 200,
    ) -> web.Response:
        order = seen.order
        shown = screen_of(order, self._now(order), just_done, seen.payer.hindrance)
        context = {
            "order": order,
            "payee": seen.payee or order.key.mch_id,
            "since": seen.since,
            "deadlines": deadlines(order),
            "notice": notice,
            "explanation": None,
            "methods": methods_for(order.terms, seen.payer),
            "causes": {cause: texts for cause, texts in CAUSES.items() if texts.payer},
            "result": just_done,
            "cause_title": CAUSES[just_done.cause].title if just_done and just_done.cause else None,
        }
        return self._render(request, shown, context, status)

    def _dead(self, request: web.Request, sentence: Text, status: int, explanation: Text | None = None) -> web.Response:
        """A page without an order; `explanation` is for the developer."""
        context = {"order": None, "payee": "", "since": 0, "notice": None, "result": None, "explanation": explanation}
        return self._render(request, CashierScreen(Screen.DEAD, sentence), context, status)

    def _render(self, request: web.Request, shown: CashierScreen, context: dict[str, Any], status: int) -> web.Response:
        kept = _kept(request)
        known = {
            "shown": shown,
            "redirect_url": kept.get("redirect_url", ""),
            "here": _here(request, kept),
            "in_language": lambda lang: str(request.rel_url.update_query(lang=lang)),
        }
        template = "failed" if shown.screen is Screen.FAILED else shown.screen.value
        return self._pages.render(request, f"cashier/{template}.html", known | context, status=status, ancestors="*")


def _prepay_id(request: web.Request) -> str:
    return request.match_info["prepay_id"]


def _kept(request: web.Request) -> dict[str, str]:
    """What every step of the payer's way carries on: where H5 goes back to, the language that was chosen."""
    redirect_url = safe_redirect(request.query.get("redirect_url", ""))
    lang = request.query.get("lang", "")
    return ({"redirect_url": redirect_url} if redirect_url else {}) | ({"lang": lang} if lang in ("zh", "en") else {})


def _address(prepay_id: str, query: dict[str, str]) -> str:
    """The cashier's page, relative to whatever name the payer reached this sandbox by."""
    return f"/cashier/{quote(prepay_id, safe='')}" + (f"?{urlencode(query)}" if query else "")


def _here(request: web.Request, query: dict[str, str]) -> str:
    return quote(request.path) + (f"?{urlencode(query)}" if query else "")


def _see_other(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
