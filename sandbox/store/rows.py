"""Values of the core as rows of the tables, and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import Row

from sandbox.core.clock import ClockSetting
from sandbox.core.events import EventName
from sandbox.core.exchange_facts import remembered, told
from sandbox.core.journal import (
    Event,
    Exchange,
    ExchangeKind,
    ExchangeOutcome,
    Message,
    SignatureState,
    header_size,
    kept_facts,
    kept_headers,
)
from sandbox.core.merchants import (
    App,
    AppKind,
    Capability,
    FormerKey,
    Merchant,
    ProductState,
    Review,
    Secret,
    SubMerchant,
    Wording,
)
from sandbox.core.notifications import Notification, NotificationState, Standing
from sandbox.core.orders import ClosedBy, Order, OrderKey, Payment, Prepay, Terms, TradeState
from sandbox.core.payers import Card, Payer
from sandbox.core.plans import Alteration, Coupon, Plan
from sandbox.core.ports.queries import Entry, ListedOrder
from sandbox.core.scenarios import Application
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.store.columns import PackedTerms

Values = dict[str, Any]
AnyRow = Row[Any]

_ORDER_TERMS = PackedTerms(Terms, "trade_type", "total_fee", "body", "openid", "sub_openid")


def order_values(order: Order) -> Values:
    """All columns of an order but its number and its notification's state."""
    terms, prepay = order.terms, order.prepay
    return {
        "mch_id": order.key.mch_id,
        "out_trade_no": order.key.out_trade_no,
        "sub_mch_id": order.key.sub_mch_id,
        "origin": order.origin,
        "trade_type": terms.trade_type.value,
        "total_fee": terms.total_fee,
        "body": terms.body,
        "openid": terms.openid,
        "sub_openid": terms.sub_openid,
        "terms": _ORDER_TERMS.pack(terms),
        "prepay_id": prepay.prepay_id,
        "prepaid_at": prepay.prepaid_at,
        "code": prepay.code,
        "code_at": prepay.code_at,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "trade_state": order.trade_state.value,
        "closed_at": order.closed_at,
        "closed_by": order.closed_by.value,
        "plan": order.plan,
        "acts_done": order.acts_done,
        "act_at": act[1] if (act := order.next_act()) else None,
        **payment_values(order.payment),
    }


def payment_values(payment: Payment | None) -> Values:
    if payment is None:
        names = (
            "transaction_id",
            "paid_at",
            "bank_type",
            "payer_openid",
            "payer_sub_openid",
            "cash_fee",
            "is_subscribe",
            "coupons",
            "rate",
            "rate_value",
        )
        return dict.fromkeys(names)
    return {
        "transaction_id": payment.transaction_id,
        "paid_at": payment.paid_at,
        "bank_type": payment.bank_type,
        "payer_openid": payment.openid,
        "payer_sub_openid": payment.sub_openid,
        "cash_fee": payment.cash_fee,
        "is_subscribe": payment.is_subscribe,
        "coupons": payment.coupons or None,
        "rate": payment.rate,
        "rate_value": payment.rate_value,
    }


def key_of(row: AnyRow) -> OrderKey:
    return OrderKey(row.mch_id, row.out_trade_no, row.sub_mch_id)


def order_of(row: AnyRow) -> Order:
    return Order(
        key=key_of(row),
        origin=row.origin,
        terms=_ORDER_TERMS.unpack(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        prepay=Prepay(row.prepay_id, row.prepaid_at, row.code, row.code_at),
        trade_state=TradeState(row.trade_state),
        payment=_payment_of(row),
        closed_at=row.closed_at,
        closed_by=ClosedBy(row.closed_by),
        plan=msgspec.convert(row.plan, Plan) if row.plan else None,
        acts_done=row.acts_done,
    )


def _payment_of(row: AnyRow) -> Payment | None:
    if row.transaction_id is None:
        return None
    return Payment(
        transaction_id=row.transaction_id,
        paid_at=row.paid_at,
        bank_type=row.bank_type,
        openid=row.payer_openid,
        sub_openid=row.payer_sub_openid,
        cash_fee=row.cash_fee,
        is_subscribe=row.is_subscribe,
        coupons=msgspec.convert(row.coupons or [], tuple[Coupon, ...]),
        rate=row.rate,
        rate_value=row.rate_value,
    )


def listed_order_of(row: AnyRow) -> ListedOrder:
    standing = Standing(row.notification) if row.notification else None
    return ListedOrder(row.id, order_of(row), standing, row.next_at)


def notification_values(notification: Notification) -> Values:
    return {
        "id": notification.id,
        "kind": notification.kind,
        "mch_id": notification.key.mch_id,
        "out_trade_no": notification.key.out_trade_no,
        "sub_mch_id": notification.key.sub_mch_id,
        "url": notification.url,
        "nonce_str": notification.nonce_str,
        "created_at": notification.created_at,
        "next_at": notification.next_at,
        "state": notification.state.value,
        "attempts": notification.attempts,
        "scheduled": notification.scheduled,
        "single": notification.single,
        "alteration": notification.alteration,
        "out_refund_no": notification.out_refund_no,
        "origin": notification.origin,
    }


def notification_of(row: AnyRow) -> Notification:
    return Notification(
        id=row.id,
        kind=row.kind,
        key=key_of(row),
        url=row.url,
        nonce_str=row.nonce_str,
        created_at=row.created_at,
        next_at=row.next_at,
        state=NotificationState(row.state),
        attempts=row.attempts,
        scheduled=row.scheduled,
        single=row.single,
        alteration=msgspec.convert(row.alteration, Alteration) if row.alteration else None,
        out_refund_no=row.out_refund_no,
        origin=row.origin,
    )


LINE_BYTES = 512
"""What a line takes beside its texts, about."""

_NO_EXCHANGE: Values = {
    "origin": None,
    "method": "",
    "path": "",
    "request_id": "",
    "client": "",
    "request_headers": [],
    "request_body": None,
    "status": None,
    "reply_headers": [],
    "reply_body": None,
    "signature": "",
    "outcome": "",
    "verdict": [],
    "notification_id": "",
    "n": 0,
    "duration_ms": 0.0,
    "steps": [],
}

_EVENT_NAMES = frozenset(EventName)
_VERDICT_NAMES = frozenset(VerdictName)


def event_values(event: Event) -> Values:
    return {
        "at": event.at,
        "kind": event.name.actor.value,
        "mch_id": event.key.mch_id,
        "out_trade_no": event.key.out_trade_no,
        "sub_mch_id": event.key.sub_mch_id,
        "name": event.name.value,
        "facts": dict(event.facts),
        **_NO_EXCHANGE,
        "size": LINE_BYTES + _held(event.facts),
    }


def exchange_values(exchange: Exchange) -> Values:
    key = exchange.key or OrderKey(exchange.mch_id, "")
    verdict = exchange.verdict
    asked, replied = kept_headers(exchange.request.headers), kept_headers(exchange.reply.headers)
    facts = kept_facts(told(exchange))
    bodies = len(exchange.request.body) + len(exchange.reply.body)
    texts = len(exchange.path) + header_size(asked) + header_size(replied)
    return {
        "at": exchange.at,
        "kind": exchange.kind.value,
        "origin": exchange.origin,
        "mch_id": key.mch_id,
        "out_trade_no": key.out_trade_no,
        "sub_mch_id": key.sub_mch_id,
        "name": "",
        "facts": facts,
        "method": exchange.method,
        "path": exchange.path,
        "request_id": exchange.request_id,
        "client": exchange.client,
        "request_headers": asked,
        "request_body": exchange.request.body,
        "status": exchange.status,
        "reply_headers": replied,
        "reply_body": exchange.reply.body,
        "signature": exchange.signature.value,
        "outcome": exchange.outcome.value,
        "verdict": [verdict.name.value, verdict.facts] if verdict else [],
        "notification_id": exchange.notification_id,
        "n": exchange.n,
        "duration_ms": exchange.duration_ms,
        "steps": exchange.steps,
        "size": LINE_BYTES + texts + bodies + _held(facts),
    }


def _held(facts: Mapping[str, object]) -> int:
    return sum([len(value) for value in facts.values() if isinstance(value, str)])


def entry_of(row: AnyRow) -> Entry:
    """A row of the journal as the event or exchange it was."""
    return Entry(row.id, exchange_of(row) if row.method else _event_of(row))


def _event_of(row: AnyRow) -> Event:
    known = row.name in _EVENT_NAMES
    name, facts = (EventName(row.name), row.facts) if known else (EventName.OTHER, {"name": row.name, **row.facts})
    return Event(at=row.at, name=name, key=key_of(row), facts=facts)


def exchange_of(row: AnyRow) -> Exchange:
    return Exchange(
        at=row.at,
        kind=ExchangeKind(row.kind),
        origin=row.origin,
        method=row.method,
        path=row.path,
        request=_message_of(row.request_headers, row.request_body),
        key=key_of(row) if row.out_trade_no else None,
        mch_id=row.mch_id,
        request_id=row.request_id,
        client=row.client,
        status=row.status,
        reply=_message_of(row.reply_headers, row.reply_body),
        signature=SignatureState(row.signature),
        outcome=ExchangeOutcome(row.outcome),
        verdict=_verdict_of(row.verdict),
        notification_id=row.notification_id,
        n=row.n,
        duration_ms=row.duration_ms,
        steps=[(name, ms) for name, ms in row.steps],
        **remembered(row.facts),
    )


def _message_of(headers: list[list[str]], body: bytes | None) -> Message:
    return Message(tuple((name, value) for name, value in headers), body or b"")


def _verdict_of(packed: list[Any] | None) -> Verdict | None:
    if not packed:
        return None
    name, pairs = packed
    facts = tuple((fact, value) for fact, value in pairs)
    known = name in _VERDICT_NAMES
    return Verdict(VerdictName(name), facts) if known else Verdict(VerdictName.OTHER, (("name", name), *facts))


def merchant_values(merchant: Merchant) -> Values:
    return {
        "mch_id": merchant.mch_id,
        "name": merchant.name,
        "appids": list(merchant.appids),
        "api_key": str(merchant.api_key),
        "api_v3_key": str(merchant.api_v3_key),
        "products": {name: state.value for name, state in merchant.products.items()},
        "service_provider": merchant.service_provider,
        "sub_merchants": [_sub_merchant_values(sub) for sub in merchant.sub_merchants],
        "notify_url": merchant.notify_url,
        "refund_notify_url": merchant.refund_notify_url,
        "native_callback_url": merchant.native_callback_url,
        "rate": merchant.rate,
        "former_keys": [[str(one.key), one.replaced_at] for one in merchant.former_keys],
        "jsapi_directories": list(merchant.jsapi_directories),
        "h5_domains": list(merchant.h5_domains),
        "h5_check_ip": merchant.h5_check_ip,
        "wording": merchant.wording,
    }


def _sub_merchant_values(sub: SubMerchant) -> list[Any]:
    return [sub.sub_mch_id, list(sub.sub_appids), {name: state.value for name, state in sub.products.items()}]


def _sub_merchant_of(
    sub_mch_id: str, sub_appids: Sequence[str], products: Mapping[str, str] = MappingProxyType({})
) -> SubMerchant:
    """Those that were stored before the third revision have no products."""
    opened = {name: ProductState(state) for name, state in products.items()}
    return SubMerchant(sub_mch_id, tuple(sub_appids), opened)


def merchant_of(row: AnyRow) -> Merchant:
    return Merchant(
        mch_id=row.mch_id,
        name=row.name,
        appids=tuple(row.appids),
        api_key=Secret(row.api_key),
        api_v3_key=Secret(row.api_v3_key),
        products={name: ProductState(state) for name, state in row.products.items()},
        service_provider=row.service_provider,
        sub_merchants=tuple(_sub_merchant_of(*values) for values in row.sub_merchants),
        notify_url=row.notify_url,
        refund_notify_url=row.refund_notify_url,
        native_callback_url=row.native_callback_url,
        rate=row.rate,
        former_keys=tuple(FormerKey(Secret(key), datetime.fromisoformat(at)) for key, at in row.former_keys),
        jsapi_directories=tuple(row.jsapi_directories),
        h5_domains=tuple(row.h5_domains),
        h5_check_ip=row.h5_check_ip,
        wording=row.wording and Wording(row.wording),
    )


def app_values(app: App) -> Values:
    return {
        "appid": app.appid,
        "name": app.name,
        "kind": app.kind.value,
        "package_name": app.package_name,
        "app_signature": app.app_signature,
        "bundle_id": app.bundle_id,
        "universal_link": app.universal_link,
        "payment": app.payment.value,
        "review": app.review.value,
    }


def app_of(row: AnyRow) -> App:
    return App(
        appid=row.appid,
        name=row.name,
        kind=AppKind(row.kind),
        package_name=row.package_name,
        app_signature=row.app_signature,
        bundle_id=row.bundle_id,
        universal_link=row.universal_link,
        payment=Capability(row.payment),
        review=Review(row.review),
    )


def payer_values(payer: Payer) -> Values:
    return {
        "openid": payer.openid,
        "appid": payer.appid,
        "balance_fen": payer.balance_fen,
        "device": payer.device,
        "logged_in": payer.logged_in,
        "wechat_version": payer.wechat_version,
        "cards": None if payer.cards is None else [[card.bank_type, card.balance_fen] for card in payer.cards],
    }


def payer_of(row: AnyRow) -> Payer:
    return Payer(
        openid=row.openid,
        appid=row.appid,
        balance_fen=row.balance_fen,
        device=row.device,
        logged_in=row.logged_in,
        wechat_version=row.wechat_version,
        cards=cards_of(row.cards),
    )


def cards_of(kept: list[tuple[str, int | None]] | None) -> tuple[Card, ...] | None:
    return None if kept is None else tuple(Card(*card) for card in kept)


def clock_values(mch_id: str, setting: ClockSetting) -> Values:
    return {
        "mch_id": mch_id,
        "since": setting.since,
        "ahead": setting.ahead,
        "scale": setting.scale,
        "advanced": setting.advanced,
    }


def clock_of(row: AnyRow) -> ClockSetting:
    return ClockSetting(row.since, row.ahead, row.scale, row.advanced)


def application_values(application: Application) -> Values:
    return {
        "scenario": application.scenario,
        "mch_id": application.mch_id,
        "out_trade_no": application.out_trade_no,
        "next": application.next,
    }


def application_of(row: AnyRow) -> Application:
    return Application(scenario=row.scenario, mch_id=row.mch_id, out_trade_no=row.out_trade_no, next=row.next)
