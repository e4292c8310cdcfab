"""Where the money is: one ledger a merchant, of moves from one account to another. Amounts are fen, from 1.

Every move takes from one account what it gives to another, so that no order of calls makes money appear or vanish. The
merchant's balance, NOTENOUGH, its bills' fees and its fund flow all follow from these moves.

Sources: V2 notes, 3.3 (refund), 3.5 (fees), 3.6 (fund flow); docs/fidelity.md for what is assumed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

DEFAULT_RATE = 60
"""0.6 %: rates are in hundredths of a percent."""


class Account(StrEnum):
    """Where money lies. The first three are the merchant's own, as downloadfundflow names them."""

    BASIC = "Basic"
    OPERATION = "Operation"
    FEES = "Fees"
    PAYER = "payer"
    COUPON = "coupon"
    """Whoever pays for 充值 coupons."""
    WECHAT = "wechat"
    """What WeChat Pay earns: the fees."""
    TRANSIT = "transit"
    """Refunds on their way to the payer, and transfers that wait for the person who is to receive."""
    FROZEN = "frozen"
    """What is frozen of payments that are to be shared (分账)."""
    SHARED = "shared"
    """Where shares go that are another merchant's, and come from in its own ledger."""
    BANK = "bank"
    """The merchant's bank account: where a top-up comes from, where a withdrawal goes."""


OWN = frozenset({Account.BASIC, Account.OPERATION, Account.FEES})


class Movement(StrEnum):
    """What a move is for."""

    PAYMENT = "payment"
    COUPON = "coupon"
    FEE = "fee"
    REFUND = "refund"
    FEE_RETURNED = "fee_returned"
    REFUND_ARRIVED = "refund_arrived"
    REFUND_BACK = "refund_back"
    """A refund that was closed: 退款关闭."""
    REVERSAL = "reversal"
    TRANSFER = "transfer"
    TRANSFER_ARRIVED = "transfer_arrived"
    TRANSFER_BACK = "transfer_back"
    """A transfer that failed or was cancelled."""
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    SHARE = "share"
    """A receiver was given its share: 分账."""
    SHARE_RETURNED = "share_returned"
    """A receiver gave of its share back: 分账回退."""
    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose ledger: a merchant, or a service provider's sub-merchant. `sub_mch_id` is empty for direct merchants."""

    mch_id: str
    sub_mch_id: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """So much money from one account to another."""

    movement: Movement
    source: Account
    target: Account
    fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger: a move, when and for what it was made.

    `account` is the merchant's own one that it touched, with its `balance` afterwards; both empty (None, 0) where it
    touched none. `flow_no` is the line's own number, `business_no` the transaction's, refund's or transfer's; the fund
    flow shows the transaction's as 资金流水单号, as was seen live (docs/fidelity.md).
    """

    owner: Owner
    at: datetime
    move: Move
    account: Account | None
    balance: int
    flow_no: str
    business_no: str = ""
    out_trade_no: str = ""
    out_refund_no: str = ""
    out_bill_no: str = ""
    remark: str = ""

    @property
    def income(self) -> bool:
        """收入, seen from the merchant's account; else 支出."""
        return self.move.target is self.account


@dataclass(frozen=True, slots=True)
class DaySum:
    """What one kind of movement came to on a day in Beijing: so many lines, so many fen."""

    day: date
    movement: Movement
    lines: int
    fen: int


def fee(settled_fen: int, rate: int) -> int:
    """WeChat's fee on what a merchant is given, rounded to whole fen, half a fen up."""
    return (settled_fen * rate + 5_000) // 10_000


def rate_text(rate: int) -> str:
    """A rate as bills write it: 0.60%."""
    return f"{rate // 100}.{rate % 100:02}%"


def rate_of(text: str) -> int:
    """The rate that a text such as 0.60%, 0.6% or 1% means."""
    whole, _, part = text.removesuffix("%").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def taken(cash_fee: int, cash_coupons: int, fee_fen: int) -> list[Move]:
    """A payment: the payer's part, the part of 充值 coupons, WeChat's fee. 免充值 coupons move no money."""
    return _real(
        Move(Movement.PAYMENT, Account.PAYER, Account.BASIC, cash_fee),
        Move(Movement.COUPON, Account.COUPON, Account.BASIC, cash_coupons),
        Move(Movement.FEE, Account.BASIC, Account.WECHAT, fee_fen),
    )


def given_back(cash_fee: int, cash_coupons: int, fee_fen: int) -> list[Move]:
    """A payment that is reversed, at once and whole."""
    return _real(
        Move(Movement.FEE_RETURNED, Account.WECHAT, Account.BASIC, fee_fen),
        Move(Movement.REVERSAL, Account.BASIC, Account.PAYER, cash_fee),
        Move(Movement.REVERSAL, Account.BASIC, Account.COUPON, cash_coupons),
    )


def refund_sent(settled_fen: int, fee_fen: int) -> list[Move]:
    """A refund leaves the merchant; its part of the fee comes back first, so that it can be paid from that too."""
    return _real(
        Move(Movement.FEE_RETURNED, Account.WECHAT, Account.BASIC, fee_fen),
        Move(Movement.REFUND, Account.BASIC, Account.TRANSIT, settled_fen),
    )


def refund_arrived(cash_fee: int, cash_coupons: int, to: Account = Account.PAYER) -> list[Move]:
    """A refund has come to the payer, or, where nothing else helped, to the merchant's bank account."""
    return _real(
        Move(Movement.REFUND_ARRIVED, Account.TRANSIT, to, cash_fee),
        Move(Movement.REFUND_ARRIVED, Account.TRANSIT, Account.COUPON, cash_coupons),
    )


def refund_back(settled_fen: int) -> list[Move]:
    return _real(Move(Movement.REFUND_BACK, Account.TRANSIT, Account.BASIC, settled_fen))


def fee_again(fee_fen: int) -> list[Move]:
    """The fee on money that was not refunded after all."""
    return _real(Move(Movement.FEE, Account.BASIC, Account.WECHAT, fee_fen))


def transfer_locked(fen: int) -> list[Move]:
    """A transfer was accepted: what it takes is the merchant's no more, and nobody's yet."""
    return _real(Move(Movement.TRANSFER, Account.BASIC, Account.TRANSIT, fen))


def transfer_arrived(fen: int) -> list[Move]:
    return _real(Move(Movement.TRANSFER_ARRIVED, Account.TRANSIT, Account.PAYER, fen))


def transfer_back(fen: int) -> list[Move]:
    return _real(Move(Movement.TRANSFER_BACK, Account.TRANSIT, Account.BASIC, fen))


def frozen(fen: int) -> list[Move]:
    """Money that was just taken waits to be shared."""
    return _real(Move(Movement.FREEZE, Account.BASIC, Account.FROZEN, fen))


def thawed(fen: int) -> list[Move]:
    """It waits no longer."""
    return _real(Move(Movement.UNFREEZE, Account.FROZEN, Account.BASIC, fen))


def shared(fen: int, to: Account = Account.SHARED) -> list[Move]:
    """What was frozen is a receiver's: another merchant's, or a payer's."""
    return [*thawed(fen), *_real(Move(Movement.SHARE, Account.BASIC, to, fen))]


def share_received(fen: int) -> list[Move]:
    """The same in the receiver's ledger."""
    return _real(Move(Movement.SHARE, Account.SHARED, Account.BASIC, fen))


def share_returned(fen: int) -> list[Move]:
    """A receiver gave something back, in the ledger of who had shared."""
    return _real(Move(Movement.SHARE_RETURNED, Account.SHARED, Account.BASIC, fen))


def share_given_back(fen: int) -> list[Move]:
    """The same in the receiver's ledger."""
    return _real(Move(Movement.SHARE_RETURNED, Account.BASIC, Account.SHARED, fen))


def topped_up(fen: int, account: Account = Account.BASIC) -> list[Move]:
    return _real(Move(Movement.TOP_UP, Account.BANK, account, fen))


def withdrawn(fen: int, account: Account = Account.BASIC) -> list[Move]:
    return _real(Move(Movement.WITHDRAWAL, account, Account.BANK, fen))


def _real(*moves: Move) -> list[Move]:
    """Those that move anything."""
    return [move for move in moves if move.fen]
