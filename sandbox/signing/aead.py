"""What V3 seals for a merchant: AEAD_AES_256_GCM under the APIv3 key. Source: V3 notes, 5.1, 13.1."""

import base64
import binascii

ALGORITHM = "AEAD_AES_256_GCM"
KEY_BYTES = 32


def seal(text: bytes, key: str, nonce: str, associated_data: str) -> str:
    """The base64 of ciphertext and tag; the key is 32 bytes, the nonce 12."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return base64.b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), text, associated_data.encode())).decode()


def unseal(text: str, key: str, nonce: str, associated_data: str) -> bytes:
    """What was sealed; raises ValueError where key, nonce, associated data or text are others."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        sealed = base64.b64decode(text, validate=True)
        return AESGCM(key.encode()).decrypt(nonce.encode(), sealed, associated_data.encode())
    except (InvalidTag, binascii.Error) as error:
        raise ValueError(str(error) or type(error).__name__) from None
