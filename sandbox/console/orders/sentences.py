"""What comes next for an order, and how a notification stands, in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.core.events import EventName
from sandbox.core.ids import BEIJING
from sandbox.core.journal import Event, Exchange
from sandbox.core.notifications import Notification, NotificationState
from sandbox.core.orders import ClosedBy, Order, TradeState
from sandbox.core.plans import AnswerFault
from sandbox.core.ports.queries import Entry
from sandbox.core.refunds import Refund, RefundStatus
from sandbox.core.text import Lang, Text
from sandbox.core.verdicts import FACE, Finding, Verdict, VerdictName
from sandbox.words import console as words
from sandbox.words import funds
from sandbox.words.combined import NEXT_WITH_COMBINED
from sandbox.words.events import duration, sentence
from sandbox.words.scenario_pages import ANSWER_ALTERED, UNTIL_NOTIFIED, WITHHELD
from sandbox.words.scenarios import ANSWER_FAULTS
from sandbox.words.verdicts import VERDICTS, VerdictInWords, message_fault, told


def verdict_told(verdict: Verdict | None, lang: Lang) -> VerdictInWords | None:
    """The texts of a verdict; None before there is one."""
    return told(verdict, lang) if verdict else None


def answer_fault(name: str, lang: Lang) -> str:
    """What a scenario did to an answer, in words; WeChat's codes and words stand for themselves."""
    if fault := AnswerFault.named(name):
        return ANSWER_FAULTS[fault].say(lang)
    known = {"until-notified": UNTIL_NOTIFIED, "altered": ANSWER_ALTERED}.get(name)
    return known.say(lang) if known else name


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next. `due` seconds stand as `span` between `before` and `after`, so that a page can count them down.

    `tone` is "good", "bad" (needs a person), "unsure" (a person should look) or "" (just waits). `alarm` is a sentence
    that goes before it, `mend` says what to do.
    """

    before: str
    tone: str = ""
    span: str = ""
    due: float | None = None
    after: str = ""
    alarm: str = ""
    mend: str = ""


def next_step(order: Order, owed: Notification | None, last: Verdict | None, now: datetime, lang: Lang) -> Step:
    """What happens next to an order."""
    if order.trade_state is TradeState.CLOSED:
        text = words.NEXT_EXPIRED if order.closed_by is ClosedBy.EXPIRY else words.NEXT_CLOSED
        return Step(text.say(lang, at=clock_time(order.closed_at, now)))
    if order.trade_state is TradeState.PAYERROR:
        return Step(words.NEXT_PAYERROR.say(lang))
    if order.trade_state is TradeState.REVOKED:
        return Step(words.NEXT_REVERSED.say(lang, at=clock_time(order.closed_at, now)))
    if order.unpaid:
        return _waiting(order, now, lang)
    if owed is None and order.terms.notify_url and order.plan is not None:
        return Step(WITHHELD.say(lang, name=order.plan.scenario))
    return _paid(owed, last, now, lang)


def _waiting(order: Order, now: datetime, lang: Lang) -> Step:
    if order.part:
        return Step(NEXT_WITH_COMBINED.say(lang))
    if now >= order.prepay.expires_at():
        return Step(words.NEXT_PREPAY_EXPIRED.say(lang))
    if order.trade_state is TradeState.USERPAYING:
        return counted(words.NEXT_PASSWORD, "", order.expires_at, now, lang)
    ends = min(order.expires_at, order.prepay.expires_at())
    text = words.NEXT_PAY_BEFORE if ends == order.expires_at else words.NEXT_PREPAY_UNTIL
    return counted(text, "", ends, now, lang)


def _paid(owed: Notification | None, last: Verdict | None, now: datetime, lang: Lang) -> Step:
    if owed is None:
        return Step(words.NEXT_NOTHING_OWED.say(lang), "good")
    if owed.state is NotificationState.DELIVERED:
        return Step(words.NEXT_DELIVERED.say(lang, n=owed.attempts), "good")
    why = verdict_told(last, lang)
    facts = {"n": owed.attempts, "why": why.explanation or why.title if why else ""}
    mend = why.fix if why else ""
    if owed.state is NotificationState.GIVEN_UP:
        return Step(words.NEXT_GIVEN_UP.say(lang, **facts), "bad", mend=mend)
    if owed.attempts == 0 or owed.next_at is None:
        return Step(words.NEXT_SENDING.say(lang))
    if owed.next_at <= now:
        return Step(words.NEXT_RETRYING.say(lang, **facts), "bad", mend=mend)
    return replace(counted(words.NEXT_RETRY_AT, "bad", owed.next_at, now, lang, **facts), mend=mend)


def alarmed(step: Step, entries: Sequence[Entry], lang: Lang) -> Step:
    """What comes next, after what somebody must look at first."""
    verdicts = [one.what.verdict for one in entries if isinstance(one.what, Exchange) and one.what.verdict]
    if taken := [verdict for verdict in verdicts if verdict.name is VerdictName.FORGERY_ACCEPTED]:
        alarm = words.FORGERIES_ACCEPTED.say(lang, faults=_faults(taken, lang))
        return replace(step, tone="bad", alarm=alarm, mend=told(taken[-1], lang).fix)
    events = [one.what for one in entries if isinstance(one.what, Event) and one.what.name in _ALARMS]
    if events:
        first = events[0]
        alarm = words.SENTENCE.say(lang, sentence=sentence(first, lang))
        tone = "bad" if step.tone == "bad" else first.name.tone
        return replace(step, tone=tone, alarm=alarm, mend=step.mend or _ALARMS[first.name].say(lang))
    unclear = [verdict for verdict in verdicts if verdict.finding is Finding.UNCLEAR]
    return _doubted(step, unclear, lang) if unclear and step.tone == "good" else step


_ALARMS = {
    EventName.CANARY_HIT: VERDICTS[VerdictName.ENTITY_FETCHED].fix,
    EventName.ANSWER_UNVERIFIED: words.VERIFY_ANSWERS,
    EventName.ANSWER_UNVERIFIED_PAID: words.VERIFY_ANSWERS,
}
"""Events that somebody must look at, and what to do."""


def _doubted(step: Step, unclear: Sequence[Verdict], lang: Lang) -> Step:
    """A step that went well, after what the sandbox cannot tell: of forgeries first."""
    unproven = [verdict for verdict in unclear if verdict.name is VerdictName.CANNOT_TELL]
    last = (unproven or unclear)[-1]
    alarm = words.SENTENCE.say(lang, sentence=told(last, lang).title)
    if unproven:
        alarm = words.FORGERIES_UNPROVEN.say(lang, faults=_faults(unproven, lang))
    elif times := last.fact("times"):
        alarm = words.ACKNOWLEDGED_AGAIN.say(lang, times=times)
    return replace(step, tone="unsure", alarm=alarm, mend=told(last, lang).fix)


def _faults(verdicts: Sequence[Verdict], lang: Lang) -> str:
    """What was wrong with forgeries, each once."""
    named = dict.fromkeys((verdict.fact("fault"), verdict.fact(FACE), verdict.fact("kind")) for verdict in verdicts)
    return ("；" if lang == "zh" else "; ").join(message_fault(name, lang, face, kind) for name, face, kind in named)


def refund_step(refund: Refund, now: datetime, lang: Lang) -> Step:
    """What happens next to a refund, or what became of it."""
    if refund.due_at is not None:
        return counted(funds.NEXT[refund.outcome.value], "", max(refund.due_at, now), now, lang)
    if refund.status is RefundStatus.SUCCESS:
        return Step(funds.ARRIVED.say(lang, at=clock_time(refund.success_at, now)), "good")
    if refund.status is RefundStatus.CHANGE:
        return Step(funds.STUCK.say(lang), "bad")
    return Step(funds.CLOSED.say(lang))


_GAP = "\0"


def counted(text: Text, tone: str, ends: datetime, now: datetime, lang: Lang, **facts: object) -> Step:
    """A sentence with the time until `ends` in it, which a page counts down."""
    due = (ends - now).total_seconds()
    before, _, after = text.say(lang, span=_GAP, at=clock_time(ends, now), **facts).partition(_GAP)
    return Step(before, tone, duration(due, lang), due, after)


def clock_time(at: datetime | None, now: datetime) -> str:
    """A time of today, or of another day with its date; Beijing's."""
    if at is None:
        return ""
    there, here = at.astimezone(BEIJING), now.astimezone(BEIJING)
    return there.strftime("%H:%M:%S" if there.date() == here.date() else "%Y-%m-%d %H:%M:%S")
