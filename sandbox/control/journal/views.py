"""What the core knows of journal, in the shapes of docs/contract.md."""

from msgspec.structs import asdict

from sandbox.control.journal import shapes
from sandbox.control.notifications.views import attempt_view, reply_view, request_view, tell_signed
from sandbox.core.events import Actor
from sandbox.core.exchange_facts import told as facts_told
from sandbox.core.journal import Event, Exchange, ExchangeKind
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.text import Lang
from sandbox.web.shapes import instant
from sandbox.words.events import sentence
from sandbox.words.faults import fault_told, remark
from sandbox.words.verdicts import told

_EVENTS: dict[Actor, type[shapes.PayerEvent | shapes.WechatEvent | shapes.ScenarioEvent | shapes.ClockEvent]] = {
    Actor.PAYER: shapes.PayerEvent,
    Actor.WECHAT: shapes.WechatEvent,
    Actor.SCENARIO: shapes.ScenarioEvent,
    Actor.CLOCK: shapes.ClockEvent,
}


def entry_view(entry: Entry, faces: Faces, lang: Lang) -> shapes.TimelineItem:
    """A line of a timeline."""
    what = entry.what
    if isinstance(what, Event):
        event, said = _EVENTS[what.name.actor], summary(what, lang)
        return event(id=entry.id, at=instant(what.at), summary=said, name=what.name, facts=dict(what.facts))
    return exchange_view(entry, faces, lang)


def exchange_view(entry: Entry, faces: Faces, lang: Lang) -> shapes.Call | shapes.Delivery:
    """A call that came in, or an attempt to deliver a notification."""
    what = entry.what
    assert isinstance(what, Exchange)
    if what.kind is ExchangeKind.NOTIFICATION:
        return _delivery_view(entry.id, what, faces, lang)
    return call_view(entry, faces, lang)


def call_view(entry: Entry, faces: Faces, lang: Lang) -> shapes.Call:
    """A line of the journal."""
    what = entry.what
    assert isinstance(what, Exchange)
    view = shapes.Call(
        id=entry.id,
        at=instant(what.at),
        summary=summary(what, lang),
        mch_id=what.mch_id or None,
        out_trade_no=(what.key.out_trade_no or None) if what.key else None,
        out_bill_no=(what.key.out_bill_no or None) if what.key else None,
        path=what.path,
        request=request_view(what),
        reply=reply_view(what),
        signature=what.signature or None,
        outcome=what.outcome,
        explanation=fault_told(what, lang) or None,
        remark=remark(what, lang) or None,
        facts={**facts_told(what)} or None,
        request_id=what.request_id,
        duration_ms=what.duration_ms,
        steps=[shapes.Step(name, ms) for name, ms in what.steps],
    )
    tell_signed(what, view.request, view.reply, faces)
    return view


def _delivery_view(number: int, attempt: Exchange, faces: Faces, lang: Lang) -> shapes.Delivery:
    made = asdict(attempt_view(attempt, faces, lang))
    said = summary(attempt, lang)
    return shapes.Delivery(
        id=number,
        summary=said,
        notification_id=attempt.notification_id,
        facts={**facts_told(attempt)} or None,
        **made,
    )


def summary(what: Event | Exchange, lang: Lang) -> str:
    """What happened, in a sentence."""
    if isinstance(what, Event):
        return sentence(what, lang)
    if what.verdict is not None:
        return told(what.verdict, lang).explanation
    reason = what.refusal and (what.refusal.code or what.refusal.message)
    return f"{what.method} {what.path}: {what.outcome}" + (f" ({reason})" if reason else "")
