"""A payer's wallet and cards: what a payment is made with, where it stands then, and where a refund goes."""

from typing import Any

import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

OPENID = "oTeaDrinker00000000000000001"
CARDS = [{"bank_type": "ICBC_CREDIT", "balance_fen": 150}, {"bank_type": "CMB_DEBIT", "balance_fen": 1000}]


async def paid(merchant: Merchant, control: Control, out_trade_no: str, **how: Any) -> Any:
    """What becomes of an order of ¥1: its bank_type, or the cause of a -1."""
    terms = {"limit_pay": how.pop("limit_pay")} if "limit_pay" in how else {}
    await merchant.order(out_trade_no, trade_type="JSAPI", openid=OPENID, **terms)
    done = await control.pay(out_trade_no, **how)
    return done["client_result"].get("cause") or done["order"]["bank_type"]


async def left(control: Control) -> list[int | None]:
    payer = next(one for one in (await control.get("/payers"))["items"] if one["openid"] == OPENID)
    return [payer["balance_fen"], *(card["balance_fen"] for card in payer["cards"])]


async def test_the_first_that_suffices_pays(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 99, "cards": CARDS}, 201)
    assert await paid(merchant, control, "C1") == "ICBC_CREDIT"
    assert await left(control) == [99, 50, 1000]
    assert await paid(merchant, control, "C2") == "CMB_DEBIT"
    assert await left(control) == [99, 50, 900]
    assert (await merchant.query("C2"))["bank_type"] == "CMB_DEBIT"
    for number in ("C1", "C2"):
        await control.wait(number, "notified")
    assert sorted(one.fields["bank_type"] for one in inbox.received) == ["CMB_DEBIT", "ICBC_CREDIT"]


async def test_no_credit_leaves_out_credit_cards(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 0, "cards": CARDS[:1]}, 201)
    assert await paid(merchant, control, "C1", limit_pay="no_credit") == "balance"
    await control.call("PATCH", f"/payers/{OPENID}", {"cards": CARDS})
    assert await paid(merchant, control, "C1", limit_pay="no_credit") == "CMB_DEBIT"


async def test_the_card_that_is_named_pays_or_nothing_does(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 500, "cards": CARDS}, 201)
    assert await paid(merchant, control, "C1", bank_type="CMB_DEBIT") == "CMB_DEBIT"
    await control.call("PATCH", f"/payers/{OPENID}", {"cards": [{"bank_type": "CMB_DEBIT", "balance_fen": 99}]})
    assert await paid(merchant, control, "C2", bank_type="CMB_DEBIT") == "balance"
    assert await paid(merchant, control, "C2", bank_type="CFT") == "CFT"
    assert await left(control) == [400, 99]
    # None of the payer's: as a test or a scenario wants it.
    assert await paid(merchant, control, "C3", bank_type="NEWBANK_DEBIT") == "NEWBANK_DEBIT"
    assert await left(control) == [400, 99]


async def test_a_payer_of_whom_nothing_is_said_has_one_purse(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 150}, 201)
    assert await paid(merchant, control, "C1", bank_type="CMB_DEBIT") == "CMB_DEBIT"
    assert await paid(merchant, control, "C2") == "balance"
    await control.call("PATCH", f"/payers/{OPENID}", {"balance_fen": None})
    assert await paid(merchant, control, "C2") == "OTHERS"


@pytest.mark.parametrize(
    ("bank_type", "account", "balances"),
    [("ICBC_CREDIT", "工商银行信用卡0403", [500, 150, 1000]), ("CFT", "支付用户零钱", [500, 150, 1000])],
)
async def test_a_refund_goes_back_to_where_it_was_paid_from(
    merchant: Merchant, control: Control, bank_type: str, account: str, balances: list[int]
) -> None:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"balance_fen": 1000})
    await control.post("/payers", {"openid": OPENID, "balance_fen": 500, "cards": CARDS}, 201)
    await paid(merchant, control, "C1", bank_type=bank_type)
    assert await left(control) != balances
    await merchant.refund("C1", "R1")
    await control.advance(86400)
    (one,) = (await control.order("C1"))["refunds"]
    assert (one["refund_status"], one["refund_recv_accout"]) == ("SUCCESS", account)
    assert await left(control) == balances


async def test_what_is_refunded_to_a_card_that_is_gone_is_out_of_sight(merchant: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"balance_fen": 1000})
    await control.post("/payers", {"openid": OPENID, "balance_fen": 0, "cards": CARDS}, 201)
    await paid(merchant, control, "C1")
    await merchant.refund("C1", "R1")
    await control.call("PATCH", f"/payers/{OPENID}", {"cards": CARDS[1:]})
    await control.advance(86400)
    assert await left(control) == [0, 1000]


async def test_a_payment_code_takes_the_first_that_suffices(merchant: Merchant, control: Control) -> None:
    await control.post("/payers", {"openid": OPENID, "balance_fen": 99, "cards": CARDS}, 201)
    for number, limit_pay, bank_type in (("M1", "no_credit", "CMB_DEBIT"), ("M2", "", "ICBC_CREDIT")):
        code = await control.auth_code(OPENID)
        terms = {"limit_pay": limit_pay} if limit_pay else {}
        answer = await merchant.micropay(number, code, **terms)
        assert answer["bank_type"] == bank_type
    await control.call("PATCH", f"/payers/{OPENID}", {"cards": []})
    code = await control.auth_code(OPENID)
    assert (await merchant.micropay("M3", code))["err_code"] == "NOTENOUGH"


async def test_cards_stand_on_the_payers_timeline(control: Control) -> None:
    await control.post("/payers", {"openid": OPENID}, 201)
    for cards in (CARDS, [], None):
        await control.call("PATCH", f"/payers/{OPENID}", {"cards": cards})
    told = (await control.get(f"/payers/{OPENID}/changes"))["items"]
    assert [(one["before"], one["after"]) for one in told if one["field"] == "cards"] == [
        ("none", ""),
        ("ICBC_CREDIT 150, CMB_DEBIT 1000", "none"),
        ("", "ICBC_CREDIT 150, CMB_DEBIT 1000"),
    ]


async def test_two_of_one_bank_type_are_one_card(control: Control) -> None:
    cards = [{"bank_type": "CMB_DEBIT", "balance_fen": 1}, {"bank_type": "LQT"}, {"bank_type": "CMB_DEBIT"}]
    payer = await control.post("/payers", {"openid": OPENID, "cards": cards}, 201)
    assert payer["cards"] == [
        {"bank_type": "CMB_DEBIT", "balance_fen": None},
        {"bank_type": "LQT", "balance_fen": None},
    ]


@pytest.mark.parametrize(
    "cards",
    [
        [{"bank_type": "CFT"}],
        [{"bank_type": "cmb_debit"}],
        [{"bank_type": "CMB_DEBIT", "balance_fen": -1}],
        [{"balance_fen": 1}],
        [{"bank_type": "CMB_DEBIT"}] * 21,
    ],
)
async def test_what_is_no_card_is_refused(control: Control, cards: list[dict[str, Any]]) -> None:
    answer = await control.post("/payers", {"cards": cards}, 400)
    assert answer["error"]["field"].startswith("cards")
