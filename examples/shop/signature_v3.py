"""APIv3's signature and seal. Source: WeChat Pay APIv3, "签名生成", "签名验证", "证书和回调报文解密"."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def lines(*parts: str | bytes) -> bytes:
    """What is signed: each part on a line, and every line ended, the last one too."""
    return b"".join((part.encode() if isinstance(part, str) else part) + b"\n" for part in parts)


def sign(text: bytes, key: RSAPrivateKey) -> str:
    """SHA256withRSA, in base64."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def is_signed(text: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Tell whether a signature is right; one that is no base64, as WeChat Pay's probes may be, is not."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def unseal(resource: dict[str, str], key: str) -> bytes:
    """Open AEAD_AES_256_GCM; raises ValueError for what was not sealed with our APIv3 key."""
    try:
        sealed = base64.b64decode(resource["ciphertext"], validate=True)
        return AESGCM(key.encode()).decrypt(
            resource["nonce"].encode(), sealed, resource.get("associated_data", "").encode()
        )
    except (InvalidTag, KeyError, AttributeError, TypeError) as error:
        raise ValueError(type(error).__name__) from error


def private_key(pem: bytes) -> RSAPrivateKey:
    """apiclient_key.pem; raises ValueError."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def public_key(pem: bytes) -> RSAPublicKey:
    """The key of a certificate, or pub_key.pem; raises ValueError."""
    alone = b"PUBLIC KEY" in pem
    key = load_pem_public_key(pem) if alone else x509.load_pem_x509_certificate(pem).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key


def serial_no(certificate: bytes) -> str:
    """A certificate's serial number as WeChat Pay writes it; raises ValueError."""
    return f"{x509.load_pem_x509_certificate(certificate).serial_number:040X}"
