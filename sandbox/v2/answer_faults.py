"""What can be wrong in an answer that a scenario has put a fault on: what it tells, its fields, its sign."""

from sandbox.core.orders import Order
from sandbox.core.plans import AnswerFault, CallFault
from sandbox.signing.flat import SignType, sign
from sandbox.v2.errors import BusinessFailure, Failure, ProtocolFailure, Words
from sandbox.v2.notification_faults import NOBODYS_KEY, own, spoiled

Fields = dict[str, str | int]


def failure(fault: CallFault, words: Words) -> Failure | None:
    """What the merchant is told in place of the truth; `words` are the endpoint's."""
    if not fault.fails:
        return None
    if not fault.code:
        return ProtocolFailure(fault.message)
    return BusinessFailure(fault.code, fault.message) if fault.message else words.of_code(fault.code)


def altered(fields: Fields, fault: CallFault, other: Order | None) -> Fields:
    """The answer's fields before they are signed."""
    changed: Fields = dict(fields)
    if fault.fault is AnswerFault.OTHER_ORDER:
        changed |= {name: value for name, value in _of_other(fields, other).items() if name in fields}
    changed |= {name: int(value) if _bare(fields, name, value) else value for name, value in own(fault.set).items()}
    return {name: value for name, value in changed.items() if name not in fault.remove}


def _bare(fields: Fields, name: str, value: str) -> bool:
    return isinstance(fields.get(name), int) and value.isascii() and value.isdigit()


def _of_other(fields: Fields, other: Order | None) -> Fields:
    """What fits another order of the merchant; one that nobody placed where there is none."""
    if other is None or other.payment is None:
        return {
            "out_trade_no": "OTHER0000000001",
            "prepay_id": "wx24000000000000other00000000000000",
            "transaction_id": "4200000000201001010000000000",
            "code_url": "weixin://wxpay/bizpayurl?pr=otherOrder",
        }
    return {
        "out_trade_no": other.key.out_trade_no,
        "prepay_id": other.prepay.prepay_id,
        "transaction_id": other.payment.transaction_id,
        "code_url": f"weixin://wxpay/bizpayurl?pr={other.prepay.code}",
    }


def missigned(fields: Fields, fault: CallFault, sign_type: SignType) -> Fields:
    """The signed answer with a sign that is wrong, or none."""
    match fault.fault:
        case AnswerFault.WRONG_SIGN:
            return {**fields, "sign": spoiled(str(fields["sign"]))}
        case AnswerFault.NO_SIGN:
            return {name: value for name, value in fields.items() if name != "sign"}
        case AnswerFault.OTHER_KEY:
            unsigned = {name: str(value) for name, value in fields.items() if name != "sign"}
            return {**fields, "sign": sign(unsigned, NOBODYS_KEY, sign_type)}
    return fields
