"""What is left of an order that is not there: the calls that speak of its number, and why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from sandbox.console.frame.view import console_of, lang_of
from sandbox.console.orders.timeline import failure
from sandbox.core.journal import Exchange, ExchangeOutcome
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter, Entry
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Text
from sandbox.words import finding as words
from sandbox.words.faults import fault_told

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Trace:
    """A call that speaks of a number. `why` is WeChat's own words, `hint` ours."""

    id: int
    call: Exchange
    age: float
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A number without an order: why there is none, and the calls that speak of it, newest first."""

    number: str
    reason: Text
    traces: Sequence[Trace]


def mentioning(tx: UnitOfWork, mch_id: str, text: str) -> Sequence[Entry]:
    """Calls with a text in their request."""
    return tx.journal.calls(CallFilter(mch_id=mch_id, contains=text), None, SHOWN).items


def about(tx: UnitOfWork, key: OrderKey) -> Sequence[Entry]:
    """Calls about an order's number, of whichever sub-merchant."""
    return tx.journal.calls(CallFilter(mch_id=key.mch_id, out_trade_no=key.out_trade_no), None, SHOWN).items


def missing(request: web.Request, number: str, entries: Sequence[Entry], *, burnt: bool = False) -> Missing | None:
    """Why there is no order of this number, which may be burnt; None where no call speaks of it."""
    traces = [_trace(request, entry.id, entry.what) for entry in entries if isinstance(entry.what, Exchange)]
    why = words.WHY_BURNT if burnt else _reason([one.call for one in traces], console_of(request).faces)
    return Missing(number, why, traces) if traces else None


def _reason(calls: Sequence[Exchange], faces: Faces) -> Text:
    placing = [call for call in calls if (api := faces.called(call)) and api.places]
    if not placing:
        return words.WHY_NEVER
    return words.WHY_REFUSED if all(call.outcome is ExchangeOutcome.FAILED for call in placing) else words.WHY_GONE


def _trace(request: web.Request, entry_id: int, call: Exchange) -> Trace:
    age = (console_of(request).clock.now(call.mch_id) - call.at).total_seconds()
    if call.outcome is not ExchangeOutcome.FAILED:
        return Trace(entry_id, call, age, "", "")
    return Trace(entry_id, call, age, failure(call), fault_told(call, lang_of(request)))
