"""What V2's documents require or advise against in an order, and the sandbox accepts: said on the timeline."""

from sandbox.core.currency import CNY
from sandbox.core.events import EventName
from sandbox.core.orders import Terms, TradeType


def warnings_of(terms: Terms) -> list[EventName]:
    """Names of warnings (sentences in `words.events`). Source: V2 notes, 5.4 and 10."""
    found = []
    if not terms.spbill_create_ip:
        found.append(EventName.WARNING_SPBILL_CREATE_IP_EMPTY)
    elif ":" in terms.spbill_create_ip:
        found.append(EventName.WARNING_SPBILL_CREATE_IP_V6)
    if terms.fee_type != CNY:
        found.append(EventName.WARNING_FOREIGN_CURRENCY)
    if terms.trade_type is TradeType.NATIVE and not terms.product_id:
        found.append(EventName.WARNING_PRODUCT_ID_MISSING)
    return found
