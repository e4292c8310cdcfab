"""The official sandbox's acceptance cases: the amount decides, under its own paths only."""

import pytest

from sandbox.v2.official import AMOUNTS
from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

pytestmark = pytest.mark.slow

PREFIXES = ["/sandboxnew", "/xdc/apiv2sandbox"]
prefixes = pytest.mark.parametrize("prefix", PREFIXES)


async def order(merchant: Merchant, fen: int, **fields: str) -> dict[str, str]:
    return await merchant.order("S1", total_fee=str(fen), **fields)


def amounts(*fen: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fen", fen)


@prefixes
@amounts(101, 179, 201, 301)
@observes("official-paid")
async def test_paid_by_itself_a_few_seconds_after_the_order(
    scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox
) -> None:
    assert (await order(official, fen))["result_code"] == "SUCCESS"
    await control.advance(4)
    assert (await official.query("S1"))["trade_state"] == "NOTPAY"
    await control.advance(1)
    told = await official.query("S1")
    assert (told["trade_state"], told["total_fee"]) == ("SUCCESS", str(fen))
    assert official.verifies(inbox.received[0].fields)
    assert (await control.order("S1"))["scenario"] == scenario


@amounts(102, 202, 302)
@observes("official-coupons")
async def test_two_coupons(scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox) -> None:
    await order(official, fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await official.query("S1")):
        assert official.verifies(told)
        assert (
            told.items()
            >= {
                "coupon_fee": "3",
                "coupon_count": "2",
                "coupon_id_0": "123456",
                "coupon_type_0": "CASH",
                "coupon_fee_0": "1",
                "coupon_id_1": "67890",
                "coupon_type_1": "NO_CASH",
                "coupon_fee_1": "2",
                "cash_fee": str(fen - 3),
                "settlement_total_fee": str(fen - 2),
            }.items()
        )


@amounts(130, 230, 330)
@observes("official-no-notification")
async def test_paid_and_never_notified(
    scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox
) -> None:
    await order(official, fen)
    await control.advance(3600)
    assert ((await official.query("S1"))["trade_state"], inbox.received) == ("SUCCESS", [])


@amounts(131, 231, 331)
@observes("official-pay-error")
async def test_the_payment_fails(scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox) -> None:
    await order(official, fen)
    await control.advance(5)
    assert ((await official.query("S1"))["trade_state"], inbox.received) == ("PAYERROR", [])


@amounts(132, 232, 332)
@observes("official-notified-repeatedly")
async def test_notified_three_times(
    scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox
) -> None:
    await order(official, fen)
    await control.advance(5)
    assert len(inbox.received) == 1
    await control.advance(60)
    assert len(inbox.received) == 3
    assert all(official.verifies(one.fields) for one in inbox.received)


@amounts(133, 233, 333)
@observes("official-wrong-sign")
async def test_the_notification_does_not_verify(
    scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox
) -> None:
    await order(official, fen)
    await control.advance(60)
    assert [official.verifies(one.fields) for one in inbox.received] == [False]
    assert (await official.query("S1"))["trade_state"] == "SUCCESS"


@prefixes
@amounts(134, 234, 334)
@observes("official-wrong-amount")
async def test_notification_and_query_show_20000(
    scenario: str, fen: int, control: Control, official: Merchant, inbox: Inbox
) -> None:
    await order(official, fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await official.query("S1")):
        assert official.verifies(told)
        assert told["total_fee"] == "20000"
    verdict = (await control.notification("S1"))["attempts"][0]["verdict"]
    assert verdict == "forgery_accepted", "a merchant that takes it is told"


@pytest.mark.parametrize(("fen", "settled"), [(551, "550"), (552, "551")])
@observes("official-no-cash")
async def test_one_fen_less_is_settled(
    scenario: str, fen: int, settled: str, control: Control, official: Merchant, inbox: Inbox
) -> None:
    await order(official, fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await official.query("S1")):
        assert told["settlement_total_fee"] == settled


@amounts(101, 131, 330)
async def test_these_amounts_mean_nothing_on_the_ordinary_path(fen: int, control: Control, merchant: Merchant) -> None:
    await order(merchant, fen)
    await control.advance(3600)
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"
    assert "scenario" not in await control.order("S1")


async def test_they_are_good_for_every_trade_type(control: Control, official: Merchant) -> None:
    assert (await order(official, 331, trade_type="APP"))["result_code"] == "SUCCESS"
    await control.advance(5)
    assert (await official.query("S1"))["trade_state"] == "PAYERROR"


async def test_the_amounts_that_are_taken_are_those_of_the_cases(control: Control) -> None:
    cases = [one for one in (await control.get("/scenarios"))["items"] if one["group"] == "official" and "when" in one]
    assert {int(fen) for one in cases for fen in one["when"]["total_fee"].split(",")} == AMOUNTS
