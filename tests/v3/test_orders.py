"""A V3 order from its placing to its notification, and as V2 sees it."""

from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant


async def test_an_order_is_placed_paid_notified_and_queried(
    v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    placed = await v3.place("V3ORDER001")
    assert placed.status == 200, placed
    assert placed.signed
    assert placed.json["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")

    await shared_control.pay("V3ORDER001")
    await shared_control.wait("V3ORDER001", "notified")

    told = v3.open(inbox.received[0])
    assert (told["out_trade_no"], told["amount"]["total"]) == ("V3ORDER001", 101)
    query = await v3.query("V3ORDER001")
    assert query.json["trade_state"] == "SUCCESS"
    assert query.json["transaction_id"] == told["transaction_id"]


async def test_an_order_is_closed_with_a_signed_204(v3: V3Merchant) -> None:
    await v3.place("V3ORDER002")

    closed = await v3.close("V3ORDER002")

    assert (closed.status, closed.body, closed.signed) == (204, b"", True)
    assert (await v3.query("V3ORDER002")).json["trade_state"] == "CLOSED"


async def test_an_unknown_order_is_told_in_a_signed_404(v3: V3Merchant) -> None:
    answer = await v3.query("NEVERPLACED")

    assert (answer.status, answer.signed, answer.number) == (404, True, "268512771")
    assert answer.json == {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
