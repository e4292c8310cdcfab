"""A merchant's shop and the sandbox side by side, as the flows need them."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.core.ids import BEIJING
from sandbox.core.usecases.accounts import DEFAULT_OPENID
from tests.interop.shops import Shop
from tests.support.control import Control

_NUMBERS = itertools.count(1)

Json = dict[str, Any]


@dataclass(frozen=True)
class Trade:
    """`control` speaks for the shop's merchant."""

    shop: Shop
    control: Control

    @staticmethod
    def number() -> str:
        """An out_trade_no that nobody has used."""
        return f"INTEROP{next(_NUMBERS):05d}"

    async def place(self, trade_type: str, **asked: str) -> Json:
        """An order over 1.00 yuan that the shop places; `out_trade_no` is always in what comes back. Raises Refused."""
        terms = {"out_trade_no": self.number(), "total_fee": "100", "trade_type": trade_type}
        if trade_type == "JSAPI":
            terms["openid"] = DEFAULT_OPENID
        answer = await self.shop.do("order", **{**terms, **asked})
        return {**terms, **asked, **answer}

    async def pay(self, order: Json) -> date:
        """The payer pays, and the shop has taken the notification; gives Beijing's day of it."""
        await self.control.pay(order["out_trade_no"])
        paid = await self.control.wait(order["out_trade_no"], "notified")
        return datetime.fromisoformat(paid["paid_at"]).astimezone(BEIJING).date()

    async def refund(self, order: Json) -> Json:
        """The shop gives everything back; `out_refund_no` is always in what comes back. Raises Refused."""
        terms = {"out_refund_no": f"R{order['out_trade_no']}", "total_fee": "100", "refund_fee": "100"}
        answer = await self.shop.do("refund", out_trade_no=order["out_trade_no"], **terms)
        return {**terms, **answer}

    async def query(self, order: Json) -> Json:
        return await self.shop.do("query", out_trade_no=order["out_trade_no"])
