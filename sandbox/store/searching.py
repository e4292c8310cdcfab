"""What a person typed into a search box, as conditions. Numbers are looked for by their beginning, in indexes.

So is the beginning of `body`, and whose openid it is. What no index serves (other words of `body`, amounts, parts of an
address) is looked for among the newest rows.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, literal_column, or_, select
from sqlalchemy.sql.elements import ColumnElement

from sandbox.store import paging
from sandbox.store.paging import Asked, Conditions
from sandbox.store.sharing_tables import sharings
from sandbox.store.tables import merchants, notifications, orders, refunds
from sandbox.store.transfer_tables import transfers

FEW = 1000
OPENIDS = ("openid", "sub_openid", "payer_openid", "payer_sub_openid")
KNOWN = select(merchants.c.mch_id)
"""Indexes of numbers begin with the merchant; whatever has a number belongs to one that is known."""

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


def of_orders(connection: Connection, search: str) -> Asked:
    """Orders that a text names: their numbers, those of their refunds, the payer, the amount, words of the body."""
    wordings = [
        and_(orders.c.mch_id.in_(KNOWN), _begins(orders.c.out_trade_no, search)),
        *(_begins(orders.c[name], search) for name in ("transaction_id", "prepay_id", "body")),
        *(and_(orders.c[name] != literal_column("''"), _begins(orders.c[name], search)) for name in OPENIDS),
    ]
    lately = [orders.c.body.icontains(search, autoescape=True), orders.c.total_fee.in_(amounts(search))]
    same = [orders.c[name] == refunds.c[name] for name in ("mch_id", "out_trade_no", "sub_mch_id")]
    refunded = [select(orders.c.id).join(refunds, and_(*same)).where(number) for number in _refund_numbers(search)]
    return _named(connection, orders.c.id, wordings, lately, refunded)


def of_refunds(connection: Connection, search: str) -> Asked:
    """Refunds by their numbers, by their order's, and by their amount."""
    wordings = [*_refund_numbers(search), and_(refunds.c.mch_id.in_(KNOWN), _begins(refunds.c.out_trade_no, search))]
    return _named(connection, refunds.c.id, wordings, [refunds.c.refund_fee.in_(amounts(search))])


def of_transfers(connection: Connection, search: str) -> Asked:
    """Transfers by their numbers, by who receives them, and by their amount."""
    wordings = [
        and_(transfers.c.mch_id.in_(KNOWN), _begins(transfers.c.out_bill_no, search)),
        *(_begins(transfers.c[name], search) for name in ("transfer_bill_no", "openid")),
    ]
    return _named(connection, transfers.c.id, wordings, [transfers.c.transfer_amount.in_(amounts(search))])


def of_sharings(connection: Connection, search: str) -> Asked:
    """Sharings by their numbers, by their order's, and by what they come to."""
    numbers = [_begins(sharings.c[name], search) for name in ("out_order_no", "out_trade_no")]
    wordings = [*(and_(sharings.c.mch_id.in_(KNOWN), one) for one in numbers), _begins(sharings.c.order_id, search)]
    return _named(connection, sharings.c.id, wordings, [sharings.c.amount.in_(amounts(search))])


def of_notifications(connection: Connection, search: str) -> Asked:
    """Notifications by the numbers of what they tell of, and by a part of their address."""
    known, bill_no = notifications.c.mch_id.in_(KNOWN), notifications.c.out_bill_no
    wordings = [
        and_(known, _begins(notifications.c.out_trade_no, search)),
        and_(known, _begins(bill_no, search), bill_no != literal_column("''")),
        _begins(notifications.c.id, search),
    ]
    lately = [_begins(notifications.c.out_refund_no, search), notifications.c.url.icontains(search, autoescape=True)]
    return _named(connection, notifications.c.seq, wordings, lately)


def _named(
    connection: Connection, number: Any, wordings: Conditions, lately: Conditions, more: Sequence[Select[Any]] = ()
) -> Asked:
    """Rows that fit one of `wordings`, which indexes answer, that `more` finds, or that are new and fit `lately`.

    Few of them are a scope; where there are many, the newest are soon met among all.
    """

    def found(query: Select[Any]) -> set[int]:
        return set(connection.execute(query.limit(FEW + 1)).scalars())

    few = set[int]().union(*map(found, more))
    fits = or_(*wordings, *lately, number.in_(few))
    newest = and_(number > paging.horizon(connection, number, Asked(), None, paging.LOOKED), or_(*lately))
    for wording in (*wordings, newest):
        few |= found(select(number).where(wording))
        if len(few) > FEW:
            return Asked(rest=[fits])
    return Asked([number.in_(few)])


def _refund_numbers(search: str) -> Conditions:
    number = and_(refunds.c.mch_id.in_(KNOWN), _begins(refunds.c.out_refund_no, search))
    return [number, _begins(refunds.c.refund_id, search)]


def _begins(column: Any, search: str) -> ColumnElement[bool]:
    """A prefix search that an index answers."""
    return and_(column >= search, column < search + "\U0010ffff")
