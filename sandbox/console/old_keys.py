"""Which calls of a merchant are still signed with a key that was replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.journal import Exchange
from sandbox.core.merchants import Merchant
from sandbox.core.ports import CallFilter, UnitOfWork

LOOKED_AT = 200
"""Calls with a wrong signature, the newest, among which those with an old key are looked for."""


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
    found: dict[tuple[str, str], OldKeyCalls] = {}
    for entry in tx.journal.calls(chosen, None, LOOKED_AT).items:
        call = entry.what
        if not isinstance(call, Exchange) or call.facts.get("sign_hint") != "former_key":
            continue
        known = found.get((call.path, call.client))
        newest = known or OldKeyCalls(call.path, call.client, 0, entry.id, call.at)
        found[call.path, call.client] = OldKeyCalls(call.path, call.client, newest.count + 1, newest.newest, newest.at)
    return list(found.values())
