"""A merchant's backend that shares its orders' money by V3."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.support.control import Control
from tests.support.merchant import Received
from tests.support.v3 import Answered, V3Merchant, hidden

SHARING = "/v3/profitsharing"
TOTAL, FEE = 10_000, 60
"""What the orders here cost, and what WeChat Pay takes of it: fen."""


@dataclass
class Sharer:
    """A merchant that shares; `sub_mchid` is the one for which a service provider does. `receiver` is a merchant."""

    v3: V3Merchant
    control: Control
    receiver: str
    sub_mchid: str = ""

    @property
    def of(self) -> dict[str, str]:
        return {"sub_mchid": self.sub_mchid} if self.sub_mchid else {}

    async def post(self, path: str, **said: Any) -> Answered:
        kept = {name: value for name, value in said.items() if value is not None}
        return await self.v3.call("POST", f"{SHARING}/{path}", {**self.of, **kept})

    async def get(self, path: str, **query: str) -> Answered:
        return await self.v3.get(f"{SHARING}/{path}", **self.of, **query)

    async def paid(self, number: str, *, ripe: bool = True, **more: Any) -> str:
        """An order to be shared that is paid, a minute ago if it is `ripe`: its transaction_id."""
        terms = {"amount": {"total": TOTAL}, "settle_info": {"profit_sharing": True}, **more}
        placed = await self.v3.place(number, **terms)
        assert placed.status == 200, placed
        await self.control.pay(number)
        if ripe:
            await self.control.advance(60)
        return str((await self.control.order(number))["transaction_id"])

    async def add(self, account: str = "", kind: str = "MERCHANT_ID", **more: Any) -> Answered:
        """Add a receiver; a merchant's name is what it is called in the sandbox."""
        said: dict[str, Any] = {
            "appid": self.v3.appid,
            "type": kind,
            "account": account or self.receiver,
            "relation_type": "PARTNER",
        }
        if kind == "MERCHANT_ID":
            said["name"] = self.hidden("茶叶供应商")
        return await self.post("receivers/add", **{**said, **more})

    def hidden(self, name: str) -> str:
        self.v3.serial = str(self.v3.shown["platform_serial_no"])
        return hidden(name, str(self.v3.shown["platform_certificate"]))

    async def share(self, transaction_id: str, number: str, *shares: dict[str, Any], **more: Any) -> Answered:
        said = {"transaction_id": transaction_id, "out_order_no": number, "unfreeze_unsplit": False, **more}
        return await self.post("orders", receivers=list(shares) or [self.to()], **said)

    def to(self, amount: int = 1000, account: str = "", **more: Any) -> dict[str, Any]:
        """What one receiver is to be given."""
        named = {"type": "MERCHANT_ID", "account": account or self.receiver}
        return {**named, "amount": amount, "description": "货款", **more}

    async def ended(self, transaction_id: str, number: str) -> Any:
        """A sharing after WeChat Pay has carried it out."""
        await self.control.advance(5)
        return (await self.get(f"orders/{number}", transaction_id=transaction_id)).json

    async def unsplit(self, transaction_id: str) -> int:
        answer = await self.v3.get(f"{SHARING}/transactions/{transaction_id}/amounts")
        return int(answer.json["unsplit_amount"])

    async def balances(self) -> tuple[int, int]:
        """What lies in the accounts of who shares and of the receiver."""
        shown = [await self.control.get(f"/merchants/{one}") for one in (self.v3.mch_id, self.receiver)]
        return shown[0]["balance_fen"], shown[1]["balance_fen"]


def refusing(original_type: str) -> Callable[[Received], web.StreamResponse]:
    """A merchant's reply that refuses what tells of one thing, and takes the rest."""

    def reply(received: Received) -> web.StreamResponse:
        told = json.loads(received.body)["resource"]["original_type"]
        return web.Response(status=500 if told == original_type else 204)

    return reply
