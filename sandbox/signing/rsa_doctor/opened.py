"""What an RSA signature holds, seen with a public key: by which padding it was made, with which hash, over what.

A signature that opens under a key was made with that key, whatever was signed: the padding's bytes, hundreds of bits,
are there by no chance. So one operation with each key finds who signed, and each text that may have been signed costs
no more than its hash.
Source: RFC 8017, 8.1.2 (PSS), 8.2.2 (PKCS#1 v1.5), 9.1.2, 9.2.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_DIGEST_INFOS = {
    "SHA-256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "SHA-1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "MD5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "SHA-512": bytes.fromhex("3051300d060960864801650304020305000440"),
    "SHA-384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "SHA-224": bytes.fromhex("302d300d06096086480165030402040500041c"),
}
"""What stands before a digest, by its hash; the usual one first."""
_HASHES = {name: getattr(hashlib, name.replace("-", "").lower()) for name in _DIGEST_INFOS}
_MASKS = (("SHA-256", "SHA-256"), ("SHA-1", "SHA-1"), ("SHA-512", "SHA-512"), ("SHA-256", "SHA-1"))
"""Hash and mask generation's hash that PSS is used with."""
_CERTAIN = 8
"""So many bytes of PSS's padding are there by no chance."""


def digested(text: bytes, algorithm: str = "SHA-256") -> bytes:
    """A text's digest."""
    digest: bytes = _HASHES[algorithm](text, usedforsecurity=False).digest()
    return digest


@dataclass(frozen=True)
class Opened:
    """What a signature turned out to hold. Without an `algorithm` it is `payload` alone, with no hash's name.

    `certain`: it was made with this key, even where nobody knows over what.
    """

    algorithm: str
    payload: bytes
    certain: bool = True
    salt: bytes | None = None

    def covers(self, text: bytes) -> bool:
        """Whether this text was signed, by whatever way."""
        if self.salt is not None:
            return digested(bytes(8) + digested(text, self.algorithm) + self.salt, self.algorithm) == self.payload
        if self.algorithm:
            return digested(text, self.algorithm) == self.payload
        return self.payload in (digested(text), text, digested(text).hex().encode())

    @property
    def mistakes(self) -> Mapping[str, Mapping[str, str]]:
        """What of padding and hash is not as it should be, with facts."""
        if not self.algorithm:
            return {"digest_bare": {}}
        padding: Mapping[str, Mapping[str, str]] = {} if self.salt is None else {"padding_pss": {}}
        return padding if self.algorithm == "SHA-256" else {**padding, "hash_other": {"algorithm": self.algorithm}}


def opened(signature: bytes, key: "RSAPublicKey") -> Opened | None:
    """What a signature holds under a key by PKCS#1 v1.5; None where that key did not make it so."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding

    try:
        payload = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except InvalidSignature:
        return None
    for algorithm, prefix in _DIGEST_INFOS.items():
        if payload.startswith(prefix):
            return Opened(algorithm, payload.removeprefix(prefix))
    return Opened("", payload)


def opened_by_pss(signature: bytes, key: "RSAPublicKey") -> Iterator[Opened]:
    """What it may hold by PSS, of which no library tells without the text."""
    size, numbers = key.key_size // 8, key.public_numbers()
    number = int.from_bytes(signature)
    if len(signature) == size and number < numbers.n:
        block = pow(number, numbers.e, numbers.n).to_bytes(size)
        if block[-1:] == b"\xbc" and block[0] < 0x80:
            for algorithm, mask in _MASKS:
                yield from _pss(block, algorithm, mask)


def _pss(block: bytes, algorithm: str, mask: str) -> Iterator[Opened]:
    size = len(digested(b"", algorithm))
    masked, payload = block[: -size - 1], block[-size - 1 : -1]
    mixed = bytes(one ^ other for one, other in zip(masked, _masking(payload, len(masked), mask), strict=True))
    padding, one, salt = (bytes([mixed[0] & 0x7F]) + mixed[1:]).partition(b"\1")
    if one and not padding.strip(b"\0"):
        yield Opened(algorithm, payload, len(padding) >= _CERTAIN, salt)


def _masking(seed: bytes, size: int, algorithm: str) -> bytes:
    """MGF1."""
    made = b""
    for count in range(size):
        if len(made) >= size:
            break
        made += digested(seed + count.to_bytes(4), algorithm)
    return made[:size]
