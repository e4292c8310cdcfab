"""The encryption of a refund notification's req_info. Source: WeChat Pay V2, "退款结果通知", section 解密方式."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from envelope import BadMessage


def decrypt(req_info: str, key: str) -> bytes:
    """Undo Base64 and AES-256-ECB, whose key is the API key's MD5 as 32 lower-case characters."""
    aes = algorithms.AES(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest().encode())
    decryptor, unpadder = Cipher(aes, modes.ECB()).decryptor(), PKCS7(128).unpadder()  # noqa: S305 - WeChat's choice
    try:
        padded = decryptor.update(base64.b64decode(req_info, validate=True)) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise BadMessage("not encrypted with our key") from error
