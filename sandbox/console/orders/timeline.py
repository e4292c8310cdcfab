"""An order's timeline as the page shows it: entries told in sentences, runs of like calls folded into one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.console.orders.sentences import answer_fault, verdict_told
from sandbox.core.client import ClientResult, Outcome
from sandbox.core.events import EventName, Tone
from sandbox.core.ids import BEIJING
from sandbox.core.journal import Event, Exchange, ExchangeKind, ExchangeOutcome, SignatureState
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry, Page
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.verdicts import VerdictName
from sandbox.words import certificates, funds, sharing, transfers
from sandbox.words import console as words
from sandbox.words import scenario_pages as scenes
from sandbox.words.causes import fix_of
from sandbox.words.events import sentence
from sandbox.words.faults import fault_told, remark
from sandbox.words.verdicts import message_fault

AGAIN = "again"
"""What all attempts belong to that were acknowledged again: only the latest tells of it."""

FOLD_FROM = 4
"""So many like calls in a row become one line."""

LINES = 100
"""Lines of a timeline on one page."""
MARKS = 500
"""How many events and attempts a headline looks back at, where there are more lines than that."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a timeline, and what the headline is made of, whichever part is shown."""

    shown: Page[Entry]
    marks: Sequence[Entry]
    """What happened, and attempts to notify, as far as the headline looks back."""


@dataclass(slots=True, kw_only=True)
class Item:
    """A line of the timeline. `tone`: "good", "bad", "unsure", "warn" or "". An exchange folds open to its messages.

    `remark` is beside the matter: what the real API would have asked for. `of` is the notification that an attempt
    belongs to, one for all that were acknowledged again; `scenario` the one that a line tells of.
    """

    id: int
    at: datetime
    kind: str
    tone: str
    title: str
    detail: str = ""
    fix: str = ""
    remark: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    duration_ms: float | None = None
    is_exchange: bool = False
    new_day: str = ""
    like: str = ""
    of: str = ""
    scenario: str = ""
    folded: list["Item"] = field(default_factory=list)


def part(tx: UnitOfWork, key: OrderKey, cursor: str | None) -> Part:
    """The last lines of an order's or a transfer's timeline, or those before a cursor."""
    shown = tx.journal.timeline_before(key, cursor, LINES)
    return Part(shown, tx.journal.marks(key, MARKS) if cursor or shown.next else shown.items)


def told(entries: Sequence[Entry], faces: Faces, lang: Lang) -> list[Item]:
    """Entries, oldest first, as lines of the page."""
    items = [item_of(entry, faces, lang) for entry in entries]
    latest = {item.of: item for item in items if item.of}
    for item in items:
        if item.of and latest[item.of] is not item:
            item.fix = ""  # the latest attempt says how to mend it, once
            item.detail = "" if item.of == AGAIN else item.detail
    for before, item in zip([None, *items], items, strict=False):
        there = item.at.astimezone(BEIJING).date()
        if before is None or before.at.astimezone(BEIJING).date() != there:
            item.new_day = there.isoformat()
    return _folded(items)


def item_of(entry: Entry, faces: Faces, lang: Lang) -> Item:
    what = entry.what
    if isinstance(what, Event):
        return _event(entry.id, what, lang)
    return _call(entry.id, what, faces, lang) if what.kind is ExchangeKind.API else _attempt(entry.id, what, lang)


def _event(entry_id: int, event: Event, lang: Lang) -> Item:
    cause = event.cause
    item = Item(
        id=entry_id,
        at=event.at,
        kind=event.name.actor,
        tone=_tone(event),
        title=sentence(event, lang),
        scenario=str(event.facts.get("scenario", "")),
    )
    if event.name in (EventName.ANSWER_UNVERIFIED, EventName.ANSWER_UNVERIFIED_PAID):
        item.fix = words.VERIFY_ANSWERS.say(lang)
    if cause:
        fix = words.NEXT_PAYERROR if event.name is EventName.PAYMENT_FAILED_FOR_GOOD else fix_of(cause, event.facts)
        item.detail, item.fix = cause.err_str, fix.say(lang)
    return item


def _tone(event: Event) -> Tone:
    """Its name's; a request that the client refused needs somebody."""
    return Tone.BAD if event.name is EventName.CLIENT_INVOKED and event.cause else event.name.tone


def _call(entry_id: int, call: Exchange, faces: Faces, lang: Lang) -> Item:
    failed = call.outcome is ExchangeOutcome.FAILED
    said = {} if failed else faces.of(call).messages.reply(call).fields
    trade_state = said.get("trade_state") or said.get("state", "")
    item = Item(
        id=entry_id,
        at=call.at,
        kind="api",
        tone="bad" if failed else "",
        title=f"{call.method} {call.path}",
        tags=_checked(call, lang),
        duration_ms=call.duration_ms,
        is_exchange=True,
        remark=remark(call, lang),
    )
    if failed:
        item.detail, item.fix = failure(call), fault_told(call, lang)
    else:
        if call.reply.body:
            item.tags.append((trade_state or "SUCCESS", "good"))
        item.like = f"{call.path} {trade_state} {call.played.fault if call.played else ''}"
    if call.played and call.played.fault:
        item.tags.append((scenes.SCENARIO_FAULT.say(lang, fault=answer_fault(call.played.fault, lang)), "odd-one"))
    if call.played and call.played.lacking:
        fault = answer_fault(call.played.lacking, lang)
        lacking = scenes.CALL_LACKING.say(lang, scenario=call.played.scenario, fault=fault)
        item.remark = f"{item.remark} {lacking}".lstrip()
    return item


def _checked(call: Exchange, lang: Lang) -> list[tuple[str, str]]:
    """Whether signature and client certificate were right, as tags; of the latter only what is wrong."""
    tags = [signature_tag(call, lang)] if call.signature else []
    wrong = certificates.TAGS.get(call.fault)
    return [*tags, (wrong.say(lang), "bad")] if wrong else tags


def _attempt(entry_id: int, attempt: Exchange, lang: Lang) -> Item:
    verdict = verdict_told(attempt.verdict, lang)
    item = Item(
        id=entry_id,
        at=attempt.at,
        kind="notification",
        tone=verdict.tone if verdict else "bad",
        title=_attempts_title(attempt, lang),
        duration_ms=attempt.duration_ms,
        is_exchange=True,
        of=attempt.notification_id,
    )
    if attempt.single:
        item.tags.append((what_is_odd(attempt, lang), "odd-one"))
    if target := attempt.facts.get("forwarded_to"):
        item.tags.append((words.FORWARDED.say(lang, target=target), ""))
    if verdict:
        item.tags.append((verdict.title, item.tone))
        item.detail, item.fix = verdict.explanation, "" if verdict.right else verdict.fix
        item.of = AGAIN if attempt.verdict and attempt.verdict.name is VerdictName.OK_AGAIN else item.of
    return item


def _attempts_title(attempt: Exchange, lang: Lang) -> str:
    if not attempt.notification_id:
        return words.NATIVE_CALLBACK.say(lang, product_id=attempt.facts.get("product_id", ""))
    if attempt.receiver:
        facts = {"out_order_no": attempt.out_order_no, "receiver": attempt.receiver}
        return sharing.ATTEMPT.say(lang, n=attempt.n, **facts)
    if attempt.out_refund_no:
        return funds.ATTEMPT.say(lang, n=attempt.n, out_refund_no=attempt.out_refund_no)
    if attempt.key and attempt.key.out_bill_no:
        return transfers.ATTEMPT.say(lang, n=attempt.n)
    return scenes.ONCE.say(lang) if attempt.single else words.ATTEMPT.say(lang, n=attempt.n)


def what_is_odd(attempt: Exchange, lang: Lang) -> str:
    """What tells a notification that is sent once from the usual one."""
    name = attempt.played.fault if attempt.played else ""
    return message_fault(name, lang, attempt.origin.face, attempt.tells_of) if name else scenes.COPY_TAG.say(lang)


def signature_tag(call: Exchange, lang: Lang) -> tuple[str, str]:
    """Whether the signature was right, as a tag."""
    if call.signature is SignatureState.OK:
        return words.SIGNATURE_OK.say(lang), "good"
    text = words.SIGNATURE_MISSING if call.signature is SignatureState.MISSING else words.SIGNATURE_WRONG
    return text.say(lang), "bad"


def failure(call: Exchange) -> str:
    """What WeChat said of a call that failed: its err_code and words, or its return_msg."""
    said = call.refusal.said if call.refusal else ""
    return said or call.signature or call.outcome


def client_result(entries: Sequence[Entry]) -> ClientResult | None:
    """What the client told the app or page after the payer's last act."""
    for event in (entry.what for entry in reversed(entries) if isinstance(entry.what, Event)):
        if event.result:
            return event.result
        if event.name is EventName.CLIENT_INVOKED and event.cause:
            return ClientResult(Outcome.ERROR, event.cause)
    return None


def _folded(items: list[Item]) -> list[Item]:
    """Runs of calls that answered alike (a merchant that polls) as one line that opens."""
    lines: list[Item] = []
    at = 0
    while at < len(items):
        end = at + 1
        while items[at].like and end < len(items) and items[end].like == items[at].like and not items[end].new_day:
            end += 1
        run = items[at:end]
        if len(run) >= FOLD_FROM:
            lines.append(_run(run))
        else:
            lines += run
        at = end
    return lines


def _run(run: list[Item]) -> Item:
    first = run[0]
    return Item(
        id=first.id,
        at=first.at,
        kind="api",
        tone="",
        title=first.title,
        tags=[(f"×{len(run)}", ""), *first.tags],
        new_day=first.new_day,
        folded=run,
    )
