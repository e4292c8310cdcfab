"""The calls that are measured, each with what must be there before, and what bare answers to them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from bench import messages
from bench.bare import Said
from bench.merchant import Merchant
from bench.messages import Request
from bench.servers import Program
from bench.wrk import send

WELL_ENDED = b"<result_code><![CDATA[SUCCESS]]></result_code>"
PAID = b'"trade_state":"SUCCESS"'
QUERIED = 1000
OWN_HEADERS = frozenset({"Content-Length", "Date"})
"""Of an answer: those that any server writes by itself."""

_series = itertools.count(1)


def numbers(count: int) -> list[str]:
    """Fresh values of out_trade_no."""
    series = next(_series)
    return [f"B{series:04}N{each:06}" for each in range(count)]


def orders(out_trade_nos: Iterable[str], notify_url: str) -> Iterator[Request]:
    return (Request("/pay/unifiedorder", messages.order(number, notify_url)) for number in out_trade_nos)


class Operation:
    """One call, and the orders that are ready for it: `most` at a time, as many as no second takes."""

    name: ClassVar[str]
    last: ClassVar[str]
    """The end of its path, by which bare knows it."""
    expected: ClassVar[bytes] = WELL_ENDED
    most: ClassVar[int] = 10_000

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._ready: list[str] = []

    async def ready(self, sandbox: Program) -> list[str]:
        """Numbers of orders that the sandbox takes the call for."""
        if missing := self.most - len(self._ready):
            fresh = numbers(missing)
            await self.prepare(sandbox, fresh)
            self._ready += fresh
        return self._ready

    def used(self, count: int) -> None:
        """The first of those that were ready are so no more."""
        del self._ready[:count]

    async def prepare(self, sandbox: Program, out_trade_nos: list[str]) -> None:
        """Have the sandbox know what the requests are about."""

    def requests(self, out_trade_nos: Iterable[str]) -> Iterator[Request]:
        raise NotImplementedError

    async def settle(self, answered: int) -> None:
        """Wait until what the answered calls set off is done."""

    def said(self, answer: Said) -> Said:
        """What bare has to do, where that is more than to answer."""
        return answer


class Place(Operation):
    name, last = "unifiedorder", "unifiedorder"

    def requests(self, out_trade_nos: Iterable[str]) -> Iterator[Request]:
        return orders(out_trade_nos, self._merchant.quick)


class Query(Operation):
    """Another nonce_str each time, and so another body, for a thousand orders by turns."""

    name, last = "orderquery", "orderquery"

    def __init__(self, merchant: Merchant) -> None:
        super().__init__(merchant)
        self._known = numbers(QUERIED)
        self._placed = False

    async def prepare(self, sandbox: Program, out_trade_nos: list[str]) -> None:
        if not self._placed:
            await send(sandbox.url, orders(self._known, self._merchant.quick), WELL_ENDED)
            self._placed = True

    def requests(self, out_trade_nos: Iterable[str]) -> Iterator[Request]:
        pairs = zip(itertools.cycle(self._known), out_trade_nos, strict=False)
        return (Request("/pay/orderquery", messages.query(number, nonce_str)) for number, nonce_str in pairs)


class Pay(Operation):
    """The payer pays, by the control API; a call is done once its notification came."""

    name, last = "paid and notified", "pay"
    expected = PAID
    most = 3_000

    def __init__(self, merchant: Merchant) -> None:
        super().__init__(merchant)
        self._before = 0

    async def prepare(self, sandbox: Program, out_trade_nos: list[str]) -> None:
        await send(sandbox.url, orders(out_trade_nos, self._merchant.quick), WELL_ENDED)

    def requests(self, out_trade_nos: Iterable[str]) -> Iterator[Request]:
        self._before = self._merchant.received
        return map(messages.payment, out_trade_nos)

    async def settle(self, answered: int) -> None:
        await self._merchant.until(self._before + answered)

    def said(self, answer: Said) -> Said:
        return Said(answer.headers, answer.body, self._merchant.quick, self._merchant.last.decode())


class Refund(Operation):
    """Of orders that are paid, and whose merchants were told."""

    name, last = "refund", "refund"
    most = 3_000

    async def prepare(self, sandbox: Program, out_trade_nos: list[str]) -> None:
        await paid(sandbox, self._merchant, dict.fromkeys(out_trade_nos, self._merchant.quick))

    def requests(self, out_trade_nos: Iterable[str]) -> Iterator[Request]:
        return (Request("/secapi/pay/refund", messages.refund(number)) for number in out_trade_nos)


OPERATIONS = (Place, Query, Pay, Refund)


async def paid(sandbox: Program, merchant: Merchant, notify_urls: Mapping[str, str]) -> None:
    """Orders by their numbers, placed and paid; a quick merchant was told of each of its own."""
    told = merchant.received + list(notify_urls.values()).count(merchant.quick)
    placing = (Request("/pay/unifiedorder", messages.order(*one)) for one in notify_urls.items())
    await send(sandbox.url, placing, WELL_ENDED)
    await send(sandbox.url, map(messages.payment, notify_urls), PAID)
    await merchant.until(told)


async def learnt(sandbox: Program, operations: Iterable[Operation]) -> dict[str, Said]:
    """What the sandbox answers to one call of each operation, for bare to say the same."""
    answers = {}
    for operation in operations:
        fresh = numbers(1)
        await operation.prepare(sandbox, fresh)
        answer = await sandbox.ask(next(operation.requests(fresh)))
        await operation.settle(1)
        headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
        answers[operation.last] = operation.said(Said(headers, answer.body.decode()))
    return answers
