"""What each call answers in each state of an order, the table in docs/endpoints.md. Source: V2 notes, 2.6, 3, 4.

A row brings an order to a state, a column makes a call about it, and the cell is the answer: SUCCESS, an err_code, or
for orderquery the trade_state. Each is run over HTTP by tests/v2/test_states.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.support.control import Control
from tests.support.merchant import Merchant

Answer = dict[str, str]


@dataclass
class Counter:
    """A merchant, and the order that all is about."""

    merchant: Merchant
    control: Control
    auth_code: str = ""
    total_fee: int = 100

    async def place(self) -> None:
        await self.merchant.order("ORDER001")

    async def pay(self) -> None:
        await self.place()
        await self.control.pay("ORDER001")

    async def charge(self, total_fee: int = 100) -> None:
        self.auth_code, self.total_fee = await self.control.auth_code(), total_fee
        await self.merchant.micropay("ORDER001", self.auth_code, total_fee)

    async def give_back(self, fen: int) -> None:
        await self.merchant.refund("ORDER001", "REFUND1", fen)


Step = Callable[[Counter], Awaitable[object]]


async def nothing(at: Counter) -> None:
    at.auth_code = await at.control.auth_code()


async def placed(at: Counter) -> None:
    await at.place()


async def paid(at: Counter) -> None:
    await at.pay()


async def partly_refunded(at: Counter) -> None:
    await at.pay()
    await at.give_back(40)


async def refunded(at: Counter) -> None:
    await at.pay()
    await at.give_back(100)


async def closed(at: Counter) -> None:
    await at.place()
    await at.merchant.close("ORDER001")


async def expired(at: Counter) -> None:
    await at.place()
    await at.control.advance(7 * 86400)


async def typing(at: Counter) -> None:
    await at.charge(100_001)


async def charged(at: Counter) -> None:
    await at.charge()


async def charged_and_refunded(at: Counter) -> None:
    await at.charge()
    await at.give_back(100)


async def cancelled(at: Counter) -> None:
    await at.charge(100_001)
    await at.control.password("ORDER001", "cancel")


async def reversed_(at: Counter) -> None:
    await at.charge()
    await at.merchant.reverse("ORDER001")


async def unifiedorder(at: Counter) -> Answer:
    return await at.merchant.order("ORDER001", total_fee=str(at.total_fee))


async def micropay(at: Counter) -> Answer:
    code = at.auth_code or await at.control.auth_code()
    return await at.merchant.micropay("ORDER001", code, at.total_fee)


async def orderquery(at: Counter) -> Answer:
    return await at.merchant.query("ORDER001")


async def closeorder(at: Counter) -> Answer:
    return await at.merchant.close("ORDER001")


async def refund(at: Counter) -> Answer:
    return await at.merchant.refund("ORDER001", "REFUND2", 60, total_fee=str(at.total_fee))


async def refundquery(at: Counter) -> Answer:
    return await at.merchant.refund_query(out_trade_no="ORDER001")


async def reverse(at: Counter) -> Answer:
    return await at.merchant.reverse("ORDER001")


CALLS: dict[str, Callable[[Counter], Awaitable[Answer]]] = {
    call.__name__: call for call in (unifiedorder, micropay, orderquery, closeorder, refund, refundquery, reverse)
}
STATES: dict[str, tuple[Step, str]] = {
    "unknown": (nothing, "SUCCESS SUCCESS ORDERNOTEXIST SUCCESS ORDERNOTEXIST REFUNDNOTEXIST SUCCESS"),
    "NOTPAY": (placed, "SUCCESS OUT_TRADE_NO_USED NOTPAY SUCCESS ORDERNOTEXIST REFUNDNOTEXIST INVALID_REQUEST"),
    "SUCCESS": (paid, "ORDERPAID OUT_TRADE_NO_USED SUCCESS ORDERPAID SUCCESS REFUNDNOTEXIST INVALID_REQUEST"),
    "REFUND, in part": (
        partly_refunded,
        "ORDERPAID OUT_TRADE_NO_USED REFUND ORDERPAID SUCCESS SUCCESS INVALID_REQUEST",
    ),
    "REFUND": (refunded, "ORDERPAID OUT_TRADE_NO_USED REFUND ORDERPAID ERROR SUCCESS INVALID_REQUEST"),
    "CLOSED": (closed, "ORDERCLOSED OUT_TRADE_NO_USED CLOSED SUCCESS ERROR REFUNDNOTEXIST INVALID_REQUEST"),
    "CLOSED, expired": (expired, "ORDERCLOSED OUT_TRADE_NO_USED CLOSED SUCCESS ERROR REFUNDNOTEXIST INVALID_REQUEST"),
    "USERPAYING": (
        typing,
        "INVALID_REQUEST USERPAYING USERPAYING TRADE_STATE_ERROR ORDER_NOT_READY REFUNDNOTEXIST SUCCESS",
    ),
    "SUCCESS, by code": (charged, "ORDERPAID SUCCESS SUCCESS ORDERPAID SUCCESS REFUNDNOTEXIST SUCCESS"),
    "REFUND, by code": (charged_and_refunded, "ORDERPAID ORDERPAID REFUND ORDERPAID ERROR SUCCESS ORDERREFUND"),
    "PAYERROR": (cancelled, "TRADE_ERROR TRADE_ERROR PAYERROR SUCCESS ORDERNOTEXIST REFUNDNOTEXIST SUCCESS"),
    "REVOKED": (
        reversed_,
        "TRADE_STATE_ERROR ORDERREVERSED REVOKED TRADE_STATE_ERROR TRADE_STATE_ERROR REFUNDNOTEXIST SUCCESS",
    ),
}
"""The answers in the order of CALLS. The order is one of unifiedorder; from USERPAYING on, one of micropay."""


def answers(state: str) -> dict[str, str]:
    """What each call answers in a state, by the call's name."""
    return dict(zip(CALLS, STATES[state][1].split(), strict=True))
