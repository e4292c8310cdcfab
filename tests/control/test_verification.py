"""Verification: how many calls, in which order, what came close; and waiting for them."""

import asyncio
from typing import Any

import pytest

from tests.support.control import Control, started
from tests.support.merchant import Merchant
from tests.support.words import SIGN_WRONG

pytestmark = pytest.mark.slow


async def verify(control: Control, expectation: dict[str, Any], status: int = 200) -> Any:
    return await control.post("/journal/verify", expectation, status)


async def wait(control: Control, expectation: dict[str, Any], seconds: float = 20, status: int = 200) -> Any:
    return await control.post("/journal/wait", {**expectation, "timeout": seconds}, status)


def told(verdict: Any) -> list[list[tuple[str, Any, Any]]]:
    """The differences of each near miss."""
    return [
        [(one["what"], one["expected"], one["got"]) for one in miss["differences"]] for miss in verdict["near_misses"]
    ]


# -- counts ------------------------------------------------------------------------------------------------------------


async def test_a_call_that_was_made_is_there(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", attach="a&b")
    expectation = {"path": "/pay/unifiedorder", "fields": {"total_fee": 100, "attach": "a&b"}}
    verdict = await verify(control, expectation)
    (call,) = (await control.get("/journal"))["items"]
    assert verdict == {"matched": True, "count": 1, "items": [call], "near_misses": []}


@pytest.mark.parametrize(
    ("count", "matched"),
    [
        (None, True),
        (2, True),
        (1, False),
        (3, False),
        (0, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 3}, True),
        ({"at_least": 3, "at_most": 4}, False),
    ],
)
async def test_the_count_decides(merchant: Merchant, control: Control, count: object, matched: bool) -> None:
    await merchant.query("ORDER001")
    await merchant.query("ORDER001")
    await merchant.query("ORDER002")
    verdict = await verify(control, {"out_trade_no": "ORDER001", "count": count})
    assert (verdict["matched"], verdict["count"]) == (matched, 2)
    assert ("explanation" in verdict) is not matched


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (None, "at least 1; found: 0."),
        (2, "exactly 2; found: 0."),
        ({"at_least": 2, "at_most": 3}, "2 to 3; found: 0."),
    ],
)
async def test_a_wrong_count_is_a_sentence(merchant: Merchant, control: Control, count: object, said: str) -> None:
    await merchant.query("ORDER001")
    verdict = await control.call("POST", "/journal/verify", {"path": "/pay/x", "count": count}, lang="en")
    assert verdict["explanation"] == f"Such calls expected: {said}"


async def test_too_many_have_no_near_misses(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    await merchant.query("ORDER002")
    verdict = await verify(control, {"out_trade_no": "ORDER001", "count": 0})
    assert verdict["near_misses"] == []
    assert verdict["explanation"] == "期望这样的调用恰好 0 次，实际 1 次。"


async def test_none_is_what_one_may_expect(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    assert (await verify(control, {"path": "/pay/closeorder", "count": 0}))["matched"]


async def test_the_newest_come_first_and_a_hundred_at_most(merchant: Merchant, control: Control) -> None:
    for number in range(101):
        await merchant.query(f"ORDER{number:03}")
    verdict = await verify(control, {"path": "/pay/orderquery", "count": 101})
    assert verdict["matched"]
    assert [one["out_trade_no"] for one in verdict["items"]] == [f"ORDER{number:03}" for number in range(100, 0, -1)]


async def test_only_calls_since_a_moment_count(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    await control.advance(60)
    since = (await control.get("/clock"))["now"]
    await merchant.query("ORDER001")
    assert (await verify(control, {"out_trade_no": "ORDER001", "since": since}))["count"] == 1


@pytest.mark.parametrize(
    ("expectation", "count"),
    [
        ({"outcome": "failed"}, 2),
        ({"signature": "wrong"}, 1),
        ({"return_msg": SIGN_WRONG["today"]}, 1),
        ({"err_code": "ORDERNOTEXIST"}, 1),
        ({"err_code": {"absent": True}}, 2),
        ({"header": {"Content-Type": "text/xml"}}, 3),
        ({"header": {"user-agent": {"matches": "Python.*"}}}, 3),
        ({"fields": {"attach": {"absent": True}}}, 3),
    ],
)
async def test_it_may_be_said_what_became_of_the_call(
    merchant: Merchant, control: Control, expectation: dict[str, Any], count: int
) -> None:
    await merchant.order("ORDER001")
    await merchant.order("ORDER001", sign="0" * 32)
    await merchant.query("UNKNOWN1")
    assert (await verify(control, {**expectation, "count": count}))["matched"]


# -- near misses -------------------------------------------------------------------------------------------------------


async def test_a_near_miss_says_what_differed(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    verdict = await verify(control, {"path": "/pay/unifiedorder", "fields": {"total_fee": 101}})
    (call,) = (await control.get("/journal"))["items"]
    assert verdict["near_misses"] == [
        {
            "id": call["id"],
            "summary": "POST /pay/unifiedorder: ok",
            "differences": [{"what": "fields.total_fee", "expected": "101", "got": "100"}],
        }
    ]


async def test_the_closest_comes_first(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.query("ORDER002")
    await merchant.query("ELSE")
    verdict = await verify(control, {"path": "/pay/unifiedorder", "out_trade_no": "ORDER01"})
    assert [[what for what, _, _ in miss] for miss in told(verdict)] == [
        ["out_trade_no"],
        ["path", "out_trade_no"],
        ["path", "out_trade_no"],
    ]


async def test_of_equally_many_differences_the_one_that_looks_alike_comes_first(
    merchant: Merchant, control: Control
) -> None:
    for number in ("ELSE", "TEA-2026-0001", "ANOTHER", "WHATEVER"):
        await merchant.query(number)
    verdict = await verify(control, {"out_trade_no": "TEA-2026-001"})
    assert told(verdict)[0] == [("out_trade_no", "TEA-2026-001", "TEA-2026-0001")]


async def test_there_are_five_near_misses_at_most(merchant: Merchant, control: Control) -> None:
    for number in range(7):
        await merchant.query(f"ORDER{number}")
    assert len((await verify(control, {"out_trade_no": "ORDER"}))["near_misses"]) == 5


async def test_another_merchants_calls_are_no_near_misses(merchant: Merchant, control: Control) -> None:
    other = await control.post("/merchants", {"certificate": False}, 201)
    await merchant.query("ORDER001")
    verdict = await control.call(
        "POST", "/journal/verify", {"mch_id": other["mch_id"], "path": "/pay/orderquery"}, lang="en"
    )
    assert verdict["near_misses"] == []
    assert verdict["explanation"].endswith("No call at all has been made there.")


async def test_a_merchant_who_never_called_may_have_been_misspelt(merchant: Merchant, control: Control) -> None:
    other = await control.post("/merchants", {"certificate": False}, 201)
    await merchant.query("ORDER001", mch_id="1234567890")
    verdict = await verify(control, {"mch_id": other["mch_id"], "path": "/pay/orderquery"})
    assert told(verdict) == [[("mch_id", other["mch_id"], None)]]


# -- order -------------------------------------------------------------------------------------------------------------

PLACED, QUERIED, CLOSED = ({"path": f"/pay/{name}"} for name in ("unifiedorder", "orderquery", "closeorder"))


async def test_calls_match_in_their_order_with_others_between(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.query("OTHER001")
    await merchant.query("ORDER001")
    await merchant.close("ORDER001")
    mine = {"out_trade_no": "ORDER001"}
    verdict = await verify(control, {"in_order": [PLACED | mine, QUERIED | mine, CLOSED | mine]})
    assert verdict["matched"]
    assert [one["path"] for one in verdict["items"]] == ["/pay/unifiedorder", "/pay/orderquery", "/pay/closeorder"]
    assert {one["out_trade_no"] for one in verdict["items"]} == {"ORDER001"}


async def test_one_call_meets_one_expectation(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    assert not (await verify(control, {"in_order": [QUERIED, QUERIED]}))["matched"]
    await merchant.query("ORDER001")
    assert (await verify(control, {"in_order": [QUERIED, QUERIED]}))["matched"]


async def test_the_first_without_a_match_is_named(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await merchant.query("ORDER001")
    verdict = await control.call("POST", "/journal/verify", {"in_order": [PLACED, CLOSED, QUERIED]}, lang="en")
    assert (verdict["matched"], verdict["unmatched"], verdict["count"]) == (False, 1, 1)
    assert verdict["explanation"] == "Expectation 2 of 3 has no matching call after those before it."
    assert told(verdict)[0] == [("path", "/pay/closeorder", "/pay/orderquery")]


async def test_what_came_too_early_is_a_near_miss(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    await merchant.order("ORDER001")
    placed, queried = (one["id"] for one in (await control.get("/journal"))["items"])
    verdict = await verify(control, {"in_order": [PLACED, QUERIED]})
    assert told(verdict)[0] == [("order", {"after": placed}, queried)]


# -- waiting -----------------------------------------------------------------------------------------------------------


async def test_waiting_for_what_was_called_is_over_at_once(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    assert (await wait(control, {"out_trade_no": "ORDER001"}))["count"] == 1


async def test_waiting_ends_with_the_call_that_was_missing(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    waits = await started(wait(control, {"path": "/pay/orderquery", "count": {"at_least": 3}}))
    await merchant.query("ORDER001")
    await merchant.order("ORDER001")
    assert not waits.done()
    await merchant.query("ORDER001")
    verdict = await waits
    assert (verdict["matched"], verdict["count"], len(verdict["items"])) == (True, 3, 3)


async def test_waiting_ends_with_the_last_call_of_an_order(merchant: Merchant, control: Control) -> None:
    waits = await started(wait(control, {"in_order": [PLACED, CLOSED]}))
    await merchant.close("ORDER001")
    await merchant.order("ORDER001")
    assert not waits.done()
    await merchant.close("ORDER001")
    assert [one["path"] for one in (await waits)["items"]] == ["/pay/unifiedorder", "/pay/closeorder"]


async def test_a_refused_call_ends_the_waiting_too(merchant: Merchant, control: Control) -> None:
    waits = await started(wait(control, {"signature": "wrong"}))
    await merchant.order("ORDER001", sign="0" * 32)
    assert (await waits)["matched"]


async def test_a_reset_begins_the_count_again(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    waits = await started(wait(control, {"path": "/pay/orderquery", "count": 2}))
    await control.post("/reset", status=204)
    await merchant.query("ORDER001")
    assert (await verify(control, {"path": "/pay/orderquery"}))["count"] == 1
    assert not waits.done()
    await merchant.query("ORDER001")
    assert (await waits)["count"] == 2


async def test_what_is_not_called_in_time_is_a_408_with_near_misses(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    error = (await wait(control, {"out_trade_no": "ORDER002"}, 0.05, 408))["error"]
    assert (error["code"], error["count"]) == ("timeout", 0)
    assert error["message"] == "期望这样的调用至少 1 次，实际 0 次。"
    assert told(error) == [[("out_trade_no", "ORDER002", "ORDER001")]]


async def test_a_time_of_zero_looks_once(control: Control) -> None:
    assert (await wait(control, {"in_order": [PLACED]}, 0, 408))["error"]["unmatched"] == 0


# -- what cannot be asked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/journal/verify", "/journal/wait"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "fail"}, "outcome"),
        ({"signature": ""}, "signature"),
        ({"count": -1}, "count"),
        ({"count": 1.5}, "count"),
        ({"count": {}}, "count"),
        ({"count": {"at_least": 2, "at_most": 1}}, "count"),
        ({"count": {"at_most": -1}}, "count.at_most"),
        ({"path": 1}, "path"),
        ({"since": "x"}, "since"),
        ({"in_order": []}, "in_order"),
        ({"in_order": [{}] * 51}, "in_order"),
        ({"in_order": [{}, {"fields": {"a": {"matches": "("}}}]}, "in_order[1].fields.a.matches"),
        ({"in_order": [{"since": "x"}]}, "in_order[0].since"),
        ({"in_order": [{"count": 1}]}, "in_order[0].count"),
        ({"in_order": [{}], "path": "/x"}, "path"),
        ({"in_order": [{}], "count": 0}, "count"),
        ({"header": {"a": {"matches": "*"}}}, "header.a.matches"),
    ],
)
async def test_a_question_that_cannot_be_is_named(control: Control, path: str, body: object, field: str) -> None:
    assert (await control.post(path, body, 400))["error"]["field"] == field


@pytest.mark.parametrize("seconds", [-1, 601, "1", None])
async def test_a_time_that_cannot_be_waited_is_named(control: Control, seconds: object) -> None:
    assert (await control.post("/journal/wait", {"timeout": seconds}, 400))["error"]["field"] == "timeout"


async def test_a_regular_expression_endless_elsewhere_holds_nobody(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001", attach="a" * 100)
    asked = asyncio.create_task(verify(control, {"fields": {"attach": {"matches": "(a|aa)+b"}}}))
    await control.get("/health")
    assert not (await asked)["matched"]
