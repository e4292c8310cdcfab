"""Callers that sell until there is nobody to sell to, and what the books must say afterwards."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.refunds import told

CALLERS = 8
TOTAL_FEE = 1990
REFUNDS = [(), (700,), (700, 1290)]
"""What is refunded of one order, of the next, of the one after that; and so on."""

Json = dict[str, Any]


DEFAULT = {"mch_id": "1900000109", "appids": ["wx8888888888888888"], "api_key": "sandboxv2key00000000000000000000"}


class Load:
    """Callers that place, pay and refund orders until they are stopped or the sandbox dies; what it acknowledged.

    `asked` are the refunds that they asked for, answered or not: by number, the order and the amount.
    They sell for a merchant as the control API shows it, and call with `headers`.
    """

    def __init__(self, inbox: Inbox, account: Json | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.placed: list[str] = []
        self.paid: list[str] = []
        self.asked: dict[str, tuple[str, int]] = {}
        self.refunded: list[str] = []
        self._inbox, self._account, self._headers = inbox, account or DEFAULT, headers
        self._enough = 0
        self._reached = asyncio.Event()
        self._over = False

    def stop(self) -> None:
        """Begin no sale any more."""
        self._over = True

    async def until_paid(self, enough: int) -> None:
        """Wait until so many orders have been acknowledged as paid."""
        self._enough = enough
        self._reached.clear()
        await self._reached.wait()

    async def run(self, url: str, name: str) -> None:
        async with aiohttp.ClientSession(url, headers=self._headers) as session:
            callers = [self._call(session, f"{name}-{caller}") for caller in range(CALLERS)]
            await asyncio.gather(*callers)

    def merchant(self, session: aiohttp.ClientSession) -> Merchant:
        """Who sells, as it calls one sandbox."""
        return Merchant.opened(session, self._account, self._inbox.url)

    async def nothing_is_lost(self, session: aiohttp.ClientSession) -> None:
        """Ask again for the refunds that got no answer, as a merchant does, by the same numbers; compare the books."""
        merchant = self.merchant(session)
        control = Control(session, merchant.mch_id)
        for out_refund_no in self.asked.keys() - set(self.refunded):
            await self._refund(merchant, out_refund_no)
        await control.advance(1)
        orders, refunds = await listed(control, "/orders"), await listed(control, "/refunds")
        ledger_path = f"/merchants/{merchant.mch_id}/ledger"
        ledger, balances = await listed(control, ledger_path), (await control.get(ledger_path))["balances"]
        assert await listed(control, "/notifications", state="pending") == []
        _every_order_is_there(self, self._inbox, orders)
        _every_refund_is_there_once(self, self._inbox, merchant, refunds)
        _the_money_adds_up(orders, refunds, ledger, balances)

    async def _call(self, session: aiohttp.ClientSession, name: str) -> None:
        merchant = self.merchant(session)
        control = Control(session, merchant.mch_id)
        for number in itertools.count():
            if self._over:
                return
            try:
                await self._sell(merchant, control, f"{name}-{number:05}", REFUNDS[number % len(REFUNDS)])
            except (aiohttp.ClientError, OSError):
                return

    async def _sell(self, merchant: Merchant, control: Control, out_trade_no: str, refunds: tuple[int, ...]) -> None:
        answer = await merchant.order(out_trade_no, total_fee=str(TOTAL_FEE))
        assert answer["result_code"] == "SUCCESS"
        self.placed.append(out_trade_no)
        await control.pay(out_trade_no)
        self.paid.append(out_trade_no)
        if len(self.paid) >= self._enough:
            self._reached.set()
        for number, refund_fee in enumerate(refunds):
            self.asked[f"{out_trade_no}-{number}"] = out_trade_no, refund_fee
            await self._refund(merchant, f"{out_trade_no}-{number}")

    async def _refund(self, merchant: Merchant, out_refund_no: str) -> None:
        out_trade_no, refund_fee = self.asked[out_refund_no]
        terms = {"total_fee": str(TOTAL_FEE), "notify_url": merchant.notify_url}
        answer = await merchant.refund(out_trade_no, out_refund_no, refund_fee, **terms)
        assert answer["result_code"] == "SUCCESS", answer
        self.refunded.append(out_refund_no)


def _every_order_is_there(load: Load, inbox: Inbox, orders: list[Json]) -> None:
    states = {order["out_trade_no"]: order["trade_state"] for order in orders}
    refunded = {out_trade_no for out_trade_no, _ in load.asked.values()}
    assert set(load.placed) <= set(states)
    wrong = {one for one in load.paid if states[one] != ("REFUND" if one in refunded else "SUCCESS")}
    assert wrong == set()
    assert set(load.paid) <= {one.fields["out_trade_no"] for one in inbox.received if "out_trade_no" in one.fields}


def _every_refund_is_there_once(load: Load, inbox: Inbox, merchant: Merchant, refunds: list[Json]) -> None:
    amounts = [(one["out_refund_no"], (one["out_trade_no"], one["refund_fee"])) for one in refunds]
    assert Counter(amounts) == Counter(load.asked.items())
    assert {one["refund_status"] for one in refunds} == {"SUCCESS"}
    heard = {told(one, merchant)["out_refund_no"] for one in inbox.received if "req_info" in one.fields}
    assert heard == set(load.asked)


def _the_money_adds_up(orders: list[Json], refunds: list[Json], ledger: list[Json], balances: dict[str, int]) -> None:
    """What the merchant keeps of each order, less 0.6 % of that; every move is in the ledger once."""
    kept = {one["out_trade_no"]: one["total_fee"] for one in orders if one["trade_state"] in ("SUCCESS", "REFUND")}
    for refund in refunds:
        kept[refund["out_trade_no"]] -= refund["refund_fee"]
    assert balances == {"Basic": sum(fen - round(fen * 0.006) for fen in kept.values()), "Operation": 0, "Fees": 0}
    moves = Counter((one["movement"], one["out_trade_no"], one.get("out_refund_no")) for one in ledger)
    numbers = [(one["out_trade_no"], one["out_refund_no"]) for one in refunds]
    expected = [("payment", number, None) for number in kept]
    expected += [("fee", number, None) for number in kept]
    expected += [(move, *one) for move in ("refund", "fee_returned", "refund_arrived") for one in numbers]
    assert moves == Counter(expected)


async def listed(control: Control, path: str, **query: str) -> list[Json]:
    """A list of a merchant's to its end."""
    query = {"limit": "1000", **({} if "/merchants/" in path else {"mch_id": control.mch_id}), **query}
    items: list[Json] = []
    while True:
        page = await control.get(path, **query)
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]
