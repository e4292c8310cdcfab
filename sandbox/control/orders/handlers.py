"""Orders, their timelines, what the payer does, and waiting for it."""

import asyncio
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.journal import shapes as journal_shapes
from sandbox.control.journal.views import entry_view
from sandbox.control.notifications.views import notification_view
from sandbox.control.orders import shapes
from sandbox.control.orders.views import client_view, comment_view, listed_order_view, order_view
from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.clock import Clock
from sandbox.core.errors import (
    CreditForbidden,
    FaultForeign,
    NeverNotified,
    OpenidInvalid,
    OrderAmbiguous,
    OrderClosed,
    OrderExpired,
    OrderNotFound,
    OrderNotRepeatable,
    OrderPaid,
    OrderReversed,
    OrderUnpaid,
    PartOfCombined,
    PasswordNotAsked,
    PayerUnknown,
    PaymentFailed,
    PhoneCannotPay,
    PrepayExpired,
    ScenarioUnknown,
)
from sandbox.core.links import Links
from sandbox.core.notifications import Notification, NotificationKind, NotificationState
from sandbox.core.orders import Order, TradeState, TradeType
from sandbox.core.plans import Alteration, MessageFault, ReasonName
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry, OrderFilter, Page
from sandbox.core.ports.services import Changes, ClockControl, Scenarios
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.usecases.making import UseCases
from sandbox.core.usecases.payments import Act
from sandbox.debugging.again import OrderRepeater
from sandbox.web.errors import Refused
from sandbox.web.operations import get, post
from sandbox.web.pages import Language
from sandbox.web.shapes import ListQuery, MchId, OutTradeNo, Query, ScenarioName, form
from sandbox.web.stories import MARKDOWN, story
from sandbox.words.story import NOT_PLACED_AGAIN

LONGEST_WAIT = 600.0
ONE = "/orders/{mch_id}/{out_trade_no}"
REFUSED = "`not_placed`: the API did not take the order."
NAMED = (OrderNotFound, OrderAmbiguous)
"""What looking for an order by its name may meet."""


class OrderPath(msgspec.Struct):
    mch_id: MchId
    out_trade_no: OutTradeNo


class OrderQuery(Query):
    """`sub_mch_id` is needed only where two sub-merchants use one number."""

    sub_mch_id: MchId | UnsetType = UNSET


class OrdersQuery(ListQuery):
    mch_id: str = ""
    out_trade_no: str = ""
    trade_state: TradeState | UnsetType = UNSET
    trade_type: TradeType | UnsetType = UNSET


class TimelineQuery(ListQuery):
    sub_mch_id: MchId | UnsetType = UNSET


class WaitQuery(OrderQuery, kw_only=True):
    mch_id: MchId
    out_trade_no: OutTradeNo
    event: Literal["paid", "notified", "refunded", "closed"] = msgspec.field(name="for")
    timeout: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT, description="Real seconds.")] = 30.0


class PayBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer does; without an outcome the order's scenario decides, else success.

    A `reason` belongs to the outcome error.
    """

    outcome: Outcome | UnsetType = UNSET
    reason: Cause | UnsetType = UNSET
    scenario: ScenarioName | UnsetType = UNSET
    bank_type: Annotated[str, form("^[0-9A-Z_]{0,32}$", "at most 32 capitals, digits and _")] = ""
    openid: Annotated[str, form("^(o[A-Za-z0-9_-]{27})?$", "28 letters, digits, _ and -, the first `o`")] = ""


class PasswordBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer does when asked for the password."""

    outcome: Literal["success", "cancel"] = "success"


class NotifyBody(msgspec.Struct, forbid_unknown_fields=True):
    """One more notification, at once: as it is owed, or with one fault."""

    fault: MessageFault | None = None


class CommentBody(msgspec.Struct, forbid_unknown_fields=True):
    """A payer's comment: one to five stars, and a text."""

    stars: Annotated[int, msgspec.Meta(ge=1, le=5)]
    text: Annotated[str, msgspec.Meta(max_length=512)] = ""


class OrderHandlers:
    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        changes: Changes,
        links: Links,
        scenarios: Scenarios,
        faces: Faces,
        clock_control: ClockControl,
        usecases: UseCases,
        repeater: OrderRepeater,
        language: Language,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._changes = changes
        self._links = links
        self._scenarios = scenarios
        self._faces = faces
        self._clock_control = clock_control
        self._usecases = usecases
        self._repeater = repeater
        self._language = language

    @get("/orders")
    async def list_orders(self, query: OrdersQuery) -> shapes.OrderList:
        """Orders, newest first."""
        chosen = OrderFilter(
            mch_id=query.mch_id,
            out_trade_no=query.out_trade_no,
            trade_state=query.trade_state or "",
            trade_type=query.trade_type or "",
        )
        page = await self._storage.read(lambda tx: tx.orders.page(chosen, query.after, query.limit))
        now = self._clock.now
        orders = [row.order.as_of(now(row.order.key.mch_id)) for row in page.items]
        return shapes.OrderList([listed_order_view(order, self._links, self._faces) for order in orders], page.next)

    @get(ONE, raises=NAMED)
    async def get_order(self, request: web.Request, path: OrderPath, query: OrderQuery) -> shapes.Order:
        """One order with its refunds and notifications."""
        lang = self._language(request)
        return await self._storage.read(lambda tx: self._whole(tx, self._find(tx, path, query), lang))

    @get(f"{ONE}/timeline", raises=NAMED)
    async def get_timeline(
        self, request: web.Request, path: OrderPath, query: TimelineQuery
    ) -> journal_shapes.Timeline:
        """Everything that happened to an order, oldest first."""
        lang = self._language(request)

        def read(tx: UnitOfWork) -> Page[Entry]:
            return tx.journal.timeline_after(self._find(tx, path, query).key, query.after, query.limit)

        page = await self._storage.read(read)
        return journal_shapes.Timeline([entry_view(entry, self._faces, lang) for entry in page.items], page.next)

    @get(f"{ONE}/scenario", media_type="application/yaml", raises=NAMED)
    async def get_story(self, path: OrderPath, query: OrderQuery) -> web.Response:
        """What happened to an order, as a scenario file: put it, and it happens to another."""

        scenarios = self._scenarios

        def written(tx: UnitOfWork) -> str:
            order = self._find(tx, path, query)
            return scenarios.write(scenarios.recorded(order, tx.journal.timeline(order.key)))

        text = await self._storage.read(written)
        return web.Response(text=text, content_type="application/yaml", charset="utf-8")

    @get(f"{ONE}/story", media_type=MARKDOWN, raises=NAMED)
    async def tell_story(self, request: web.Request, path: OrderPath, query: OrderQuery) -> web.Response:
        """What happened to an order, as Markdown for a bug report: facts, timeline, messages; keys are hidden."""
        lang = self._language(request)

        def told(tx: UnitOfWork) -> str:
            order = self._find(tx, path, query)
            merchant = self._storage.accounts.merchant(order.key.mch_id)
            return story(order, tx.journal.timeline(order.key), merchant, self._faces, lang)

        text = await self._storage.read(told)
        return web.Response(text=text, content_type=MARKDOWN, charset="utf-8")

    @post(
        f"{ONE}/again",
        status=201,
        raises=(*NAMED, OrderNotRepeatable, PayerUnknown, PhoneCannotPay),
        also={409: REFUSED},
    )
    async def repeat_order(self, request: web.Request, path: OrderPath, query: OrderQuery) -> shapes.Order:
        """Place an order with the same fields under a new number, as a signed call of WeChat's API.

        Answers with the new order; where the API places none, `not_placed` says what it answered.
        """
        lang = self._language(request)
        before = await self._storage.read(lambda tx: self._find(tx, path, query))
        placed = await self._repeater.place_again(before)
        if placed.order is None:
            raise Refused(409, "not_placed", NOT_PLACED_AGAIN.say(lang, why=placed.why(lang)))
        order = placed.order
        return await self._storage.read(lambda tx: self._whole(tx, order, lang))

    @post(
        f"{ONE}/pay",
        raises=(
            *NAMED,
            OrderPaid,
            OrderClosed,
            OrderExpired,
            OrderReversed,
            PrepayExpired,
            PaymentFailed,
            OpenidInvalid,
            CreditForbidden,
            PartOfCombined,
            ScenarioUnknown,
        ),
    )
    async def pay(self, request: web.Request, path: OrderPath, query: OrderQuery, body: PayBody) -> shapes.Paid:
        """What the payer, or WeChat, does with an order.

        `error` and `cancel` leave the order payable and notify nobody.
        """
        act = Act(outcome=body.outcome or None, cause=body.reason or None, bank_type=body.bank_type, openid=body.openid)
        lang = self._language(request)

        def perform(tx: UnitOfWork) -> shapes.Paid:
            payments, key = self._usecases.payments(tx), self._find(tx, path, query).key
            if body.scenario:
                payments.bind(key, self._scenarios.plan(body.scenario, key.mch_id, ReasonName.PAY))
            order, result = payments.act(key, act)
            return shapes.Paid(self._whole(tx, order, lang), client_view(result, order))

        return await self._storage.write(perform)

    @post(f"{ONE}/password", raises=(*NAMED, PasswordNotAsked, CreditForbidden))
    async def password(
        self, request: web.Request, path: OrderPath, query: OrderQuery, body: PasswordBody
    ) -> shapes.Order:
        """Type the password that a payment by code (USERPAYING) waits for, or cancel it."""
        lang = self._language(request)

        def perform(tx: UnitOfWork) -> shapes.Order:
            key = self._find(tx, path, query).key
            return self._whole(tx, self._usecases.micropay(tx).password(key, Outcome(body.outcome)), lang)

        return await self._storage.write(perform)

    @post(f"{ONE}/notify", raises=(*NAMED, OrderUnpaid, NeverNotified, PartOfCombined, FaultForeign))
    async def notify(self, request: web.Request, path: OrderPath, query: OrderQuery, body: NotifyBody) -> shapes.Order:
        """Send the payment notification again, now and outside the schedule."""

        def owe(tx: UnitOfWork) -> Notification:
            payments, key = self._usecases.payments(tx), self._find(tx, path, query).key
            return payments.forge(key, Alteration(fault=body.fault)) if body.fault else payments.owed(key)

        owed = await self._storage.write(owe)
        await self._clock_control.attempt_now(owed.id)
        return await self.get_order(request, path, query)

    @post(f"{ONE}/comment", raises=(*NAMED, OrderUnpaid))
    async def comment(self, path: OrderPath, query: OrderQuery, body: CommentBody) -> shapes.Comment:
        """What the payer says of a paid order; the merchant reads it by batchquerycomment."""

        def leave(tx: UnitOfWork) -> shapes.Comment:
            key = self._find(tx, path, query).key
            return comment_view(self._usecases.comments(tx).leave(key, body.stars, body.text))

        return await self._storage.write(leave)

    @get("/wait", raises=NAMED, also={408: "`timeout`: it did not happen in time."})
    async def wait(self, request: web.Request, query: WaitQuery) -> shapes.Order:
        """Answer with the order once something has happened to it, or 408 after `timeout`.

        At once when it has happened already; an order that does not exist yet is waited for too. `notified` means that
        the merchant's reply was accepted.
        """
        path, lang = OrderPath(query.mch_id, query.out_trade_no), self._language(request)
        try:
            async with asyncio.timeout(query.timeout):
                await self._until(path, query)
        except TimeoutError:
            raise Refused(408, "timeout", f"{query.out_trade_no} was not {query.event} in time.") from None
        return await self._storage.read(lambda tx: self._whole(tx, self._find(tx, path, query), lang))

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _until(self, path: OrderPath, query: WaitQuery) -> None:
        with self._changes.subscribe() as changes:
            while not await self._storage.read_now(lambda tx: self._happened(tx, path, query)):
                committed = await changes.next()
                while not any(key.out_trade_no == query.out_trade_no for key in committed.orders):
                    committed = await changes.next()

    def _happened(self, tx: UnitOfWork, path: OrderPath, query: WaitQuery) -> bool:
        try:
            order = self._find(tx, path, query)
        except OrderNotFound:
            return False
        if query.event == "notified":
            owed = [
                one
                for one in tx.notifications.of_order(order.key)
                if one.kind is NotificationKind.PAYMENT and not one.single
            ]
            return bool(owed) and owed[0].state is NotificationState.DELIVERED
        states = {
            "paid": {TradeState.SUCCESS, TradeState.REFUND},
            "refunded": {TradeState.REFUND},
            "closed": {TradeState.CLOSED},
        }
        return order.trade_state in states[query.event]

    def _find(self, tx: UnitOfWork, path: OrderPath, query: OrderQuery | TimelineQuery) -> Order:
        return self._usecases.payments(tx).find_named(path.mch_id, path.out_trade_no, query.sub_mch_id or None)

    def _whole(self, tx: UnitOfWork, order: Order, lang: Lang) -> shapes.Order:
        """An order with its refunds and notifications."""
        owed = tx.notifications.of_order(order.key)
        notifications = [notification_view(one, tx.journal.attempts(one.id), self._faces, lang) for one in owed]
        parts = self._usecases.combining(tx).find(order.key)[1] if order.combined else ()
        refunds, frozen = tx.refunds.of_order(order.key), tx.sharings.frozen(order.key)
        return order_view(order, self._links, self._faces, refunds, notifications, parts, frozen)
