"""An order in a foreign currency settles in CNY. Source: V2 notes, 8.3; captures of 2018, 2019."""

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, document, elements

pytestmark = pytest.mark.slow

RATES = {"HKD": 80730000, "USD": 717420000}


async def paid(merchant: Merchant, control: Control, fee_type: str, total_fee: int, **terms: str) -> None:
    answer = await merchant.order("ORDER001", fee_type=fee_type, total_fee=str(total_fee), **terms)
    assert answer["result_code"] == "SUCCESS", answer
    await control.pay("ORDER001")


async def balance(control: Control) -> int:
    return int((await control.get(f"/merchants/{control.mch_id}"))["balance_fen"])


@pytest.mark.parametrize(("fee_type", "total_fee", "cash_fee"), [("HKD", 2, "1"), ("USD", 42, "301")])
async def test_notification_and_query_tell_the_cny_and_the_rate(
    merchant: Merchant, control: Control, inbox: Inbox, fee_type: str, total_fee: int, cash_fee: str
) -> None:
    merchant.sign_type = "HMAC-SHA256"
    await paid(merchant, control, fee_type, total_fee)
    await control.wait("ORDER001", "notified")
    said = {"fee_type": fee_type, "total_fee": str(total_fee), "cash_fee": cash_fee, "cash_fee_type": "CNY"}
    rate = {"rate_value": str(RATES[fee_type])}
    for told in (inbox.received[0].fields, await merchant.query("ORDER001")):
        assert told.items() >= {**said, **rate}.items()
        assert merchant.verifies(told, "HMAC-SHA256")
    for name in ("cash_fee", "cash_fee_type", "rate_value"):
        assert f"<{name}><![CDATA[" in inbox.received[0].body
    order = await control.order("ORDER001")
    assert {name: order[name] for name in said} == {**said, "total_fee": total_fee, "cash_fee": int(cash_fee)}
    assert order["rate_value"] == RATES[fee_type]


@pytest.mark.parametrize(
    "fee_type",
    ["GBP", "HKD", "USD", "JPY", "CAD", "AUD", "EUR", "NZD", "KRW", "THB", "SGD", "RUB", "DKK", "SEK", "CHF", "NOK"],
)
async def test_each_currency_of_the_document_passes(shopkeeper: Merchant, fee_type: str) -> None:
    answer = await shopkeeper.order(f"ORDER{fee_type}", fee_type=fee_type)
    assert answer["result_code"] == "SUCCESS"


@pytest.mark.parametrize("fee_type", ["RMB", "XXX", "XAU", "usd", "US", "CNYX", "人民币", "BRL"])
async def test_what_is_no_currency_is_refused(shopkeeper: Merchant, fee_type: str) -> None:
    refused = {"return_code": "FAIL", "return_msg": "fee_type参数格式错误"}
    assert await shopkeeper.order("ORDER001", fee_type=fee_type) == refused
    assert await shopkeeper.micropay("ORDER001", "120061098828009406", fee_type=fee_type) == refused
    refund = await shopkeeper.refund("ORDER001", "R1", refund_fee_type=fee_type[:4])
    assert refund["return_code"] == "FAIL"


async def test_a_yuan_order_has_no_rate(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await paid(merchant, control, "CNY", 100)
    await control.wait("ORDER001", "notified")
    refund = await merchant.refund("ORDER001", "R1", 30, refund_fee_type="CNY")
    for told in (inbox.received[0].fields, await merchant.query("ORDER001"), refund, await control.order("ORDER001")):
        assert "rate_value" not in told
    assert "cash_fee_type" not in inbox.received[0].fields


async def test_a_payment_by_code(merchant: Merchant, control: Control) -> None:
    answer = await merchant.micropay("ORDER001", await control.auth_code(), 42, fee_type="USD")
    told = {name: answer[name] for name in ("fee_type", "total_fee", "cash_fee", "cash_fee_type", "rate_value")}
    assert list(told.values()) == ["USD", "42", "301", "CNY", "717420000"]
    asked = await merchant.micropay("ORDER002", await control.auth_code(), 14_000, fee_type="USD")
    assert asked["err_code"] == "USERPAYING", "over 1,000 yuan"
    again = await merchant.micropay("ORDER001", "120061098828009406", 42)
    assert again["err_code"] == "INVALID_REQUEST"


async def test_refunds_give_the_cny_back_to_the_last_fen(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await paid(merchant, control, "USD", 42)
    assert await balance(control) == 299, "301 fen but the fee"
    parts = []
    for n, fee in enumerate((10, 10, 22)):
        answer = await merchant.refund("ORDER001", f"R{n}", fee, total_fee="42", notify_url=inbox.url)
        assert answer.items() >= {"refund_fee": str(fee), "fee_type": "USD", "refund_fee_type": "USD"}.items()
        assert answer.items() >= {"cash_fee": "301", "cash_fee_type": "CNY", "rate_value": "717420000"}.items()
        assert answer["cash_refund_fee_type"] == "CNY"
        parts.append(int(answer["cash_refund_fee"]))
    assert parts == [71, 71, 159]
    assert await balance(control) == 0
    await control.advance(86400)
    query = await merchant.refund_query(out_trade_no="ORDER001")
    said = {"total_fee": "42", "fee_type": "USD", "cash_fee": "301", "cash_fee_type": "CNY", "refund_fee": "42"}
    assert query.items() >= {**said, "rate_value": "717420000", "refund_status_2": "SUCCESS"}.items()
    listed = (await control.order("ORDER001"))["refunds"]
    assert {(one["refund_fee"], one["refund_fee_type"], one["cash_refund_fee"]) for one in listed} == {
        (10, "USD", 71),
        (22, "USD", 159),
    }
    moves = (await control.get(f"/merchants/{control.mch_id}/ledger"))["items"]
    assert sum(one["fen"] for one in moves if one["movement"] == "refund_arrived") == 301


async def test_a_refund_is_in_the_orders_currency(merchant: Merchant, control: Control) -> None:
    await paid(merchant, control, "HKD", 1000)
    other = await merchant.refund("ORDER001", "R1", 100, total_fee="1000", refund_fee_type="USD")
    assert (other["result_code"], other["err_code"]) == ("FAIL", "PARAM_ERROR")
    yuan = await merchant.refund("ORDER001", "R1", 100, total_fee="1000", refund_fee_type="CNY")
    assert yuan["err_code"] == "PARAM_ERROR"
    for _ in range(2):
        same = await merchant.refund("ORDER001", "R1", 100, total_fee="1000", refund_fee_type="HKD")
        assert (same["result_code"], same["cash_refund_fee"]) == ("SUCCESS", "80")
    assert (await merchant.refund("ORDER001", "R1", 100, total_fee="1000"))["refund_id"] == same["refund_id"]


async def test_with_coupons_the_cash_alone_is_exchanged(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001", fee_type="USD", attach="scenario=pay-coupon-mixed", total_fee="100")
    await control.post("/scenarios/pay-coupon-mixed/apply", {"mch_id": merchant.mch_id, "out_trade_no": "ORDER001"})
    await control.pay("ORDER001")
    told = await merchant.query("ORDER001")
    assert told.items() >= {"coupon_fee": "3", "cash_fee": str(97 * 717420000 // 10**8)}.items()
    whole = await merchant.refund("ORDER001", "R1", 100)
    assert (whole["cash_refund_fee"], whole["coupon_refund_fee"]) == (told["cash_fee"], "3")
    assert await balance(control) == 0


async def test_a_service_providers_order_settles_in_the_sub_merchants_ledger(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    terms = {"service_provider": True, "certificate": False, "sub_merchants": [{"sub_mch_id": "1900000199"}]}
    provider = Merchant.opened(merchant.session, await control.post("/merchants", terms, 201), inbox.url)
    own = Control(merchant.session, provider.mch_id)
    await paid(provider, own, "USD", 42, sub_mch_id="1900000199")
    await own.wait("ORDER001", "notified")
    assert inbox.received[0].fields.items() >= {"sub_mch_id": "1900000199", "cash_fee": "301"}.items()
    (sub,) = (await own.get(f"/merchants/{provider.mch_id}"))["sub_merchants"]
    assert sub["balance_fen"] == 299


async def test_the_bill_tells_the_currency_and_settles_in_cny(merchant: Merchant, control: Control) -> None:
    await paid(merchant, control, "USD", 42)
    await merchant.refund("ORDER001", "R1", 10, total_fee="42")
    day = (await control.get("/clock"))["now"][:10].replace("-", "")
    await control.advance(2 * 86400)
    text = await merchant.post("/pay/downloadbill", document(merchant.signed(bill_date=day, bill_type="ALL")))
    header, payment, refund, summary_header, summary, _ = text.split("\r\n")
    rows = [dict(zip(header.split(","), row.removeprefix("`").split(",`"), strict=True)) for row in (payment, refund)]
    assert [row["货币种类"] for row in rows] == ["USD", "USD"]
    assert (rows[0]["订单金额"], rows[0]["应结订单金额"], rows[0]["手续费"]) == ("0.42", "3.01", "0.02000")
    assert (rows[1]["申请退款金额"], rows[1]["退款金额"]) == ("0.10", "0.71")
    sums = dict(zip(summary_header.split(","), summary.removeprefix("`").split(",`"), strict=True))
    assert (sums["应结订单总金额"], sums["订单总金额"], sums["退款总金额"]) == ("3.01", "3.01", "0.71")


async def test_a_payer_pays_cny(merchant: Merchant, control: Control) -> None:
    payer = "/payers/oSandboxPayer000000000000001"
    await control.call("PATCH", payer, {"balance_fen": 300})
    await merchant.order("ORDER001", fee_type="USD", total_fee="42")
    assert (await control.pay("ORDER001"))["client_result"]["cause"] == "balance"
    await control.call("PATCH", payer, {"balance_fen": 310})
    assert (await control.pay("ORDER001"))["client_result"]["errCode"] == 0
    assert (await control.get(payer))["balance_fen"] == 9


async def test_forgeries_change_both_amounts_by_one(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await paid(merchant, control, "USD", 42)
    await control.wait("ORDER001", "notified")
    await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify", {"fault": "amount-lower"})
    forged = inbox.received[1].fields
    assert (forged["total_fee"], forged["cash_fee"], forged["rate_value"]) == ("41", "300", "717420000")


async def test_the_official_sandbox_tells_it_too(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    official = await merchant.in_official_sandbox()
    await official.order("ORDER001", total_fee="301", fee_type="USD")
    await control.advance(10)
    await control.wait("ORDER001", "notified")
    assert inbox.received[0].fields.items() >= {"cash_fee_type": "CNY", "cash_fee": "2159"}.items()


@pytest.mark.parametrize(
    ("fee_type", "total_fee", "shown"),
    [("USD", 42, "USD 0.42"), ("JPY", 1200, "JPY 1,200")],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_people_see_the_orders_currency(
    merchant: Merchant, control: Control, lang: str, fee_type: str, total_fee: int, shown: str
) -> None:
    async def page(path: str) -> str:
        async with merchant.session.get(path, params={"lang": lang}) as response:
            return await response.text()

    await merchant.order("ORDER001", fee_type=fee_type, total_fee=str(total_fee))
    prepay_id = (await control.order("ORDER001"))["prepay_id"]
    cashier = await page(f"/cashier/{prepay_id}")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "R1", total_fee, total_fee=str(total_fee))
    pages = [await page(path) for path in ("/console/", f"/console/orders/{merchant.mch_id}/ORDER001")]
    pages.append(await page("/console/refunds"))
    number = shown.partition(" ")[2]
    for text in pages:
        assert shown in text
        assert f"¥{number}" not in text
    assert number in cashier
    assert "≈ ¥" in cashier
    summaries = [one["summary"] for one in await control.timeline("ORDER001")]
    assert any(shown in one for one in summaries)


async def test_a_foreign_currency_is_remarked_on(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", fee_type="USD")
    told = [one["summary"] for one in await control.timeline("ORDER001")]
    assert any("USD" in one for one in told)


async def test_an_answer_of_the_query_is_laid_out_as_before(merchant: Merchant, control: Control) -> None:
    await paid(merchant, control, "USD", 42)
    body = await merchant.post("/pay/orderquery", document(merchant.signed(out_trade_no="ORDER001")))
    assert "<cash_fee>301</cash_fee>" in body
    assert elements(body)["fee_type"] == "USD"
