"""The V2 signature, and what an order is signed with. Source: WeChat Pay V2, "安全规范", section 签名算法."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum


class SignType(StrEnum):
    """The two digests that V2 knows, and V3's way: by it an order in the book tells which API it is of."""

    MD5 = "MD5"
    HMAC_SHA256 = "HMAC-SHA256"
    RSA = "RSA"


def sign(fields: Mapping[str, str], key: str, sign_type: SignType) -> str:
    """Sign a flat V2 message: upper-case hex, 32 characters for MD5, 64 for HMAC-SHA256.

    `fields` hold the values as they stand on the wire, before escaping; empty ones and `sign` take no part.
    """
    pairs = [f"{name}={value}" for name, value in sorted(fields.items()) if value and name != "sign"]
    message = "&".join([*pairs, f"key={key}"]).encode()
    if sign_type is SignType.HMAC_SHA256:
        return hmac.new(key.encode(), message, hashlib.sha256).hexdigest().upper()
    return hashlib.md5(message, usedforsecurity=False).hexdigest().upper()


def is_signed(fields: Mapping[str, str], key: str, sign_type: SignType) -> bool:
    """Tell whether the message bears our signature of this very type, whatever type it claims for itself."""
    if fields.get("sign_type", sign_type) != sign_type:
        return False
    return hmac.compare_digest(fields.get("sign", "").encode(), sign(fields, key, sign_type).encode())
