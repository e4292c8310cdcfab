"""The token of a download_url: which file it leads to, and until when, sealed so that nobody can make one up.

Nothing is kept of it: whoever shows it gets the bill made anew, the same as long as the day's orders are there.
Source: V3 notes, 11; docs/fidelity.md.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from dataclasses import astuple, dataclass
from datetime import date

from sandbox.core.ledger import Account
from sandbox.core.merchants import Accounts, Merchant
from sandbox.core.sharing_bills import SharingBill
from sandbox.core.statements import BillType
from sandbox.signing import aead

LIFE = 300
"""Seconds for which it is good, by the sandbox's clock."""

BillKind = BillType | SharingBill | Account

_TOKEN = re.compile(rb"(\d+)\.(\w{12})\.(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A bill of a day, and the second since 1970 after which it is not handed out any more.

    `kind` is a BillType, or, of a fund flow, an Account, or that of profit sharing. With a
    `key` the file is sealed with it and the nonce.
    """

    mch_id: str
    sub_mch_id: str
    day: str
    kind: str
    gzip: bool
    expires: int
    key: str = ""
    nonce: str = ""

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day)

    @property
    def of(self) -> BillKind:
        """What it tells of."""
        accounts = {account.value: account for account in Account}
        if self.kind == SharingBill.SHARING:
            return SharingBill.SHARING
        return accounts.get(self.kind) or BillType(self.kind)


def token(ticket: Ticket, merchant: Merchant) -> str:
    """As it stands in the address."""
    nonce = secrets.token_hex(6)
    sealed = aead.seal(json.dumps(astuple(ticket)).encode(), _key(merchant), nonce, "")
    raw = f"{ticket.mch_id}.{nonce}.".encode() + base64.b64decode(sealed)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def ticket_of(shown: str, accounts: Accounts) -> Ticket | None:
    """What a token was made of; None for one that nobody was given, or whose merchant has another key since."""
    try:
        raw = base64.b64decode(shown + "=" * (-len(shown) % 4), b"-_", validate=True)
        found = _TOKEN.fullmatch(raw)
        merchant = accounts.merchants.get(found[1].decode()) if found else None
        if found is None or merchant is None:
            return None
        sealed = base64.b64encode(found[3]).decode()
        return Ticket(*json.loads(aead.unseal(sealed, _key(merchant), found[2].decode(), "")))
    except (ValueError, binascii.Error):
        return None


def _key(merchant: Merchant) -> str:
    """Of 32 characters, whatever the merchant's own key is."""
    return hashlib.sha256(b"bill" + merchant.api_v3_key.encode()).hexdigest()[: aead.KEY_BYTES]
