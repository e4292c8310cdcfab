"""A merchant's backend that refunds by V3."""

from typing import Any

from tests.support.control import Control
from tests.support.v3 import Answered, V3Merchant

REFUNDS = "/v3/refund/domestic/refunds"


def refund_terms(out_trade_no: str, out_refund_no: str, fen: int = 101, **more: Any) -> dict[str, Any]:
    """A refund as it is asked for; None takes a member away."""
    said = {
        "out_trade_no": out_trade_no,
        "out_refund_no": out_refund_no,
        "amount": {"refund": fen, "total": 101, "currency": "CNY"},
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


async def refund(v3: V3Merchant, out_trade_no: str, out_refund_no: str, fen: int = 101, **more: Any) -> Answered:
    return await v3.call("POST", REFUNDS, refund_terms(out_trade_no, out_refund_no, fen, **more))


async def paid(v3: V3Merchant, control: Control, out_trade_no: str, **more: Any) -> str:
    """An order over 1.01 yuan that is paid: its transaction_id."""
    placed = await v3.place(out_trade_no, **more)
    assert placed.status == 200, placed
    await control.pay(out_trade_no)
    return str((await control.order(out_trade_no))["transaction_id"])
