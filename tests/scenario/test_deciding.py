"""Which scenario decides over an order, the first that has something to say, and what its order's page says of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.scenarios.observing import terms
from tests.support.control import Control
from tests.support.merchant import Merchant, document
from tests.support.v3 import V3Merchant
from tests.support.v3_transfers import BILLS, top_up, transfer_terms

WAYS = ["header", "order", "attach", "next", "merchant", "own-when", "put-when", "all"]
"""Strongest first; each names a scenario of its own."""


@pytest.fixture
def name(control: Control, merchant: Merchant) -> Callable[[str], Awaitable[dict[str, str]]]:
    """Have a scenario decide over order S1 in one of the ways; gives what the order must carry for it."""

    async def named(way: str) -> dict[str, str]:
        mine = {"mch_id": merchant.mch_id}
        when: Any = {"out_trade_no": "S*"} if way.endswith("when") else {}
        definition = {"notify": "none", **({"when": when} if when else {})}
        owner = mine if way == "own-when" else {}
        await control.call("PUT", f"/scenarios/by-{way}", definition, **owner)
        targets: dict[str, Any] = {
            "order": {**mine, "out_trade_no": "S1"},
            "next": {**mine, "next": True},
            "merchant": mine,
            "all": {},
        }
        if way in targets:
            await control.post(f"/scenarios/by-{way}/apply", targets[way])
        return {"attach": "gift, scenario:by-attach"} if way == "attach" else {}

    return named


async def placed(merchant: Merchant, header: str = "", **fields: str) -> None:
    body = document(merchant.signed(**{**terms(merchant, "none"), "attach": "", **fields}))
    headers = {"Wechatpay-Negative-Test": header} if header else {}
    async with merchant.session.post("/pay/unifiedorder", data=body, headers=headers) as response:
        assert b"prepay_id" in await response.read()


@pytest.mark.parametrize("strongest", range(len(WAYS)), ids=WAYS)
async def test_the_strongest_way_wins_over_all_below_it(
    strongest: int, name: Callable[[str], Awaitable[dict[str, str]]], control: Control, merchant: Merchant
) -> None:
    fields: dict[str, str] = {}
    for way in reversed(WAYS[strongest:]):
        fields |= await name(way)
    await placed(merchant, "by-header" if WAYS[strongest] == "header" else "", **fields)
    assert (await control.order("S1"))["scenario"] == f"by-{WAYS[strongest]}"


async def test_the_timeline_says_which_and_why(control: Control, merchant: Merchant) -> None:
    when = {"out_trade_no": "S*", "total_fee": "50-150"}
    await control.call("PUT", "/scenarios/vip", {"when": when, "notify": "none"})
    await merchant.order("S1")
    chosen = [item for item in await control.timeline("S1") if item["kind"] == "scenario"]
    assert [(one["name"], one["facts"]["scenario"], one["facts"]["why"]) for one in chosen] == [
        ("scenario_chosen", "vip", "when")
    ]
    assert {"total_fee": "100", "out_trade_no": "S*"}.items() <= chosen[0]["facts"].items()


async def test_without_any_scenario_nothing_is_said(control: Control, merchant: Merchant) -> None:
    await merchant.order("S1")
    assert "scenario" not in await control.order("S1")


async def test_a_name_that_nobody_knows_is_passed_over(control: Control, merchant: Merchant) -> None:
    await placed(merchant, "NO_SUCH_CASE", attach="scenario:no-such-thing")
    assert "scenario" not in await control.order("S1")


async def test_the_nth_order_that_matches(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/second", {"when": {"out_trade_no": "S*", "nth": 2}, "notify": "none"})
    for number in ("S1", "X1", "S1", "S2", "S3"):
        await merchant.order(number)
    told = {number: (await control.order(number)).get("scenario") for number in ("S1", "X1", "S2", "S3")}
    assert told == {"S1": None, "X1": None, "S2": "second", "S3": None}


async def test_applying_takes_the_place_of_when(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/vip", {"when": {"out_trade_no": "VIP*"}, "notify": "none"})
    await control.post("/scenarios/vip/apply", {"mch_id": merchant.mch_id})
    await merchant.order("S1")
    assert (await control.order("S1"))["scenario"] == "vip"


async def test_applied_in_when_narrows_the_application_down(control: Control, merchant: Merchant) -> None:
    when = {"applied": True, "out_trade_no": "VIP*"}
    await control.call("PUT", "/scenarios/vip", {"when": when, "notify": "none"})
    await merchant.order("VIP1")
    await control.post("/scenarios/vip/apply", {"mch_id": merchant.mch_id})
    await merchant.order("VIP2")
    await merchant.order("S1")
    told = [(await control.order(number)).get("scenario") for number in ("VIP1", "VIP2", "S1")]
    assert told == [None, "vip", None]


async def test_applying_for_one_merchant_leaves_anothers_when_alone(control: Control, merchant: Merchant) -> None:
    opened = await control.post("/merchants", {"certificate": False}, 201)
    await control.call("PUT", "/scenarios/vip", {"when": {"out_trade_no": "VIP*"}, "notify": "none"})
    await control.post("/scenarios/vip/apply", {"mch_id": opened["mch_id"]})
    await merchant.order("VIP1")
    assert (await control.order("VIP1"))["scenario"] == "vip"


async def test_an_order_that_failed_at_first_follows_what_is_applied_since(
    control: Control, merchant: Merchant
) -> None:
    mine = {"mch_id": merchant.mch_id}
    await control.post("/scenarios/pay-late/apply", mine)
    refused = await merchant.order("S1", trade_type="JSAPI", openid="nobody's")
    assert "prepay_id" not in refused
    await control.post("/scenarios/notify-none/apply", {**mine, "out_trade_no": "S1"})
    await merchant.order("S1")
    assert (await control.order("S1"))["scenario"] == "notify-none"


async def test_an_outcome_that_is_asked_for_wins(control: Control, merchant: Merchant) -> None:
    await merchant.order("S1", attach="scenario:pay-cancel")
    assert (await control.pay("S1", "success"))["client_result"]["errCode"] == 0


async def test_calls_about_an_order_meet_the_scenario_that_was_chosen_for_it_later(
    control: Control, merchant: Merchant
) -> None:
    await merchant.order("S1")
    await control.post(f"/orders/{merchant.mch_id}/S1/pay", {"scenario": "query-systemerror"})
    assert (await merchant.query("S1"))["err_code"] == "SYSTEMERROR"


async def test_calls_about_a_transfer_meet_the_scenario_that_a_header_had_named(control: Control) -> None:
    await top_up(control)
    await control.call("PUT", "/scenarios/busy", {"api": {"call": "transferquery", "fail": "SYSTEM_ERROR"}})
    v3 = await V3Merchant.of(control, "")
    named = {"Wechatpay-Negative-Test": "busy"}
    terms = transfer_terms(v3, "T1", notify_url=None)
    assert (await v3.call("POST", BILLS, terms, headers=named)).status == 200
    answer = await v3.get(f"{BILLS}/out-bill-no/T1")
    assert (answer.status, answer.json["code"]) == (500, "SYSTEM_ERROR")


async def test_a_scenario_that_uses_another_is_told_by_its_own_name(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/mine", {"use": "pay-cancel", "when": {"attach": "gift*"}})
    await merchant.order("S1", attach="gift 7")
    paid = await control.post(f"/orders/{merchant.mch_id}/S1/pay")
    assert paid["client_result"]["errCode"] == -2
    assert paid["order"]["scenario"] == "mine"


async def test_changing_a_scenario_changes_no_orders_story(control: Control, merchant: Merchant) -> None:
    await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "cancel"}})
    await merchant.order("S1", attach="scenario:mine")
    await control.call("PUT", "/scenarios/mine", {"payer": {"outcome": "error"}})
    assert (await control.post(f"/orders/{merchant.mch_id}/S1/pay"))["client_result"]["errCode"] == -2
