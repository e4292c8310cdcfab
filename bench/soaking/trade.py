"""Shops that sell through the sandboxes at a steady rate, and write down what is acknowledged."""

import asyncio
import itertools
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bench.messages import JSON, Request
from bench.soaking import calls
from bench.soaking.calls import FACES, Call, Said
from bench.soaking.fleet import Fleet, Stuck
from bench.soaking.receivers import Manner, Receivers
from bench.soaking.sales import Fault, Finding, Refund, Sale, Shop, Unanswered, Written

MANNERS = (Manner.QUICK, Manner.QUICK, Manner.QUICK, *Manner)
"""A shop each."""
SELDOM = {Manner.HANGING: 0.2}
"""Their part of the sales, of an even share."""
PATIENCE = 120.0
"""Seconds after which a caller asks no more."""
AGAIN_SECONDS = 0.3
AT_A_TIME = 400
"""So many sales go on side by side, at most: where nobody answers, no more are begun."""

OVER = {"order_expired", "prepay_expired"}
"""The clock has jumped past the payer."""


async def opened(fleet: Fleet) -> list[Shop]:
    """A merchant for each manner."""
    shops = []
    for manner in MANNERS:
        body = json.dumps({"name": f"a {manner} shop"}).encode()
        answer = await fleet.ask(Request("/_sandbox/merchants", body, headers=JSON))
        if answer is None or answer.status != 201:
            raise Stuck(f"No merchant can be made: {answer}")
        made = json.loads(answer.body)
        keys = made["api_key"], made["serial_no"], made["private_key"]
        shops.append(Shop(made["mch_id"], made["appids"][0], *keys, manner))
    return shops


class Trade:
    """`rate` sales a second. What a sale is depends on the seed and on its number, not on how the others go."""

    def __init__(self, fleet: Fleet, receivers: Receivers, shops: Sequence[Shop], seed: int, rate: float) -> None:
        self._fleet, self._receivers, self._shops = fleet, receivers, shops
        self._seed, self._rate = seed, rate
        self._stories = {
            self._sold: 40,
            self._refunded: 20,
            self._refunded_side_by_side: 10,
            self._closed: 10,
            self._paid_against_closed: 10,
            self._placed_side_by_side: 5,
            self._left: 5,
        }
        self.written = Written()

    async def run(self, until: float) -> None:
        """Sell until then, by `time.monotonic`, and see each sale through."""
        room, began = asyncio.Semaphore(AT_A_TIME), time.monotonic()
        async with asyncio.TaskGroup() as sales:
            for number, sale in enumerate(self._sales()):
                await asyncio.sleep(max(0.0, began + number / self._rate - time.monotonic()))
                await room.acquire()
                if time.monotonic() >= until:
                    return
                self.written.sales.append(sale)
                chance = random.Random(f"{self._seed} {number}")
                story = chance.choices(list(self._stories), list(self._stories.values()))[0]
                sales.create_task(story(sale, chance)).add_done_callback(lambda _: room.release())

    def _sales(self) -> Iterator[Sale]:
        """Each shop counts for itself: its numbers are the others' numbers, too."""
        chance, numbers = random.Random(self._seed), defaultdict[str, Iterator[int]](itertools.count)
        shares = [SELDOM.get(shop.manner, 1.0) for shop in self._shops]
        while True:
            shop, face = chance.choices(self._shops, shares)[0], chance.choice(list(FACES))
            out_trade_no = f"SOAK{next(numbers[shop.mch_id]):07}"
            notify_url = self._receivers.url(shop.manner, shop.mch_id, out_trade_no)
            yield Sale(shop, face, out_trade_no, chance.randrange(100, 100_000), notify_url)

    # -- how a sale may go ---------------------------------------------------------------------------------------------

    async def _sold(self, sale: Sale, _: random.Random) -> None:
        await self._place(sale)
        await self._pay(sale)
        await self._query(sale)

    async def _refunded(self, sale: Sale, chance: random.Random) -> None:
        await self._sold(sale, chance)
        fen = chance.randrange(1, sale.total_fee)
        for part in (fen, sale.total_fee - fen) if chance.random() < 0.5 else (fen,):
            if sale.paid and (code := await self._refund(sale, part, times=chance.choice([1, 1, 2]))):
                self._found(Fault.ANSWERED_WRONGLY, sale, f"a refund of no more than was paid is refused: {code}")

    async def _refunded_side_by_side(self, sale: Sale, chance: random.Random) -> None:
        """Four of two fifths each, of which two are not too much."""
        await self._sold(sale, chance)
        if sale.paid:
            codes = await asyncio.gather(*[self._refund(sale, sale.total_fee * 2 // 5) for _ in range(4)])
            if codes.count("") < 2 and None not in codes:
                self._found(Fault.ANSWERED_WRONGLY, sale, f"of refunds, half of which are not too much: {codes}")

    async def _closed(self, sale: Sale, _: random.Random) -> None:
        await self._place(sale)
        await self._close(sale)

    async def _paid_against_closed(self, sale: Sale, _: random.Random) -> None:
        await self._place(sale)
        await asyncio.gather(self._pay(sale, contested=True), self._close(sale, contested=True))

    async def _placed_side_by_side(self, sale: Sale, _: random.Random) -> None:
        await asyncio.gather(*[self._place(sale) for _ in range(4)])
        await self._pay(sale)

    async def _left(self, sale: Sale, _: random.Random) -> None:
        await self._place(sale)

    # -- its steps -----------------------------------------------------------------------------------------------------

    async def _place(self, sale: Sale) -> None:
        said, _ = await self._insist(FACES[sale.face].place(sale))
        sale.placed = sale.placed or not said.code
        if said.code and not said.unclear:
            self._found(Fault.ANSWERED_WRONGLY, sale, f"placed: {said.code}")

    async def _pay(self, sale: Sale, *, contested: bool = False) -> None:
        if not sale.placed:
            return
        sale.unclear.add("pay")
        said, again = await self._insist(calls.pay(sale))
        if said.unclear:
            return
        sale.unclear.discard("pay")
        sale.paid = not said.code or (said.code == "order_paid" and again)
        if not (sale.paid or said.code in OVER or (contested and said.code == "order_closed")):
            self._found(Fault.ANSWERED_WRONGLY, sale, f"paid: {said.code}")

    async def _close(self, sale: Sale, *, contested: bool = False) -> None:
        if not sale.placed:
            return
        sale.unclear.add("close")
        said, _ = await self._insist(FACES[sale.face].close(sale))
        if said.unclear:
            return
        sale.unclear.discard("close")
        sale.closed = said.code in ("", "ORDERCLOSED", "ORDER_CLOSED")
        if not (sale.closed or (contested and said.code == "ORDERPAID")):
            self._found(Fault.ANSWERED_WRONGLY, sale, f"closed: {said.code}")

    async def _query(self, sale: Sale) -> None:
        said, _ = await self._insist(FACES[sale.face].query(sale))
        if sale.paid and not said.unclear and said.state not in ("SUCCESS", "REFUND"):
            self._found(Fault.ANSWERED_WRONGLY, sale, f"queried after it was paid: {said.code or said.state}")

    async def _refund(self, sale: Sale, fen: int, *, times: int = 1) -> str | None:
        """Ask for one, also at several sandboxes at the same time; its code, as `Refund` has it."""
        number = f"{sale.out_trade_no}R{len(sale.refunds)}"
        refund = Refund(number, fen, self._receivers.url(sale.shop.manner, sale.shop.mch_id, sale.out_trade_no, number))
        sale.refunds.append(refund)
        call = FACES[sale.face].refund(sale, refund)
        answers = await asyncio.gather(*[self._insist(call) for _ in range(times)])
        codes = {said.code for said, _ in answers if not said.unclear}
        if len(codes) > 1:
            self._found(Fault.ANSWERED_WRONGLY, sale, f"one refund that was asked for twice: {codes}")
        refund.code = min(codes, default=None)
        return refund.code

    async def _insist(self, call: Call) -> tuple[Said, bool]:
        """Ask until it is answered, one after the other; and whether it was asked more than once."""
        deadline = time.monotonic() + PATIENCE
        for tries in itertools.count():
            request, began = call.make(), time.monotonic()
            said = call.said(await self._fleet.ask(request))
            if not said.unclear:
                self.written.answered += 1
                return said, tries > 0
            self.written.unanswered.append(Unanswered(began, time.monotonic(), f"{request.path}: {said.code}"))
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(AGAIN_SECONDS)
        return said, True

    def _found(self, fault: Fault, sale: Sale, what: str) -> None:
        about = f"{sale.shop.mch_id} {sale.out_trade_no} ({sale.face}): {what}"
        self.written.findings.append(Finding(fault, about))
