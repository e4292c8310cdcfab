"""The till: takes orders to WeChat Pay, hears what became of them, and goes to ask when nobody tells.

Money is believed from two mouths only: a notification and the answer to a query, both signed by WeChat Pay and
both held against our own book by the same checks. What a browser or an app reports is at most a reason to ask.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from apis import Api, Apis
from orders import Order, Orders, PaidBy, Payment, PrepayTaken, State, TradeType, TransactionTaken
from settings import Settings
from signature import SignType
from teas import Tea
from wechatpay import BEIJING, Refused, Rejected, Untrusted, WeChatPayError

SHORTEST_LIFE = timedelta(minutes=2)  # WeChat takes no time_expire less than a minute ahead
MWEB_URL_LIFE = timedelta(minutes=4)  # WeChat's own limit is 5 minutes
ASK_AGAIN = timedelta(seconds=30)
ROUND_EVERY = 0.25
ORDERS_A_ROUND = 8

log = logging.getLogger("shop")


def now() -> datetime:
    """Tell the time, as an aware datetime."""
    return datetime.now(UTC)


def beijing(moment: datetime) -> str:
    """Write a moment as V2 does: yyyyMMddHHmmss, Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def next_look(created_at: datetime, closes_at: datetime, after: tuple[float, ...], at: datetime) -> datetime:
    """Decide when to ask about a waiting order next: at the next of its ages, and at last when it closes."""
    age = (at - created_at).total_seconds()
    coming = (created_at + timedelta(seconds=seconds) for seconds in after if seconds > age)
    return min(next(coming, closes_at), closes_at)


def payment_in(fields: Mapping[str, str], order: Order, paid_by: PaidBy) -> Payment:
    """Read the payment out of a verified message after holding every fact against our own order.

    `total_fee` is what was ordered; `cash_fee` may be less (coupons) and does not matter here.
    """
    facts = (
        ("out_trade_no", order.out_trade_no, "订单号不一致 out_trade_no differs"),
        ("total_fee", str(order.total_fee), "金额不一致 total_fee differs"),
    )
    for name, expected, reason in facts:
        if fields.get(name) != expected:
            raise Rejected(reason)
    if (fields.get("fee_type") or "CNY") != "CNY":
        raise Rejected("币种不一致 fee_type differs")
    if not fields.get("transaction_id"):
        raise Rejected("缺少微信支付订单号 no transaction_id")
    return Payment(order.out_trade_no, fields["transaction_id"], _time_end(fields), paid_by)


def _time_end(fields: Mapping[str, str]) -> datetime:
    try:
        return datetime.strptime(fields.get("time_end", ""), "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return now()


class Till:
    """Everything the shop does about money."""

    def __init__(self, settings: Settings, orders: Orders, apis: Apis) -> None:
        self._settings = settings
        self._orders = orders
        self._apis = apis

    async def place(self, tea: Tea, trade_type: TradeType, client_ip: str, openid: str = "") -> Order:
        """Enter an order into the book and place it with WeChat Pay; look at its state to see how that went."""
        order = self._new_order(tea, trade_type, client_ip, openid or self._settings.openid)
        self._orders.add(order)
        try:
            await self._unifiedorder(order)
        except WeChatPayError as error:
            log.warning("%s not placed: %s", order.out_trade_no, error)
            await self._give_up(order, error)
        return self.current(order)

    async def renewed(self, order: Order) -> Order:
        """Give the order with a mweb_url that still works, placing the same order again when it has grown old."""
        if order.state is State.WAITING and order.prepaid_at and now() - order.prepaid_at > MWEB_URL_LIFE:
            try:
                await self._unifiedorder(order)
            except Refused as refusal:
                log.info("%s not renewed: %s", order.out_trade_no, refusal)
                await self.look(order)
        return self.current(order)

    async def notified(self, headers: Mapping[str, str], raw: bytes) -> Order:
        """Take in a notification; when this returns, what it says is on disk."""
        api = self._apis.told_by(headers)
        fields = await api.payment_told(headers, raw, self._sign_type)
        merchant = api.merchant
        if (fields.get("appid"), fields.get("mch_id")) != (merchant.appid, merchant.mch_id):
            raise Rejected("appid或商户号不一致 appid or mch_id differs")
        order = self._orders.find(fields.get("out_trade_no", ""))
        if order is None:
            raise Rejected("订单不存在 unknown out_trade_no")
        self._book(payment_in(fields, order, "notification"))
        return self.current(order)

    async def look(self, order: Order) -> Order:
        """Ask WeChat Pay how the order stands and follow it."""
        try:
            answer = await self._api(order).orderquery(order.out_trade_no, order.sign_type)
        except Refused as refusal:
            if refusal.code != "ORDERNOTEXIST":
                raise
            return self.current(order)
        trade_state = answer.get("trade_state")
        if trade_state == "SUCCESS":
            self._book(payment_in(answer, order, "query"))
        elif trade_state == "REFUND" and order.state not in (State.PAID, State.REFUND_DUE):
            # Of an order that we know as paid it says nothing: some of its money may be on its way back, see refunds.
            self._orders.refunded(order.out_trade_no)
        elif trade_state in ("CLOSED", "REVOKED"):
            self._orders.shut(order.out_trade_no)
        elif trade_state == "PAYERROR":
            self._orders.fail(order.out_trade_no, f"PAYERROR {answer.get('trade_state_desc', '')}".strip())
        return self.current(order)

    async def cancel(self, order: Order) -> Order:
        """Close a waiting order, at WeChat Pay first; one that turns out to be paid is paid."""
        if order.state is not State.WAITING:
            return order
        if await self._closed(order):
            self._orders.shut(order.out_trade_no)
        return self.current(order)

    async def watch(self) -> NoReturn:
        """Go round the waiting orders for ever: ask about those that are due, close those out of time."""
        while True:
            await asyncio.gather(*(self._tend(order) for order in self._orders.due(now(), ORDERS_A_ROUND)))
            await asyncio.sleep(ROUND_EVERY)

    def current(self, order: Order) -> Order:
        """Read the order again."""
        return self._orders.find(order.out_trade_no) or order

    def client_params(self, order: Order) -> dict[str, str] | None:
        """What the payer's WeChat needs to start this payment, freshly signed: for JSAPI and APP only."""
        if order.prepay_id is None or order.state is not State.WAITING:
            return None
        if order.trade_type is TradeType.JSAPI:
            return self._api(order).jsapi_params(order.prepay_id, order.sign_type)
        if order.trade_type is TradeType.APP:
            return self._api(order).app_params(order.prepay_id, order.sign_type)
        return None

    async def _tend(self, order: Order) -> None:
        at = now()
        closing = at >= order.closes_at
        again = at + ASK_AGAIN if closing else self._next_look(order, at)
        self._orders.look_again(order.out_trade_no, again)
        try:
            await (self.cancel(order) if closing else self.look(order))
        except (WeChatPayError, Rejected) as error:
            log.warning("%s not %s: %s", order.out_trade_no, "closed" if closing else "queried", error)

    def _next_look(self, order: Order, at: datetime) -> datetime:
        return next_look(order.created_at, order.closes_at, self._settings.look_after, at)

    def _book(self, payment: Payment) -> None:
        try:
            news = self._orders.receive(payment)
        except TransactionTaken as error:
            raise Rejected("微信支付订单号与订单不符 transaction_id belongs elsewhere") from error
        if news:
            log.info("%s paid, learnt by %s", payment.out_trade_no, payment.paid_by)

    def _api(self, order: Order) -> Api:
        return self._apis.of(order.sign_type)

    def _sign_type(self, out_trade_no: str) -> SignType:
        order = self._orders.find(out_trade_no)
        return order.sign_type if order else self._settings.sign_type

    async def _unifiedorder(self, order: Order) -> None:
        answer = await self._api(order).unifiedorder(order.request, order.sign_type)
        try:
            self._orders.prepaid(order.out_trade_no, answer, now())
        except PrepayTaken as error:
            raise Untrusted("The answer is for another order.") from error

    async def _give_up(self, order: Order, error: WeChatPayError) -> None:
        """Fail an order; where it may stand at WeChat Pay all the same, have it closed there first: it may be paid."""
        if not isinstance(error, Refused) or error.code == "ORDERPAID":
            with suppress(WeChatPayError, Rejected):
                if not await self._closed(order):
                    return
        self._orders.fail(order.out_trade_no, str(error))

    async def _closed(self, order: Order) -> bool:
        """Close an order at WeChat Pay; False for one that turns out to be paid, which the book then says."""
        try:
            await self._api(order).closeorder(order.out_trade_no, order.sign_type)
        except Refused as refusal:
            if refusal.code == "ORDERPAID":
                await self.look(order)
                return False
            if refusal.code not in ("ORDERCLOSED", "ORDERNOTEXIST"):
                raise
        return True

    def _new_order(self, tea: Tea, trade_type: TradeType, client_ip: str, openid: str) -> Order:
        created_at = now()
        closes_at = created_at + timedelta(seconds=self._settings.close_after)
        order = Order(
            out_trade_no=f"T{beijing(created_at)}{secrets.token_hex(6).upper()}",
            item=tea.id,
            body=f"微店-{tea.name_zh}",
            total_fee=tea.price_fen,
            trade_type=trade_type,
            sign_type=self._settings.sign_type,
            request={},
            created_at=created_at,
            closes_at=closes_at,
            look_at=next_look(created_at, closes_at, self._settings.look_after, created_at),
        )
        return replace(order, request=self._request(order, client_ip, openid))

    def _request(self, order: Order, client_ip: str, openid: str) -> dict[str, str]:
        request = {
            "body": order.body,
            "out_trade_no": order.out_trade_no,
            "total_fee": str(order.total_fee),
            "fee_type": "CNY",
            "spbill_create_ip": client_ip,
            "notify_url": f"{self._settings.public_url}/wechatpay/notify",
            "trade_type": order.trade_type.value,
            "product_id": order.item,
        }
        if not self._settings.no_times:
            expires_at = max(order.closes_at, order.created_at + SHORTEST_LIFE)
            request |= {"time_start": beijing(order.created_at), "time_expire": beijing(expires_at)}
        if order.trade_type is TradeType.JSAPI:
            request["openid"] = openid
        if order.trade_type is TradeType.MWEB:
            h5 = {"type": "Wap", "wap_url": self._settings.public_url, "wap_name": "微店"}
            request["scene_info"] = json.dumps({"h5_info": h5}, ensure_ascii=False)
        return request
