"""The official sandbox's acceptance cases: the amount decides, under its own paths only."""

import pytest

from tests.scenarios.observing import observes
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

PREFIXES = ["/sandboxnew", "/xdc/apiv2sandbox"]
prefixes = pytest.mark.parametrize("prefix", PREFIXES)


async def order(merchant: Merchant, prefix: str, fen: int, out_trade_no: str = "S1") -> dict[str, str]:
    return await merchant.call(
        f"{prefix}/pay/unifiedorder",
        body="龙井茶",
        out_trade_no=out_trade_no,
        total_fee=str(fen),
        spbill_create_ip="123.12.12.123",
        notify_url=merchant.notify_url,
        trade_type="NATIVE",
    )


async def query(merchant: Merchant, prefix: str) -> dict[str, str]:
    return await merchant.call(f"{prefix}/pay/orderquery", out_trade_no="S1")


def amounts(*fen: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fen", fen)


@prefixes
@amounts(101, 201, 301)
@observes("official-paid")
async def test_paid_by_itself_a_few_seconds_after_the_order(
    scenario: str, fen: int, prefix: str, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    assert (await order(merchant, prefix, fen))["result_code"] == "SUCCESS"
    await control.advance(4)
    assert (await query(merchant, prefix))["trade_state"] == "NOTPAY"
    await control.advance(1)
    told = await query(merchant, prefix)
    assert (told["trade_state"], told["total_fee"]) == ("SUCCESS", str(fen))
    assert merchant.verifies(inbox.received[0].fields)
    assert (await control.order("S1"))["scenario"] == scenario


@amounts(102, 202, 302)
@observes("official-coupons")
async def test_two_coupons(scenario: str, fen: int, control: Control, merchant: Merchant, inbox: Inbox) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await query(merchant, "/sandboxnew")):
        assert merchant.verifies(told)
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
    scenario: str, fen: int, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(3600)
    assert ((await query(merchant, "/sandboxnew"))["trade_state"], inbox.received) == ("SUCCESS", [])


@amounts(131, 231, 331)
@observes("official-pay-error")
async def test_the_payment_fails(scenario: str, fen: int, control: Control, merchant: Merchant, inbox: Inbox) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(5)
    assert ((await query(merchant, "/sandboxnew"))["trade_state"], inbox.received) == ("PAYERROR", [])


@amounts(132, 232, 332)
@observes("official-notified-repeatedly")
async def test_notified_three_times(
    scenario: str, fen: int, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(5)
    assert len(inbox.received) == 1
    await control.advance(60)
    assert len(inbox.received) == 3
    assert all(merchant.verifies(one.fields) for one in inbox.received)


@amounts(133, 233, 333)
@observes("official-wrong-sign")
async def test_the_notification_does_not_verify(
    scenario: str, fen: int, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(60)
    assert [merchant.verifies(one.fields) for one in inbox.received] == [False]
    assert (await query(merchant, "/sandboxnew"))["trade_state"] == "SUCCESS"


@prefixes
@amounts(134, 234, 334)
@observes("official-wrong-amount")
async def test_notification_and_query_show_20000(
    scenario: str, fen: int, prefix: str, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await order(merchant, prefix, fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await query(merchant, prefix)):
        assert merchant.verifies(told)
        assert told["total_fee"] == "20000"
    verdict = (await control.notification("S1"))["attempts"][0]["verdict"]
    assert verdict == "forgery_accepted", "a merchant that takes it is told"


@pytest.mark.parametrize(("fen", "settled"), [(551, "550"), (552, "551")])
@observes("official-no-cash")
async def test_one_fen_less_is_settled(
    scenario: str, fen: int, settled: str, control: Control, merchant: Merchant, inbox: Inbox
) -> None:
    await order(merchant, "/sandboxnew", fen)
    await control.advance(5)
    for told in (inbox.received[0].fields, await query(merchant, "/sandboxnew")):
        assert told["settlement_total_fee"] == settled


@amounts(101, 131, 330)
async def test_these_amounts_mean_nothing_on_the_ordinary_path(fen: int, control: Control, merchant: Merchant) -> None:
    await order(merchant, "", fen)
    await control.advance(3600)
    assert (await merchant.query("S1"))["trade_state"] == "NOTPAY"
    assert "scenario" not in await control.order("S1")


async def test_they_are_good_for_every_trade_type(control: Control, merchant: Merchant) -> None:
    answer = await merchant.call(
        "/sandboxnew/pay/unifiedorder",
        body="龙井茶",
        out_trade_no="S1",
        total_fee="331",
        spbill_create_ip="123.12.12.123",
        notify_url=merchant.notify_url,
        trade_type="APP",
    )
    assert answer["result_code"] == "SUCCESS"
    await control.advance(5)
    assert (await query(merchant, "/sandboxnew"))["trade_state"] == "PAYERROR"
