"""Signatures that are wrong, in answers and in notifications. Source: V3 notes, 7; conformance checks, B3, B7, B10."""

from functools import cache

from sandbox.core.platform_keys import SigningKey
from sandbox.signing import rsa

PROBE = "WECHATPAY/SIGNTEST/"
"""How the wrong signature of a probe (签名探测) begins."""


def spoiled(signature: str) -> str:
    """A signature that is wrong by one character."""
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def probed(signature: str) -> str:
    """The signature of a probe: as long as a right one, and base64 as it is."""
    return PROBE + signature[len(PROBE) :]


def another_key(serial: str) -> SigningKey:
    """A key that WeChat Pay has not, under the serial number of one that it has."""
    return SigningKey(serial, _strangers_key())


@cache
def _strangers_key() -> str:
    """Made once, when the first message wants it: no key that anybody could know stands in the program."""
    return rsa.made()
