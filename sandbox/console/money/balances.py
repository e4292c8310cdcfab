"""What lies in the accounts of a merchant and of its sub-merchants, and what moved there."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.core.ledger import Account, Line, Owner
from sandbox.core.merchants import Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class Purse:
    """What lies in an owner's basic account, in fen."""

    owner: Owner
    balance: int


def purses(tx: UnitOfWork, merchant: Merchant) -> list[Purse]:
    """The merchant's own and its sub-merchants', as far as they are its or have lines."""
    owners = {Owner(merchant.mch_id): None}
    owners |= {Owner(merchant.mch_id, sub.sub_mch_id): None for sub in merchant.sub_merchants}
    owners |= dict.fromkeys(tx.ledger.owners(merchant.mch_id))
    return [Purse(owner, tx.ledger.balance(owner, Account.BASIC)) for owner in owners]


def with_orders(lines: Iterable[Line]) -> list[tuple[Line, OrderKey]]:
    """Lines of a ledger, each with the order or transfer that it is about; that of a top-up has no number."""
    return [
        (line, OrderKey(line.owner.mch_id, line.out_trade_no, line.owner.sub_mch_id, line.out_bill_no))
        for line in lines
    ]
