"""How an order comes to be: what the merchant asked for, and what its face makes of that.

Sources: V2 notes, 2.6; V3 notes, 9.1, 9.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.core.errors import ExpiryTooSoon
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Prepay, Terms, TradeType
from sandbox.core.origin import Origin

PASSWORD_TIME = timedelta(seconds=45)
"""How long a payer may take to type the password of a payment by code; time_expire does not lengthen it."""
ORDER_LIFE = timedelta(days=7)
SHORTEST_EXPIRY = timedelta(minutes=1)
LONGEST_EXPIRY = timedelta(days=15)
LONGEST_NATIVE_EXPIRY = timedelta(days=7)


def exact_expiry(terms: Terms, at: datetime) -> datetime:
    """When the order can be paid no more: at time_expire, or after seven days.

    Raises ExpiryTooSoon where time_expire is under a minute away.
    """
    if terms.time_expire is not None and terms.time_expire < at + SHORTEST_EXPIRY:
        raise ExpiryTooSoon
    return terms.time_expire or at + ORDER_LIFE


def clamped_expiry(terms: Terms, at: datetime) -> datetime:
    """The same, where a time_expire that is too near or too far is moved. Source: V3 notes, 9.1."""
    if terms.time_expire is None:
        return at + ORDER_LIFE
    longest = LONGEST_NATIVE_EXPIRY if terms.trade_type is TradeType.NATIVE else LONGEST_EXPIRY
    return min(max(terms.time_expire, at + SHORTEST_EXPIRY), at + longest)


@dataclass(frozen=True, slots=True)
class Placing:
    """What a face makes of the terms of an order.

    `compared` gives what a repeated order must not change, `expiry` when one that is placed now can be paid no more.
    """

    compared: Callable[[Terms], object] = Terms.binding
    expiry: Callable[[Terms, datetime], datetime] = exact_expiry


EXACT = Placing()
"""Some of the terms are compared, and a time_expire that is too near is refused. Source: V2 notes, 2.6."""

WHOLE = Placing(Terms.sent, clamped_expiry)
"""All terms are compared, and a time_expire that is too near or too far is moved. Source: V3 notes, 9.1, 9.2."""


def place(
    key: OrderKey,
    origin: Origin,
    terms: Terms,
    prepay: Prepay,
    at: datetime,
    placing: Placing = EXACT,
    combine: OrderKey | None = None,
) -> Order:
    """A new order; raises what the face's `expiry` raises."""
    expires_at = placing.expiry(terms, at)
    if terms.trade_type is TradeType.MICROPAY:
        expires_at = min(expires_at, at + PASSWORD_TIME)
    return Order(
        key=key,
        origin=origin,
        terms=terms,
        created_at=at,
        expires_at=expires_at,
        prepay=prepay,
        combine=combine,
    )
