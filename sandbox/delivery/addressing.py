"""What goes out to a merchant, as it is sent and as the journal keeps it."""

from datetime import datetime

from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind, Message
from sandbox.core.origin import Origin
from sandbox.core.outgoing import REQUEST_ID


def addressed(
    url: str, message: Message, request_id: str, *, mch_id: str, origin: Origin, at: datetime
) -> tuple[Exchange, Message]:
    """The exchange of a message to a merchant of ours, still without its reply; and the message with its Request-ID."""
    sent = Message((*message.headers, (REQUEST_ID, request_id)), message.body)
    exchange = Exchange(
        at=at,
        kind=ExchangeKind.NOTIFICATION,
        origin=origin,
        method="POST",
        path=url,
        request=Message(sent.headers, sent.body[:KEPT_BYTES]),
        mch_id=mch_id,
        request_id=request_id,
    )
    return exchange, sent
