"""The laws of splitting a refund: whatever the parts, everything comes back in the end, and nothing more."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.ledger import Account, fee, refund_back, refund_sent, taken
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms, TradeType
from sandbox.core.placing import place
from sandbox.core.plans import Coupon, CouponType
from sandbox.core.refunds import Parts, Refund, RefundStatus, RefundTerms, split
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
KEY = OrderKey("1900000109", "ORDER001")
ORIGIN = placed_by(SignType.MD5)


def paid(total_fee: int, coupons: tuple[Coupon, ...], rate: int) -> Order:
    terms = Terms(appid="wx1", trade_type=TradeType.NATIVE, total_fee=total_fee, body="b", notify_url="")
    payment = Payment(
        transaction_id="42",
        paid_at=AT,
        bank_type="OTHERS",
        openid="o",
        cash_fee=total_fee - sum(coupon.fee for coupon in coupons),
        coupons=coupons,
        rate=rate,
    )
    return place(KEY, ORIGIN, terms, Prepay("wx", AT), AT).pay(payment)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    total_fee = draw(st.integers(1, 300))
    coupons: list[Coupon] = []
    for _ in range(draw(st.integers(0, 3))):
        left = total_fee - sum(coupon.fee for coupon in coupons)
        if left:
            kind = draw(st.sampled_from(list(CouponType)))
            coupons.append(Coupon(id="1", type=kind, fee=draw(st.integers(1, left))))
    return paid(total_fee, tuple(coupons), draw(st.integers(0, 1000)))


def accepted(parts: Parts, refund_fee: int, number: int) -> Refund:
    return Refund(
        key=KEY,
        origin=ORIGIN,
        terms=RefundTerms(out_refund_no=str(number), total_fee=0, refund_fee=refund_fee),
        refund_id=str(number),
        parts=parts,
        recv_account="",
        created_at=AT,
        due_at=AT,
    )


@given(orders(), st.data())
def test_refunds_never_give_back_more_than_there_was_and_in_the_end_all(order: Order, data: st.DataObject) -> None:
    refunds: list[Refund] = []
    payment = order.payment
    assert payment is not None
    while left := order.terms.total_fee - sum(one.terms.refund_fee for one in refunds if one.standing):
        refund_fee = data.draw(st.integers(1, left)) if len(refunds) < 12 else left
        parts = split(order, refunds, refund_fee)
        assert parts.cash_refund_fee + sum(coupon.fee for coupon in parts.coupons) == refund_fee
        assert parts.cash_refund_fee >= 0
        assert parts.fee_returned >= 0
        assert all(coupon.fee >= 0 for coupon in parts.coupons)
        refunds.append(accepted(parts, refund_fee, len(refunds)))
        if len(refunds) < 12 and data.draw(st.booleans()):
            number = data.draw(st.integers(0, len(refunds) - 1))
            refunds[number] = replace(refunds[number], status=RefundStatus.REFUNDCLOSE)
    standing = [one for one in refunds if one.standing]
    assert sum(one.parts.cash_refund_fee for one in standing) == payment.cash_fee
    assert sum(one.settlement_refund_fee for one in standing) == order.settlement_total_fee
    assert sum(one.parts.fee_returned for one in standing) == order.fee
    for n, coupon in enumerate(payment.coupons):
        assert sum(one.parts.coupons[n].fee for one in standing) == coupon.fee


@given(orders())
def test_a_payment_and_its_whole_refund_leave_the_merchant_as_it_was(order: Order) -> None:
    payment = order.payment
    assert payment is not None
    parts = split(order, [], order.terms.total_fee)
    refund = accepted(parts, order.terms.total_fee, 1)
    moves = [
        *taken(payment.cash_fee, payment.cash_coupon_fee, order.fee),
        *refund_sent(refund.settlement_refund_fee, parts.fee_returned),
    ]
    given_to = sum(move.fen for move in moves if move.target is Account.BASIC)
    assert given_to == sum(move.fen for move in moves if move.source is Account.BASIC)
    back = refund_back(refund.settlement_refund_fee)
    assert sum(move.fen for move in back) == order.settlement_total_fee


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_the_fee_is_whole_fen_half_up_and_never_more_than_the_money(fen: int, rate: int) -> None:
    assert 0 <= fee(fen, rate) <= fen
    assert abs(fee(fen, rate) * 10_000 - fen * rate) <= 5_000
