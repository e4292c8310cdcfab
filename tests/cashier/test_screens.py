"""Which screen an order shows: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.cashier.methods import methods_for
from sandbox.cashier.screens import Screen, code_lives, just_done_of, safe_redirect, screen_of, token_of
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms, TradeType
from sandbox.core.payers import Payer
from sandbox.core.placing import place
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAYMENT = Payment(transaction_id="4", paid_at=NOW, bank_type="CFT", openid="o", cash_fee=1)


def terms_of(trade_type: TradeType = TradeType.JSAPI, **terms: object) -> Terms:
    return Terms(
        appid="wx1",
        trade_type=trade_type,
        total_fee=1,
        body="茶",
        notify_url="https://a.example/n",
        **terms,  # type: ignore[arg-type]
    )


def order_of(trade_type: TradeType = TradeType.JSAPI, **terms: object) -> Order:
    return place(
        OrderKey("1", "T1"),
        placed_by(SignType.MD5),
        terms_of(trade_type, **terms),
        Prepay("wx0", NOW, "CODE", NOW),
        NOW,
    )


LATER = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("order", "at", "sentence"),
    [
        (order_of().pay(PAYMENT), NOW, "该订单已支付"),
        (order_of().close(NOW), NOW, "当前订单已关闭，无法支付"),
        (order_of(TradeType.NATIVE).close(NOW), NOW, "码已过期，请重新生成"),
        (order_of(TradeType.NATIVE), LATER, "码已过期，请重新生成"),
        (order_of(), LATER, "该订单已过期，请重新下单"),
        (order_of(time_expire=LATER), LATER, "订单已超过商户设置的最晚支付成功时间，请重新发起支付"),
        (order_of(), NOW + timedelta(days=7), "该订单已过期，请重新下单"),
    ],
)
def test_an_order_that_cannot_be_paid_has_wechats_sentence(order: Order, at: datetime, sentence: str) -> None:
    shown = screen_of(order, at)
    assert shown.screen is Screen.DEAD
    assert shown.sentence is not None
    assert shown.sentence.zh == sentence


def test_the_address_is_believed_only_where_the_order_agrees() -> None:
    success = ClientResult(Outcome.SUCCESS)
    assert screen_of(order_of(), NOW, success).screen is Screen.PAY
    assert screen_of(order_of().pay(PAYMENT), NOW, success).screen is Screen.PAID
    assert screen_of(order_of().close(NOW), NOW, success).screen is Screen.DEAD


def test_a_failure_leaves_the_order_payable() -> None:
    assert screen_of(order_of(), NOW, just_done_of("error", "balance")).screen is Screen.FAILED
    assert screen_of(order_of(), NOW, just_done_of("cancel", "")).screen is Screen.CANCELLED
    assert screen_of(order_of(), NOW, just_done_of("nonsense", "")).screen is Screen.PAY


def test_a_code_lives_as_long_as_wechats() -> None:
    assert code_lives(order_of(TradeType.MWEB), "CODE", NOW + timedelta(seconds=299))
    assert not code_lives(order_of(TradeType.MWEB), "CODE", NOW + timedelta(seconds=300))
    assert code_lives(order_of(TradeType.NATIVE), "CODE", NOW + timedelta(minutes=119))
    assert not code_lives(order_of(TradeType.NATIVE), "OTHER", NOW)
    assert not code_lives(order_of(), "", NOW)


def test_credit_is_hidden_where_the_order_forbids_it() -> None:
    assert [method.bank_type for method in methods_for(terms_of(), Payer("o", "wx"))] == [
        "CFT",
        "CMB_DEBIT",
        "ICBC_CREDIT",
    ]
    without = methods_for(terms_of(limit_pay="no_credit"), Payer("o", "wx"))
    assert [method.bank_type for method in without] == ["CFT", "CMB_DEBIT"]


@pytest.mark.parametrize("given", ["weixin://wxpay/bizpayurl?pr=abc123", "abc123", " abc123\n"])
def test_the_token_of_a_code_url(given: str) -> None:
    assert token_of(given) == "abc123"


@pytest.mark.parametrize("url", ["https://shop.example/back?a=1#b", "http://127.0.0.1:3000/", "HTTPS://shop.example"])
def test_http_addresses_may_be_followed(url: str) -> None:
    assert safe_redirect(url) == url


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//evil.example", "/path", "data:text/html,x", "https:", "https://", "http://[::1",
     "ht\ntp://a.example", " https://a.example", "https://a.example\\@b", "weixin://x", "https://a/" + "x" * 2048],
)  # fmt: skip
def test_nothing_else_is(url: str) -> None:
    assert safe_redirect(url) == ""
