"""What happened to an order, written as a scenario, so that it can happen to another. Pure.

The payer's acts count from when the order was placed, notifications from the payment; both in sandbox time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.causes import Cause
from sandbox.core.client import Outcome
from sandbox.core.events import EventName
from sandbox.core.journal import CallRefusal, Event, Exchange, SignatureState
from sandbox.core.notifications import NotificationKind, next_attempt
from sandbox.core.orders import Order, Payment
from sandbox.core.payers import UNSAID
from sandbox.core.plans import Alteration, AnswerFault, CallFault, Coupon, MessageFault, Plan
from sandbox.core.ports.queries import Entry
from sandbox.core.scenarios import Definition
from sandbox.words.err_codes import ERR_CODES
from sandbox.words.scenarios import RECORDED, RECORDED_WITH

LONGEST_NAME = 64


Operation = Callable[[Exchange], str]
"""Which operation a merchant's call asked for; "" for a notification."""


def recorded(order: Order, entries: Sequence[Entry], operation: Operation) -> Definition:
    """A scenario's definition from an order and its timeline, oldest first.

    Of the API's faults those are left out of which only the name is known, though more would be needed.
    """
    parts = {
        "payer": list(_acts(order, entries, operation)),
        "api": _faults(order, [entry.what for entry in entries if isinstance(entry.what, Exchange)], operation),
        "bill": order.plan.bill.value if order.plan and order.plan.bill else "",
        "notify": _sendings(order, entries),
        "signed_by": _signed_by(order),
    }
    plan, number = order.plan, order.key.out_trade_no
    text = RECORDED_WITH if plan else RECORDED
    facts = {"out_trade_no": number, "scenario": plan.scenario if plan else ""}
    return {
        "name": _name(number),
        "title": {lang: RECORDED.say(lang, **facts) for lang in ("zh", "en")},
        "description": {lang: text.say(lang, **facts) for lang in ("zh", "en")},
        **{name: part for name, part in parts.items() if part},
    }


def _signed_by(order: Order) -> Definition:
    """Which of WeChat Pay's keys signed what was told of it, as far as a scenario said so."""
    chosen = order.plan.signed_by if order.plan else None
    if chosen is None:
        return {}
    said: Definition = {"key": chosen.key, "share": chosen.share, "attempts": chosen.attempts}
    return {name: value for name, value in said.items() if value != ""}


def _name(out_trade_no: str) -> str:
    letters = "".join(one if one.isascii() and one.isalnum() else "-" for one in out_trade_no.lower())
    return f"recorded-{letters}"[:LONGEST_NAME].rstrip("-")


# -- the payer ---------------------------------------------------------------------------------------------------------


def _acts(order: Order, entries: Sequence[Entry], operation: Operation) -> Iterator[Definition]:
    for number, entry in enumerate(entries):
        event = entry.what
        if not isinstance(event, Event) or (outcome := event.name.outcome) is None:
            continue
        act: Definition = {"outcome": outcome.value}
        if outcome is Outcome.ERROR:
            act["reason"] = (event.cause or Cause.OTHER).value
        if event.name is EventName.PAYMENT_FAILED_FOR_GOOD:
            act["final"] = "true"
        if outcome is Outcome.SUCCESS and order.payment:
            act |= _paid_with(order.payment)
        last_minute = order.plan.at_close() if order.plan else None
        if last_minute and last_minute.outcome is outcome and _closing(entries[:number], operation):
            yield act | {"at": "closeorder"}
        else:
            yield act | {"after": span(event.at, order.created_at)}


def _paid_with(payment: Payment) -> Definition:
    told: Definition = {} if payment.bank_type == UNSAID else {"bank_type": payment.bank_type}
    return told | ({"coupons": [_coupon(one) for one in payment.coupons]} if payment.coupons else {})


def _coupon(coupon: Coupon) -> Definition:
    return {"fee": coupon.fee, "type": coupon.type.value, "id": coupon.id}


def _closing(before: Sequence[Entry], operation: Operation) -> bool:
    """Whether the merchant's closeorder brought it about: events stand behind their call."""
    call = next((entry.what for entry in reversed(before) if isinstance(entry.what, Exchange)), None)
    return call is not None and operation(call) == "closeorder"


def span(at: datetime, since: datetime) -> str:
    """Seconds as a scenario writes them: 3s, 0.5s."""
    return f"{max(0.0, (at - since).total_seconds()):.1f}".removesuffix(".0") + "s"


# -- the API -----------------------------------------------------------------------------------------------------------


def _faults(order: Order, exchanges: Sequence[Exchange], operation: Operation) -> list[Definition]:
    """Each fault once, with the numbers of the calls that it befell."""
    counts: dict[str, int] = {}
    found: list[tuple[Definition, list[int]]] = []
    for exchange in exchanges:
        call = operation(exchange)
        if not call or exchange.signature is not SignatureState.OK:
            continue
        counts[call] = n = counts.get(call, 0) + 1
        name = exchange.played.fault if exchange.played else ""
        said = _fault(order.plan, exchange, name, call, n) if name else None
        if said is None:
            continue
        same = next((numbers for known, numbers in found if known == {"call": call, **said}), None)
        if same is None:
            found.append(({"call": call, **said}, [n]))
        else:
            same.append(n)
    return [{"call": said.pop("call"), "nth": ",".join(map(str, numbers)), **said} for said, numbers in found]


def _fault(plan: Plan | None, exchange: Exchange, name: str, call: str, n: int) -> Definition | None:
    planned = next((one for one in plan.faults if one.name == name and one.concerns(call, n)), None) if plan else None
    return _written(planned or _named(name, exchange))


def _named(name: str, exchange: Exchange) -> CallFault:
    """A fault that the order's own scenario does not know: the call's header named another."""
    if fault := AnswerFault.named(name):
        return CallFault(fault=fault)
    refusal = exchange.refusal or CallRefusal()
    if refusal.code == name:
        return CallFault(code=name, message=refusal.message, performed=False)
    if not refusal.code and refusal.message == name:
        return CallFault(message=name, performed=False)
    return CallFault(until_notified=name == "until-notified")


def _written(fault: CallFault) -> Definition | None:
    """A fault as a file says it; None where too little is known of it."""
    said: Definition = {}
    if fault.code:
        known = fault.message in ("", ERR_CODES.get(fault.code))
        said["fail"] = fault.code if known else {"err_code": fault.code, "err_code_des": fault.message}
    elif fault.message:
        said["fail"] = {"return_msg": fault.message}
    if fault.fault:
        said["fault"] = fault.fault.value
    said |= {"seconds": f"{fault.seconds:g}s"} if fault.seconds else {}
    said |= _changes(fault.set, fault.remove) | ({"until": "notified"} if fault.until_notified else {})
    if not said or (fault.fault in (AnswerFault.SLOW, AnswerFault.DRIP) and not fault.seconds):
        return None
    return said if fault.performed == (not fault.fails) else said | {"performed": str(fault.performed).lower()}


def _changes(values: Mapping[str, str], remove: Sequence[str]) -> Definition:
    return ({"set": dict(values)} if values else {}) | ({"remove": list(remove)} if remove else {})


# -- notifications -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message that went out: when, and what was wrong with it."""

    at: datetime
    alteration: Alteration | None


def _sendings(order: Order, entries: Sequence[Entry]) -> list[Definition] | str:
    """The messages about the payment; "none" where a scenario withheld them; empty for the one of every day."""
    if order.payment is None:
        return []
    paid_at = order.payment.paid_at
    attempts = [entry.what for entry in entries if isinstance(entry.what, Exchange) and entry.what.notification_id]
    of_payment = [one for one in attempts if one.tells_of is NotificationKind.PAYMENT]
    sent = sorted(_sent(order, of_payment), key=lambda one: one.at)
    if not sent:
        return "none" if order.plan and order.plan.sendings == () else []
    said = [{"after": span(one.at, paid_at), **_altered(one.alteration)} for one in sent]
    return [] if said == [{"after": "0s"}] else said


def _altered(alteration: Alteration | None) -> Definition:
    if alteration is None:
        return {}
    fault = {"fault": alteration.fault.value} if alteration.fault else {}
    return fault | _changes(alteration.set, alteration.remove)


def _sent(order: Order, attempts: Sequence[Exchange]) -> Iterator[_Sent]:
    """Attempts without the schedule's retries: those come by themselves where a merchant fails."""
    retries: dict[str, tuple[int, datetime | None]] = {}
    for attempt in attempts:
        made, due = retries.get(attempt.notification_id, (0, None))
        if due is not None and attempt.at >= due:
            retries[attempt.notification_id] = (made + 1, _due(attempt, made + 1))
            continue
        if made == 0:
            retries[attempt.notification_id] = (1, _due(attempt, 1))
        yield _Sent(attempt.at, _alteration(order, attempt))


def _due(attempt: Exchange, made: int) -> datetime | None:
    """When the schedule tries again after an attempt; None where it has no reason to."""
    delivered = attempt.verdict is not None and attempt.verdict.accepted
    return None if delivered or attempt.single else next_attempt(made, attempt.at)


def _alteration(order: Order, attempt: Exchange) -> Alteration | None:
    """What was wrong with a message: as the order's scenario has it, else the fault that the timeline names."""
    name = attempt.played.fault if attempt.played else ""
    if not name:
        return None
    fault = MessageFault.named(name)
    planned = (order.plan.sendings if order.plan else None) or ()
    wanted = [one.alteration for one in planned if one.alteration and one.alteration.fault is fault]
    return wanted[0] if wanted else Alteration(fault=fault)
