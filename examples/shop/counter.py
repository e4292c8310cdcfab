"""The counter where money is given back: asks WeChat Pay for refunds, hears what became of them, and goes to ask.

A refund that was accepted has not arrived: it has when a notification or the answer to a query says SUCCESS. V2's
notification bears no signature; that it can be decrypted with our key is what speaks for it. Every fact in either is
held against our own book.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NoReturn

from apis import Apis
from orders import Order, Orders
from refunds import Refund, Refunds, RefundState
from settings import Settings
from till import beijing, now
from wechatpay import PASSING, Refused, Rejected, WeChatPayError

STATES: Mapping[str, RefundState] = {
    "PROCESSING": RefundState.PROCESSING,
    "SUCCESS": RefundState.SUCCESS,
    "CHANGE": RefundState.ABNORMAL,
    "REFUNDCLOSE": RefundState.CLOSED,
}
FIRST_LOOK, LATEST_LOOK = timedelta(minutes=1), timedelta(hours=6)
ROUND_EVERY = 1.0
REFUNDS_A_ROUND = 8

log = logging.getLogger("shop")


class Counter:
    """Everything the shop does about money that goes back."""

    def __init__(self, settings: Settings, orders: Orders, refunds: Refunds, apis: Apis) -> None:
        self._settings = settings
        self._orders = orders
        self._refunds = refunds
        self._apis = apis

    async def refund(self, order: Order, refund_fee: int) -> Refund:
        """Give money back; look at the refund's state to see how that went. Raises NotRefundable."""
        at = now()
        number = f"R{beijing(at)}{secrets.token_hex(6).upper()}"
        refund = self._refunds.add(order, number, refund_fee, at, at + FIRST_LOOK)
        await self._ask(order, refund)
        return self.current(refund)

    async def notified(self, headers: Mapping[str, str], raw: bytes) -> Refund:
        """Take in a notification; when this returns, what it says is on disk."""
        api = self._apis.told_by(headers)
        told = await api.refund_told(headers, raw)
        if told.get("mch_id") != api.merchant.mch_id:
            raise Rejected("商户号不一致 mch_id differs")
        refund = self._refunds.find(told.get("out_refund_no", ""))
        if refund is None:
            raise Rejected("退款单不存在 unknown out_refund_no")
        self._book(refund, told)
        return self.current(refund)

    async def look(self, refund: Refund) -> Refund:
        """Ask WeChat Pay how the refund stands; one that it may not know is asked for again, under its number."""
        order = self._order(refund)
        if refund.state is RefundState.ASKED:
            await self._ask(order, refund)
        else:
            self._book(refund, await self._apis.of(order.sign_type).refundquery(refund.out_refund_no, order.sign_type))
        return self.current(refund)

    async def watch(self) -> NoReturn:
        """Go round the refunds under way for ever, and ask about those that are due."""
        while True:
            await asyncio.gather(*(self._tend(refund) for refund in self._refunds.due(now(), REFUNDS_A_ROUND)))
            await asyncio.sleep(ROUND_EVERY)

    def current(self, refund: Refund) -> Refund:
        """Read the refund again."""
        return self._refunds.find(refund.out_refund_no) or refund

    async def _tend(self, refund: Refund) -> None:
        self._refunds.look_again(refund.out_refund_no, next_look(refund.created_at, now()))
        try:
            await self.look(refund)
        except (WeChatPayError, Rejected) as error:
            log.warning("%s not queried: %s", refund.out_refund_no, error)

    async def _ask(self, order: Order, refund: Refund) -> None:
        """Ask for the refund, always in the same words: WeChat Pay gives back once, however often one number comes."""
        request = {
            "out_trade_no": order.out_trade_no,
            "out_refund_no": refund.out_refund_no,
            "total_fee": str(order.total_fee),
            "refund_fee": str(refund.refund_fee),
            "notify_url": f"{self._settings.public_url}/wechatpay/refunded",
        }
        try:
            answer = await self._apis.of(order.sign_type).refund(request, order.sign_type)
        except WeChatPayError as error:
            log.warning("%s not accepted: %s", refund.out_refund_no, error)
            if isinstance(error, Refused) and error.code not in PASSING:
                self._refunds.refused(refund.out_refund_no, str(error))
        else:
            self._refunds.accepted(refund.out_refund_no, answer["refund_id"])

    def _book(self, refund: Refund, told: Mapping[str, str]) -> None:
        order = self._order(refund)
        facts = {
            "out_refund_no": refund.out_refund_no,
            "out_trade_no": order.out_trade_no,
            "transaction_id": order.transaction_id,
            "total_fee": str(order.total_fee),
            "refund_fee": str(refund.refund_fee),
        }
        for name, expected in facts.items():
            if told.get(name) != expected:
                raise Rejected(f"{name}不一致 {name} differs")
        state = STATES.get(told.get("refund_status", ""))
        if state is None or not told.get("refund_id"):
            raise Rejected("退款状态不明 no refund_status or refund_id")
        if self._refunds.told(refund, state, told["refund_id"]):
            log.info("%s is now %s", refund.out_refund_no, state)

    def _order(self, refund: Refund) -> Order:
        order = self._orders.find(refund.out_trade_no)
        assert order is not None, "a refund is of an order"
        return order


def next_look(created_at: datetime, at: datetime) -> datetime:
    """Decide when to ask about a refund next: when it is twice as old, within reason."""
    return at + min(max(at - created_at, FIRST_LOOK), LATEST_LOOK)
