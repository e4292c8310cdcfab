"""The V2 signature: MD5 or HMAC-SHA256 over sorted fields.

It stands in the core because three faces need it: the V2 API, the WeChat client (second signature) and the doctor.
"""

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum


class SignType(StrEnum):
    MD5 = "MD5"
    HMAC_SHA256 = "HMAC-SHA256"


def signed_pairs(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What takes part in a signature: non-empty fields but `sign`, sorted by name byte by byte."""
    return [(name, fields[name]) for name in sorted(fields) if name != "sign" and fields[name] != ""]


def string_to_sign(fields: Mapping[str, str], key: str) -> str:
    """The text that is digested: the fields that take part, then the key."""
    return "&".join([f"{name}={value}" for name, value in signed_pairs(fields)] + [f"key={key}"])


def sign(fields: Mapping[str, str], key: str, sign_type: SignType = SignType.MD5) -> str:
    """Sign a flat V2 message: upper-case hex, 32 characters for MD5, 64 for HMAC-SHA256.

    `fields` hold the values as they stand on the wire, before escaping; empty ones and `sign` take no part.
    Source: WeChat Pay V2, "安全规范", section 签名算法.
    """
    return digest(string_to_sign(fields, key), key, sign_type)


def digest(text: str, key: str, sign_type: SignType) -> str:
    """The digest of a string to sign."""
    return raw_digest(text.encode(), key, sign_type).hex().upper()


def raw_digest(text: bytes, key: str, sign_type: SignType) -> bytes:
    """The digest of a string to sign in any encoding, as bytes; only HMAC is keyed."""
    if sign_type is SignType.MD5:
        return hashlib.md5(text, usedforsecurity=False).digest()
    return hmac.digest(key.encode(), text, "sha256")


def verify(fields: Mapping[str, str], key: str, sign_type: SignType = SignType.MD5) -> bool:
    """Whether `fields["sign"]` is right."""
    return hmac.compare_digest(sign(fields, key, sign_type).encode(), fields.get("sign", "").encode())
