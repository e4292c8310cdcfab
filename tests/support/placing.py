"""Orders of a face whose calls nobody plays in the tests: their use case is asked."""

from sandbox.core.orders import Order, OrderKey, Terms, TradeType
from sandbox.core.origin import Origin
from sandbox.core.ports.services import CallContext
from sandbox.core.usecases.payments import Payments
from sandbox.server import Server
from tests.support.merchant import Inbox, Merchant


async def placed(server: Server, merchant: Merchant, inbox: Inbox, number: str, origin: Origin) -> Order:
    """An order of an app for 1.01 yuan, whose notifications come to the inbox."""
    terms = Terms(appid=merchant.appid, trade_type=TradeType.APP, total_fee=101, body="茶", notify_url=inbox.url)
    key, called = OrderKey(merchant.mch_id, number), CallContext(origin=origin)
    return await server.parts.storage.write(
        lambda tx: Payments(server.parts.usecases.context(tx, called)).place(key, terms)
    )
