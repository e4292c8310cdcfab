"""The demo shop gives money back: once, no more than was paid, and it knows when it has arrived."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.plans import HARMLESS, AnswerFault, MessageFault
from sandbox.v2.face import FACE
from tests.support.demo_shop import DemoShop
from tests.support.market import Market

Json = dict[str, Any]
MINUTE, DAY = 60, 86400
HOSTILE = sorted(FACE.faults.refunds - HARMLESS)


def refunds(order: Json) -> list[tuple[int, str]]:
    return [(one["refund_fee"], one["state"]) for one in order["refunds"]]


async def test_a_refund_is_on_its_way_until_the_notification_says_that_it_has_arrived(market: Market) -> None:
    number = (await market.paid())["out_trade_no"]
    order = await market.shop.refund(number, "19.90")
    assert (order["state"], refunds(order)) == ("paid", [(1990, "processing")])
    order = await market.later(number, MINUTE)
    assert (order["state"], order["fulfilled"], refunds(order)) == ("refunded", 1, [(1990, "success")])
    known = (await market.control.order(number))["refunds"][0]
    assert order["refunds"][0]["refund_id"] == known["refund_id"]
    told = [one for one in (await market.control.order(number))["notifications"] if one["kind"] == "refund"]
    assert [attempt["verdict"] for one in told for attempt in one["attempts"]] == ["ok"]


async def test_an_order_is_refunded_when_its_parts_are_back(market: Market) -> None:
    number = (await market.paid())["out_trade_no"]
    for amount in ("5", "4.9"):
        await market.shop.refund(number, amount)
        assert (await market.later(number, MINUTE))["state"] == "paid"
    assert (await market.shop.check(number))["state"] == "paid"
    await market.shop.refund(number, "10.00")
    order = await market.later(number, MINUTE)
    assert (order["state"], refunds(order)) == ("refunded", [(500, "success"), (490, "success"), (1000, "success")])
    assert await market.refunds_agree(order)


async def test_no_more_than_was_paid_goes_back_and_a_form_sent_twice_refunds_once(market: Market) -> None:
    number = (await market.paid())["out_trade_no"]
    await market.shop.refund(number, "19.91")
    await market.shop.refund(number, "0")
    await market.shop.refund(number, "-1", status=400)
    await market.shop.refund(number, "1.999", status=400)
    await asyncio.gather(*[market.shop.refund(number, "3") for _ in range(5)])
    order = await market.later(number, MINUTE)
    assert refunds(order) == [(300, "success")]
    await market.shop.refund(number, "16.91")
    assert await market.refunds_agree(await market.shop.look(number))


async def test_what_is_not_paid_is_not_refunded(market: Market) -> None:
    number = (await market.order())["out_trade_no"]
    assert refunds(await market.shop.refund(number, "1")) == []
    await market.shop.cancel(number)
    assert refunds(await market.shop.refund(number, "1")) == []


async def test_money_that_came_too_late_is_given_back(market: Market) -> None:
    lost = {"fault": "reset"}
    story = {"api": [{"call": "unifiedorder", **lost}, {"call": "closeorder", "performed": False, **lost}]}
    number = (await market.paid(story))["out_trade_no"]
    await market.shop.refund(number, "19.90")
    order = await market.later(number, MINUTE)
    assert (order["state"], order["fulfilled"], refunds(order)) == ("refunded", 0, [(1990, "success")])


@pytest.mark.parametrize("fault", sorted(FACE.faults.answers))
async def test_a_refund_whose_answer_went_wrong_is_asked_for_again_and_paid_once(
    market: Market, fault: AnswerFault
) -> None:
    seconds = {"seconds": "200ms"} if fault in (AnswerFault.SLOW, AnswerFault.DRIP) else {}
    story = {"api": {"call": "refund", "nth": "1", "fault": fault.value, **seconds}}
    number = (await market.paid(story))["out_trade_no"]
    assert refunds(await market.shop.refund(number, "5")) == [(500, "processing")]
    order = await market.later(number, MINUTE)
    assert refunds(order) == [(500, "success")]
    assert await market.refunds_agree(order)


@pytest.mark.parametrize("fail", ["SYSTEMERROR", "BIZERR_NEED_RETRY"])
@pytest.mark.parametrize("performed", [False, True], ids=["not performed", "performed"])
async def test_a_refund_that_nobody_answered_is_asked_for_later_under_its_number(
    market: Market, fail: str, performed: bool
) -> None:
    story = {"api": {"call": "refund", "nth": "1-4", "fail": fail, "performed": performed}}
    number = (await market.paid(story))["out_trade_no"]
    order = await market.shop.refund(number, "5")
    assert refunds(order) == [(500, "asked")]
    assert refunds(await market.shop.refund(number, "5")) == [(500, "asked")]
    assert refunds(await market.shop.check(number)) == [(500, "processing")]
    order = await market.later(number, MINUTE)
    assert refunds(order) == [(500, "success")]
    assert await market.refunds_agree(order)


async def test_a_refused_refund_may_be_tried_again(market: Market) -> None:
    story = {"api": {"call": "refund", "nth": "1", "fail": "NOTENOUGH", "performed": False}}
    number = (await market.paid(story))["out_trade_no"]
    order = await market.shop.refund(number, "19.90")
    assert refunds(order) == [(1990, "refused")]
    assert order["refunds"][0]["problem"].startswith("NOTENOUGH")
    order = await market.shop.refund(number, "19.90")
    assert refunds(order) == [(1990, "refused"), (1990, "processing")]
    assert await market.refunds_agree(order)


async def test_a_stuck_refund_is_not_money_back_until_somebody_mends_it(market: Market) -> None:
    number = (await market.paid({"refund": {"outcome": "change"}}))["out_trade_no"]
    await market.shop.refund(number, "19.90")
    order = await market.later(number, MINUTE)
    assert (order["state"], refunds(order)) == ("paid", [(1990, "abnormal")])
    assert refunds(await market.shop.refund(number, "1")) == [(1990, "abnormal")]
    out_refund_no = order["refunds"][0]["out_refund_no"]
    await market.control.post(f"/refunds/{market.control.mch_id}/{out_refund_no}", {"outcome": "success"})
    order = await market.shop.check(number)
    assert (order["state"], refunds(order)) == ("refunded", [(1990, "success")])


async def test_the_money_of_a_closed_refund_may_be_given_back_again(market: Market) -> None:
    number = (await market.paid({"refund": [{"nth": 1, "outcome": "close"}, {}]}))["out_trade_no"]
    await market.shop.refund(number, "19.90")
    assert refunds(await market.later(number, MINUTE)) == [(1990, "closed")]
    await market.shop.refund(number, "19.90")
    order = await market.later(number, MINUTE)
    assert (order["state"], refunds(order)) == ("refunded", [(1990, "closed"), (1990, "success")])
    assert await market.refunds_agree(order)


async def test_without_a_notification_it_finds_out_by_asking(market: Market) -> None:
    number = (await market.paid({"refund": {"notify": "none"}}))["out_trade_no"]
    await market.shop.refund(number, "5")
    assert refunds(await market.later(number, DAY)) == [(500, "processing")]
    assert refunds(await market.shop.check(number)) == [(500, "success")]


@pytest.mark.parametrize("fault", HOSTILE)
async def test_it_refuses_a_forged_refund_notification_and_believes_the_honest_one_after_it(
    market: Market, fault: MessageFault
) -> None:
    await market.paid()  # so that there is another order to borrow from
    number = (await market.paid({"refund": {"notify": [{"fault": fault.value}, {"after": "1h"}]}}))["out_trade_no"]
    await market.shop.refund(number, "5")
    assert refunds(await market.later(number, MINUTE)) == [(500, "processing")]
    assert refunds(await market.later(number, 3600)) == [(500, "success")]
    assert sorted(await market.told(number)) == [("", "ok"), ("", "ok"), (fault.value, "ok")]


async def test_a_notification_told_again_changes_nothing(market: Market) -> None:
    number = (await market.paid({"refund": {"notify": {"copies": 20, "every": "0s"}}}))["out_trade_no"]
    await market.shop.refund(number, "19.90")
    order = await market.later(number, MINUTE)
    assert (order["state"], refunds(order)) == ("refunded", [(1990, "success")])


async def test_its_page_shows_the_refunds_and_offers_what_is_left(market: Market) -> None:
    number = (await market.paid())["out_trade_no"]
    assert 'name="amount" value="19.90"' in await market.shop.page(number)
    await market.shop.refund(number, "5")
    page = await market.shop.page(number)
    assert "On its way" in page
    assert 'name="amount"' not in page
    await market.later(number, MINUTE)
    page = await market.shop.page(number)
    assert "Arrived" in page
    assert 'name="amount" value="14.90"' in page


async def test_it_takes_the_merchants_certificate_with_it(market: Market, tmp_path: Path) -> None:
    known = await market.control.get(f"/merchants/{market.control.mch_id}")
    certificate, key = tmp_path / "apiclient_cert.pem", tmp_path / "apiclient_key.pem"
    certificate.write_text(known["certificate"])
    key.write_text(known["private_key"])
    gateway = str(market.control.session._base_url)
    async with DemoShop(gateway, "--certificate", str(certificate), "--certificate-key", str(key)) as shop:
        certified = Market(shop, market.control)
        number = (await certified.paid())["out_trade_no"]
        assert refunds(await shop.refund(number, "5")) == [(500, "processing")]
