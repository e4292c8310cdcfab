"""Combined orders: what the control API, the console and V2 make of them and of their sub-orders."""

import pytest
from aiohttp import ClientSession

from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import combined


@pytest.fixture(autouse=True)
async def all001(server: Server, merchant: Merchant, inbox: Inbox) -> None:
    """A combined order of two sub-orders."""
    await combined(server, merchant, inbox, "ALL001", PART01=70, PART02=30)


async def page(session: ClientSession, path: str) -> str:
    async with session.get(f"/console{path}", headers={"Accept-Language": "en"}) as answer:
        return await answer.text()


async def test_the_combined_order_names_its_sub_orders_and_they_name_it(control: Control) -> None:
    order, part = await control.order("ALL001"), await control.order("PART01")
    assert (order["total_fee"], order["combined"], order["body"]) == (100, True, "PART01、PART02")
    assert [(one["out_trade_no"], one["total_fee"]) for one in order["sub_orders"]] == [("PART01", 70), ("PART02", 30)]
    assert (part["combine_mch_id"], part["combine_out_trade_no"]) == ("1900000109", "ALL001")
    assert "sub_orders" not in part
    assert "combined" not in part


async def test_a_payment_pays_all_and_is_told_once(control: Control, merchant: Merchant) -> None:
    await control.pay("ALL001", bank_type="CMB_DEBIT")
    order = await control.order("ALL001")
    parts = [await control.order(number) for number in ("PART01", "PART02")]
    assert [one["trade_state"] for one in (order, *parts)] == ["SUCCESS"] * 3
    assert [(one["cash_fee"], one["bank_type"], len(one["notifications"])) for one in parts] == [
        (70, "CMB_DEBIT", 0),
        (30, "CMB_DEBIT", 0),
    ]
    assert len({one["transaction_id"] for one in (order, *parts)}) == 3
    assert len(order["notifications"]) == 1
    lines = await control.get("/merchants/1900000109/ledger")
    assert {one["out_trade_no"] for one in lines["items"]} == {"PART01", "PART02"}


async def test_a_sub_order_is_neither_paid_nor_closed_alone(control: Control, merchant: Merchant) -> None:
    refused = await control.pay("PART01", status=409)
    assert refused["error"]["code"] == "part_of_combined"
    assert (await merchant.close("PART01"))["err_code"] == "INVALID_REQUEST"
    assert (await control.order("PART01"))["trade_state"] == "NOTPAY"


async def test_nobody_is_told_of_a_sub_order(control: Control) -> None:
    await control.pay("ALL001")
    for body in ({}, {"fault": "amount-lower"}):
        refused = await control.post("/orders/1900000109/PART01/notify", body, 409)
        assert refused["error"]["code"] == "part_of_combined"


async def test_a_sub_order_is_queried_and_refunded_by_its_own_number(merchant: Merchant, control: Control) -> None:
    await control.pay("ALL001")
    part = await control.order("PART01")
    found = await merchant.query("PART01")
    assert (found["trade_state"], found["transaction_id"]) == ("SUCCESS", part["transaction_id"])
    assert (await merchant.refund("PART01", "BACK-1", 20, total_fee="70"))["result_code"] == "SUCCESS"
    assert (await merchant.query("PART01"))["trade_state"] == "REFUND"
    assert (await control.order("ALL001"))["trade_state"] == "SUCCESS"


async def test_a_combined_order_is_no_order_of_the_ordinary_calls(merchant: Merchant, control: Control) -> None:
    await merchant.close("ALL001")
    assert (await control.order("ALL001"))["trade_state"] == "NOTPAY"
    await control.pay("ALL001")
    order = await control.order("ALL001")
    assert (await merchant.query("ALL001"))["err_code"] == "ORDERNOTEXIST"
    by_id = await merchant.call("/pay/orderquery", transaction_id=order["transaction_id"], sign_type="MD5")
    assert by_id["err_code"] == "ORDERNOTEXIST"
    assert (await merchant.refund("ALL001", "BACK-1", 20, total_fee="100"))["err_code"] == "ORDERNOTEXIST"


async def test_a_number_in_use_cannot_be_placed_by_another_call(merchant: Merchant) -> None:
    for number, fen in (("ALL001", 100), ("PART01", 70)):
        answer = await merchant.order(number, total_fee=str(fen), trade_type="APP", body=number)
        assert answer["err_code"] == "INVALID_REQUEST"


async def test_sub_orders_expire_with_their_combined_order(control: Control) -> None:
    await control.advance(7 * 86400)
    for number in ("ALL001", "PART01", "PART02"):
        assert (await control.wait(number, "closed"))["trade_state"] == "CLOSED"
    assert [one.get("name") for one in await control.timeline("PART02")] == ["expired"]


async def test_the_cashier_of_a_sub_order_shows_its_combined_order(control: Control, session: ClientSession) -> None:
    async with session.get((await control.order("PART01"))["cashier_url"]) as answer:
        text = await answer.text()
    assert "1.00" in text
    assert "0.70" not in text


async def test_the_pages_lead_from_one_to_the_other(session: ClientSession, control: Control) -> None:
    whole, part = await page(session, "/orders/1900000109/ALL001"), await page(session, "/orders/1900000109/PART01")
    assert 'href="/console/orders/1900000109/PART02"' in whole
    assert 'href="/console/orders/1900000109/ALL001"' in part
    assert "waits for its combined order" in part
    assert 'value="success"' in whole
    assert 'value="success"' not in part
    listed = await page(session, "/")
    assert listed.count(">sub-order<") == 2
    assert listed.count(">combined<") == 1
    await control.pay("ALL001")
    assert "make-refund" in await page(session, "/orders/1900000109/PART01")
    assert "make-refund" not in await page(session, "/orders/1900000109/ALL001")


async def test_a_scenario_of_the_combined_order_decides_over_refunds_of_its_sub_orders(
    server: Server, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await control.call("PUT", "/scenarios/refunds-stuck", {"refund": [{"outcome": "change"}]})
    await control.post("/scenarios/refunds-stuck/apply", {"out_trade_no": "ALL002", "mch_id": merchant.mch_id})
    await combined(server, merchant, inbox, "ALL002", PART03=5, PART04=6)
    await control.pay("ALL002")
    await merchant.refund("PART04", "BACK-1", 6, total_fee="6")
    await control.advance(3600)
    assert (await control.get("/refunds/1900000109/BACK-1"))["refund_status"] == "CHANGE"
