"""What somebody changed of a merchant, an app or a payer: a timeline of its own, a line for each field.

Pure: two states of an account, and what differs between them, as texts. Keys never stand in them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sandbox.core.ledger import rate_text
from sandbox.core.merchants import App, Merchant, SubMerchant
from sandbox.core.payers import Card, Payer

OPENED = ""
"""The name of the field where the whole account is new."""

_SHOWN_OF_KEY = 4
_UNSAID = frozenset({"former_keys"})
"""What follows from another field, which is told."""


class Author(StrEnum):
    """Through what an account was changed."""

    CONSOLE = "console"
    CONTROL = "control"
    FILE = "file"


class AccountKind(StrEnum):
    MERCHANT = "merchant"
    APP = "app"
    PAYER = "payer"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one account, before and after; `field` is empty where the account was made.

    `account` is a mch_id, an appid or an openid.
    """

    at: datetime
    author: Author
    kind: AccountKind
    account: str
    field: str = OPENED
    before: str = ""
    after: str = ""


Difference = tuple[str, str, str]
"""The name of a field, its text before, its text after."""

Account = Merchant | App | Payer


def differences(before: Account, after: Account) -> Iterator[Difference]:
    """The fields in which two states of an account differ, in the order in which the account has them."""
    for one in fields(after):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new or one.name in _UNSAID:
            continue
        if one.name == "products":
            yield from _products(old, new)
        else:
            say = _SAID.get(one.name, _said)
            yield one.name, say(old), say(new)


def balance_field(sub_mch_id: str) -> str:
    """The name of a balance, which is no field of a merchant: its own, or that of one of its sub-merchants."""
    return f"sub_merchants.{sub_mch_id}.balance_fen" if sub_mch_id else "balance_fen"


def masked(key: str) -> str:
    """The end of a key, by which two can be told apart."""
    return "••••" + key[-_SHOWN_OF_KEY:]


def _products(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        # What is not said is opened.
        was, is_now = old.get(name, "opened"), new.get(name, "opened")
        if was != is_now:
            yield f"products.{name}", str(was), str(is_now)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _sub_merchants(subs: tuple[SubMerchant, ...]) -> str:
    return ", ".join(_sub_merchant(sub) for sub in subs)


def _sub_merchant(sub: SubMerchant) -> str:
    more = [*sub.sub_appids, *(f"{name} {state}" for name, state in sub.products.items())]
    return f"{sub.sub_mch_id} ({', '.join(more)})" if more else sub.sub_mch_id


def _cards(cards: tuple[Card, ...] | None) -> str:
    if cards is None:
        return ""
    said = (card.bank_type if card.balance_fen is None else f"{card.bank_type} {card.balance_fen}" for card in cards)
    return ", ".join(said) or "none"


_SAID: Mapping[str, Callable[[Any], str]] = {
    "api_key": masked,
    "api_v3_key": masked,
    **dict.fromkeys(("rate", "sharing_ratio"), rate_text),
    "sub_merchants": _sub_merchants,
    "cards": _cards,
}
