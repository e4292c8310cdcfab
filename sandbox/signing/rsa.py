"""What V3 signs and hides with RSA keys of 2048 bits, PEM texts in base64 out.

cryptography is imported on first use: whoever plays V2 alone never pays for it. Keys are parsed once.
Source: V3 notes, 2, 4, 6.
"""

import base64
import binascii
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import OAEP, PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256


def lines(*parts: str | bytes) -> bytes:
    """Parts as they are signed: each on a line of its own, the last one ended too."""
    return b"\n".join([*[part.encode() if isinstance(part, str) else part for part in parts], b""])


def sign(text: bytes, private_key: str) -> str:
    """SHA256withRSA (PKCS#1 v1.5) of a text."""
    return base64.b64encode(private(private_key).sign(text, *_sha256_with_rsa())).decode()


def verify(text: bytes, signature: str, public_key: str) -> bool:
    """Whether a signature is right; of what is no base64 it is not."""
    from cryptography.exceptions import InvalidSignature

    try:
        public(public_key).verify(decoded(signature), text, *_sha256_with_rsa())
    except (InvalidSignature, ValueError):
        return False
    return True


def encrypt(text: str, public_key: str) -> str:
    """A sensitive field (敏感信息), hidden with OAEP (SHA-1); raises ValueError where it is over 214 bytes."""
    return base64.b64encode(public(public_key).encrypt(text.encode(), _oaep())).decode()


def decrypt(text: str, private_key: str) -> str:
    """A sensitive field, opened; raises ValueError where it was not hidden for this key, or is no UTF-8."""
    return private(private_key).decrypt(decoded(text), _oaep()).decode()


def made() -> str:
    """A new private key."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@lru_cache(256)
def private(pem: str) -> "RSAPrivateKey":
    """A private key; raises ValueError for any other text."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("no RSA key")
    return key


@lru_cache(1024)
def public(pem: str) -> "RSAPublicKey":
    """The public key of a certificate, or one that stands alone; raises ValueError for any other text."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    raw = pem.encode()
    key = load_pem_x509_certificate(raw).public_key() if "CERTIFICATE" in pem else load_pem_public_key(raw)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("no RSA key")
    return key


def public_of(pem: str) -> str:
    """The public key (PEM) of a private one, a certificate, or itself; raises ValueError for any other text."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = private(pem).public_key() if "PRIVATE KEY" in pem else public(pem)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def decoded(text: str) -> bytes:
    """What base64 holds; raises ValueError for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


@cache
def _sha256_with_rsa() -> tuple["PKCS1v15", "SHA256"]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return padding.PKCS1v15(), hashes.SHA256()


def _oaep() -> "OAEP":
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - the documents' choice
