"""The times at which something of an unpaid order ends."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.core.orders import Order, TradeState, TradeType
from sandbox.core.text import Text
from sandbox.words.deadlines import ENDS


@dataclass(frozen=True, slots=True)
class Deadline:
    """A field's end, and what it means."""

    name: str
    at: datetime
    means: Text


def deadlines(order: Order) -> list[Deadline]:
    """What ends of an order that nobody pays, the earliest first: its link, its prepay_id, itself."""
    ends = {"prepay_id": order.prepay.expires_at(), _own(order): order.expires_at}
    link = order.prepay.code_expires_at(order.terms.trade_type)
    if link is not None:
        ends["mweb_url" if order.terms.trade_type is TradeType.MWEB else "code_url"] = link
    return sorted((Deadline(name, at, ENDS[name]) for name, at in ends.items()), key=lambda one: one.at)


def _own(order: Order) -> str:
    """By what the order itself ends."""
    if order.trade_state is TradeState.USERPAYING:
        return "password"
    return "time_expire" if order.terms.time_expire else "order"
