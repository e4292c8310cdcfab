"""Orders of a face whose calls nobody plays in the tests: their use case is asked."""

from dataclasses import replace

from sandbox.core.combined import SubOrder
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Terms, TradeType
from sandbox.core.origin import Origin
from sandbox.core.ports.services import CallContext
from sandbox.core.usecases.combining import Combining
from sandbox.core.usecases.payments import Payments
from sandbox.server import Server
from sandbox.signing.flat import SignType
from sandbox.v2.origin import placed_by
from tests.support.merchant import Inbox, Merchant

ORIGIN = placed_by(SignType.MD5)


async def placed(server: Server, merchant: Merchant, inbox: Inbox, number: str, origin: Origin) -> Order:
    """An order of an app for 1.01 yuan, whose notifications come to the inbox."""
    terms = Terms(appid=merchant.appid, trade_type=TradeType.APP, total_fee=101, body="茶", notify_url=inbox.url)
    key, called = OrderKey(merchant.mch_id, number), CallContext(origin=origin)
    return await server.parts.storage.write(
        lambda tx: Payments(server.parts.usecases.context(tx, called)).place(key, terms)
    )


async def combined(server: Server, merchant: Merchant, inbox: Inbox, number: str, **parts: int) -> Order:
    """A combined order of an app, with a sub-order for each number and amount; its notification comes to the inbox."""
    asked = Terms(appid=merchant.appid, trade_type=TradeType.APP, total_fee=0, body="", notify_url="")
    subs = [
        SubOrder(OrderKey(merchant.mch_id, name), replace(asked, total_fee=fen, body=name))
        for name, fen in parts.items()
    ]
    key, terms, called = (
        OrderKey(merchant.mch_id, number),
        replace(asked, notify_url=inbox.url),
        CallContext(origin=ORIGIN),
    )
    return await server.parts.storage.write(
        lambda tx: Combining(server.parts.usecases.context(tx, called)).place(key, terms, subs)
    )
