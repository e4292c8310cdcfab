"""What a merchant's reply to a forged notification is worth: nothing is praised without evidence.

A reply that turns a forgery down is a refusal only where a true notification is taken: a merchant that refuses, or
breaks at, everything refuses forgeries too. The true one may come later, so that such a verdict is open until then and
is settled whenever it is read.
"""

from collections.abc import Sequence
from enum import StrEnum

from sandbox.core.notifications import Notification, NotificationKind, NotificationState
from sandbox.core.plans import MessageFault
from sandbox.core.verdicts import TURNED_DOWN, Verdict, VerdictName

NO_PAYMENT = frozenset({MessageFault.RESULT_FAIL, MessageFault.RETURN_FAIL})
"""Messages that tell of no payment: to acknowledge one and book nothing is right."""

FETCHING = frozenset({MessageFault.XXE, MessageFault.XXE_PARAMETER})
"""Messages whose entity a careless parser fetches, which the canary tells."""

REPLAYS = frozenset({MessageFault.STALE_TIMESTAMP, MessageFault.REUSED_NONCE})
"""Messages that are true and validly signed, but were sent before: whoever takes one must only not book it twice."""

_OPEN = frozenset({VerdictName.CANNOT_TELL, VerdictName.OK_FORGERY_REFUSED, VerdictName.OK_FORGERY_ERROR})


class Proof(StrEnum):
    """What is known of the merchant's way with true notifications."""

    ACCEPTED = "accepted"
    """It took the true one of the same payment, refund or transfer."""
    ELSEWHERE = "elsewhere"
    """There is none, but it took another true one at the same address."""
    AWAITED = "awaited"
    TURNED_DOWN = "turned_down"
    NONE = "none"


def judged(reply: Verdict, status: int | None, forged: Notification) -> Verdict:
    """What the reply to a forgery is worth by itself; `reply` is what it would be worth to a true notification."""
    fault = forged.alteration.fault if forged.alteration else None
    about = (
        ("fault", fault.value if fault else ""),
        *((("kind", forged.kind.value),) if forged.kind is not NotificationKind.PAYMENT else ()),
    )
    if reply.accepted and not reply.fact(TURNED_DOWN):
        return Verdict(_taken(fault), about)
    if status is None:
        return Verdict(VerdictName.CANNOT_TELL, (*about, ("silent", reply.name.value), *reply.facts))
    if how := _refusal(reply, status):
        return Verdict(VerdictName.CANNOT_TELL, (*about, ("how", how), ("start", reply.fact("start"))))
    facts = [(name, value) for name, value in reply.facts if name != "status"]
    return Verdict(VerdictName.CANNOT_TELL, (*about, ("reply", reply.name.value), ("status", str(status)), *facts))


def doubted(reply: Verdict, status: int | None) -> Verdict:
    """What the reply to a message is worth of which nobody can say whether it had to be refused."""
    if reply.accepted and not reply.fact(TURNED_DOWN):
        return Verdict(VerdictName.OK_ALTERED)
    if status is not None and (how := _refusal(reply, status)):
        return Verdict(VerdictName.ALTERED_REFUSED, (("how", how), ("start", reply.fact("start"))))
    return reply


def _taken(fault: MessageFault | None) -> VerdictName:
    """What it is worth to take a message with this fault."""
    if fault in NO_PAYMENT:
        return VerdictName.FAILURE_ACKNOWLEDGED
    return VerdictName.REPLAY_TAKEN if fault in REPLAYS else VerdictName.FORGERY_ACCEPTED


def _refusal(reply: Verdict, status: int) -> str:
    """How a reply turns a message down: by its status, or in the words of its face; empty for any other."""
    return f"HTTP {status}" if status >= 400 else reply.fact(TURNED_DOWN)


def is_open(verdict: Verdict) -> bool:
    """Whether what happened since may settle a verdict."""
    turned_down = verdict.name is VerdictName.CANNOT_TELL and bool(verdict.fact("how"))
    return turned_down or (verdict.name in _OPEN and verdict.fact("fault") in FETCHING)


def settled(verdict: Verdict, proof: Proof, *, fetched: bool) -> Verdict:
    """An open verdict, with what is known by now; `fetched`: the canary told that the message's entity was."""
    facts = tuple(fact for fact in verdict.facts if fact[0] != "proof")
    if fetched:
        return Verdict(VerdictName.ENTITY_FETCHED, facts)
    if verdict.name is not VerdictName.CANNOT_TELL or not verdict.fact("how"):
        return verdict
    if proof in (Proof.ACCEPTED, Proof.ELSEWHERE):
        crashed = verdict.fact("how").startswith("HTTP 5")
        name = VerdictName.OK_FORGERY_ERROR if crashed else VerdictName.OK_FORGERY_REFUSED
        return Verdict(name, (*facts, ("proof", proof.value)))
    return Verdict(VerdictName.CANNOT_TELL, (*facts, ("proof", proof.value)))


def proof_of(true: Sequence[Notification]) -> Proof:
    """What the true notifications of the same payment, refund or transfer tell; there is at least one."""
    if any(one.state is NotificationState.DELIVERED for one in true):
        return Proof.ACCEPTED
    return Proof.TURNED_DOWN if any(one.attempts for one in true) else Proof.AWAITED
