"""Lines of the journal as rows, and back."""

from collections.abc import Mapping
from typing import Any

from sandbox.core.events import EventName
from sandbox.core.exchange_facts import remembered, told
from sandbox.core.journal import (
    Event,
    Exchange,
    ExchangeKind,
    ExchangeOutcome,
    Message,
    SignatureState,
    kept_facts,
    kept_headers,
)
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.queries import Entry
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.store.rows import AnyRow, Values, subject_of

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
        "out_bill_no": event.key.out_bill_no,
        "name": event.name.value,
        "facts": dict(event.facts),
        **_NO_EXCHANGE,
        "size": LINE_BYTES + _held(event.facts),
    }


def exchange_values(exchange: Exchange) -> Values:
    key = exchange.key or OrderKey(exchange.mch_id, "")
    verdict = exchange.verdict
    asked, asked_size = kept_headers(exchange.request.headers)
    replied, replied_size = kept_headers(exchange.reply.headers)
    facts = kept_facts(told(exchange))
    bodies = len(exchange.request.body) + len(exchange.reply.body)
    texts = len(exchange.path) + asked_size + replied_size
    return {
        "at": exchange.at,
        "kind": exchange.kind.value,
        "origin": exchange.origin,
        "mch_id": key.mch_id,
        "out_trade_no": key.out_trade_no,
        "sub_mch_id": key.sub_mch_id,
        "out_bill_no": key.out_bill_no,
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
    return Event(at=row.at, name=name, key=subject_of(row), facts=facts)


def exchange_of(row: AnyRow) -> Exchange:
    key = subject_of(row)
    return Exchange(
        at=row.at,
        kind=ExchangeKind(row.kind),
        origin=row.origin,
        method=row.method,
        path=row.path,
        request=_message_of(row.request_headers, row.request_body),
        key=key if key.number else None,
        mch_id=row.mch_id,
        request_id=row.request_id,
        client=row.client,
        status=row.status,
        reply=_message_of(row.reply_headers, row.reply_body),
        signature=SignatureState(row.signature),
        outcome=ExchangeOutcome(row.outcome),
        verdict=verdict_of(row.verdict),
        notification_id=row.notification_id,
        n=row.n,
        duration_ms=row.duration_ms,
        steps=[(name, ms) for name, ms in row.steps],
        **remembered(row.facts),
    )


def _message_of(headers: list[list[str]], body: bytes | None) -> Message:
    return Message(tuple((name, value) for name, value in headers), body or b"")


def verdict_of(packed: list[Any] | None) -> Verdict | None:
    if not packed:
        return None
    name, pairs = packed
    facts = tuple((fact, value) for fact, value in pairs)
    known = name in _VERDICT_NAMES
    return Verdict(VerdictName(name), facts) if known else Verdict(VerdictName.OTHER, (("name", name), *facts))
