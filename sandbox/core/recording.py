"""An order's story as a scenario: what somebody did by hand, to be done again by name. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.core.journal import Event, Exchange
from sandbox.core.notifications import Notification
from sandbox.core.orders import Order
from sandbox.core.ports import Entry

_OUTCOMES = {"paid": "success", "payment_failed": "error", "payment_failed_for_good": "error", "cancelled": "cancel"}


def recorded(order: Order, entries: Sequence[Entry], notifications: Sequence[Notification]) -> dict[str, Any]:
    """A definition in the shape of a scenario file: the payer's acts, the faults of calls, the messages sent.

    Times are whole seconds: of acts since the order was placed, of messages since it was paid.
    """
    acts = [_act(order, entry.what) for entry in entries if _is_act(entry.what)]
    faults = _faults(order, entries)
    definition: dict[str, Any] = {"title": f"As {order.key.out_trade_no} went"}
    if acts:
        definition["payer"] = acts
    if faults:
        definition["api"] = faults
    if order.payment is not None:
        definition["notify"] = _messages(notifications, order.payment.paid_at) or "none"
    return definition


def _is_act(what: Event | Exchange) -> bool:
    return isinstance(what, Event) and what.name in _OUTCOMES


def _act(order: Order, what: Event | Exchange) -> dict[str, Any]:
    assert isinstance(what, Event)
    act: dict[str, Any] = {"outcome": _OUTCOMES[what.name], "after": _span(order.created_at, what.at)}
    if act["outcome"] == "error":
        act["reason"] = str(what.facts.get("cause", "other"))
    if what.name == "payment_failed_for_good":
        act["final"] = "true"
    payment = order.payment
    if act["outcome"] == "success" and payment is not None:
        act["bank_type"] = payment.bank_type
        if payment.coupons:
            act["coupons"] = [{"fee": str(one.fee), "type": one.type.value, "id": one.id} for one in payment.coupons]
    return act


def _faults(order: Order, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Which calls a scenario troubled: as the plan's own faults have it, each with the call's number."""
    counts: dict[str, int] = {}
    found = []
    for entry in entries:
        what = entry.what
        if not isinstance(what, Exchange) or what.kind != "api":
            continue
        call = what.path.rpartition("/")[2]
        counts[call] = counts.get(call, 0) + 1
        name = str(what.facts.get("scenario_fault", ""))
        if name:
            found.append({"call": call, "nth": str(counts[call]), **_trouble(order, call, name, what.facts)})
    return found


def _trouble(order: Order, call: str, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    known = next((one for one in (order.plan.faults if order.plan else ()) if one.name == name), None)
    if known is None or known.fails:
        fail = {"err_code": name, "err_code_des": str(facts.get("err_code_des", ""))} if "err_code" in facts else None
        return {"fail": fail or {"return_msg": name}}
    trouble: dict[str, Any] = {"fault": known.fault.value} if known.fault else {}
    if known.seconds:
        trouble["seconds"] = f"{known.seconds:g}s"
    if known.until_notified:
        trouble["until"] = "notified"
    return (
        trouble
        | ({"set": dict(known.set)} if known.set else {})
        | ({"remove": list(known.remove)} if known.remove else {})
    )


def _messages(notifications: Sequence[Notification], paid_at: datetime) -> list[dict[str, Any]]:
    """Every message that was owed or sent; one that nobody sent is left out."""
    sent = [one for one in notifications if one.kind == "payment" and (one.attempts or not one.single)]
    messages = []
    for one in sent:
        message: dict[str, Any] = {"after": _span(paid_at, one.next_at or one.created_at)}
        if not one.single:
            message["after"] = _span(paid_at, one.created_at)
        if one.alteration is not None:
            altered = one.alteration
            message |= {"fault": altered.fault.value} if altered.fault else {}
            message |= {"set": dict(altered.set)} if altered.set else {}
            message |= {"remove": list(altered.remove)} if altered.remove else {}
        messages.append(message)
    return messages


def _span(since: datetime, at: datetime) -> str:
    return f"{max(0, round((at - since).total_seconds()))}s"
