"""The people who pay: an openid per appid, a wallet, and cards."""

import re
from dataclasses import dataclass, replace

from sandbox.core.causes import Cause

_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")

WALLET = "CFT"
"""The bank_type of what is paid from the wallet (零钱)."""

UNSAID = "OTHERS"
"""The bank_type of a payment of which nobody says how it is paid."""

MOST_CARDS = 20

OLDEST_VERSION = (5, 0)
"""Of WeChat, for payment: PAY_SUPPORTED_SDK_INT = 0x22000001."""

_USUAL_CARDS = ("CMB_DEBIT", "ICBC_CREDIT")
"""What a payer's phone shows of whom no cards are known."""


@dataclass(frozen=True, slots=True)
class Card:
    """A way to pay: a bank card, or the wallet. `balance_fen` is what is left in it, None where it has no limit.

    `bank_type`: V2 notes, 8.4; no payer has two of the same.
    """

    bank_type: str
    balance_fen: int | None = None

    @property
    def credit(self) -> bool:
        return self.bank_type.endswith("_CREDIT")

    def suffices(self, fen: int) -> bool:
        return self.balance_fen is None or self.balance_fen >= fen


@dataclass(frozen=True, slots=True)
class Payer:
    """A WeChat user as one appid sees them. `balance_fen` is what is in the wallet, None where it has no limit.

    `cards` are in the order in which WeChat tries them, after the wallet. None: nobody has said which; then the wallet
    is the one purse for all that the payer pays, with whatever card.
    `device` is a name for the phone that WeChat is logged in on; `wechat_version` is empty where it is new enough.
    """

    openid: str
    appid: str
    balance_fen: int | None = None
    device: str = ""
    logged_in: bool = True
    wechat_version: str = ""
    cards: tuple[Card, ...] | None = None

    @property
    def hindrance(self) -> Cause | None:
        """Why the phone can pay nothing at all: its WeChat is too old, or logged out."""
        if not new_enough(self.wechat_version):
            return Cause.TOO_OLD
        return None if self.logged_in else Cause.LOGGED_OUT

    def methods(self, *, credit: bool = True) -> list[Card]:
        """What the payer may pay with, the wallet first; without credit cards where the order forbids them."""
        usual = [Card(name, self.balance_fen) for name in _USUAL_CARDS]
        cards = usual if self.cards is None else self.cards
        return [Card(WALLET, self.balance_fen), *(card for card in cards if credit or not card.credit)]

    def chosen(self, bank_type: str, fen: int, *, credit: bool = True) -> str | None:
        """The bank_type that a payment of `fen` is made with; None where there is too little.

        That is the one named, else the first that suffices. What is named and is none of the payer's pays too: it is
        how tests and scenarios have an order paid with any bank_type.
        """
        if not bank_type and self.cards is None:
            bank_type = UNSAID
        ways = [self._way(bank_type)] if bank_type else self.methods(credit=credit)
        return next((way.bank_type for way in ways if way.suffices(fen)), None)

    def with_more(self, bank_type: str, fen: int) -> "Payer":
        """The payer with `fen` more (less, where negative) in what the bank_type names.

        What has no limit stays as it is, and so does a card that the payer no longer has in WeChat.
        """
        if self.cards is None or bank_type == WALLET:
            return self if self.balance_fen is None else replace(self, balance_fen=self.balance_fen + fen)
        return replace(self, cards=tuple(_with_more(card, bank_type, fen) for card in self.cards))

    def _way(self, bank_type: str) -> Card:
        if self.cards is None:
            return Card(bank_type, self.balance_fen)
        return next((card for card in self.methods() if card.bank_type == bank_type), Card(bank_type))


def _with_more(card: Card, bank_type: str, fen: int) -> Card:
    if card.bank_type != bank_type or card.balance_fen is None:
        return card
    return replace(card, balance_fen=card.balance_fen + fen)


def new_enough(version: str) -> bool:
    """Whether a WeChat of this version can pay; of an empty one nobody says that it cannot."""
    return not version or version_of(version) >= OLDEST_VERSION


def version_of(text: str) -> tuple[int, ...]:
    """`8.0.49` -> (8, 0, 49); what is no number ends it."""
    numbers = re.match(r"\d{1,6}(?:\.\d{1,6})*", text)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def well_formed(openid: str) -> bool:
    """Whether this could be an openid: 28 characters, the first `o`."""
    return _OPENID.fullmatch(openid) is not None
