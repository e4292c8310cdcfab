"""Refund notifications: no sign, but an encrypted req_info. Source: V2 notes, 5.5.

req_info is AES-256-ECB with PKCS#7 padding; its key are the 32 characters of the API key's MD5 in lower-case hex.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.errors import NoticeUnopened
from sandbox.core.ids import beijing
from sandbox.core.journal import Message
from sandbox.core.plans import Alteration, MessageFault
from sandbox.core.ports.face import DeliveryContext
from sandbox.v2 import notification_faults
from sandbox.v2.envelope import element
from sandbox.v2.notifications import HEADERS
from sandbox.v2.official import site_of

Fields = dict[str, str]


def refund_message(delivery: DeliveryContext) -> Message:
    """A refund notification; a scenario may have altered it."""
    alteration, key = delivery.notification.alteration, site_of(delivery.order).key(delivery.merchant)
    info, outer = refund_fields(delivery), _outer(delivery)
    if alteration is None:
        return _written({**outer, "req_info": encrypted(_plain(info), key)})
    # What is set is set where it stands: inside req_info, or beside it.
    beside = {name: value for name, value in alteration.set.items() if name in ("return_msg", *outer)}
    inside = replace(alteration, set={n: value for n, value in alteration.set.items() if n not in beside})
    info = notification_faults.altered_refund(info, inside, delivery.around)
    if alteration.fault is MessageFault.OTHER_KEY:
        key = notification_faults.other_key(delivery.around)
    message = _written(_altered({**outer, **beside, "req_info": encrypted(_plain(info), key)}, alteration))
    return notification_faults.packed(message, alteration, delivery.around)


def refund_fields(delivery: DeliveryContext) -> Fields:
    """What req_info holds, all as text."""
    refund, order = delivery.refund, delivery.order
    assert refund is not None, "a refund notification is about a refund"
    assert order.payment is not None, "only a paid order is refunded"
    success = refund.success_at
    fields = {
        "out_refund_no": refund.terms.out_refund_no,
        "out_trade_no": order.key.out_trade_no,
        "refund_account": refund.terms.refund_account,
        "refund_fee": str(refund.terms.refund_fee),
        "refund_id": refund.refund_id,
        "refund_recv_accout": refund.recv_account,
        "refund_request_source": refund.terms.source,
        "refund_status": refund.status.value,
        "settlement_refund_fee": str(refund.settlement_refund_fee),
        "settlement_total_fee": str(order.settlement_total_fee),
        "success_time": beijing(success) if success else "",
        "total_fee": str(order.terms.total_fee),
        "transaction_id": order.payment.transaction_id,
    }
    return {name: value for name, value in fields.items() if value}


def encrypted(plain: bytes, api_key: str) -> str:
    """Base64 of the AES-256-ECB of a message, under the MD5 of the API key."""
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415 - on first use, as everywhere
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.modes import ECB  # noqa: PLC0415
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415

    padder = PKCS7(128).padder()
    encryptor = Cipher(AES(aes_key(api_key)), ECB()).encryptor()  # noqa: S305 - WeChat Pay's own choice
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypted(sealed: str, api_key: str) -> bytes:
    """The message that was encrypted; raises NoticeUnopened."""
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.modes import ECB  # noqa: PLC0415
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415

    unpadder = PKCS7(128).unpadder()
    decryptor = Cipher(AES(aes_key(api_key)), ECB()).decryptor()  # noqa: S305
    try:
        padded = decryptor.update(base64.b64decode("".join(sealed.split()), validate=True)) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise NoticeUnopened from None


def sealed_notice(outer: Mapping[str, str], info: Mapping[str, str], api_key: str) -> Message:
    """A refund notification from its fields: those beside req_info, and those inside."""
    return _written({**_filled(outer), "req_info": encrypted(_plain(_filled(info)), api_key)})


def _filled(fields: Mapping[str, str]) -> Fields:
    return {name: value for name, value in fields.items() if value}


def aes_key(api_key: str) -> bytes:
    return hashlib.md5(api_key.encode(), usedforsecurity=False).hexdigest().encode()


def _outer(delivery: DeliveryContext) -> Fields:
    terms = delivery.order.terms
    fields = {
        "appid": terms.appid,
        "mch_id": delivery.order.key.mch_id,
        "sub_appid": terms.sub_appid,
        "sub_mch_id": delivery.order.key.sub_mch_id,
        "nonce_str": delivery.notification.nonce_str,
    }
    return {name: value for name, value in fields.items() if value}


def _altered(fields: Fields, alteration: Alteration) -> Fields:
    """The outer message with its fault. What a signature is to a payment, req_info is here."""
    match alteration.fault:
        case MessageFault.MINIMAL | MessageFault.NO_SIGN:
            fields = {name: value for name, value in fields.items() if name != "req_info"}
        case MessageFault.EMPTY_SIGN:
            fields = {**fields, "req_info": ""}
        case MessageFault.WRONG_SIGN:
            fields = {**fields, "req_info": fields["req_info"][24:] + fields["req_info"][:24]}
        case MessageFault.WRONG_APPID:
            fields = {**fields, "appid": "wx0000000000000000"}
        case MessageFault.WRONG_MCH_ID:
            fields = {**fields, "mch_id": "1000000001"}
    return {name: value for name, value in fields.items() if name not in alteration.remove}


def _plain(info: Fields) -> bytes:
    return ("<root>\n" + "".join(f"{element(name, info[name])}\n" for name in sorted(info)) + "</root>").encode()


def _written(fields: Fields) -> Message:
    """return_code stands there without CDATA, and everything in one line, as seen live."""
    elements = "".join(element(name, value) for name, value in fields.items())
    return Message(HEADERS, f"<xml><return_code>SUCCESS</return_code>{elements}</xml>".encode())
