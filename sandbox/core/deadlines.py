"""The times at which something of an unpaid order ends."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.core.orders import Order, TradeState, TradeType


@dataclass(frozen=True, slots=True)
class Deadline:
    """A field's end; what it means is in `words.deadlines`."""

    name: str
    at: datetime


def deadlines(order: Order) -> list[Deadline]:
    """What ends of an order that nobody pays, the earliest first: its link, its prepay_id, itself."""
    ends = {"prepay_id": order.prepay.expires_at(), _own(order): order.expires_at}
    link = order.prepay.code_expires_at(order.terms.trade_type)
    if link is not None:
        ends["mweb_url" if order.terms.trade_type is TradeType.MWEB else "code_url"] = link
    return sorted((Deadline(name, at) for name, at in ends.items()), key=lambda one: one.at)


def _own(order: Order) -> str:
    """By what the order itself ends."""
    if order.trade_state is TradeState.USERPAYING:
        return "password"
    return "time_expire" if order.terms.time_expire else "order"
