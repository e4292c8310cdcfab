"""Where a call is made, or an order was placed: what signs there, and how answers and notifications are written."""

import re
from collections.abc import Mapping

from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.storage import UnitOfWork
from sandbox.v2 import envelope
from sandbox.v2.errors import SIGN_WRONG, USUAL
from sandbox.v2.keys import signing_key
from sandbox.v2.shapes import V2Request
from sandbox.v2.style import Style

_BARE = re.compile(r"total_fee|settlement_total_fee|coupon_fee")


class Site:
    """api.mch.weixin.qq.com itself; the official sandbox differs (`v2.official`)."""

    official = False
    prefix = ""
    sign_wrong = SIGN_WRONG
    style: Style | None = None
    """How all answers are written here; None: as each endpoint has it."""

    words = USUAL
    """What this site words in its own way of the accounts that a call names."""

    def key(self, merchant: Merchant) -> str:
        """What signs requests, answers and notifications."""
        return signing_key(merchant, official=self.official)

    def require_case(self, request: V2Request) -> None:
        """Raise RequestInvalid for an order that this site does not take."""

    def require_case_of(self, request: V2Request, tx: UnitOfWork) -> None:
        """The same for what is asked of an order that was placed."""

    def tell(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        """A payment notification's fields, still unsigned."""
        return fields

    def write_notification(self, fields: Mapping[str, str]) -> bytes:
        """Elements by name, the totals (of coupons too) bare, all else in CDATA, as seen live."""
        return envelope.build({name: _bare(name, fields[name]) for name in sorted(fields)})


def _bare(name: str, value: str) -> str | int:
    whole = value.isascii() and value.isdigit() and str(int(value)) == value
    return int(value) if whole and _BARE.fullmatch(name) else value


ORDINARY = Site()
