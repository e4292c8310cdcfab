"""Which calls of a merchant still come with what no longer holds: a key that was replaced, a certificate that ended."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.journal import Exchange
from sandbox.core.merchants import Merchant
from sandbox.core.ports import CallFilter, UnitOfWork

LOOKED_AT = 200
"""Calls that failed, the newest, among which those are looked for."""
_ENDED = {"certificate_revoked", "certificate_expired"}


@dataclass(frozen=True, slots=True)
class OldKeyCalls:
    """Calls to one path from one address: how many, the newest's number in the journal and its moment."""

    path: str
    client: str
    count: int
    newest: int
    at: datetime


def calls_with_old_keys(tx: UnitOfWork, merchant: Merchant) -> Sequence[OldKeyCalls]:
    """Since the key was last replaced, the newest first."""
    if not merchant.former_keys:
        return []
    since = merchant.former_keys[0].replaced_at
    chosen = CallFilter(mch_id=merchant.mch_id, signature="wrong", since=since)
    return _gathered(tx, chosen, lambda call: call.facts.get("sign_hint") == "former_key")


def calls_with_ended_certificates(tx: UnitOfWork, merchant: Merchant, ended: Collection[str]) -> Sequence[OldKeyCalls]:
    """With certificates of these serial numbers, the newest first."""
    if not ended:
        return []

    def one(call: Exchange) -> bool:
        return call.facts.get("fault") in _ENDED and call.facts.get("serial_no") in ended

    return _gathered(tx, CallFilter(mch_id=merchant.mch_id, outcome="failed"), one)


def _gathered(tx: UnitOfWork, chosen: CallFilter, wanted: Callable[[Exchange], bool]) -> Sequence[OldKeyCalls]:
    found: dict[tuple[str, str], OldKeyCalls] = {}
    for entry in tx.journal.calls(chosen, None, LOOKED_AT).items:
        call = entry.what
        if not isinstance(call, Exchange) or not wanted(call):
            continue
        known = found.get((call.path, call.client))
        newest = known or OldKeyCalls(call.path, call.client, 0, entry.id, call.at)
        found[call.path, call.client] = OldKeyCalls(call.path, call.client, newest.count + 1, newest.newest, newest.at)
    return list(found.values())
