"""How the coupons of one payment are shared among its sub-orders."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.combined import shared
from sandbox.core.plans import Coupon, CouponType

TOTALS = st.lists(st.integers(1, 1000), min_size=2, max_size=10)
FEES = st.lists(st.integers(1, 400), max_size=4)


def coupons(*fees: int) -> list[Coupon]:
    return [Coupon(id=str(number), type=CouponType.CASH, fee=fee) for number, fee in enumerate(fees)]


@given(totals=TOTALS, fees=FEES)
def test_each_coupon_is_used_up_and_no_sub_order_is_paid_more_than_its_amount(
    totals: list[int], fees: list[int]
) -> None:
    shares = shared(coupons(*fees), totals)
    assert len(shares) == len(totals)
    assert all(sum(one.fee for one in share) <= total for share, total in zip(shares, totals, strict=True))
    used = {str(number): 0 for number in range(len(fees))}
    for one in (one for share in shares for one in share):
        assert one.fee > 0
        used[one.id] += one.fee
    assert sum(used.values()) == min(sum(fees), sum(totals))
    assert all(used[str(number)] <= fee for number, fee in enumerate(fees))


def test_coupons_pay_one_sub_order_after_the_other() -> None:
    shares = shared(coupons(30, 90), [100, 50])
    assert [[(one.id, one.fee) for one in share] for share in shares] == [[("0", 30), ("1", 70)], [("1", 20)]]
