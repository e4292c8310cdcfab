"""Notifications that are not as they should be: one fault each, everything else right.

What a scenario sets or removes is signed like anything else; only the faults of the signature itself leave it wrong.
Sources: conformance checks, B, C, E6, F; the XXE notice of 3 July 2018.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from sandbox.core.journal import Message
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.ports.face import ForgeryContext
from sandbox.signing.flat import SignType, sign
from sandbox.v2 import envelope

NOBODYS_KEY = "anothermerchantskey0000000000000"
"""What "another merchant's key" is where there is no other merchant."""

HUGE_BYTES = 1024 * 1024
EXPANSIONS = 10_000
_OTHER = {SignType.MD5: SignType.HMAC_SHA256, SignType.HMAC_SHA256: SignType.MD5}

Fields = dict[str, str]
_Change = Callable[[Fields, ForgeryContext], Fields]


def altered_fields(fields: Fields, alteration: Alteration, around: ForgeryContext) -> Fields:
    """The fields as they are to be signed."""
    return _changed(fields, alteration, around, _CHANGES)


def _changed(
    fields: Fields, alteration: Alteration, around: ForgeryContext, changes: Mapping[MessageFault | None, _Change]
) -> Fields:
    change = changes.get(alteration.fault)
    changed = {**fields, **(change(fields, around) if change else {}), **own(alteration.set)}
    return {name: value for name, value in changed.items() if value and name not in alteration.remove}


def own(values: Mapping[str, str]) -> Fields:
    """Of fields that a scenario sets those that a flat message can have: `amount.total` is of another API."""
    return {name: value for name, value in values.items() if "." not in name and "[" not in name}


def signed(fields: Fields, alteration: Alteration, around: ForgeryContext, key: str, sign_type: SignType) -> Fields:
    """The fields with their sign, right or wrong as the fault asks."""
    right = sign(fields, key, sign_type)
    match alteration.fault:
        case MessageFault.WRONG_SIGN:
            return {**fields, "sign": spoiled(right)}
        case MessageFault.NO_SIGN:
            return fields
        case MessageFault.EMPTY_SIGN:
            return {**fields, "sign": ""}
        case MessageFault.MINIMAL:
            return {name: fields[name] for name in ("out_trade_no", "total_fee") if name in fields}
        case MessageFault.OTHER_KEY:
            return {**fields, "sign": sign(fields, other_key(around), sign_type)}
        case MessageFault.SIGN_TYPE_LIE:
            lying = {**fields, "sign_type": sign_type.value}
            return {**lying, "sign": sign(lying, key, _OTHER[sign_type])}
    return {**fields, "sign": right}


def other_key(around: ForgeryContext) -> str:
    """Another merchant's API key."""
    return around.other_merchant.api_key if around.other_merchant else NOBODYS_KEY


def spoiled(sign: str) -> str:
    """A sign that is wrong by one digit."""
    return ("0" if sign[0] != "0" else "1") + sign[1:]


def broken(body: bytes) -> bytes:
    """A message whose XML does not end as it began."""
    return body.replace(b"</xml>", b"<broken>")


def packed(message: Message, alteration: Alteration, around: ForgeryContext) -> Message:
    """The message as it goes out; `message` is what it would be without a fault of its form."""
    if alteration.fault is MessageFault.WRONG_CONTENT_TYPE:
        headers = [(name, "application/json" if name == "Content-Type" else value) for name, value in message.headers]
        return replace(message, headers=tuple(headers))
    shape = _FORMS.get(alteration.fault) if alteration.fault else None
    return replace(message, body=shape(message.body, around)) if shape else message


# -- what is said falsely, and signed ----------------------------------------------------------------------------------


def _from_other_order(fields: Fields, around: ForgeryContext) -> Fields:
    """The payment of another order; where the merchant has none, an order that it never placed."""
    other = around.other_order
    if other is None or other.payment is None:
        return _unknown_order(fields, around)
    return {"transaction_id": other.payment.transaction_id}


def _unknown_order(fields: Fields, around: ForgeryContext) -> Fields:
    return {"out_trade_no": f"UNKNOWN{fields['transaction_id'][-20:]}"}


def _plus(fields: Fields, fen: int) -> Fields:
    cash_fee = max(int(fields["cash_fee"]) + fen, 0)
    return {"total_fee": str(int(fields["total_fee"]) + fen), "cash_fee": str(cash_fee)}


_CHANGES: dict[MessageFault | None, _Change] = {
    MessageFault.AMOUNT_LOWER: lambda fields, _: _plus(fields, -1) if fields["total_fee"] != "1" else _plus(fields, 1),
    MessageFault.AMOUNT_HIGHER: lambda fields, _: _plus(fields, 1),
    MessageFault.WRONG_APPID: lambda fields, _: {"appid": "wx0000000000000000"},
    MessageFault.WRONG_MCH_ID: lambda fields, _: {"mch_id": "1000000001"},
    MessageFault.OTHER_ORDER: _from_other_order,
    MessageFault.UNKNOWN_ORDER: _unknown_order,
    MessageFault.RESULT_FAIL: lambda fields, _: {
        "result_code": "FAIL",
        "err_code": "SYSTEMERROR",
        "err_code_des": "系统错误",
    },
    MessageFault.UNKNOWN_FIELDS: lambda fields, _: {"sandbox_new_field": "新字段 <&> new", "version": "1.1"},
    MessageFault.HUGE_BODY: lambda fields, _: {"sandbox_padding": "x" * HUGE_BYTES},
    # Signed over what the entity stands for, so that only a parser that resolved it finds the signature right.
    MessageFault.XXE: lambda fields, _: {"attach": "canary"},
    MessageFault.ENTITY_EXPANSION: lambda fields, _: {"attach": "ha" * EXPANSIONS},
}


def _refund_plus(fields: Fields, fen: int) -> Fields:
    refund_fee = int(fields["refund_fee"]) + fen
    return {"refund_fee": str(refund_fee), "settlement_refund_fee": str(refund_fee)}


_REFUND_CHANGES: dict[MessageFault | None, _Change] = {
    **{fault: _CHANGES[fault] for fault in (MessageFault.OTHER_ORDER, MessageFault.UNKNOWN_ORDER)},
    **{fault: _CHANGES[fault] for fault in (MessageFault.UNKNOWN_FIELDS, MessageFault.HUGE_BODY)},
    MessageFault.AMOUNT_LOWER: lambda fields, _: _refund_plus(fields, -1 if fields["refund_fee"] != "1" else 1),
    MessageFault.AMOUNT_HIGHER: lambda fields, _: _refund_plus(fields, 1),
}


def altered_refund(info: Fields, alteration: Alteration, around: ForgeryContext) -> Fields:
    """What a refund notification's req_info holds, before it is encrypted."""
    return _changed(info, alteration, around, _REFUND_CHANGES)


# -- what is written falsely -------------------------------------------------------------------------------------------


def _with_entity(body: bytes, doctype: str, reference: str) -> bytes:
    """The message with a document type, and an entity in place of the attach."""
    text = body.decode()
    start, end = text.find("<attach>"), text.find("</attach>")
    if start >= 0:
        text = f"{text[:start]}<attach>{reference}{text[end:]}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}\n{text}'.encode()


def _xxe(body: bytes, around: ForgeryContext) -> bytes:
    doctype = f'<!DOCTYPE xml [<!ENTITY canary SYSTEM "{around.canary_url}/xxe">]>'
    return _with_entity(body, doctype, "&canary;")


def _xxe_parameter(body: bytes, around: ForgeryContext) -> bytes:
    doctype = f'<!DOCTYPE xml [<!ENTITY % canary SYSTEM "{around.canary_url}/xxe-parameter"> %canary;]>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}\n{body.decode()}'.encode()


def _entity_expansion(body: bytes, around: ForgeryContext) -> bytes:
    """Ten thousand times "ha", by four entities: enough to be seen, far too little to hurt."""
    names = ["a", "b", "c", "d"]
    entities = ['<!ENTITY a "hahahahahahahahahaha">']
    entities += [f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise(names)]
    return _with_entity(body, f"<!DOCTYPE xml [{''.join(entities)}]>", "&d;")


_FORMS: dict[MessageFault, Callable[[bytes, ForgeryContext], bytes]] = {
    MessageFault.XXE: _xxe,
    MessageFault.XXE_PARAMETER: _xxe_parameter,
    MessageFault.ENTITY_EXPANSION: _entity_expansion,
    MessageFault.MALFORMED_BODY: lambda body, _: broken(body),
    MessageFault.EMPTY_BODY: lambda body, _: b"",
    MessageFault.RETURN_FAIL: lambda body, _: envelope.build({"return_code": "FAIL", "return_msg": "系统错误"}),
}
