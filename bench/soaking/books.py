"""What the sandboxes' books say in the end, read by the control API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from bench.messages import Request
from bench.soaking.fleet import Fleet, Stuck

MOST = 500
SECONDS = 120.0

T = TypeVar("T")


class Order(msgspec.Struct):
    mch_id: str
    out_trade_no: str
    trade_state: str
    total_fee: int


class Refund(msgspec.Struct):
    mch_id: str
    out_trade_no: str
    out_refund_no: str
    refund_fee: int
    refund_status: str


class Attempt(msgspec.Struct):
    n: int
    at: datetime
    verdict: str


class Notification(msgspec.Struct):
    mch_id: str
    id: str
    kind: str
    url: str
    state: str
    attempts: list[Attempt]
    out_trade_no: str = ""
    out_refund_no: str = ""


class Line(msgspec.Struct):
    """A move of money; `balance` is what lay in the merchant's account that it touched afterwards."""

    movement: str
    source: str
    target: str
    fen: int
    account: str = ""
    balance: int = 0
    out_trade_no: str = ""
    out_refund_no: str = ""


class _Part(msgspec.Struct, Generic[T]):
    items: list[T]
    next: str | None = None


@dataclass(frozen=True)
class Books:
    """One merchant's. The newest comes first, in each list."""

    orders: list[Order]
    refunds: list[Refund]
    notifications: list[Notification]
    ledger: list[Line]


async def read(fleet: Fleet, mch_id: str) -> Books:
    """Each part of each list from the next sandbox in turn. Raises Stuck."""
    return Books(
        await _all(fleet, Order, f"/orders?mch_id={mch_id}"),
        await _all(fleet, Refund, f"/refunds?mch_id={mch_id}"),
        await _all(fleet, Notification, f"/notifications?mch_id={mch_id}"),
        await _all(fleet, Line, f"/merchants/{mch_id}/ledger?"),
    )


async def _all(fleet: Fleet, shape: type[T], path: str) -> list[T]:
    items: list[T] = []
    cursor = ""
    while True:
        request = Request(f"/_sandbox{path}&limit={MOST}{cursor}", method="GET", headers={})
        answer = await fleet.ask(request, SECONDS)
        if answer is None or answer.status != 200:
            raise Stuck(f"{request.path} cannot be read: {answer.body.decode() if answer else 'no answer'}")
        part = msgspec.json.decode(answer.body, type=_Part[shape])  # type: ignore[valid-type]
        items += part.items
        if part.next is None:
            return items
        cursor = f"&cursor={part.next}"
