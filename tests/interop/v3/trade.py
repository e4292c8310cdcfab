"""A merchant's shop on a library of V3, and the sandbox, side by side, as the flows need them."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wechatpy.pay import WeChatPay

from sandbox.core.ids import BEIJING
from tests.interop.libraries import Mode
from tests.interop.shops import Shop
from tests.support.control import Control

_NUMBERS = itertools.count(1)

Json = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """A merchant with the folder that `merchant export` wrote for it; `control` speaks for it.

    `files` is the folder's name, by which the shop knows the merchant. `sub_mchid`: for whom it places orders, "" for
    itself. `wrong_key`: the same folder with another merchant's private key.
    """

    control: Control
    files: str
    openid: str
    sub_mchid: str = ""
    wrong_key: str = ""


@dataclass(frozen=True)
class Trade:
    """`partner` is a 服务商 whose backend is the same shop; `url` is where the sandbox is."""

    url: str
    shop: Shop
    mode: Mode
    direct: Account
    partner: Account

    @property
    def control(self) -> Control:
        return self.direct.control

    async def v2(self) -> Any:
        """A client of V2 for the direct merchant: wechatpy, by its base URL."""
        shown = await self.control.get(f"/merchants/{self.control.mch_id}")
        client = WeChatPay(shown["appids"][0], shown["api_key"], shown["mch_id"])
        client.API_BASE_URL = f"{self.url}/"
        return client

    @staticmethod
    def number() -> str:
        """An out_trade_no that nobody has used."""
        return f"INTEROPV3{next(_NUMBERS):05d}"

    async def do(self, act: str, account: Account | None = None, /, **asked: str) -> Json:
        """Have the shop do something for a merchant, the direct one unless told. Raises Refused."""
        account = account or self.direct
        sub = {"sub_mchid": account.sub_mchid} if account.sub_mchid else {}
        return await self.shop.do(act, **{"files": account.files, **sub, **asked})

    async def place(self, trade_type: str, account: Account | None = None, /, **asked: str) -> Json:
        """An order over 1.00 yuan that the shop places; `out_trade_no` is always in what comes back. Raises Refused."""
        terms = {"out_trade_no": self.number(), "total": "100", "trade_type": trade_type}
        if trade_type == "JSAPI":
            terms["openid"] = (account or self.direct).openid
        terms |= asked
        return {**terms, **await self.do("order", account, **terms)}

    async def pay(self, order: Json, account: Account | None = None) -> date:
        """The payer pays, and the shop has taken the notification; gives Beijing's day of it."""
        control = (account or self.direct).control
        await control.pay(order["out_trade_no"])
        paid = await control.wait(order["out_trade_no"], "notified")
        return datetime.fromisoformat(paid["paid_at"]).astimezone(BEIJING).date()

    async def paid(self, account: Account | None = None) -> Json:
        """An order that was placed and paid."""
        order = await self.place("NATIVE", account)
        await self.pay(order, account)
        return order

    async def refund(self, order: Json, account: Account | None = None) -> Json:
        """The shop gives everything back; `out_refund_no` is always in what comes back. Raises Refused."""
        terms = {"out_refund_no": f"R{order['out_trade_no']}", "total": "100", "refund": "100"}
        return {**terms, **await self.do("refund", account, out_trade_no=order["out_trade_no"], **terms)}

    async def query(self, order: Json, account: Account | None = None) -> Json:
        return await self.do("query", account, out_trade_no=order["out_trade_no"])

    async def apply(self, scenario: str, out_trade_no: str) -> None:
        """Put a scenario in force for an order of the direct merchant, placed or to be placed."""
        named = {"mch_id": self.control.mch_id, "out_trade_no": out_trade_no}
        await self.control.post(f"/scenarios/{scenario}/apply", named)

    async def forge(self, order: Json, fault: str) -> None:
        """Send the direct merchant one more notification of a paid order, with something wrong."""
        await self.control.post(f"/orders/{self.control.mch_id}/{order['out_trade_no']}/notify", {"fault": fault})
