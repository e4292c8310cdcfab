"""Notifications to begin with, for the debugging tool: of the merchant's newest paid order, or of one made up."""

import uuid
from typing import Any

from sandbox.core.ids import BEIJING
from sandbox.core.notifications import NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms, TradeState, TradeType
from sandbox.core.ports.calls import ExampleContext, Notice
from sandbox.core.refunds import Parts, Refund, RefundStatus, RefundTerms
from sandbox.v3.errors import Json
from sandbox.v3.messages import flat
from sandbox.v3.news import News, payment, payment_news, refund_news
from sandbox.v3.orders import moment
from sandbox.v3.origin import CALLED

_NUMBERS = frozenset(
    {
        *("total", "payer_total", "refund", "payer_refund", "amount"),
        *("wechatpay_contribute", "merchant_contribute", "other_contribute"),
    }
)
"""Members that are numbers, which a form holds as text."""


def of(kind: NotificationKind, case: ExampleContext) -> Notice:
    """What such a notification tells, and what is sealed in it."""
    order = case.paid if case.paid and case.paid.payment else _paid(case)
    if kind is NotificationKind.REFUND:
        news = refund_news(_refund(order, case), order, case.now)
    else:
        news = payment_news(order, payment(order))
    return Notice(_envelope(news), flat(news.told))


def original_type(kind: NotificationKind) -> str:
    """What is sealed in a notification, as V3 calls it."""
    return "refund" if kind is NotificationKind.REFUND else "transaction"


def typed(told: Any) -> Any:
    """Members as they are written: what is a number stands as one."""
    if isinstance(told, list):
        return [typed(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: _figure(value) if name in _NUMBERS else typed(value) for name, value in told.items()}


def _figure(value: Any) -> Json:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return typed(value)  # type: ignore[no-any-return]


def _envelope(news: News) -> dict[str, str]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{news.event_type}/{moment(news.at)}")),
        "create_time": moment(news.at),
        "resource_type": "encrypt-resource",
        "event_type": news.event_type,
        "summary": news.summary,
    }


def _paid(case: ExampleContext) -> Order:
    """An order that nobody placed, over one fen, paid just now."""
    appid = next(iter(case.merchant.appids), "")
    terms = Terms(appid=appid, trade_type=TradeType.JSAPI, total_fee=1, body="", notify_url=case.notify_url)
    paid = Payment(
        transaction_id=case.ids.transaction_id(case.now),
        paid_at=case.now,
        bank_type="OTHERS",
        openid=case.payer.openid if case.payer else case.ids.openid(),
        cash_fee=1,
    )
    return Order(
        key=OrderKey(case.merchant.mch_id, _number(case, "DEBUG"), ""),
        origin=CALLED,
        terms=terms,
        created_at=case.now,
        expires_at=case.now,
        prepay=Prepay("", case.now),
        trade_state=TradeState.SUCCESS,
        payment=paid,
    )


def _refund(order: Order, case: ExampleContext) -> Refund:
    """A refund of all of an order that nobody asked for, there just now."""
    assert order.payment is not None, "one that is paid"
    total = order.terms.total_fee
    return Refund(
        key=order.key,
        origin=CALLED,
        terms=RefundTerms(out_refund_no=_number(case, "REFUND"), total_fee=total, refund_fee=total),
        refund_id=case.ids.refund_id(case.now),
        parts=Parts(order.payment.cash_fee, (), 0),
        recv_account="支付用户零钱",
        created_at=case.now,
        due_at=None,
        status=RefundStatus.SUCCESS,
        success_at=case.now,
    )


def _number(case: ExampleContext, start: str) -> str:
    return f"{start}{case.now.astimezone(BEIJING):%Y%m%d%H%M%S}"
