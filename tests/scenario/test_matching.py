"""Whether a *when* holds."""

import pytest

from sandbox.core.nth import nth_matches, nth_valid
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Terms, TradeType
from sandbox.core.ports.services import CallContext
from sandbox.scenario.files import read_text
from sandbox.scenario.matching import MatchContext, drawn, holds, reason
from sandbox.scenario.shapes import ChanceShape, WhenShape

SUBJECT = MatchContext(
    OrderKey("1900000109", "VIP-0042", "1900000200"),
    Terms(
        appid="wx8888888888888888",
        trade_type=TradeType.NATIVE,
        total_fee=150,
        body="龙井茶",
        notify_url="http://shop.example/notify",
        attach="gift [1]",
    ),
    CallContext("/sandboxnew/pay/unifiedorder", "", {"X-Case": "late-3"}),
)


def when(text: str) -> WhenShape:
    found = read_text(f"when: {text}", "x", "")[1]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{}", True),
        ("{mch_id: 1900000109}", True),
        ("{mch_id: 19000001*}", True),
        ("{mch_id: 1900000110}", False),
        ("{sub_mch_id: 1900000200}", True),
        ("{sub_mch_id: 1900000201}", False),
        ("{appid: wx8888888888888888}", True),
        ("{appid: wx9*}", False),
        ("{trade_type: NATIVE}", True),
        ("{trade_type: [JSAPI, NATIVE]}", True),
        ("{trade_type: [JSAPI, APP]}", False),
        ("{out_trade_no: VIP-????}", True),
        ("{out_trade_no: VIP-???}", False),
        ("{out_trade_no: vip-*}", False),
        ("{total_fee: 150}", True),
        ("{total_fee: 100-200}", True),
        ("{total_fee: 150-150}", True),
        ("{total_fee: 151-}", False),
        ('{total_fee: "1, 7-9, 150"}', True),
        ("{attach: 'gift*'}", True),
        ("{attach: gift}", False),
        ("{path: /sandboxnew/*}", True),
        ("{path: [/xdc/*, /sandboxnew/*]}", True),
        ("{path: [/xdc/*, /pay/*]}", False),
        ("{header: {x-case: late-*}}", True),
        ("{header: {X-Case: early}}", False),
        ("{header: {X-Other: '*?'}}", False),
        ("{chance: {probability: 1}}", True),
        ("{chance: {probability: 0}}", False),
        ("{total_fee: 150, out_trade_no: 'VIP*', path: '*unifiedorder'}", True),
        ("{total_fee: 150, out_trade_no: 'NOT*'}", False),
    ],
)
def test_everything_that_stands_there_must_hold(written: str, expected: bool) -> None:
    assert holds(when(written), SUBJECT) is expected


@pytest.mark.parametrize(
    ("spec", "held"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("1", [1]),
        ("2-4", [2, 3, 4]),
        ("5-", [5, 6]),
        ("odd", [1, 3, 5]),
        ("even", [2, 4, 6]),
        ("1, 5-", [1, 5, 6]),
        ("even,1", [1, 2, 4, 6]),
    ],
)
def test_which_ones_nth_means(spec: str, held: list[int]) -> None:
    assert [n for n in range(1, 7) if nth_matches(spec, n)] == held
    assert nth_valid(spec)


@pytest.mark.parametrize("spec", ["first", "1-2-3", "-3", "odd even", "1,", "1;2"])
def test_what_nth_does_not_understand(spec: str) -> None:
    assert not nth_valid(spec)


def test_the_same_seed_draws_the_same_orders() -> None:
    keys = [OrderKey("1900000109", f"N{n}") for n in range(1000)]
    chance = ChanceShape(0.3, "a")
    lot = [drawn(chance, key) for key in keys]
    assert lot == [drawn(ChanceShape(0.3, "a"), key) for key in reversed(keys)][::-1]
    assert 250 < sum(lot) < 350
    assert lot != [drawn(ChanceShape(0.3, "b"), key) for key in keys]


def test_a_higher_probability_only_adds_orders() -> None:
    keys = [OrderKey("1900000109", f"N{n}") for n in range(200)]
    few, many = ({key for key in keys if drawn(ChanceShape(p, "a"), key)} for p in (0.2, 0.6))
    assert few < many


def test_the_reason_names_what_held() -> None:
    told = reason(when("{total_fee: 100-200, out_trade_no: 'VIP*', path: [/pay/*, /sandboxnew/*], nth: 1}"), SUBJECT)
    path = "/sandboxnew/pay/unifiedorder"
    assert told == {"total_fee": "150", "out_trade_no": "VIP*", "path": path, "nth": "1"}
