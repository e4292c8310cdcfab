"""Native mode 1: the merchant is asked for an order when somebody scans the static code (静态码) of a product.

Source: V2 notes, 3.12.
"""

from dataclasses import dataclass

from sandbox.core.journal import Exchange
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Scanned:
    """What scanning a static code led to: an order, or a verdict that is not ok. `exchange` where the merchant was
    asked."""

    verdict: Verdict
    order: Order | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the merchant is asked for: who scanned which product's code. `short` tells that it was a short URL."""

    merchant: Merchant
    appid: str
    product_id: str
    openid: str
    short: bool
