"""What the payer may pay with, as the cashier shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.core.banks import BANKS, name_of
from sandbox.core.currency import in_cny
from sandbox.core.orders import Terms
from sandbox.core.payers import Payer
from sandbox.core.text import Text


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay: its bank_type and name, the sign on its badge, and what is left in it where that is limited.

    What is `short` of the order's amount cannot be chosen.
    """

    bank_type: str
    name: Text
    badge: str
    left_fen: int | None
    short: bool


def methods_for(terms: Terms, payer: Payer) -> Sequence[Method]:
    """The methods that this order allows; the first that suffices is chosen beforehand."""
    return [
        Method(
            bank_type=card.bank_type,
            name=name_of(card.bank_type),
            badge=_badge(card.bank_type),
            left_fen=card.balance_fen,
            short=not card.suffices(in_cny(terms.total_fee, terms.fee_type)),
        )
        for card in payer.methods(credit=terms.credit_allowed)
    ]


def _badge(bank_type: str) -> str:
    """The bank's first character; a bank without a name shows its letter."""
    return (BANKS.get(bank_type.rpartition("_")[0]) or name_of(bank_type)).zh[0]
