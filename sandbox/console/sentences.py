"""What comes next for an order, and how a notification stands, in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.core.catalogue import Lang, Text, funds
from sandbox.core.catalogue import console as words
from sandbox.core.catalogue.events import duration
from sandbox.core.catalogue.scenario_pages import ALTERED, ANSWER_ALTERED, UNTIL_NOTIFIED, WITHHELD
from sandbox.core.catalogue.scenarios import ANSWER_FAULTS, MESSAGE_FAULTS
from sandbox.core.catalogue.verdicts import VERDICTS
from sandbox.core.ids import BEIJING
from sandbox.core.notifications import Notification, NotificationState, Verdict
from sandbox.core.orders import ClosedBy, Order, TradeState
from sandbox.core.plans import AnswerFault, MessageFault
from sandbox.core.refunds import Refund, RefundStatus


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict in the reader's language."""

    ok: bool
    title: str
    explanation: str
    fix: str


def verdict_told(verdict: Verdict | None, lang: Lang) -> Told | None:
    """The texts of a verdict with its facts; a name that the catalogue does not know stands for itself."""
    if verdict is None:
        return None
    texts = VERDICTS.get(verdict.name)
    if texts is None:
        return Told(verdict.ok, verdict.name, "", "")
    facts = dict(verdict.facts)
    if "fault" in facts:
        facts["fault"] = message_fault(facts["fault"], lang)
    title, explanation, fix = (text.recall(lang, facts) for text in texts)
    return Told(verdict.ok, title, explanation, fix)


def message_fault(name: str, lang: Lang) -> str:
    """What is wrong with a notification, in words; an unnamed fault means altered fields."""
    return MESSAGE_FAULTS[MessageFault(name)].say(lang) if name in set(MessageFault) else ALTERED.say(lang)


def answer_fault(name: str, lang: Lang) -> str:
    """What a scenario did to an answer, in words; WeChat's codes and words stand for themselves."""
    if name in set(AnswerFault):
        return ANSWER_FAULTS[AnswerFault(name)].say(lang)
    known = {"until-notified": UNTIL_NOTIFIED, "altered": ANSWER_ALTERED}.get(name)
    return known.say(lang) if known else name


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next. `due` seconds stand as `span` between `before` and `after`, so that a page can count them down.

    `tone` is "good", "bad" (needs a person) or "" (just waits).
    """

    before: str
    tone: str = ""
    span: str = ""
    due: float | None = None
    after: str = ""


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
    told = verdict_told(last, lang)
    facts = {"n": owed.attempts, "why": told.explanation or told.title if told else ""}
    if owed.state is NotificationState.GIVEN_UP:
        return Step(words.NEXT_GIVEN_UP.say(lang, **facts), "bad")
    if owed.attempts == 0 or owed.next_at is None:
        return Step(words.NEXT_SENDING.say(lang))
    if owed.next_at <= now:
        return Step(words.NEXT_RETRYING.say(lang, **facts), "bad")
    return counted(words.NEXT_RETRY_AT, "bad", owed.next_at, now, lang, **facts)


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
