"""Built-in scenarios on orders of V3: the same names, in V3's form; what V3 has none of is left out and told."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from cryptography.exceptions import InvalidSignature

from sandbox.v3.errors import of_code
from tests.scenarios.observing import observes
from tests.support import patience
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import PAY, Answered, V3Merchant
from tests.support.v3_careful import Careful
from tests.support.v3_refunds import refund
from tests.support.v3_sharing import SHARING
from tests.v3.test_codepay import charge, reverse

pytestmark = pytest.mark.slow

Act = Callable[[V3Merchant, str], Awaitable[Answered]]
PATIENCE = 1.0
"""Of a merchant that is not to be answered in time, in real seconds: it signs, and the sandbox verifies, meanwhile."""

SYSTEM_ERROR, OK = (500, "SYSTEM_ERROR"), (200, "")


def attached(scenario: str) -> dict[str, str]:
    return {"attach": f"scenario:{scenario}"}


def told(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json.get("code", "") if answer.body else ""


# -- calls that fail ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Failing:
    """What the answers to one call are, one after the other."""

    call: str
    answers: list[tuple[int, str]]
    signed: bool = True


FAILING = {
    "order-systemerror-once": Failing("place", [SYSTEM_ERROR, OK]),
    "order-systemerror-committed": Failing("place", [SYSTEM_ERROR, OK]),
    "order-frequency-limited": Failing("place", [(429, "FREQUENCY_LIMITED"), (429, "FREQUENCY_LIMITED"), OK]),
    "order-noauth": Failing("place", [(403, "NO_AUTH")]),
    "order-already-paid": Failing("place", [(400, "ORDERPAID")]),
    "order-number-used": Failing("place", [(403, "OUT_TRADE_NO_USED")]),
    "order-again-refused": Failing("place", [OK, (400, "INVALID_REQUEST")]),
    "order-return-fail": Failing("place", [SYSTEM_ERROR, OK], signed=False),
    "query-systemerror": Failing("query", [SYSTEM_ERROR, SYSTEM_ERROR, OK]),
    "query-not-found-first": Failing("query", [(404, "ORDER_NOT_EXIST"), OK]),
    "close-systemerror": Failing("close", [SYSTEM_ERROR, (204, "")]),
}


@observes(*FAILING)
async def test_a_call_fails_by_v3s_status_and_code(scenario: str, v3: V3Merchant) -> None:
    failing, number = FAILING[scenario], f"F-{scenario}"[:32]
    calls: dict[str, Act] = {
        "place": lambda v3, number: v3.place(number, **attached(scenario)),
        "query": lambda v3, number: v3.query(number),
        "close": lambda v3, number: v3.close(number),
    }
    if failing.call != "place":
        assert (await v3.place(number, **attached(scenario))).status == 200
    for expected in failing.answers:
        answer = await calls[failing.call](v3, number)
        assert told(answer) == expected
        assert answer.signed == (failing.signed or answer.status == 200)


async def test_what_failed_and_took_effect_is_found_by_a_query(v3: V3Merchant) -> None:
    for scenario, status in (("order-systemerror-once", 404), ("order-systemerror-committed", 200)):
        await v3.place(f"E-{scenario}"[:32], **attached(scenario))
        assert (await v3.query(f"E-{scenario}"[:32])).status == status


async def test_a_query_tells_unpaid_or_another_amount(v3: V3Merchant, shared_control: Control) -> None:
    for scenario in ("query-unpaid-first", "query-other-amount"):
        await v3.place(f"Q-{scenario}"[:32], **attached(scenario))
        await shared_control.pay(f"Q-{scenario}"[:32])
    unpaid, after = [(await v3.query("Q-query-unpaid-first")).json for _ in range(2)]
    assert (unpaid["trade_state"], unpaid["trade_state_desc"]) == ("NOTPAY", "订单未支付")
    assert unpaid["amount"] == {"payer_currency": "CNY", "total": 101}
    assert not {"payer", "transaction_id", "success_time", "bank_type", "trade_type"} & set(unpaid)
    assert after["trade_state"] == "SUCCESS"
    assert (await v3.query("Q-query-other-amount")).json["amount"]["total"] == 1


# -- answers that are not as they should be ----------------------------------------------------------------------------


@observes("answer-wrong-sign", "answer-no-sign", "answer-other-key", "answer-signature-probe")
async def test_the_first_answer_does_not_verify(scenario: str, v3: V3Merchant) -> None:
    number = f"A-{scenario}"
    if scenario == "answer-no-sign":
        assert not (await v3.place(number, **attached(scenario))).signed
    else:
        with pytest.raises(InvalidSignature):
            await v3.place(number, **attached(scenario))
    assert (await v3.place(number, **attached(scenario))).signed


@pytest.mark.parametrize("scenario", ["answer-wrong-sign", "answer-signature-probe"])
async def test_an_order_that_is_paid_after_a_spoiled_answer_alone_is_told(
    scenario: str, v3: V3Merchant, shared_control: Control
) -> None:
    number = f"P-{scenario}"
    with pytest.raises(InvalidSignature):
        await v3.place(number, **attached(scenario))
    await shared_control.pay(number)
    names = [item.get("name") for item in await shared_control.timeline(number)]
    assert "answer_unverified_paid" in names


async def test_an_answer_of_another_order_is_validly_signed(v3: V3Merchant, shared_control: Control) -> None:
    other = await v3.place("A-OTHER1", "app")
    await shared_control.pay("A-OTHER1")
    answer = await v3.place("A-OTHER2", "app", **attached("answer-other-order"))
    assert answer.json["prepay_id"] == other.json["prepay_id"]


@observes("answer-slow", "answer-timeout", "close-timeout")
async def test_no_answer_comes_in_time(scenario: str, v3: V3Merchant) -> None:
    number = f"T-{scenario}"
    later = v3.close if scenario == "close-timeout" else None
    if later is not None:
        await v3.place(number, **attached(scenario))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await (later(number) if later else v3.place(number, **attached(scenario)))
    again = await (later(number) if later else v3.place(number, **attached(scenario)))
    assert again.status in (200, 204), "as it should be, and it took effect"


@observes("answer-reset", "answer-truncated", "answer-empty", "answer-html-502", "answer-malformed-xml")
async def test_what_comes_cannot_be_read(scenario: str, v3: V3Merchant) -> None:
    number = f"U-{scenario}"
    with pytest.raises((aiohttp.ClientError, InvalidSignature, ValueError)):
        json.loads((await v3.place(number, **attached(scenario))).body)
    assert (await v3.place(number, **attached(scenario))).json["code_url"]


# -- notifications -----------------------------------------------------------------------------------------------------

FORGED = [
    *("wrong-sign", "no-sign", "empty-sign", "other-key", "minimal", "amount-lower", "amount-higher", "wrong-appid"),
    *("wrong-mch-id", "other-order", "unknown-order", "malformed-xml", "empty-body", "huge-body", "unknown-serial"),
    *("stale-timestamp", "signature-probe", "wrong-api-v3-key", "tampered-ciphertext", "wrong-associated-data"),
    "reused-nonce",
]
XML_ONLY = ["forged-xxe", "forged-xxe-parameter", "forged-entity-expansion"]
OF_V2 = [*XML_ONLY, "forged-sign-type-lie", "forged-result-fail", "forged-return-fail"]


async def verdicts(control: Control, number: str) -> list[str]:
    """What the sandbox says of the answers, the forgery's first."""
    given = (await control.order(number))["notifications"]
    attempts = [one["attempts"] for one in sorted(given, key=lambda one: not one.get("hostile"))]
    return [made[-1]["verdict"] for made in attempts if made]


@observes(*(f"forged-{name}" for name in FORGED))
async def test_a_careful_merchant_refuses_the_forgery_and_takes_the_true_one(
    scenario: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    careful, number = Careful(v3), scenario[:32]
    inbox.reply = careful.answer
    first = f"first{number[6:]}"
    await v3.place(first)
    await shared_control.pay(first)
    await v3.place(number, **attached(scenario))
    await shared_control.pay(number)
    await shared_control.advance(3)
    assert careful.booked[-1] == number
    assert careful.booked.count(number) == 1
    assert await verdicts(shared_control, number) == ["ok", "ok"]


@observes(*OF_V2)
async def test_a_forgery_that_v3_has_not_is_left_out_and_told(
    scenario: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await v3.place(scenario, **attached(scenario))
    await shared_control.pay(scenario)
    await shared_control.advance(3)
    (received,) = inbox.received
    assert v3.open(received)["out_trade_no"] == scenario
    fault = scenario.removeprefix("forged-")
    assert any(fault in one["summary"] for one in await shared_control.timeline(scenario) if one["kind"] == "scenario")


COUNTS = {"notify-none": 0, "notify-three-times": 3, "notify-at-once": 20, "notify-delayed": 1, "notify-replayed": 2}


@observes(*COUNTS)
async def test_notifications_come_as_often_as_planned(
    scenario: str, v3: V3Merchant, shared_control: Control, inbox: Inbox
) -> None:
    await v3.place(scenario, **attached(scenario))
    await shared_control.pay(scenario)
    await shared_control.advance(0 if scenario == "notify-delayed" else 6 * 3600)
    assert len(inbox.received) == (0 if scenario == "notify-delayed" else COUNTS[scenario])
    await shared_control.advance(600)
    assert len(inbox.received) == COUNTS[scenario]


async def test_the_answer_waits_for_the_notification(v3: V3Merchant, shared_control: Control, inbox: Inbox) -> None:
    answer = await v3.place("BEFORE0001", **attached("notify-before-answer"))
    assert (answer.status, len(inbox.received)) == (200, 1)
    assert v3.open(inbox.received[0])["out_trade_no"] == "BEFORE0001"


async def test_it_is_that_of_the_order_whose_payment_the_call_names(
    v3: V3Merchant, shared_control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.api.scenarios.ATTEMPT_SECONDS", 2 * patience.PATIENCE)
    definition = {"api": {"call": "profitsharingorderamountquery", "until": "notified"}}
    await shared_control.call("PUT", "/scenarios/told-first", definition)
    await v3.place("BEFORE0002", settle_info={"profit_sharing": True}, **attached("told-first"))
    await shared_control.pay("BEFORE0002")
    await shared_control.advance(0)
    transaction_id = (await shared_control.order("BEFORE0002"))["transaction_id"]

    async with asyncio.timeout(patience.PATIENCE):
        answer = await v3.get(f"{SHARING}/transactions/{transaction_id}/amounts")

    assert answer.status == 200, "the merchant has been told, so nothing is waited for"


# -- by whichever way one is named -------------------------------------------------------------------------------------


async def test_a_scenario_is_chosen_as_with_v2(v3: V3Merchant, shared_control: Control) -> None:
    limited = (429, "FREQUENCY_LIMITED")
    by_header = {"Wechatpay-Negative-Test": "order-frequency-limited"}
    named = await v3.call("POST", f"{PAY}/native", v3.terms("CHOSEN0001"), headers=by_header)
    assert told(named) == limited
    definition = {"when": {"total_fee": "777", "path": "/v3/pay/*"}, "api": {"fail": "FREQUENCY_LIMITED"}}
    await shared_control.call("PUT", "/scenarios/by-amount", definition)
    assert told(await v3.place("CHOSEN0002", amount={"total": 777})) == limited
    await shared_control.post("/scenarios/order-noauth/apply", {"mch_id": v3.mch_id})
    assert told(await v3.place("CHOSEN0003")) == (403, "NO_AUTH")
    await shared_control.call("DELETE", "/scenarios/order-noauth/apply", {"mch_id": v3.mch_id})
    assert told(await v3.place("CHOSEN0004")) == OK


# -- refunds and payments by code --------------------------------------------------------------------------------------


async def test_a_refund_that_failed_was_accepted_all_the_same(v3: V3Merchant, shared_control: Control) -> None:
    await v3.place("RFAIL00001", **attached("refund-system-error"))
    await shared_control.pay("RFAIL00001")
    assert told(await refund(v3, "RFAIL00001", "R-RFAIL1")) == SYSTEM_ERROR
    assert (await refund(v3, "RFAIL00001", "R-RFAIL1")).json["out_refund_no"] == "R-RFAIL1"


async def test_payments_by_code_meet_theirs(v3: V3Merchant, shared_control: Control) -> None:
    async def charged(scenario: str) -> Answered:
        number, code = f"C-{scenario}"[:32], await shared_control.auth_code()
        return await charge(v3, number, code, attach=f"scenario:{scenario}")

    asked = await charged("micropay-password")
    assert asked.json["trade_state"] == "USERPAYING"
    await shared_control.advance(10)
    assert (await v3.query("C-micropay-password")).json["trade_state"] == "SUCCESS"
    assert told(await charged("micropay-bankerror")) == (500, "BANK_ERROR")
    assert (await v3.query("C-micropay-bankerror")).json["trade_state"] == "SUCCESS"
    assert told(await charged("reverse-systemerror")) == OK
    assert told(await reverse(v3, "C-reverse-systemerror")) == SYSTEM_ERROR
    assert (await v3.query("C-reverse-systemerror")).json["trade_state"] == "REVOKED"
    await charged("reverse-recall")
    assert (await reverse(v3, "C-reverse-recall")).json == {"recall": "Y"}
    assert (await v3.query("C-reverse-recall")).json["trade_state"] == "SUCCESS"


# -- codes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "status", "code", "message"),
    [
        ("NOTENOUGH", 403, "NOT_ENOUGH", "余额不足"),
        ("REFUNDNOTEXIST", 404, "RESOURCE_NOT_EXISTS", "退款单不存在"),
        ("BILL_CREATING", 400, "STATEMENT_CREATING", "账单生成中"),
        ("REFUND_FEE_MISMATCH", 400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"),
        ("MY_OWN", 400, "MY_OWN", ""),
        ("", 500, "SYSTEM_ERROR", ""),
    ],
)
def test_v2s_codes_are_v3s(named: str, status: int, code: str, message: str) -> None:
    failure = of_code(named)
    assert (failure.status, failure.code, failure.message) == (status, code, message)


# -- all of them -------------------------------------------------------------------------------------------------------


async def each(numbers: Mapping[str, str], act: Callable[[str, str], Awaitable[Any]]) -> None:
    """An act on every order, some at a time; whatever fails was meant to."""
    places = asyncio.Semaphore(8)

    async def one(scenario: str, number: str) -> None:
        meant = (AssertionError, aiohttp.ClientError, InvalidSignature, TimeoutError)
        async with places:
            with contextlib.suppress(*meant):
                async with asyncio.timeout(2 * PATIENCE):
                    await act(scenario, number)

    await asyncio.gather(*(one(scenario, number) for scenario, number in numbers.items()))


async def test_none_of_them_breaks_the_sandbox_and_what_is_true_can_be_opened(
    v3: V3Merchant, shared_control: Control, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    known = [one["name"] for one in (await shared_control.get("/scenarios"))["items"]]
    assert len(known) > 100
    numbers = {scenario: f"ALL{n:05}" for n, scenario in enumerate(known)}
    with caplog.at_level(logging.ERROR):
        await each(numbers, lambda scenario, number: v3.place(number, **attached(scenario)))
        await each(numbers, lambda _, number: shared_control.pay(number))
        await shared_control.advance(700)
        await each(numbers, lambda _, number: v3.query(number))
        await each(numbers, lambda _, number: refund(v3, number, f"R{number}", notify_url=v3.notify_url))
        await shared_control.advance(70)
    assert [record.getMessage() for record in caplog.records] == []
    opened = 0
    for item in (await shared_control.get("/orders", limit="1000"))["items"]:
        if item["out_trade_no"] in numbers.values():
            opened += await openable(v3, shared_control, item["out_trade_no"])
    assert opened > 100


async def openable(v3: V3Merchant, control: Control, number: str) -> int:
    """How many true messages an order has had, each of which can be opened."""
    true = [note for note in (await control.order(number))["notifications"] if "fault" not in note]
    bodies = [attempt["request"]["body"] for note in true for attempt in note["attempts"]]
    assert all(v3.unsealed(json.loads(body)["resource"]) for body in bodies)
    return len(bodies)
