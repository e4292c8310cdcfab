"""The addresses that lead a person to the cashier, as WeChat writes them."""

from dataclasses import dataclass
from urllib.parse import quote

from sandbox.core.orders import Order, TradeType
from sandbox.core.transfers import Transfer

CANARY = "/canary"
"""Where an XML parser that resolves external entities ends up; a hit is told on the order's timeline."""
MAILBOX = "/sample/notify"
"""The sample shop's, for those who have no backend yet: it answers any notification, and does nothing."""
MAILBOXES = (MAILBOX, MAILBOX + "/login", MAILBOX + "/wrong")
"""With those that answer as merchants should not."""


@dataclass(frozen=True, slots=True)
class Links:
    """`base` is the sandbox's public URL, no slash at its end; `plain_codes` makes a code_url the cashier's URL.

    `own` is where the sandbox listens, for what merchants on this machine or network are led to call.
    """

    base: str
    plain_codes: bool = False
    own: str = ""

    def cashier_url(self, order: Order) -> str:
        return f"{self.base}/cashier/{quote(order.prepay.prepay_id)}"

    def confirm_url(self, transfer: Transfer) -> str:
        """Where a person confirms a transfer."""
        return f"{self.base}/cashier/transfers/{transfer.transfer_bill_no}"

    def code_url(self, order: Order) -> str | None:
        """What a NATIVE order's QR code holds; None for other orders, and for sub-orders."""
        if order.terms.trade_type is not TradeType.NATIVE or order.part:
            return None
        if self.plain_codes:
            return self.cashier_url(order)
        return f"weixin://wxpay/bizpayurl?pr={order.prepay.code}"

    def mweb_url(self, order: Order) -> str | None:
        """Where an H5 page sends the payer; None for other orders, and for sub-orders."""
        if order.terms.trade_type is not TradeType.MWEB or order.part:
            return None
        query = f"prepay_id={order.prepay.prepay_id}&package={order.prepay.code}"
        return f"{self.base}/cgi-bin/mmpayweb-bin/checkmweb?{query}"
