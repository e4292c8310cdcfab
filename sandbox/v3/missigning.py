"""Signatures that are wrong, in answers and in notifications. Source: V3 notes, 7; conformance checks, B3, B7, B10."""

from collections.abc import Mapping
from functools import cache

from sandbox.core.plans import AnswerFault, MessageFault
from sandbox.core.platform_keys import SigningKey
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor import PROBE

SIGNATURE = "Wechatpay-Signature"


def missigned(headers: Mapping[str, str], fault: AnswerFault | MessageFault | None) -> Mapping[str, str]:
    """The headers of a signature, with one that is wrong, or none."""
    match fault:
        case AnswerFault.WRONG_SIGN | MessageFault.WRONG_SIGN:
            return {**headers, SIGNATURE: _spoiled(headers[SIGNATURE])}
        case AnswerFault.SIGNATURE_PROBE | MessageFault.SIGNATURE_PROBE:
            return {**headers, SIGNATURE: _probed(headers[SIGNATURE])}
        case AnswerFault.NO_SIGN | MessageFault.NO_SIGN:
            return {name: value for name, value in headers.items() if name != SIGNATURE}
    return headers


def _spoiled(signature: str) -> str:
    """A signature that is wrong by one character."""
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def _probed(signature: str) -> str:
    """The signature of a probe: as long as a right one, and base64 as it is."""
    return PROBE + signature[len(PROBE) :]


def another_key(serial: str) -> SigningKey:
    """A key that WeChat Pay has not, under the serial number of one that it has."""
    return SigningKey(serial, _strangers_key())


@cache
def _strangers_key() -> str:
    """Made once, when the first message wants it: no key that anybody could know stands in the program."""
    return rsa.made()
