"""Notifications that are not as they should be: one fault each, everything else right.

What is changed is sealed and signed like anything else; only the faults of the signature itself leave it wrong, those
of the seal are signed. Sources: conformance checks, B10, B11, C, E6; V3 notes, 7, 13.5.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.core.journal import Headers, Message
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.platform_keys import SigningKey
from sandbox.core.ports.face import ForgeryContext
from sandbox.v3.changing import changed
from sandbox.v3.errors import Json
from sandbox.v3.messages import flat
from sandbox.v3.missigning import SIGNATURE, another_key, missigned

NOBODYS_KEY = "anotherapiv3key00000000000000000"
"""What "another APIv3 key" is where there is no other merchant."""

HUGE_BYTES = 1024 * 1024
LATE_SECONDS = 600
"""How old a stale timestamp is; clients refuse more than 300 s."""

UNKNOWN_SERIAL = "7A1B2C3D4E5F60718293A4B5C6D7E8F901234567"

Members = dict[str, Json]
Fields = Mapping[str, str]
"""Members by their flat names."""

FAULTS = frozenset(MessageFault) - {
    MessageFault.SIGN_TYPE_LIE,
    MessageFault.RESULT_FAIL,
    MessageFault.RETURN_FAIL,
    MessageFault.XXE,
    MessageFault.XXE_PARAMETER,
    MessageFault.ENTITY_EXPANSION,
}
"""What can be wrong with a payment's notification; the others are of XML, and of V2's codes."""
OF_REFUNDS = FAULTS - {MessageFault.WRONG_APPID}
"""A refund's names no appid."""
OF_TRANSFERS = OF_REFUNDS - {MessageFault.OTHER_ORDER}
"""A transfer's names neither an appid nor an order."""


# -- what is said falsely, sealed and signed ---------------------------------------------------------------------------


def told_falsely(told: Members, alteration: Alteration, around: ForgeryContext) -> Members:
    """What is told, with its fault and with what a scenario sets and removes."""
    change = _CHANGES.get(alteration.fault) if alteration.fault else None
    values = change(flat(told), around) if change else {}
    return changed(told, {**values, **alteration.set}, alteration.remove)


def _of(fields: Fields, *names: str) -> str:
    """The first of these members that is there: which, depends on what is told of, and for whom."""
    return next(name for name in names if name in fields)


def _figures(fields: Fields) -> tuple[str, str]:
    """The amount that counts, and what of it is the payer's: of a refund, of an order, of the first of several.

    A transfer has one amount alone.
    """
    total = _of(fields, "amount.refund", "amount.total", "sub_orders[0].amount.total_amount", "transfer_amount")
    return total, _of(
        fields, "amount.payer_refund", "amount.payer_total", "sub_orders[0].amount.payer_amount", "transfer_amount"
    )


def _more(fields: Fields, fen: int) -> Fields:
    return {name: str(max(int(fields[name]) + fen, 0)) for name in _figures(fields)}


def _unknown_order(fields: Fields) -> Fields:
    transaction_id = fields[_of(fields, *_TRANSACTION)]
    return {_of(fields, *_NUMBER): f"UNKNOWN{transaction_id[-20:]}"}


def _from_other_order(fields: Fields, around: ForgeryContext) -> Fields:
    """The payment of another order; where the merchant has none, an order that it never placed."""
    other = around.other_order
    if other is None or other.payment is None:
        return _unknown_order(fields)
    return {_of(fields, *_TRANSACTION): other.payment.transaction_id}


_NUMBER = ("out_trade_no", "combine_out_trade_no", "out_bill_no")
_TRANSACTION = ("transaction_id", "sub_orders[0].transaction_id", "transfer_bill_no")
_MERCHANT = {"mchid", "mch_id", "sp_mchid", "combine_mchid"}
"""A transfer's names its merchant by two of them."""
_CHANGES: Mapping[MessageFault, Callable[[Fields, ForgeryContext], Fields]] = {
    MessageFault.AMOUNT_LOWER: lambda fields, _: _more(fields, -1 if fields[_figures(fields)[0]] != "1" else 1),
    MessageFault.AMOUNT_HIGHER: lambda fields, _: _more(fields, 1),
    MessageFault.WRONG_APPID: lambda fields, _: {
        _of(fields, "appid", "sp_appid", "combine_appid"): "wx0000000000000000"
    },
    MessageFault.WRONG_MCH_ID: lambda fields, _: dict.fromkeys(_MERCHANT & fields.keys(), "1000000001"),
    MessageFault.OTHER_ORDER: _from_other_order,
    MessageFault.UNKNOWN_ORDER: lambda fields, _: _unknown_order(fields),
    MessageFault.UNKNOWN_FIELDS: lambda fields, _: {"sandbox_new_field": "新字段 <&> new", "version": "1.1"},
    MessageFault.HUGE_BODY: lambda fields, _: {"sandbox_padding": "x" * HUGE_BYTES},
}


# -- what is sealed falsely, and signed --------------------------------------------------------------------------------


def sealing_key(alteration: Alteration, around: ForgeryContext, key: str) -> str:
    """The APIv3 key that it is sealed with."""
    if alteration.fault is not MessageFault.WRONG_API_V3_KEY:
        return key
    other = str(around.other_merchant.api_v3_key) if around.other_merchant else NOBODYS_KEY
    return other if other != key else NOBODYS_KEY


def sealed_falsely(resource: Members, alteration: Alteration) -> Members:
    """The sealed object, spoilt after it was sealed."""
    if alteration.fault is MessageFault.TAMPERED_CIPHERTEXT:
        raw = bytearray(base64.b64decode(str(resource["ciphertext"])))
        raw[len(raw) // 2] ^= 1
        return {**resource, "ciphertext": base64.b64encode(raw).decode()}
    if alteration.fault is MessageFault.WRONG_ASSOCIATED_DATA:
        other = "transaction" if resource["associated_data"] != "transaction" else "refund"
        return {**resource, "associated_data": other}
    return resource


# -- what is written falsely, and signed -------------------------------------------------------------------------------


def envelope_falsely(envelope: Members, alteration: Alteration) -> Members:
    """The envelope, as far as a fault lies there."""
    if alteration.fault is MessageFault.UNKNOWN_FIELDS:
        return {**envelope, "sandbox_new_field": "新字段 <&> new"}
    return envelope


def written_falsely(body: bytes, alteration: Alteration) -> bytes:
    """The body as it goes out."""
    match alteration.fault:
        case MessageFault.MALFORMED_BODY:
            return body[:-1]
        case MessageFault.EMPTY_BODY:
            return b""
    return body


def minimal(told: Members) -> Members:
    """What somebody who has neither key may send."""
    fields = flat(told)
    number, fen = _of(fields, *_NUMBER), int(fields[_figures(fields)[0]])
    if number == "out_bill_no":
        return {number: fields[number], "transfer_amount": fen}
    return {"out_trade_no": fields[number], "amount": {"total": fen}}


# -- what is signed falsely --------------------------------------------------------------------------------------------


def signing_key(alteration: Alteration, key: SigningKey) -> SigningKey:
    """Who signs, and by which serial number that is said."""
    match alteration.fault:
        case MessageFault.OTHER_KEY:
            return another_key(key.serial)
        case MessageFault.UNKNOWN_SERIAL:
            return replace(key, serial=UNKNOWN_SERIAL)
    return key


def signed_falsely(headers: Mapping[str, str], alteration: Alteration) -> Mapping[str, str]:
    """The headers of a signature, with what is wrong with them."""
    match alteration.fault:
        case MessageFault.EMPTY_SIGN:
            return {**headers, SIGNATURE: ""}
        case MessageFault.MINIMAL:
            return {}
    return missigned(headers, alteration.fault)


def packed(message: Message, alteration: Alteration, around: ForgeryContext) -> Message:
    """The whole message as it goes out: what was sent before, or under another Content-Type."""
    if alteration.fault is MessageFault.REUSED_NONCE and around.earlier is not None:
        return Message(_without_request_id(around.earlier.headers), around.earlier.body)
    if alteration.fault is MessageFault.WRONG_CONTENT_TYPE:
        headers = tuple((name, "text/xml" if name == "Content-Type" else value) for name, value in message.headers)
        return Message(headers, message.body)
    return message


def _without_request_id(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name != "Request-ID")
