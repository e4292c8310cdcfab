"""Which key of a merchant's signs in V2, and which others somebody may have signed with."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.core.merchants import Accounts, Merchant, Secret
from sandbox.signing.keys import OtherKey


def signing_key(merchant: Merchant, *, official: bool = False) -> Secret:
    """What signs, in the official sandbox or elsewhere."""
    return sandbox_signkey(merchant) if official else merchant.api_key


def sandbox_signkey(merchant: Merchant, api_key: str = "") -> Secret:
    """What signs in the official sandbox: 32 lower-case hex digits; another API key makes another."""
    named = f"sandbox_signkey {merchant.mch_id}".encode()
    return Secret(hmac.new((api_key or merchant.api_key).encode(), named, "md5").hexdigest())


def other_keys(merchant: Merchant, *, official: bool = False) -> list[OtherKey]:
    """The merchant's keys that do not sign there, the likeliest first."""
    elsewhere = signing_key(merchant, official=not official)
    return [
        *_former(merchant, official=official),
        OtherKey("api_v3_key", merchant.api_v3_key),
        OtherKey("ordinary_key" if official else "sandbox_signkey", elsewhere),
    ]


def _former(merchant: Merchant, *, official: bool) -> Iterator[OtherKey]:
    for one in merchant.former_keys:
        key = sandbox_signkey(merchant, one.key) if official else one.key
        yield OtherKey("former_key", key, {"replaced_at": one.end})


@dataclass(frozen=True, slots=True)
class KeysOfOthers:
    """All merchants' keys, the newest's first: none is made before it is tried."""

    accounts: Accounts

    def __iter__(self) -> Iterator[OtherKey]:
        for merchant in reversed(self.accounts.merchants.values()):
            yield OtherKey("other_merchant", merchant.api_key, {"other_mch_id": merchant.mch_id})
