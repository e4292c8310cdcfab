"""How many orders and notifications there are in each state: counted at the start, and counted along."""

from sqlalchemy import Connection, bindparam, func, select

from sandbox.core.ports.storage import Census
from sandbox.store.prepared import Prepared
from sandbox.store.tables import notifications, orders

_orders = select(orders.c.trade_state, func.count()).group_by(orders.c.trade_state)
_notifications = select(notifications.c.state, func.count()).group_by(notifications.c.state)
_orders_of_all, _notifications_of_all = Prepared(_orders), Prepared(_notifications)
_orders_of = Prepared(_orders.where(orders.c.mch_id == bindparam("m")))
_notifications_of = Prepared(_notifications.where(notifications.c.mch_id == bindparam("m")))


def counted(connection: Connection, mch_id: str = "") -> Census:
    """Of one merchant or of all; of all, indexes alone are read."""
    values, census = {"m": mch_id}, Census()
    census.orders.update(dict((_orders_of if mch_id else _orders_of_all).run(connection, values)))
    census.notifications.update(dict((_notifications_of if mch_id else _notifications_of_all).run(connection, values)))
    return census
