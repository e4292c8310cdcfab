"""By what orders, and transfers, are named wherever something belongs to one."""

from typing import NamedTuple


class OrderKey(NamedTuple):
    """What names an order, whichever face placed it. `sub_mch_id` is empty for direct merchants.

    A transfer to a person (商家转账) is of no order, and is named in the same places: by its `out_bill_no` alone.
    """

    mch_id: str
    out_trade_no: str
    sub_mch_id: str = ""
    out_bill_no: str = ""

    @property
    def number(self) -> str:
        """The merchant's own number of the order or the transfer; empty where a merchant alone is named."""
        return self.out_trade_no or self.out_bill_no

    @property
    def names(self) -> tuple[str, str, str]:
        """Its parts as people write them, with slashes between those that are there."""
        return self.mch_id, self.sub_mch_id, self.number
