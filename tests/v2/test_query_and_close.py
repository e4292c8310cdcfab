"""orderquery and closeorder in every state, and what the clock does. Source: V2 notes, 3.1, 3.2 and 4."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document, elements
from tests.support.words import UNKNOWN, missing

COVERS = ("/pay/orderquery", "/pay/closeorder")

HEAD = ["return_code", "return_msg", "appid", "mch_id", "nonce_str", "sign", "result_code"]
CLOSED = [*HEAD[:4], "sub_mch_id", *HEAD[4:]]
UNPAID = ["out_trade_no", "trade_state", "trade_state_desc"]
NOT_FOUND = ("ORDERNOTEXIST", "order not exist")
MISSING = {"return_code": "FAIL", "return_msg": "缺少参数"}


def failure(answer: dict[str, str]) -> tuple[str, str]:
    assert answer["result_code"] == "FAIL", answer
    return answer["err_code"], answer["err_code_des"]


async def in_ten_minutes(control: Control) -> str:
    now = datetime.fromisoformat((await control.get("/clock"))["now"])
    return (now + timedelta(minutes=10)).strftime("%Y%m%d%H%M%S")


# -- orderquery --------------------------------------------------------------------------------------------------------


async def test_an_unpaid_order_has_few_fields(merchant: Merchant) -> None:
    await merchant.order("ORDER001", attach="附加")
    answer = await merchant.query("ORDER001")
    assert list(answer) == HEAD + UNPAID
    assert (answer["trade_state"], answer["trade_state_desc"]) == ("NOTPAY", "订单未支付")


async def test_a_closed_order_brings_its_attach(merchant: Merchant) -> None:
    await merchant.order("ORDER001", attach="附加")
    await merchant.close("ORDER001")
    answer = await merchant.query("ORDER001")
    assert list(answer) == [*HEAD, "out_trade_no", "attach", "trade_state", "trade_state_desc"]
    assert (answer["trade_state"], answer["trade_state_desc"]) == ("CLOSED", "订单已关闭")
    assert answer["attach"] == "附加"


async def test_a_paid_order_brings_its_payment(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", attach="附加")
    order = (await control.pay("ORDER001", bank_type="CMB_DEBIT"))["order"]
    answer = await merchant.query("ORDER001")
    own = {name: value for name, value in answer.items() if name not in HEAD}
    paid_at = datetime.fromisoformat(order["paid_at"])
    assert own == {
        "openid": order["openid"],
        "is_subscribe": "N",
        "trade_type": "NATIVE",
        "bank_type": "CMB_DEBIT",
        "total_fee": "100",
        "fee_type": "CNY",
        "transaction_id": order["transaction_id"],
        "out_trade_no": "ORDER001",
        "attach": "附加",
        "time_end": paid_at.strftime("%Y%m%d%H%M%S"),
        "trade_state": "SUCCESS",
        "cash_fee": "100",
        "trade_state_desc": "支付成功",
        "cash_fee_type": "CNY",
    }
    assert merchant.verifies(answer)


async def test_the_orders_device_info_is_told(merchant: Merchant) -> None:
    await merchant.order("ORDER001", device_info="WEB")
    answer = await merchant.query("ORDER001")
    assert list(answer) == [*HEAD[:4], "device_info", *HEAD[4:], *UNPAID]
    assert answer["device_info"] == "WEB"
    assert merchant.verifies(answer)


async def test_the_transaction_id_wins_over_the_order_number(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.order("ORDER002")
    transaction_id = (await control.pay("ORDER001"))["order"]["transaction_id"]
    answer = await merchant.query("ORDER002", transaction_id=transaction_id)
    assert answer["out_trade_no"] == "ORDER001"


async def test_the_transaction_id_alone_is_enough(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    transaction_id = (await control.pay("ORDER001"))["order"]["transaction_id"]
    answer = await merchant.call("/pay/orderquery", transaction_id=transaction_id)
    assert answer["trade_state"] == "SUCCESS"


async def test_an_unknown_transaction_id_is_not_mended_by_the_order_number(merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    answer = await merchant.query("ORDER001", transaction_id="4200000000000000000000000000")
    assert failure(answer) == NOT_FOUND


async def test_an_unknown_number_is_no_order(merchant: Merchant) -> None:
    answer = await merchant.query("UNKNOWN")
    assert failure(answer) == NOT_FOUND
    assert merchant.verifies(answer)


@pytest.mark.parametrize("fields", [{}, {"out_trade_no": ""}, {"out_trade_no": "", "transaction_id": ""}])
async def test_a_query_needs_one_of_the_numbers(merchant: Merchant, fields: dict[str, str]) -> None:
    assert await merchant.call("/pay/orderquery", **fields) == MISSING


@pytest.mark.parametrize("path", ["/pay/orderquery", "/pay/closeorder"])
@pytest.mark.parametrize("name", ["spbill_create_ip", "refund_id", "out_trade_No"])
async def test_an_element_that_does_not_belong_is_named(merchant: Merchant, path: str, name: str) -> None:
    answer = await merchant.call(path, out_trade_no="ORDER001", **{name: "1.2.3.4"})
    assert answer == {"return_code": "FAIL", "return_msg": UNKNOWN}


async def test_a_query_changes_nothing(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    before = await control.order("ORDER001")
    for _ in range(3):
        await merchant.query("ORDER001")
    assert await control.order("ORDER001") == before


# -- closeorder --------------------------------------------------------------------------------------------------------


async def test_an_unpaid_order_is_closed(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    answer = await merchant.close("ORDER001")
    assert list(answer) == CLOSED
    assert answer["result_code"] == "SUCCESS"
    assert (await control.order("ORDER001"))["trade_state"] == "CLOSED"


@pytest.mark.parametrize("paid", [False, True])
async def test_an_ordinary_merchants_answer_has_an_empty_unsigned_sub_mch_id(
    merchant: Merchant, control: Control, *, paid: bool
) -> None:
    await merchant.order("ORDER001")
    if paid:
        await control.pay("ORDER001")
    body = await merchant.post("/pay/closeorder", document(merchant.signed(out_trade_no="ORDER001")))
    told = elements(body)
    assert "</mch_id>\n<sub_mch_id><![CDATA[]]></sub_mch_id>\n<nonce_str>" in body
    assert told.get("err_code") == ("ORDERPAID" if paid else None)
    assert merchant.verifies(told)


async def test_no_other_answer_has_one(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    assert "sub_mch_id" not in await merchant.query("ORDER001")
    await control.pay("ORDER001")
    refunded = await merchant.refund("ORDER001", "R1")
    for answer in (await merchant.query("ORDER001"), refunded, await merchant.refund_query(out_trade_no="ORDER001")):
        assert answer["result_code"] == "SUCCESS"
        assert "sub_mch_id" not in answer
    assert (refunded["refund_channel"], (await merchant.query("ORDER001"))["attach"]) == ("", "")


async def test_closing_a_closed_order_succeeds_and_changes_nothing(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    before = await control.order("ORDER001")
    assert (await merchant.close("ORDER001"))["result_code"] == "SUCCESS"
    assert await control.order("ORDER001") == before


async def test_closing_an_unknown_order_succeeds_as_seen_live(merchant: Merchant, control: Control) -> None:
    answer = await merchant.close("UNKNOWN")
    assert list(answer) == CLOSED
    assert answer["result_code"] == "SUCCESS"
    assert (await control.get("/orders"))["items"] == []


async def test_a_paid_order_cannot_be_closed(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    answer = await merchant.close("ORDER001")
    assert failure(answer) == ("ORDERPAID", "order paid")
    assert merchant.verifies(answer)
    assert (await merchant.query("ORDER001"))["trade_state"] == "SUCCESS"


async def test_closing_an_expired_order_succeeds(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(7 * 86400)
    assert (await merchant.close("ORDER001"))["result_code"] == "SUCCESS"
    assert (await merchant.query("ORDER001"))["trade_state"] == "CLOSED"


async def test_a_closed_order_cannot_be_paid(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    assert (await control.pay("ORDER001", status=409))["error"]["code"] == "order_closed"
    await control.advance(60)
    assert inbox.received == []


async def test_a_close_needs_its_number(merchant: Merchant) -> None:
    told = missing("out_trade_no", "商户订单号")
    assert await merchant.call("/pay/closeorder") == {"return_code": "FAIL", "return_msg": told}


async def test_of_paying_and_closing_at_once_exactly_one_happens(merchant: Merchant, control: Control) -> None:
    for number in range(5):
        name = f"ORDER{number:03}"
        await merchant.order(name)
        await asyncio.gather(merchant.close(name), control_pay(control, name))
        order, timeline = await control.order(name), await control.timeline(name)
        assert len([line for line in timeline if line.get("name") in ("paid", "closed")]) == 1
        assert (order["trade_state"] == "SUCCESS") == (len(order["notifications"]) == 1)


async def control_pay(control: Control, name: str) -> None:
    async with control.session.post(f"/_sandbox/orders/{control.mch_id}/{name}/pay", json={}) as response:
        assert response.status in (200, 409)


# -- expiry ------------------------------------------------------------------------------------------------------------


async def test_an_order_is_open_until_just_before_seven_days(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(7 * 86400 - 60)
    assert (await merchant.query("ORDER001"))["trade_state"] == "NOTPAY"
    await control.advance(60)
    assert (await merchant.query("ORDER001"))["trade_state"] == "CLOSED"


async def test_an_expired_order_cannot_be_paid(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", time_expire=await in_ten_minutes(control))
    await control.advance(600)
    assert (await control.pay("ORDER001", status=409))["error"]["code"] == "order_expired"


async def test_an_order_past_its_prepay_id_must_be_asked_for_again(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.advance(7200)
    assert (await control.pay("ORDER001", status=409))["error"]["code"] == "prepay_expired"
    assert (await merchant.query("ORDER001"))["trade_state"] == "NOTPAY"
    await merchant.order("ORDER001")
    await control.pay("ORDER001")


async def test_expiry_stands_once_on_the_timeline_at_its_own_time(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", time_expire=await in_ten_minutes(control))
    await control.advance(3600)
    await merchant.close("ORDER001")
    order = await control.order("ORDER001")
    (line,) = [line for line in await control.timeline("ORDER001") if line.get("name") == "expired"]
    assert order["closed_at"] == order["expires_at"]
    late = datetime.fromisoformat(line["at"]) - datetime.fromisoformat(order["expires_at"])
    assert timedelta(0) <= late < timedelta(seconds=5)


async def test_a_paid_order_never_expires(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(8 * 86400)
    assert (await merchant.query("ORDER001"))["trade_state"] == "SUCCESS"


@pytest.mark.slow
async def test_more_orders_than_one_batch_expire_together(merchant: Merchant, control: Control) -> None:
    names = [f"ORDER{number:04}" for number in range(510)]
    for start in range(0, 510, 102):
        await asyncio.gather(*(merchant.order(name) for name in names[start : start + 102]))
    await control.advance(7 * 86400)
    assert len((await control.get("/orders", trade_state="CLOSED", limit="1000"))["items"]) == 510
