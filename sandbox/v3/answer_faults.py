"""What can be wrong in an answer that a scenario has put a fault on: what it tells, its members, its signature."""

from collections.abc import Mapping

from sandbox.core.orders import Order
from sandbox.core.plans import AnswerFault, CallFault
from sandbox.core.platform_keys import SigningKey
from sandbox.v3.changing import changed
from sandbox.v3.errors import Json
from sandbox.v3.missigning import another_key

_NOBODYS: Mapping[str, Json] = {
    "out_trade_no": "OTHER0000000001",
    "prepay_id": "wx24000000000000other00000000000000",
    "transaction_id": "4200000000201001010000000000",
    "code_url": "weixin://wxpay/bizpayurl?pr=otherOrder",
}
"""What stands for another order where the merchant has none."""


def altered(told: Mapping[str, Json], fault: CallFault, other: Order | None) -> dict[str, Json]:
    """The members of an answer before it is signed."""
    said = dict(told)
    if fault.fault is AnswerFault.OTHER_ORDER:
        said |= {name: value for name, value in _of_other(other).items() if name in said}
    return changed(said, fault.set, fault.remove)


def _of_other(other: Order | None) -> Mapping[str, Json]:
    """What fits another order of the merchant."""
    if other is None or other.payment is None:
        return _NOBODYS
    return {
        "out_trade_no": other.key.out_trade_no,
        "prepay_id": other.prepay.prepay_id,
        "transaction_id": other.payment.transaction_id,
        "code_url": f"weixin://wxpay/bizpayurl?pr={other.prepay.code}",
    }


def signing_key(fault: CallFault, key: SigningKey) -> SigningKey:
    """Whose key signs."""
    return another_key(key.serial) if fault.fault is AnswerFault.OTHER_KEY else key
