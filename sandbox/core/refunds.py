"""A refund: what goes back, how it is split, its state. Immutable values and pure transitions.

Sources: V2 notes, 3.3, 3.4, 5.5, 8.7; V3 notes, 10.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sandbox.core.errors import RefundEnded, RefundNotAbnormal
from sandbox.core.ledger import fee
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment
from sandbox.core.origin import Origin
from sandbox.core.plans import Coupon, CouponType

REFUND_YEAR = timedelta(days=365)
MOST_REFUNDS = 50


class RefundStatus(StrEnum):
    """In the documents' order."""

    SUCCESS = "SUCCESS"
    REFUNDCLOSE = "REFUNDCLOSE"
    PROCESSING = "PROCESSING"
    CHANGE = "CHANGE"


MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.PROCESSING: frozenset({RefundStatus.SUCCESS, RefundStatus.CHANGE, RefundStatus.REFUNDCLOSE}),
    # 退款异常 is mended by hand in the merchant platform: paid out another way, or given up.
    RefundStatus.CHANGE: frozenset({RefundStatus.SUCCESS, RefundStatus.REFUNDCLOSE}),
    RefundStatus.SUCCESS: frozenset(),
    RefundStatus.REFUNDCLOSE: frozenset(),
}

OUTCOMES = {
    "success": RefundStatus.SUCCESS,
    "change": RefundStatus.CHANGE,
    "close": RefundStatus.REFUNDCLOSE,
}
"""How a refund may end, as people and programs name it."""

Source = Literal["API", "VENDOR_PLATFORM"]


class Channel(StrEnum):
    """Which way a refund goes to the payer (退款渠道)."""

    ORIGINAL = "ORIGINAL"
    BALANCE = "BALANCE"
    OTHER_BALANCE = "OTHER_BALANCE"
    OTHER_BANKCARD = "OTHER_BANKCARD"


@dataclass(frozen=True, slots=True)
class Payout:
    """Where a refund goes that could not go back the way the payment came (发起异常退款).

    That is a debit card of the payer's, at the bank that the bank_type names; the merchant's own bank account where
    `bank_type` is empty.
    """

    recv_account: str
    bank_type: str = ""

    @property
    def to_merchant(self) -> bool:
        return not self.bank_type


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a refund that one of the merchant's accounts pays, AVAILABLE or UNAVAILABLE (amount.from).

    The amount is in the order's currency.
    """

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundedGoods:
    """Goods that a refund is for (goods_detail); amounts are in the order's currency."""

    merchant_goods_id: str
    unit_price: int
    refund_amount: int
    refund_quantity: int
    wechatpay_goods_id: str = ""
    goods_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """What the merchant asked for. Amounts are in the order's currency; text that was not sent is empty."""

    out_refund_no: str
    total_fee: int
    refund_fee: int
    notify_url: str = ""
    refund_desc: str = ""
    refund_account: str = ""
    refund_fee_type: str = ""
    """The order's currency, once the refund is accepted."""
    source: Source = "API"
    shares: tuple[Share, ...] = ()
    goods: tuple[RefundedGoods, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a refund consists of: the payer's money (fen), coupons given back, the fee given back to the merchant (fen).

    `coupons` are those of the payment, one by one, with what is given back of each, which may be 0, in the order's
    currency.
    """

    cash_refund_fee: int
    coupons: tuple[Coupon, ...]
    fee_returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One refund of one order. `due_at` is when it ends by itself, as `outcome`; None once it has ended.

    `recv_account` says where it goes in words; `payout` where that is not back the way the payment came.
    """

    key: OrderKey
    origin: Origin
    terms: RefundTerms
    refund_id: str
    parts: Parts
    recv_account: str
    created_at: datetime
    due_at: datetime | None
    outcome: RefundStatus = RefundStatus.SUCCESS
    status: RefundStatus = RefundStatus.PROCESSING
    success_at: datetime | None = None
    payout: Payout | None = None

    @property
    def channel(self) -> Channel:
        return Channel.ORIGINAL if self.payout is None else Channel.OTHER_BANKCARD

    @property
    def coupons(self) -> tuple[Coupon, ...]:
        """The coupons of which anything is given back."""
        return tuple(coupon for coupon in self.parts.coupons if coupon.fee)

    @property
    def coupon_refund_fee(self) -> int:
        return sum(coupon.fee for coupon in self.coupons)

    @property
    def cash_coupon_fee(self) -> int:
        """The part of 充值 coupons, in the order's currency: money that goes back to whoever paid for them."""
        return sum(coupon.fee for coupon in self.coupons if coupon.type is CouponType.CASH)

    @property
    def settlement_refund_fee(self) -> int:
        """What it costs the merchant, in the order's currency: without 免充值 coupons, whose money was never given."""
        return self.terms.refund_fee - self.coupon_refund_fee + self.cash_coupon_fee

    def settled_fen(self, payment: Payment) -> int:
        """The same in CNY, in which the merchant's ledger is kept."""
        return self.parts.cash_refund_fee + payment.in_cny(self.cash_coupon_fee)

    @property
    def standing(self) -> bool:
        """Whether its amount counts as refunded; a closed one frees it again."""
        return self.status is not RefundStatus.REFUNDCLOSE

    def end(self, status: RefundStatus, at: datetime) -> "Refund":
        """The refund, ended; raises RefundEnded for one that has ended otherwise."""
        if status not in MOVES[self.status]:
            raise RefundEnded
        success_at = at if status is RefundStatus.SUCCESS else None
        return replace(self, status=status, due_at=None, success_at=success_at)

    def redirect(self, payout: Payout, due_at: datetime) -> "Refund":
        """The refund, being processed again, with another way to go; RefundNotAbnormal unless it is 退款异常."""
        if self.status is not RefundStatus.CHANGE:
            raise RefundNotAbnormal
        again = replace(self, status=RefundStatus.PROCESSING, outcome=RefundStatus.SUCCESS, due_at=due_at)
        return replace(again, payout=payout, recv_account=payout.recv_account)


def refunded(refunds: Iterable[Refund]) -> int:
    """How much of an order is refunded, or about to be."""
    return sum(refund.terms.refund_fee for refund in refunds if refund.standing)


def split(order: Order, refunds: Sequence[Refund], refund_fee: int) -> Parts:
    """How a refund is made up, given those before it.

    The payer's money is in proportion to what was paid with it, rounded half up to whole fen; the rest are coupons; the
    last refund brings back all that is left of everything. The fee that the merchant keeps paying is that of what it
    keeps, so that a full refund gives the fee back whole.
    """
    payment = order.payment
    assert payment is not None, "only a paid order is refunded"
    standing = [refund for refund in refunds if refund.standing]
    left = [
        coupon.fee - sum(refund.parts.coupons[n].fee for refund in standing) for n, coupon in enumerate(payment.coupons)
    ]
    total_fee = order.terms.total_fee
    priced = total_fee - payment.coupon_fee
    priced_left = priced - sum(refund.terms.refund_fee - refund.coupon_refund_fee for refund in standing)
    assert refund_fee <= priced_left + sum(left), "more is refunded than was paid"
    in_proportion = (2 * refund_fee * priced + total_fee) // (2 * total_fee)
    cash = min(max(in_proportion, refund_fee - sum(left)), priced_left)
    coupons = _shared(refund_fee - cash, payment.coupons, left)
    fen = _exchanged(payment, standing, cash, priced_left - cash)
    settled = fen + payment.in_cny(sum(coupon.fee for coupon in coupons if coupon.type is CouponType.CASH))
    return Parts(fen, coupons, _fee_returned(order, standing, settled))


def _exchanged(payment: Payment, standing: Sequence[Refund], cash: int, rest: int) -> int:
    """The payer's money of a refund in fen: at the payment's rate, and all that is left once nothing of it is left."""
    left = payment.cash_fee - sum(refund.parts.cash_refund_fee for refund in standing)
    return left if rest == 0 else min(payment.in_cny(cash), left)


def _shared(fen: int, coupons: Sequence[Coupon], left: Sequence[int]) -> tuple[Coupon, ...]:
    """An amount spread over coupons by their worth, what that leaves over to the first that have room."""
    worth = sum(coupon.fee for coupon in coupons)
    shares = [min(fen * coupon.fee // worth, rest) for coupon, rest in zip(coupons, left, strict=True)]
    for n, rest in enumerate(left):
        shares[n] += min(rest - shares[n], fen - sum(shares))
    return tuple(replace(coupon, fee=share) for coupon, share in zip(coupons, shares, strict=True))


def _fee_returned(order: Order, standing: Sequence[Refund], settled_fen: int) -> int:
    payment = order.payment
    assert payment is not None
    kept = order.settled_fen - sum(refund.settled_fen(payment) for refund in standing) - settled_fen
    held = order.fee - sum(refund.parts.fee_returned for refund in standing)
    return max(held - fee(kept, payment.rate), 0)
