"""The use cases of bills: a day's trade bill, a day's fund flow. An instance lives for one transaction.

Sources: V2 notes, 3.5, 3.6; V3 notes, 11.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sandbox.core import sharing_bills, statements
from sandbox.core.errors import BillCreating, BillDateInvalid, NoBill
from sandbox.core.ids import BEIJING
from sandbox.core.ledger import Account, Line, Owner
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.plans import BillFault
from sandbox.core.statements import Bill, BillType, Entry
from sandbox.core.usecases.context import Context

READY = time(9)
"""When, on the next day in Beijing, a day's bills are made."""

MONTHS = 3
FLOW_BEGINS = date(2017, 6, 1)
"""The first day of which there are fund flows."""


class Bills:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def trade_bill(
        self, mch_id: str, sub_mch_id: str, day: date, bill_type: BillType = BillType.ALL, device_info: str = ""
    ) -> Bill:
        """A merchant's bill of a day in Beijing; of all its sub-merchants and devices where none is named.

        Raises BillDateInvalid (today, later, or more than three months ago), BillCreating, and NoBill for a day without
        any trade; a day whose trades are of other types has a bill without rows.
        """
        made_at = self._require_made(mch_id, day)
        if day < self.oldest(mch_id):
            raise BillDateInvalid
        entries = [
            entry
            for entry in self._entries(mch_id, sub_mch_id, day)
            if device_info in ("", entry.order.terms.device_info)
        ]
        if not entries:
            raise NoBill
        return statements.trade_bill(bill_type, statements.mistold(entries), made_at)

    def fund_flow(self, mch_id: str, day: date, account: Account = Account.BASIC, sub_mch_id: str = "") -> Bill:
        """What moved in one of the accounts of a merchant, or of the sub-merchant that is named.

        Raises BillDateInvalid, BillCreating, NoBill.
        """
        self._require_made(mch_id, day)
        if day < FLOW_BEGINS:
            raise BillDateInvalid
        lines = self._tx.ledger.flow(Owner(mch_id, sub_mch_id), account, *_span(day))
        if not lines:
            raise NoBill
        return statements.fund_flow([(line, self._transaction_id(line)) for line in lines])

    def sharing_bill(self, mch_id: str, sub_mch_id: str, day: date) -> Bill:
        """What was shared on a day, and given back; of all sub-merchants where none is named.

        Raises BillDateInvalid, BillCreating, NoBill.
        """
        self._require_made(mch_id, day)
        if day < self.oldest(mch_id):
            raise BillDateInvalid
        chosen, sharings = (mch_id, sub_mch_id, *_span(day)), self._tx.sharings
        entries = [
            row for one in sharings.ended_in(*chosen) for row in sharing_bills.shares_of(one, self._order(one.key))
        ]
        entries += [sharing_bills.given_back(one, self._order(one.key)) for one in sharings.returned_in(*chosen)]
        if not entries:
            raise NoBill
        return sharing_bills.sharing_bill(entries)

    def oldest(self, mch_id: str) -> date:
        """The first day of which there is still a trade bill."""
        return _months_before(self._today(mch_id), MONTHS)

    def mistold(
        self, mch_id: str, sub_mch_id: str, day: date, bill_type: BillType
    ) -> Mapping[OrderKey, tuple[Order, BillFault]]:
        """The orders of which a day's trade bill tells what is not so, and how; whether it is made yet or not."""
        return {
            entry.order.key: (entry.order, fault)
            for entry in self._entries(mch_id, sub_mch_id, day)
            if (fault := statements.fault_of(entry)) and statements.shown_in(bill_type, entry)
        }

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _today(self, mch_id: str) -> date:
        return self._context.now(mch_id).astimezone(BEIJING).date()

    def _require_made(self, mch_id: str, day: date) -> datetime:
        """When the day's bills were made."""
        if day >= self._today(mch_id):
            raise BillDateInvalid
        made_at = ready_at(day)
        if self._context.now(mch_id) < made_at:
            raise BillCreating
        return made_at

    def _entries(self, mch_id: str, sub_mch_id: str, day: date) -> list[Entry]:
        begin, end = _span(day)
        chosen = (mch_id, sub_mch_id, begin, end)
        entries = [statements.paid(order) for order in self._tx.orders.paid_in(*chosen)]
        entries += [statements.reversed_(order, at) for order, at in self._tx.orders.reversed_in(*chosen)]
        for refund in self._tx.refunds.accepted_in(*chosen):
            entries.append(statements.refunded(self._order(refund.key), refund))
        return entries

    def _order(self, key: OrderKey) -> Order:
        order = self._tx.orders.find(key)
        assert order is not None, "what is done with an order is dropped with it"
        return order

    def _transaction_id(self, line: Line) -> str:
        """The payment that a line is about; "" where there is none."""
        order = self._tx.orders.find(OrderKey(line.owner.mch_id, line.out_trade_no, line.owner.sub_mch_id))
        return order.payment.transaction_id if order and order.payment else ""


def ready_at(day: date) -> datetime:
    """When a day's bills are made."""
    return datetime.combine(day + timedelta(days=1), READY, BEIJING)


def _span(day: date) -> tuple[datetime, datetime]:
    """A day in Beijing: its beginning, and that of the next one."""
    begin = datetime.combine(day, time(), BEIJING)
    return begin, begin + timedelta(days=1)


def _months_before(day: date, months: int) -> date:
    """The same day of the month so many months before, or that month's last."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
