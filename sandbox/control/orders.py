"""Orders, their timelines, what the payer does, and waiting for it."""

import asyncio
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from sandbox.control.desk import Desk
from sandbox.control.replies import ControlError, cursor_of, limit_of, part_of, read_body, reply
from sandbox.control.views import Json, client_view, entry_view, notification_view, order_view
from sandbox.core.catalogue.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.errors import OrderNotFound
from sandbox.core.notifications import Notification, NotificationState
from sandbox.core.orders import Order, TradeState, TradeType
from sandbox.core.payments import Act
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.ports import OrderFilter, UnitOfWork

LONGEST_WAIT = 600.0


class PayBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the payer does; without an outcome the order's scenario decides, else success."""

    outcome: Outcome | UnsetType = UNSET
    reason: Cause | UnsetType = UNSET
    scenario: str = ""
    bank_type: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z_]{0,32}\Z")] = ""
    openid: str = ""


class NotifyBody(msgspec.Struct, forbid_unknown_fields=True):
    """One more notification, at once: as it is owed, or with one fault."""

    fault: MessageFault | None = None


class WaitQuery(msgspec.Struct):
    mch_id: str
    out_trade_no: str
    event: Literal["paid", "notified", "refunded", "closed"] = msgspec.field(name="for")


class OrderHandlers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world

    def routes(self) -> list[web.RouteDef]:
        one = "/orders/{mch_id}/{out_trade_no}"
        return [
            web.get("/orders", self.list),
            web.get(one, self.get),
            web.get(f"{one}/timeline", self.timeline),
            web.post(f"{one}/pay", self.pay),
            web.post(f"{one}/notify", self.notify),
            web.get("/wait", self.wait),
        ]

    async def list(self, request: web.Request) -> web.Response:
        chosen = OrderFilter(
            mch_id=request.query.get("mch_id", ""),
            out_trade_no=request.query.get("out_trade_no", ""),
            trade_state=_one_of(request, "trade_state", TradeState),
            trade_type=_one_of(request, "trade_type", TradeType),
        )
        cursor, limit = cursor_of(request), limit_of(request)
        page = await self._world.storage.read(lambda tx: tx.orders.page(chosen, cursor, limit))
        now = self._world.clock.now
        items = [order_view(row.order.as_of(now(row.order.key.mch_id)), self._world.links) for row in page.items]
        return reply({"items": items, "next": page.next})

    async def get(self, request: web.Request) -> web.Response:
        return reply(await self._world.storage.read(lambda tx: self._whole(tx, request, self._find(tx, request))))

    async def timeline(self, request: web.Request) -> web.Response:
        lang = self._desk.language(request)
        entries = await self._world.storage.read(lambda tx: tx.journal.timeline(self._find(tx, request).key))
        part = part_of(entries, request)
        return reply(part | {"items": [entry_view(entry, lang) for entry in part["items"]]})

    async def pay(self, request: web.Request) -> web.Response:
        body = await read_body(request, PayBody)
        act = Act(outcome=body.outcome or None, cause=body.reason or None, bank_type=body.bank_type, openid=body.openid)

        def perform(tx: UnitOfWork) -> Json:
            payments, key = self._world.payments(tx), self._find(tx, request).key
            if body.scenario:
                payments.bind(key, self._world.scenarios.plan(body.scenario, key.mch_id, "pay"))
            order, result = payments.act(key, act)
            return {"order": self._whole(tx, request, order), "client_result": client_view(result, order)}

        return reply(await self._world.storage.write(perform))

    async def notify(self, request: web.Request) -> web.Response:
        fault = (await read_body(request, NotifyBody)).fault

        def owe(tx: UnitOfWork) -> Notification:
            payments, key = self._world.payments(tx), self._find(tx, request).key
            return payments.forge(key, Alteration(fault=fault)) if fault else payments.owed(key)

        owed = await self._world.storage.write(owe)
        await self._world.pulse.attempt_now(owed.id)
        return await self.get(request)

    async def wait(self, request: web.Request) -> web.Response:
        """Answers when it has happened, or 408 after `timeout` real seconds (30)."""
        try:
            query = msgspec.convert(dict(request.query), WaitQuery, strict=False)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$.")
            raise ControlError(400, "invalid", f"{message}.", path.rstrip("`")) from None
        try:
            async with asyncio.timeout(_timeout(request)):
                await self._until(request, query)
        except TimeoutError:
            raise ControlError(408, "timeout", f"{query.out_trade_no} was not {query.event} in time.") from None
        return reply(
            await self._world.storage.read(
                lambda tx: self._whole(tx, request, self._named(tx, request, query.mch_id, query.out_trade_no))
            )
        )

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _until(self, request: web.Request, query: WaitQuery) -> None:
        with self._world.changes.subscribe() as changes:
            while not await self._world.storage.peek(lambda tx: self._happened(tx, request, query)):
                committed = await changes.next()
                while not any(key.out_trade_no == query.out_trade_no for key in committed.orders):
                    committed = await changes.next()

    def _happened(self, tx: UnitOfWork, request: web.Request, query: WaitQuery) -> bool:
        try:
            order = self._named(tx, request, query.mch_id, query.out_trade_no)
        except OrderNotFound:
            return False
        if query.event == "notified":
            owed = [one for one in tx.notifications.of_order(order.key) if one.kind == "payment" and not one.single]
            return bool(owed) and owed[0].state is NotificationState.DELIVERED
        states = {
            "paid": {TradeState.SUCCESS, TradeState.REFUND},
            "refunded": {TradeState.REFUND},
            "closed": {TradeState.CLOSED},
        }
        return order.trade_state in states[query.event]

    def _find(self, tx: UnitOfWork, request: web.Request) -> Order:
        return self._named(tx, request, request.match_info["mch_id"], request.match_info["out_trade_no"])

    def _named(self, tx: UnitOfWork, request: web.Request, mch_id: str, out_trade_no: str) -> Order:
        return self._world.payments(tx).find_named(mch_id, out_trade_no, request.query.get("sub_mch_id"))

    def _whole(self, tx: UnitOfWork, request: web.Request, order: Order) -> Json:
        """An order with its refunds and notifications."""
        lang = self._desk.language(request)
        notifications = [
            notification_view(one, tx.journal.attempts(one.id), lang) for one in tx.notifications.of_order(order.key)
        ]
        return order_view(order, self._world.links) | {"refunds": [], "notifications": notifications}


def _one_of(request: web.Request, name: str, kind: type[TradeState] | type[TradeType]) -> str:
    value = request.query.get(name, "")
    if value and value not in set(kind):
        raise ControlError(400, "invalid", f"{name} is one of {', '.join(kind)}.", name)
    return value


def _timeout(request: web.Request) -> float:
    raw = request.query.get("timeout", "30")
    try:
        seconds = float(raw)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_WAIT:
        raise ControlError(400, "invalid", f"timeout is a number of seconds from 0 to {LONGEST_WAIT:.0f}.", "timeout")
    return seconds
