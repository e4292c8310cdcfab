"""Bills that do not agree with the orders, as a merchant finds them when it reconciles."""

import pytest

from tests.scenarios.conftest import Ask, Place
from tests.scenarios.observing import observes
from tests.support.bills import bill, read
from tests.support.control import Control
from tests.support.days import bills_are_made, quiet_morning
from tests.support.merchant import Merchant

pytestmark = pytest.mark.slow


async def reconciled(
    scenario: str, place: Place, ask: Ask, control: Control, merchant: Merchant
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """What the bill has of an honest order and of one under a scenario: numbers with amounts, and the summary."""
    day = await quiet_morning(control)
    await merchant.order("HONEST01", total_fee="50")
    await control.pay("HONEST01")
    await place(scenario)
    await ask()
    await merchant.refund("S1", "S1R", 40)
    await bills_are_made(control, day)
    rows, summary = read(await bill(merchant, day))
    assert summary["总交易单数"] == str(len(rows))
    return [(row["商户订单号"], row["订单金额"]) for row in rows], summary


@observes("bill-missing-row")
async def test_the_bill_misses_the_order(
    scenario: str, place: Place, ask: Ask, control: Control, merchant: Merchant
) -> None:
    rows, summary = await reconciled(scenario, place, ask, control, merchant)
    assert (rows, summary["订单总金额"]) == ([("HONEST01", "0.50")], "0.50")
    assert (await merchant.query("S1"))["trade_state"] == "REFUND"


@observes("bill-changed-amount")
async def test_the_bill_has_one_fen_more(
    scenario: str, place: Place, ask: Ask, control: Control, merchant: Merchant
) -> None:
    rows, summary = await reconciled(scenario, place, ask, control, merchant)
    assert rows == [("HONEST01", "0.50"), ("S1", "1.01"), ("S1", "0.00")]
    assert (summary["订单总金额"], summary["应结订单总金额"]) == ("1.51", "1.51")
    assert (await merchant.query("S1"))["total_fee"] == "100"


@observes("bill-unknown-order")
async def test_the_bill_has_an_order_that_nobody_placed(
    scenario: str, place: Place, ask: Ask, control: Control, merchant: Merchant
) -> None:
    rows, summary = await reconciled(scenario, place, ask, control, merchant)
    (unknown,) = {number for number, _ in rows} - {"HONEST01", "S1"}
    assert unknown.startswith("UNKNOWN")
    assert (unknown, "1.00") in rows
    assert summary["订单总金额"] == "2.50"
    assert (await merchant.query(unknown))["err_code"] == "ORDERNOTEXIST"


async def test_a_bill_is_wrong_in_the_same_way_each_time(
    place: Place, ask: Ask, control: Control, merchant: Merchant
) -> None:
    day = await quiet_morning(control)
    await place("bill-unknown-order")
    await ask()
    await bills_are_made(control, day)
    assert await bill(merchant, day) == await bill(merchant, day)
