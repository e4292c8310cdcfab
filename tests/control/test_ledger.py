"""A merchant's ledger, as the control API shows it."""

from tests.support.control import Control
from tests.support.merchant import Merchant


async def test_a_payment_and_its_refund_stand_in_the_ledger(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", total_fee="10000")
    paid = (await control.pay("ORDER001"))["order"]
    await merchant.refund("ORDER001", "REFUND001", 5000, total_fee="10000", refund_desc="漏发")
    ledger = await control.get(f"/merchants/{control.mch_id}/ledger")
    assert [(one["movement"], one["fen"], one.get("balance")) for one in ledger["items"]] == [
        ("refund", 5000, 4970),
        ("fee_returned", 30, 9970),
        ("fee", 60, 9940),
        ("payment", 10000, 10000),
    ]
    assert ledger["balances"] == {"Basic": 4970, "Operation": 0, "Fees": 0}
    refund, payment = ledger["items"][0], ledger["items"][-1]
    assert (payment["source"], payment["target"], payment["account"]) == ("payer", "Basic", "Basic")
    assert (payment["business_no"], "out_refund_no" in payment) == (paid["transaction_id"], False)
    assert (refund["out_refund_no"], refund["remark"]) == ("REFUND001", "漏发")
    await control.advance(60)
    arrived = (await control.get(f"/merchants/{control.mch_id}/ledger", limit="1"))["items"][0]
    assert (arrived["movement"], arrived["source"], "account" in arrived) == ("refund_arrived", "transit", False)


async def test_it_comes_in_parts_and_a_sub_merchants_is_its_own(control: Control) -> None:
    subs = [{"sub_mch_id": "1900000999", "balance_fen": 70}]
    made = await control.post("/merchants", {"service_provider": True, "sub_merchants": subs}, 201)
    path = f"/merchants/{made['mch_id']}"
    for fen in (10, 30, 20):
        await control.call("PATCH", path, {"balance_fen": fen})
    first = await control.get(f"{path}/ledger", limit="2")
    rest = await control.get(f"{path}/ledger", limit="2", cursor=first["next"])
    moves = [(one["movement"], one["fen"]) for one in first["items"] + rest["items"]]
    assert moves == [("withdrawal", 10), ("top_up", 20), ("top_up", 10)]
    assert (rest["next"], rest["balances"]["Basic"]) == (None, 20)
    assert (await control.get(f"{path}/ledger", sub_mch_id="1900000999"))["balances"]["Basic"] == 70
    await control.get("/merchants/1999999999/ledger", 404)
