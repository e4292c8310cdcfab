"""Signing V3 calls by hand, rightly and wrongly: keys, certificates, the header, each way to sign."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, generate_private_key

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.signing.rsa_doctor import Keyring, SignedCall

MCH_ID, OTHER_MCH_ID = "1900000109", "1900000208"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMESTAMP = str(int(NOW.timestamp()))
NONCE = "593BEC0C930BF1AFEB40B4A08C8FB242"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
SERIALS = {
    "own": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "older": "15157F09EFDC096DE15EBE81A47057A7232F1B8E",
    "other": "3775B6A45ACD588826D15E583A95F5DD00000001",
    "platform": "7132D72A03E93CDDF8C03BBD1F37EEDF00000002",
    "unknown": "408B07E79B8269FEC3D5D3E6AB8ED16300000003",
}
WHOSE = tuple(SERIALS)


@cache
def key(whose: str) -> RSAPrivateKey:
    """A key of that name, made once in a run."""
    return generate_private_key(65537, 2048)


@cache
def secret(whose: str) -> RSAPrivateNumbers:
    """That key's numbers."""
    return key(whose).private_numbers()


@cache
def files(whose: str) -> Certificate:
    """A key with its serial number; its public key stands for the certificate."""
    private = key(whose).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = (
        key(whose)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return Certificate(SERIALS[whose], public.decode(), private.decode())


def certificate(whose: str, mch_id: str = MCH_ID) -> MerchantCertificate:
    """One that was issued to a merchant a month ago."""
    issued, ends = NOW - timedelta(days=30), NOW + timedelta(days=300)
    return MerchantCertificate(mch_id=mch_id, files=files(whose), issued_at=issued, expires_at=ends)


@cache
def keyring() -> Keyring:
    """A merchant with two certificates, another merchant, WeChat Pay."""
    return Keyring(
        own=[certificate("own"), certificate("older")],
        others=[certificate("other", OTHER_MCH_ID)],
        platform=[files("platform")],
    )


def rsa(text: bytes, whose: str = "own", algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    """PKCS#1 v1.5, SHA-256 unless another is given."""
    return key(whose).sign(text, padding.PKCS1v15(), algorithm or hashes.SHA256())


def pss(text: bytes, whose: str = "own", salt: int = 32) -> bytes:
    return key(whose).sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())


def bare(payload: bytes, whose: str = "own") -> bytes:
    """“Encrypted” with a private key: PKCS#1 v1.5 around bytes, without a hash's name."""
    numbers = secret(whose)
    block = int.from_bytes(b"\0\1" + b"\xff" * (256 - 3 - len(payload)) + b"\0" + payload)
    # By the two primes (RFC 8017, 5.1.2): a quarter of the work.
    one, other = pow(block, numbers.dmp1, numbers.p), pow(block, numbers.dmq1, numbers.q)
    return (other + numbers.q * ((one - other) * numbers.iqmp % numbers.p)).to_bytes(256)


def base64_of(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


@dataclass(frozen=True)
class Wire:
    """A call as it is sent; what is not changed is right."""

    method: str = "POST"
    target: str = "/v3/pay/transactions/native"
    body: bytes = b""
    timestamp: str = TIMESTAMP
    nonce_str: str = NONCE
    serial_no: str = SERIALS["own"]
    host: str = "127.0.0.1:8686"

    @property
    def text(self) -> bytes:
        """What should be signed."""
        head = f"{self.method}\n{self.target}\n{self.timestamp}\n{self.nonce_str}\n"
        return head.encode() + self.body + b"\n"

    def fields(self, signature: str) -> dict[str, str]:
        return {
            "mchid": MCH_ID,
            "nonce_str": self.nonce_str,
            "signature": signature,
            "timestamp": self.timestamp,
            "serial_no": self.serial_no,
        }

    def sent(self, signature: str, write: Callable[[Mapping[str, str]], str] | None = None) -> SignedCall:
        """The call with a signature, in a header that is written rightly unless `write` does it otherwise."""
        header = (write or written)(self.fields(signature))
        return SignedCall(self.method, self.target, header, self.body, self.host)


def written(fields: Mapping[str, str], scheme: str = SCHEME, pair: str = '{}="{}"', comma: str = ",") -> str:
    """The header's text."""
    return f"{scheme} " + comma.join(pair.format(name, value) for name, value in fields.items())
