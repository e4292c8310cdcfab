"""How V3 writes and signs what it says. Source: V3 notes, 1, 4."""

import json
import secrets
from collections.abc import Mapping

from sandbox.core.credentials import Credentials
from sandbox.core.platform_keys import SigningKey
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor import SCHEME
from sandbox.v3.errors import Json

CONTENT_TYPE = "application/json; charset=utf-8"


def written(said: Mapping[str, Json]) -> bytes:
    """A message as it stands on the wire: compact, characters as they are."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def signer(credentials: Credentials, shown: str = "") -> SigningKey:
    """The key that signs for WeChat Pay; `shown` is the Wechatpay-Serial of the call that it is about."""
    assert credentials.platform is not None, "made before anything is signed"
    return credentials.platform.signer(shown)


def signature_headers(body: bytes, by: SigningKey, timestamp: int, nonce: str = "") -> dict[str, str]:
    """The headers that sign a body, at a moment of real time (seconds since 1970)."""
    nonce = nonce or secrets.token_hex(16)
    return {
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": rsa.sign(rsa.lines(str(timestamp), nonce, body), by.private_key),
        "Wechatpay-Timestamp": str(timestamp),
        "Wechatpay-Serial": by.serial,
        "Wechatpay-Signature-Type": SCHEME,
    }
