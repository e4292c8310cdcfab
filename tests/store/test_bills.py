"""What bills ask of the store: who was paid, refunded and reversed on a day."""

from dataclasses import replace
from datetime import timedelta

from sandbox.core.ledger import Line, Owner, given_back
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, TradeState
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.statements import BillType, paid, reversed_, trade_bill
from sandbox.store import Store
from tests.store.helpers import MCH_ID, NOON, keep, open_store, order
from tests.support.databases import Place

DAY = timedelta(days=1)


def payment(number: str, later: timedelta = timedelta()) -> Payment:
    return Payment(transaction_id=f"42{number}", paid_at=NOON + later, bank_type="CFT", openid="o", cash_fee=100)


async def reversed_order(store: Store) -> Order:
    """An order over 100 yuan, paid at noon and reversed on the next day."""
    placed = order("S1", total_fee=10_000)
    one = replace(placed, trade_state=TradeState.REVOKED, payment=replace(payment("S1"), cash_fee=10_000))
    await keep(store, one)

    def book(tx: UnitOfWork) -> None:
        for move in given_back(10_000, 0, one.fee):
            line = Line(
                owner=Owner(MCH_ID), at=NOON + DAY, move=move, account=None, balance=0, flow_no="1", out_trade_no="S1"
            )
            tx.ledger.add(line)

    await store.write(book)
    return one


async def test_orders_are_found_by_when_they_were_paid(kept_database: Place) -> None:
    store = await open_store(kept_database)
    for number, later in (("S1", -DAY), ("S2", timedelta()), ("S3", DAY)):
        placed = order(number)
        await keep(store, replace(placed, trade_state=TradeState.SUCCESS, payment=payment(number, later)))
    await keep(store, order("S4"))

    def found(tx: UnitOfWork) -> list[OrderKey]:
        return [one.key for one in tx.orders.paid_in(MCH_ID, "", NOON, NOON + DAY)]

    assert [key.out_trade_no for key in await store.read(found)] == ["S2"], "the end is not of the day"
    assert await store.read(lambda tx: tx.orders.paid_in(MCH_ID, "1900000201", NOON, NOON + DAY)) == []
    await store.close()


async def test_a_reversal_is_found_by_when_the_money_went_back(kept_database: Place) -> None:
    store = await open_store(kept_database)
    one = await reversed_order(store)
    assert await store.read(lambda tx: tx.orders.reversed_in(MCH_ID, "", NOON, NOON + DAY)) == []
    later = await store.read(lambda tx: tx.orders.reversed_in(MCH_ID, "", NOON + DAY, NOON + 2 * DAY))
    assert later == [(one, NOON + DAY)], "once, though fee and money are two lines"
    await store.close()


async def test_a_reversed_order_has_two_rows_that_come_to_nothing(kept_database: Place) -> None:
    store = await open_store(kept_database)
    one = await reversed_order(store)
    bill = trade_bill(BillType.ALL, [paid(one), reversed_(one, NOON + DAY)], NOON + 2 * DAY)
    _, row = bill.rows
    expected = {
        "交易状态": "REVOKED",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "100.00",
        "退款状态": "SUCCESS",
        "退款类型": "",
        "手续费": "-0.60000",
        "订单金额": "0.00",
        "申请退款金额": "100.00",
    }
    assert row.items() >= expected.items()
    assert (bill.summary["订单总金额"], bill.summary["退款总金额"]) == ("100.00", "100.00")
    assert bill.summary["手续费总金额"] == "0.00000"
    for bill_type in (BillType.REFUND, BillType.RECHARGE_REFUND):
        assert trade_bill(bill_type, [paid(one), reversed_(one, NOON)], NOON).rows == ()
    await store.close()
