"""Which calls of a merchant still come with what no longer holds: a key that was replaced, a certificate that ended."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.journal import Exchange, ExchangeOutcome, SignatureState
from sandbox.core.merchants import Merchant
from sandbox.core.ports.queries import CallFilter
from sandbox.core.ports.storage import UnitOfWork

LOOKED_AT = 200
"""Calls that failed, the newest, among which those are looked for."""
_ENDED = {"certificate_revoked", "certificate_expired"}


@dataclass(frozen=True, slots=True)
class StaleCalls:
    """Calls to one path from one address: how many, the newest's number in the journal and its moment."""

    path: str
    client: str
    count: int
    newest: int
    at: datetime


def calls_with_old_keys(tx: UnitOfWork, merchant: Merchant) -> Sequence[StaleCalls]:
    """With keys that were replaced, the newest first.

    Which key it was is told by the moment of its end: clocks may have been moved since.
    """
    ends = {one.end for one in merchant.former_keys}
    if not ends:
        return []
    return _gathered(
        tx,
        CallFilter(mch_id=merchant.mch_id, signature=SignatureState.WRONG),
        lambda call: call.facts.get("replaced_at") in ends,
    )


def calls_with_ended_certificates(tx: UnitOfWork, merchant: Merchant, ended: Collection[str]) -> Sequence[StaleCalls]:
    """With certificates of these serial numbers, the newest first."""
    if not ended:
        return []

    def one(call: Exchange) -> bool:
        return call.fault in _ENDED and call.facts.get("serial_no") in ended

    return _gathered(tx, CallFilter(mch_id=merchant.mch_id, outcome=ExchangeOutcome.FAILED), one)


def _gathered(tx: UnitOfWork, chosen: CallFilter, wanted: Callable[[Exchange], bool]) -> Sequence[StaleCalls]:
    found: dict[tuple[str, str], StaleCalls] = {}
    for entry in tx.journal.calls(chosen, None, LOOKED_AT).items:
        call = entry.what
        if not isinstance(call, Exchange) or not wanted(call):
            continue
        known = found.get((call.path, call.client))
        newest = known or StaleCalls(call.path, call.client, 0, entry.id, call.at)
        found[call.path, call.client] = StaleCalls(call.path, call.client, newest.count + 1, newest.newest, newest.at)
    return list(found.values())
