"""The demo shop and the sandbox side by side, and the stories that happen between them."""

from dataclasses import dataclass
from typing import Any

from sandbox.config import shipped
from sandbox.core.scenarios import Scenario
from sandbox.scenario import library
from sandbox.v2.face import FACE
from tests.support.control import Control
from tests.support.demo_shop import DemoShop

Json = dict[str, Any]
STORY = "story"


def built_in() -> list[Scenario]:
    """The scenarios that ship."""
    return [scenario for scenario, _ in library.built_in(shipped("scenarios"))]


def forging_payments() -> list[Scenario]:
    """Those of them that send a forged payment notification of V2; the shops of these tests give nothing back."""
    return [one for one in built_in() if FACE.faults.within(one.plan).hostile and one.group != "refund"]


@dataclass
class Market:
    shop: DemoShop
    control: Control

    async def order(self, story: Json | None = None) -> Json:
        """An order that the shop places; a scenario of its own decides over it. As the shop has it afterwards."""
        if story is None:
            return await self.shop.buy()
        await self.control.call("PUT", f"/scenarios/{STORY}", story)
        try:
            return await self.order_with(STORY)
        finally:
            await self.control.call("DELETE", f"/scenarios/{STORY}", None, 204)

    async def order_with(self, scenario: str) -> Json:
        """An order that the shop places while a scenario waits for its next one."""
        chosen = {"mch_id": self.control.mch_id, "next": True}
        await self.control.post(f"/scenarios/{scenario}/apply", chosen)
        try:
            return await self.shop.buy()
        finally:
            await self.control.call("DELETE", f"/scenarios/{scenario}/apply", chosen)

    async def paid(self, story: Json | None = None) -> Json:
        """An order whose payer did what its story says, and all that is due at once was sent; as the shop has it."""
        number: str = (await self.order(story))["out_trade_no"]
        await self.ask_payer(number)
        await self.control.advance(0)
        return await self.shop.look(number)

    async def ask_payer(self, out_trade_no: str, status: int = 200) -> Json:
        """Have the payer do what the order's story says."""
        answer: Json = await self.control.post(f"/orders/{self.control.mch_id}/{out_trade_no}/pay", {}, status)
        return answer

    async def later(self, out_trade_no: str, seconds: float) -> Json:
        """The shop's order when so much sandbox time has passed."""
        await self.control.advance(seconds)
        return await self.shop.look(out_trade_no)

    async def trade_state(self, out_trade_no: str) -> str:
        """How WeChat Pay has the order; "" where it has none."""
        found = await self.control.get("/orders", mch_id=self.control.mch_id, out_trade_no=out_trade_no)
        return found["items"][0]["trade_state"] if found["items"] else ""

    async def told(self, out_trade_no: str) -> list[tuple[str, str]]:
        """The notifications' faults ("" for honest ones) with the verdicts on their attempts, in no order."""
        notifications = (await self.control.order(out_trade_no))["notifications"]
        return [(one.get("fault", ""), attempt["verdict"]) for one in notifications for attempt in one["attempts"]]

    async def refunds_agree(self, order: Json) -> bool:
        """Whether the shop has the refunds that WeChat Pay has, by number, amount and end, and no others stand."""
        ends = {"PROCESSING": "processing", "SUCCESS": "success", "CHANGE": "abnormal", "REFUNDCLOSE": "closed"}
        known = (await self.control.order(order["out_trade_no"]))["refunds"]
        theirs = {(one["out_refund_no"], one["refund_fee"], ends[one["refund_status"]]) for one in known}
        refunds = [one for one in order["refunds"] if one["state"] != "refused"]
        return theirs == {(one["out_refund_no"], one["refund_fee"], one["state"]) for one in refunds}

    async def books_agree(self, order: Json) -> bool:
        """Whether the shop has what WeChat Pay has: never paid without money, never money lost, never goods twice."""
        if await self.trade_state(order["out_trade_no"]) != "SUCCESS":
            return order["state"] in ("waiting", "closed", "failed") and order["fulfilled"] == 0
        known = await self.control.order(order["out_trade_no"])
        settled = (order["state"], order["fulfilled"]) in (("paid", 1), ("refund_due", 0))
        return settled and order["transaction_id"] == known["transaction_id"]
