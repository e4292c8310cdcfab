"""Whatever goes wrong between the demo shop and WeChat Pay, its books end right."""

import asyncio
from typing import Any

import pytest

from sandbox.core.plans import AnswerFault
from sandbox.core.scenarios import Scenario
from sandbox.v2.face import FACE
from tests.support.demo_shop import DemoShop
from tests.support.market import Market, built_in, forging_payments
from tests.support.patience import PATIENCE

HOUR, DAY = 3600, 86400
BELIEVED = {AnswerFault.SLOW, AnswerFault.DRIP, AnswerFault.WRONG_CONTENT_TYPE}
"""Answers that are odd, or late, but true and whole."""
Json = dict[str, Any]


def faulty(call: str, fault: AnswerFault, **more: str) -> Json:
    """A story in which the first answer to a call has a fault."""
    seconds = {"seconds": "200ms"} if fault in (AnswerFault.SLOW, AnswerFault.DRIP) else {}
    return {"api": {"call": call, "nth": "1", "fault": fault.value, **seconds}, **more}


def stands(order: Json) -> tuple[str, str | None, int]:
    return order["state"], order["paid_by"], order["fulfilled"]


NEVER_PAID = ("waiting", None, 0)
PAID = ("paid", "notification", 1)
FOUND_PAID = ("paid", "query", 1)

# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", sorted(FACE.faults.answers - {AnswerFault.OTHER_ORDER}))
async def test_an_order_whose_first_answer_went_wrong_is_placed_again_and_paid_once(
    market: Market, fault: AnswerFault
) -> None:
    order = await market.paid(faulty("unifiedorder", fault))
    assert stands(order) == PAID
    assert await market.books_agree(order)


async def test_an_answer_with_another_orders_prepay_id_is_not_believed(market: Market) -> None:
    await market.paid()
    order = await market.order(faulty("unifiedorder", AnswerFault.OTHER_ORDER))
    assert (order["state"], order["prepay_id"]) == ("failed", None)
    assert await market.trade_state(order["out_trade_no"]) == "CLOSED"


@pytest.mark.parametrize("fault", sorted(FACE.faults.answers))
async def test_an_answer_to_a_query_that_cannot_be_trusted_changes_nothing_and_the_next_one_counts(
    market: Market, fault: AnswerFault
) -> None:
    number = (await market.paid(faulty("orderquery", fault, notify="none")))["out_trade_no"]
    order = await market.shop.check(number)
    assert stands(order) == (FOUND_PAID if fault in BELIEVED else NEVER_PAID)
    order = await market.shop.check(number)
    assert stands(order) == FOUND_PAID
    assert await market.books_agree(order)


@pytest.mark.parametrize("fault", sorted(FACE.faults.answers))
async def test_an_order_counts_as_closed_only_once_wechat_pay_has_said_so(market: Market, fault: AnswerFault) -> None:
    number = (await market.order(faulty("closeorder", fault)))["out_trade_no"]
    order = await market.shop.cancel(number)
    says_no_order = fault is AnswerFault.OTHER_ORDER  # the answer to closeorder names none
    assert order["state"] == ("closed" if fault in BELIEVED or says_no_order else "waiting")
    assert (await market.shop.cancel(number))["state"] == "closed"
    assert await market.trade_state(number) == "CLOSED"


@pytest.mark.parametrize("err_code", ["SYSTEMERROR", "FREQUENCY_LIMITED"])
@pytest.mark.parametrize("performed", [False, True], ids=["not performed", "performed"])
async def test_a_failure_that_passes_is_tried_again(market: Market, err_code: str, performed: bool) -> None:
    order = await market.paid({"api": {"call": "unifiedorder", "nth": "1-2", "fail": err_code, "performed": performed}})
    assert stands(order) == PAID
    assert await market.books_agree(order)


@pytest.mark.parametrize(
    "fail",
    ["NOAUTH", "PARAM_ERROR", "OUT_TRADE_NO_USED", {"err_code": "NEWERROR", "err_code_des": "?"}, {"return_msg": "?"}],
    ids=str,
)
async def test_a_refusal_is_the_end_of_an_order(market: Market, fail: object) -> None:
    order = await market.order({"api": {"call": "unifiedorder", "fail": fail}})
    assert order["state"] == "failed"
    assert await market.trade_state(order["out_trade_no"]) == ""


async def test_an_order_that_never_got_an_answer_is_closed_before_it_counts_as_failed(market: Market) -> None:
    order = await market.order({"api": {"call": "unifiedorder", "fault": "html-502"}})
    assert order["state"] == "failed"
    assert await market.trade_state(order["out_trade_no"]) == "CLOSED"


async def test_when_nothing_gets_through_at_all_money_that_comes_is_given_back(market: Market) -> None:
    lost = {"fault": "reset"}
    story = {"api": [{"call": "unifiedorder", **lost}, {"call": "closeorder", "performed": False, **lost}]}
    order = await market.paid(story)
    assert (order["state"], order["fulfilled"]) == ("refund_due", 0)
    assert await market.books_agree(order)


async def test_a_notification_that_overtakes_the_answer_pays_the_order(market: Market) -> None:
    order = await market.order({"payer": {"at": "placed"}, "api": {"call": "unifiedorder", "until": "notified"}})
    assert stands(order) == PAID
    assert order["prepay_id"]


@pytest.mark.parametrize("fault", ["timeout", "reset"])
async def test_an_order_that_was_paid_before_it_could_be_placed_again_is_found_paid(market: Market, fault: str) -> None:
    story = {"payer": {"at": "placed"}, "notify": "none", "api": {"call": "unifiedorder", "nth": "1", "fault": fault}}
    order = await market.order(story)
    assert stands(order) == FOUND_PAID
    assert await market.books_agree(order)


# -- payers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payer",
    [
        {"bank_type": "CMB_CREDIT"},
        {"coupons": [{"fee": 100}]},
        {"coupons": [{"fee": 100, "type": "NO_CASH"}, {"fee": 50, "id": "77"}]},
        {"coupons": [{"fee": 1990}]},
        [{"after": "3s", "outcome": "cancel"}, {"after": "5s", "outcome": "error"}, {"after": "9s"}],
    ],
    ids=["credit card", "coupon", "two coupons", "coupons alone", "at the third try"],
)
async def test_money_is_money_however_it_came(market: Market, payer: object) -> None:
    timed = "after" in str(payer)
    number = (await (market.order if timed else market.paid)({"payer": payer}))["out_trade_no"]
    order = await market.later(number, 9 if timed else 0)
    assert stands(order) == PAID
    assert await market.books_agree(order)


@pytest.mark.parametrize("outcome", ["cancel", "error"])
async def test_a_payer_who_does_not_pay_leaves_the_order_waiting(market: Market, outcome: str) -> None:
    order = await market.paid({"payer": {"outcome": outcome}})
    assert stands(await market.shop.check(order["out_trade_no"])) == NEVER_PAID


async def test_a_payment_that_failed_for_good_ends_the_order(market: Market) -> None:
    story = {"payer": {"outcome": "error", "reason": "bank-refused", "final": True}}
    number = (await market.paid(story))["out_trade_no"]
    order = await market.shop.check(number)
    assert (order["state"], order["fulfilled"]) == ("failed", 0)
    assert order["problem"].startswith("PAYERROR")
    await market.ask_payer(number, status=409)


async def test_an_order_paid_while_the_shop_closes_it_is_paid(market: Market) -> None:
    number = (await market.order({"payer": {"at": "closeorder"}}))["out_trade_no"]
    order = await market.shop.cancel(number)
    assert order["state"] == "paid"
    order = await market.later(number, HOUR)
    assert (order["state"], order["fulfilled"]) == ("paid", 1)
    assert await market.books_agree(order)


# -- notifications -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notify", "messages"),
    [
        ({"copies": 3, "every": "1s"}, 3),
        ({"copies": 20, "every": "0s"}, 20),
        ({"after": "3h"}, 1),
        ([{}, {"after": "6h", "copies": 2}], 3),
        ([{"after": "2h"}, {"after": "1h", "copies": 2}], 3),
        ({"set": {"new_field": "1"}}, 1),
    ],
    ids=["in a row", "at the same instant", "delayed", "replayed after hours", "out of order", "with a new field"],
)
async def test_the_goods_go_out_once_however_often_and_late_it_is_told(
    market: Market, notify: object, messages: int
) -> None:
    number = (await market.paid({"notify": notify}))["out_trade_no"]
    order = await market.later(number, DAY)
    assert stands(order) == PAID
    assert [verdict for _, verdict in await market.told(number)] == ["ok"] * messages
    assert await market.books_agree(order)


async def test_a_customer_who_says_so_is_a_reason_to_ask(market: Market) -> None:
    number = (await market.paid({"notify": "none"}))["out_trade_no"]
    assert stands(await market.shop.check(number)) == FOUND_PAID


async def test_without_a_notification_the_shop_asks_by_itself(market: Market) -> None:
    gateway = str(market.control.session._base_url)
    async with DemoShop(gateway, "--look-after", "0.1,0.5,1,2,4,8,16") as shop:
        quick = Market(shop, market.control)
        order = await quick.paid({"notify": "none"})
        async with asyncio.timeout(PATIENCE):
            while order["state"] != "paid":
                order = await shop.look(order["out_trade_no"])
    assert stands(order) == FOUND_PAID


# -- all that ship -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", built_in(), ids=lambda one: one.name)
async def test_the_books_are_right_after_every_scenario_that_ships(market: Market, scenario: Scenario) -> None:
    """The payer pays if he may, a day passes; then the faults end, and the shop asks, or closes what nobody paid."""
    number = (await market.order_with(scenario.name))["out_trade_no"]
    if await market.trade_state(number) == "NOTPAY":
        await market.ask_payer(number)
    await market.control.advance(DAY)
    forged = [one for one in await _notifications(market, number) if one.get("hostile")]
    verdicts = {attempt["verdict"] for one in forged for attempt in one["attempts"]}
    assert verdicts == ({"ok"} if scenario in forging_payments() else set())

    await _end_faults(market, number)
    order = await market.shop.check(number)
    if order["state"] == "waiting":
        order = await market.shop.cancel(number)
    assert await market.books_agree(order)
    assert order["state"] != "waiting"


async def _notifications(market: Market, number: str) -> list[Json]:
    if not await market.trade_state(number):
        return []
    return list((await market.control.order(number))["notifications"])


async def _end_faults(market: Market, number: str) -> None:
    """From now on an empty scenario decides over the order."""
    await market.control.call("PUT", "/scenarios/as-always", {"payer": {}})
    named = {"mch_id": market.control.mch_id, "out_trade_no": number}
    await market.control.post("/scenarios/as-always/apply", named)
