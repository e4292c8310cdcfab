"""Reading refund notifications as a merchant does."""

import base64
import hashlib
import re

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from tests.support.merchant import Merchant, Received

_ELEMENT = re.compile(r"<(\w+)><!\[CDATA\[(.*?)\]\]></\1>")


def decrypted(req_info: str, api_key: str) -> dict[str, str] | None:
    """What stands in req_info; None where it cannot be read with this key."""
    key = hashlib.md5(api_key.encode()).hexdigest().encode()
    plain = Cipher(AES(key), ECB()).decryptor().update(base64.b64decode(req_info))
    if not plain.startswith(b"<root>\n"):
        return None
    return dict(_ELEMENT.findall(plain[: -plain[-1]].decode()))


def told(received: Received, merchant: Merchant) -> dict[str, str]:
    """What a refund notification says."""
    info = decrypted(received.fields["req_info"], merchant.key)
    assert info is not None, "it is not encrypted with the merchant's key"
    return info
