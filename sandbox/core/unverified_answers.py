"""Whether a merchant goes on with an answer that it must not have believed: one whose signature a scenario spoiled."""

from collections.abc import Callable, Sequence

from sandbox.core.events import EventName
from sandbox.core.journal import Event, Exchange, ExchangeOutcome
from sandbox.core.plans import AnswerFault
from sandbox.core.ports.queries import Entry

SPOILED = frozenset({AnswerFault.WRONG_SIGN, AnswerFault.NO_SIGN, AnswerFault.OTHER_KEY, AnswerFault.SIGNATURE_PROBE})
_GIVES_PREPAY_ID = "unifiedorder"
_TOLD = (EventName.ANSWER_UNVERIFIED, EventName.ANSWER_UNVERIFIED_PAID)


def spoiled(entries: Sequence[Entry], operation: Callable[[Exchange], str]) -> str:
    """The fault of the answer from which alone a merchant knows its order's prepay_id.

    Empty where there is a right one too, or where it was told already. `operation` says what a call asked for.
    """
    if any(isinstance(one.what, Event) and one.what.name in _TOLD for one in entries):
        return ""
    calls = [one.what for one in entries if isinstance(one.what, Exchange) and one.what.outcome is ExchangeOutcome.OK]
    faults = [call.played.fault if call.played else "" for call in calls if operation(call) == _GIVES_PREPAY_ID]
    return faults[-1] if faults and SPOILED.issuperset(faults) else ""
