"""What a person typed into a search box, as conditions. Numbers are looked for by their beginning, in indexes.

What no index serves (words in `body`, amounts, openids, refunds' numbers) is looked for among the newest `RECENT` rows.
"""

import re
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from sandbox.store.sharing_tables import sharings
from sandbox.store.tables import notifications, orders, refunds
from sandbox.store.transfer_tables import transfers

RECENT = 5000
FEW = 1000

_AMOUNT = re.compile(
    r"(?P<sign>[¥￥]?)\s*(?P<whole>0|[1-9]\d{0,8}|[1-9]\d{0,2}(?:,\d{3}){1,2})(?P<part>\.\d{1,2})?\s*(?P<unit>元|分|fen)?"
)


def amounts(search: str) -> list[int]:
    """The fen that a text may mean: `¥12.34`, `1,000.00`, `12 元`, `1234 分`; a bare number is fen or yuan."""
    found = _AMOUNT.fullmatch(search)
    if found is None:
        return []
    whole, part = int(found["whole"].replace(",", "")), (found["part"] or ".")[1:]
    fen = whole * 100 + int(part.ljust(2, "0"))
    if found["unit"] in ("分", "fen"):
        return [] if found["sign"] or part else [whole]
    return [fen] if found["sign"] or part or found["unit"] else [whole, fen]


def of_orders(connection: Connection, search: str) -> ColumnElement[bool]:
    """Orders that a text names: their numbers, those of their refunds, the payer, the amount, words of the body.

    A text that names few is answered by the indexes alone; one that names many is soon met among the newest.
    """
    wordings = [
        *(_begins(orders.c[name], search) for name in ("out_trade_no", "transaction_id", "prepay_id")),
        orders.c.id.in_(_refunded_as(connection, search)),
        and_(_newest(connection, orders), _lately(search)),
    ]
    few: set[int] = set()
    for wording in wordings:
        few.update(connection.execute(select(orders.c.id).where(wording).limit(FEW + 1)).scalars())
        if len(few) > FEW:
            return or_(*wordings)
    return orders.c.id.in_(few)


def _lately(search: str) -> ColumnElement[bool]:
    """What the newest orders alone are asked."""
    payers = (orders.c.openid, orders.c.sub_openid, orders.c.payer_openid, orders.c.payer_sub_openid)
    fen = amounts(search)
    return or_(
        orders.c.body.contains(search, autoescape=True),
        *(_begins(column, search) for column in payers),
        *([orders.c.total_fee.in_(fen)] if fen else []),
    )


def of_refunds(connection: Connection, search: str) -> ColumnElement[bool]:
    """Refunds by their numbers, by their order's, and by their amount."""
    return _named(connection, search, refunds.c.refund_fee, "out_refund_no", "refund_id", "out_trade_no")


def of_transfers(connection: Connection, search: str) -> ColumnElement[bool]:
    """Transfers by their numbers, by who receives them, and by their amount."""
    return _named(connection, search, transfers.c.transfer_amount, "out_bill_no", "transfer_bill_no", "openid")


def of_sharings(connection: Connection, search: str) -> ColumnElement[bool]:
    """Sharings by their numbers, by their order's, and by what they come to."""
    return _named(connection, search, sharings.c.amount, "out_order_no", "order_id", "out_trade_no")


def of_notifications(connection: Connection, search: str) -> ColumnElement[bool]:
    """Notifications by the numbers of what they tell of, and by a part of their address."""
    numbers = [
        _begins(notifications.c[name], search) for name in ("out_trade_no", "out_refund_no", "out_bill_no", "id")
    ]
    address = notifications.c.url.contains(search, autoescape=True)
    return and_(_newest(connection, notifications, "seq"), or_(*numbers, address))


def _named(connection: Connection, search: str, amount: Column[int], *names: str) -> ColumnElement[bool]:
    """The newest rows of an amount's table that have it, or of which one of the columns `names` begins so."""
    table, fen = amount.table, amounts(search)
    numbers = [_begins(table.c[name], search) for name in names]
    return and_(_newest(connection, table), or_(*numbers, *([amount.in_(fen)] if fen else [])))


def _refunded_as(connection: Connection, search: str) -> Any:
    """The ids of orders with a refund of this number."""
    same = [orders.c[name] == refunds.c[name] for name in ("mch_id", "out_trade_no", "sub_mch_id")]
    numbers = or_(_begins(refunds.c.out_refund_no, search), _begins(refunds.c.refund_id, search))
    return select(orders.c.id).join(refunds, and_(*same)).where(_newest(connection, refunds), numbers)


def _newest(connection: Connection, table: Table, serial: str = "id") -> ColumnElement[bool]:
    newest = connection.execute(select(func.max(table.c[serial]))).scalar() or 0
    return table.c[serial] > newest - RECENT


def _begins(column: Any, search: str) -> ColumnElement[bool]:
    """A prefix search that an index answers."""
    return and_(column >= search, column < search + "\U0010ffff")
