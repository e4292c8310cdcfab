"""What happened to an order, as a scenario that makes it happen again."""

from datetime import UTC, datetime, timedelta

from sandbox.core.events import EventName
from sandbox.core.exchange_facts import remembered
from sandbox.core.journal import Event, Exchange, ExchangeKind, Message, SignatureState
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms, TradeType
from sandbox.core.plans import AnswerFault, CallFault, Plan, Reason, ReasonName
from sandbox.core.ports.queries import Entry
from sandbox.core.scenarios import Definition
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.parts import FACES
from sandbox.scenario.recording import recorded as recorded_by
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by

ORIGIN = placed_by(SignType.MD5)
START = datetime(2026, 11, 23, tzinfo=UTC)
KEY = OrderKey("1900000109", "Tea_2026/01")
TERMS = Terms(appid="wx8", trade_type=TradeType.NATIVE, total_fee=100, body="tea", notify_url="")


def recorded(order: Order, entries: list[Entry]) -> Definition:
    return recorded_by(order, entries, FACES.operation)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def an_order(paid_after: float | None = None, *faults: CallFault) -> Order:
    payment = Payment(transaction_id="42", paid_at=at(paid_after or 0), bank_type="OTHERS", openid="o", cash_fee=100)
    return Order(
        key=KEY,
        origin=ORIGIN,
        terms=TERMS,
        created_at=START,
        expires_at=at(9999),
        prepay=Prepay("wx", START),
        payment=None if paid_after is None else payment,
        plan=Plan(scenario="first", why=Reason(name=ReasonName.ALL), faults=faults) if faults else None,
    )


def story(*happened: Event | Exchange) -> list[Entry]:
    return [Entry(number, what) for number, what in enumerate(happened, 1)]


def event(seconds: float, name: str, **facts: str) -> Event:
    return Event(at=at(seconds), name=EventName(name), key=KEY, facts=facts)


def call(name: str, fault: str = "", **more: str) -> Exchange:
    facts: dict[str, str | int] = {"scenario_fault": fault} if fault else {}
    return Exchange(
        at=START,
        kind=ExchangeKind.API,
        origin=ORIGIN,
        method="POST",
        path=f"/pay/{name}",
        request=Message(),
        signature=SignatureState.OK,
        **remembered({**facts, **more}),
    )


def sent(seconds: float, number: str, verdict: str = "ok", **facts: str | int) -> Exchange:
    return Exchange(
        at=at(seconds),
        kind=ExchangeKind.NOTIFICATION,
        origin=ORIGIN,
        method="POST",
        path="http://shop/notify",
        request=Message(),
        notification_id=number,
        verdict=Verdict(VerdictName(verdict)),
        **remembered(facts),
    )


def test_the_payers_acts_count_from_the_placing() -> None:
    entries = story(
        event(3, "payment_failed", cause="balance"),
        event(7.25, "cancelled"),
        event(9, "payment_failed_for_good", cause="risk"),
    )
    assert recorded(an_order(), entries)["payer"] == [
        {"outcome": "error", "reason": "balance", "after": "3s"},
        {"outcome": "cancel", "after": "7.2s"},
        {"outcome": "error", "reason": "risk", "final": "true", "after": "9s"},
    ]


def test_its_name_is_made_of_the_orders_number() -> None:
    assert recorded(an_order(), [])["name"] == "recorded-tea-2026-01"


def test_retries_of_the_schedule_are_left_to_the_schedule() -> None:
    entries = story(
        event(1, "paid"),
        sent(1, "A", "http_status"),
        sent(16, "A", "http_status"),
        sent(20, "A", "http_status"),
        sent(31, "A"),
    )
    assert recorded(an_order(1), entries)["notify"] == [{"after": "0s"}, {"after": "19s"}]


def test_an_everyday_notification_needs_no_word() -> None:
    assert "notify" not in recorded(an_order(1), story(event(1, "paid"), sent(1, "A")))


def test_what_is_told_of_refunds_and_shares_is_no_notification_of_the_payment() -> None:
    entries = story(
        event(1, "paid"),
        sent(1, "A"),
        sent(40, "B", out_refund_no="R1"),
        sent(66, "C", receiver="1900000110", out_order_no="P1"),
    )
    assert "notify" not in recorded(an_order(1), entries)


def test_forgeries_and_replays_keep_their_moments() -> None:
    entries = story(
        event(1, "paid"),
        sent(1, "A"),
        sent(4, "B", "ok_forgery_refused", single=1, notify_fault="wrong-sign"),
        sent(9, "A"),
    )
    expected = [{"after": "0s"}, {"after": "3s", "fault": "wrong-sign"}, {"after": "8s"}]
    assert recorded(an_order(1), entries)["notify"] == expected


def test_a_fault_of_the_api_is_written_whole_with_the_calls_it_befell() -> None:
    slow = CallFault(call="*", fault=AnswerFault.SLOW, seconds=2.5, nth="1,3")
    entries = story(call("orderquery", "slow"), call("orderquery"), call("orderquery", "slow"))
    expected = [{"call": "orderquery", "nth": "1,3", "fault": "slow", "seconds": "2.5s"}]
    assert recorded(an_order(None, slow), entries)["api"] == expected


def test_a_fault_that_a_header_asked_for_is_known_by_what_was_answered() -> None:
    entries = story(call("orderquery", "SYSTEMERROR", err_code="SYSTEMERROR", err_code_des="odd words"))
    expected = {"err_code": "SYSTEMERROR", "err_code_des": "odd words"}
    assert recorded(an_order(), entries)["api"] == [{"call": "orderquery", "nth": "1", "fail": expected}]


def test_a_fault_of_which_too_little_is_known_is_left_out() -> None:
    assert "api" not in recorded(an_order(), story(call("orderquery", "slow"), call("orderquery", "altered")))
