"""refund, refundquery and the refund notification, over HTTP."""

import re

import pytest

from sandbox.v2.refund_notifications import encrypted
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.refunds import told

COVERS = ("/secapi/pay/refund", "/pay/refund", "/pay/refundquery")

DAY = 86400
REFUND_FIELDS = [
    "return_code",
    "return_msg",
    "appid",
    "mch_id",
    "nonce_str",
    "sign",
    "result_code",
    "transaction_id",
    "out_trade_no",
    "out_refund_no",
    "refund_id",
    "refund_channel",
    "refund_fee",
    "coupon_refund_fee",
    "total_fee",
    "fee_type",
    "cash_fee",
    "cash_fee_type",
    "coupon_refund_count",
    "cash_refund_fee",
]


async def pay(merchant: Merchant, control: Control, number: str = "ORDER001", **fields: str) -> None:
    await merchant.order(number, **fields)
    await control.pay(number)


async def balance(control: Control) -> int:
    return int((await control.get(f"/merchants/{control.mch_id}"))["balance_fen"])


async def test_a_refund_is_accepted_and_the_order_says_so(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    answer = await merchant.refund("ORDER001", "REFUND001", 30)
    assert list(answer) == REFUND_FIELDS
    assert merchant.verifies(answer)
    assert (answer["refund_fee"], answer["cash_refund_fee"], answer["total_fee"]) == ("30", "30", "100")
    assert re.fullmatch(r"50\d{27}", answer["refund_id"])
    query = await merchant.query("ORDER001")
    assert (query["trade_state"], query["cash_fee"]) == ("REFUND", "100")


async def test_it_can_be_asked_for_by_the_transaction_id_and_without_the_certificates_path(
    merchant: Merchant, control: Control
) -> None:
    await pay(merchant, control)
    paid_as = (await merchant.query("ORDER001"))["transaction_id"]
    terms = {"transaction_id": paid_as, "out_refund_no": "REFUND001", "total_fee": "100", "refund_fee": "100"}
    answer = await merchant.call("/pay/refund", **terms)
    assert (answer["result_code"], answer["out_trade_no"]) == ("SUCCESS", "ORDER001")
    assert [one["out_refund_no"] for one in (await control.order("ORDER001"))["refunds"]] == ["REFUND001"]


async def test_the_same_number_is_the_same_refund(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    first = await merchant.refund("ORDER001", "REFUND001")
    again = await merchant.refund("ORDER001", "REFUND001")
    assert again["refund_id"] == first["refund_id"]
    assert len((await control.order("ORDER001"))["refunds"]) == 1
    other = await merchant.refund("ORDER001", "REFUND001", 99)
    assert other["err_code"] == "REFUND_FEE_MISMATCH"


@pytest.mark.parametrize("state", ["unknown", "unpaid", "closed"])
async def test_what_is_not_paid_cannot_be_refunded(merchant: Merchant, control: Control, state: str) -> None:
    if state != "unknown":
        await merchant.order("ORDER001")
    if state == "closed":
        await merchant.close("ORDER001")
    answer = await merchant.refund("ORDER001", "REFUND001")
    expected = ("ERROR", "订单已关闭") if state == "closed" else ("ORDERNOTEXIST", "订单不存在")
    assert (answer["err_code"], answer["err_code_des"]) == expected
    assert (await merchant.refund_query(out_trade_no="ORDER001"))["err_code"] == "REFUNDNOTEXIST"


async def test_a_refund_arrives_after_a_minute_and_the_merchant_is_told(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001", 30, notify_url=inbox.url)
    assert (await merchant.refund_query(out_refund_no="REFUND001"))["refund_status_0"] == "PROCESSING"
    await control.advance(45)  # real seconds count too, on a busy machine several
    assert len(inbox.received) == 1  # the payment's
    await control.advance(15)
    query = await merchant.refund_query(out_refund_no="REFUND001")
    assert query["refund_status_0"] == "SUCCESS"
    message = inbox.received[-1]
    assert message.body.startswith("<xml><return_code>SUCCESS</return_code><appid>")
    assert set(message.fields) == {"return_code", "appid", "mch_id", "nonce_str", "req_info"}
    info = told(message, merchant)
    assert list(info) == sorted(info)
    assert (info["refund_status"], info["refund_fee"], info["total_fee"]) == ("SUCCESS", "30", "100")
    assert info["success_time"] == query["refund_success_time_0"]
    assert (info["refund_recv_accout"], info["refund_request_source"]) == ("支付用户零钱", "API")


async def test_without_a_url_nobody_is_told_and_the_platforms_setting_is_one(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001", 30)
    await control.advance(60)
    assert len(inbox.received) == 1
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"refund_notify_url": inbox.url})
    await merchant.refund("ORDER001", "REFUND002", 30)
    await control.advance(60)
    assert told(inbox.received[-1], merchant)["out_refund_no"] == "REFUND002"


async def test_a_refused_refund_notification_comes_again(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await pay(merchant, control)
    inbox.answer(500)
    await merchant.refund("ORDER001", "REFUND001", notify_url=inbox.url)
    await control.advance(60 + 15 + 15 + 30 + 1)
    bodies = [one.body for one in inbox.received if "req_info" in one.body]
    assert (len(bodies), len(set(bodies))) == (4, 1)


@pytest.mark.parametrize(("outcome", "status"), [("change", "CHANGE"), ("close", "REFUNDCLOSE")])
async def test_a_person_can_decide_otherwise(
    merchant: Merchant, control: Control, inbox: Inbox, outcome: str, status: str
) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001", notify_url=inbox.url)
    await control.post(f"/refunds/{merchant.mch_id}/REFUND001", {"outcome": outcome})
    await control.advance(DAY)
    info = told(inbox.received[-1], merchant)
    assert (info["refund_status"], "success_time" in info) == (status, False)
    assert (await merchant.refund_query(refund_id=info["refund_id"]))["refund_status_0"] == status


async def test_a_closed_refund_frees_its_amount_and_a_stuck_one_does_not(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    path = f"/refunds/{merchant.mch_id}/REFUND001"
    await control.post(path, {"outcome": "change"})
    assert (await merchant.refund("ORDER001", "REFUND002"))["err_code"] == "ERROR"
    await control.post(path, {"outcome": "close"})
    assert (await merchant.refund("ORDER001", "REFUND002"))["result_code"] == "SUCCESS"
    refused = await control.post(path, {"outcome": "success"}, 409)
    assert refused["error"]["code"] == "refund_ended"


async def test_the_balance_follows(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    assert await balance(control) == 99  # 0.6 % of 100 is 0.6, rounded to 1
    await merchant.refund("ORDER001", "REFUND001", 50)
    assert await balance(control) == 50  # on the other 50 the fee is 0.3, rounded to 0
    await merchant.refund("ORDER001", "REFUND002", 50)
    assert await balance(control) == 0


async def test_refunds_are_listed_in_pages_of_ten(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    for number in range(12):
        await merchant.refund("ORDER001", f"REFUND{number:02}", 1)
    first = await merchant.refund_query(out_trade_no="ORDER001")
    assert list(first) == sorted(first)
    assert merchant.verifies(first)
    counts = (first["refund_count"], first["total_refund_count"], first["refund_fee"])
    assert (*counts, first["out_refund_no_0"]) == ("10", "12", "10", "REFUND00")
    rest = await merchant.refund_query(out_trade_no="ORDER001", offset="10")
    assert (rest["refund_count"], rest["out_refund_no_0"], rest["out_refund_no_1"]) == ("2", "REFUND10", "REFUND11")


async def test_coupons_go_back_in_proportion(merchant: Merchant, control: Control) -> None:
    coupons = [{"fee": 10, "type": "CASH"}, {"fee": 20, "type": "NO_CASH", "id": "67890"}]
    await control.call("PUT", "/scenarios/with-coupons", {"payer": {"coupons": coupons}})
    await pay(merchant, control, attach="scenario:with-coupons")
    half = await merchant.refund("ORDER001", "REFUND001", 50)
    told = {name: half[name] for name in ("cash_refund_fee", "coupon_refund_fee", "settlement_refund_fee")}
    assert told == {"cash_refund_fee": "35", "coupon_refund_fee": "15", "settlement_refund_fee": "40"}
    assert (half["coupon_refund_fee_0"], half["coupon_refund_fee_1"], half["coupon_type_1"]) == ("5", "10", "NO_CASH")
    await merchant.refund("ORDER001", "REFUND002", 50)
    query = await merchant.refund_query(out_trade_no="ORDER001")
    assert (query["settlement_total_fee"], query["coupon_refund_fee_1"]) == ("80", "15")
    assert await balance(control) == 0


async def test_refund_calls_stand_on_the_orders_timeline(merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    answer = await merchant.refund("ORDER001", "REFUND001", 30)
    await merchant.refund_query(refund_id=answer["refund_id"])
    await control.advance(60)
    timeline = await control.timeline("ORDER001")
    paths = [one["path"] for one in timeline if one["kind"] == "api"]
    names = [one["name"] for one in timeline if one["kind"] == "wechat"]
    assert paths == ["/pay/unifiedorder", "/secapi/pay/refund", "/pay/refundquery"]
    assert names[-2:] == ["refund_accepted", "refund_succeeded"]


def test_the_documents_req_info_is_reproduced() -> None:
    plain = (
        b"<root>\n<out_refund_no><![CDATA[R1]]></out_refund_no>\n"
        b"<refund_status><![CDATA[SUCCESS]]></refund_status>\n</root>"
    )
    expected = (
        "4gS8kbcHysCW7bHqyEU0M9umdFVGKPOUBs+y0jA3Blg+Ev4fh/hsfGme53V7VcauQIldO9SGnmyoSnCg6RqQKvsNqQ8QZ/QqGG7L7Ft26zOJT8KK"
        "GtIQhQk/aqUrb9aswOZRsl6VTrRb62a9RC300A=="
    )
    assert encrypted(plain, "192006250b4c09247ec02edce69f6a2d") == expected


@pytest.mark.parametrize("path", ["/secapi/pay/refund", "/pay/refund"])
@pytest.mark.parametrize(
    ("total_fee", "refund_fee", "return_msg"),
    [
        ("100", "101", "invalid refund_fee"),
        ("1", "100", "invalid refund_fee"),
        ("100", "0", "invalid refund_fee"),
        ("100", "-1", "invalid refund_fee"),
        ("0", "1", "invalid total_fee"),
        ("100", "10.0", "0参数格式错误"),
        ("100", "(100,)", "0参数格式错误"),
        ("100.0", "100", "0参数格式错误"),
        ("1e2", "100", "0参数格式错误"),
        ("100", "１", "0参数格式错误"),
    ],
)
async def test_amounts_are_looked_at_before_anything_else(
    merchant: Merchant, control: Control, path: str, total_fee: str, refund_fee: str, return_msg: str
) -> None:
    terms = {"out_trade_no": "UNKNOWN1", "out_refund_no": "R1", "total_fee": total_fee, "refund_fee": refund_fee}
    for more in ({}, {"sign": "0" * 32}):
        answer = await merchant.call(path, **terms, **more)
        assert answer == {"return_code": "FAIL", "return_msg": return_msg}
    assert await balance(control) == 0
