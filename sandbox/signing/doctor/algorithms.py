"""Mistakes with the digest: another algorithm, another way to write it."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from sandbox.signing.doctor.subject import SignatureCase

Digest = Callable[[bytes, bytes], str]
"""Of a string to sign and a key, as text; hex in lower case."""


def _md5(text: bytes) -> bytes:
    return hashlib.md5(text, usedforsecurity=False).digest()


def _hmac(text: bytes, key: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _bytewise(digest: bytes) -> str:
    """Hex whose bytes below 16 have one digit: a loop that does not pad."""
    return "".join([f"{byte:x}" for byte in digest])


_OTHERS: tuple[tuple[str, str, Digest], ...] = (
    ("other_algorithm", "SHA-256", lambda text, key: hashlib.sha256(text).hexdigest()),
    ("other_algorithm", "SHA-1", lambda text, key: hashlib.sha1(text, usedforsecurity=False).hexdigest()),
    ("other_algorithm", "SHA-512", lambda text, key: hashlib.sha512(text).hexdigest()),
    ("other_algorithm", "HMAC-MD5", lambda text, key: hmac.digest(key, text, "md5").hex()),
    ("other_algorithm", "HMAC-SHA1", lambda text, key: hmac.digest(key, text, "sha1").hex()),
    ("other_algorithm", "HMAC-SHA512", lambda text, key: hmac.digest(key, text, "sha512").hex()),
    ("other_algorithm", "MD5 (16)", lambda text, key: _md5(text).hex()[8:24]),
    ("other_algorithm", "MD5(MD5)", lambda text, key: _md5(_md5(text).hex().encode()).hex()),
    ("other_algorithm", "MD5, Base64", lambda text, key: base64.b64encode(_md5(text)).decode()),
    ("other_algorithm", "HMAC-SHA256, Base64", lambda text, key: base64.b64encode(_hmac(text, key)).decode()),
    ("zeros_lost", "MD5", lambda text, key: _md5(text).hex().lstrip("0")),
    ("zeros_lost", "MD5", lambda text, key: _bytewise(_md5(text))),
    ("zeros_lost", "HMAC-SHA256", lambda text, key: _hmac(text, key).hex().lstrip("0")),
    ("zeros_lost", "HMAC-SHA256", lambda text, key: _bytewise(_hmac(text, key))),
)


def other_algorithm(given: str, subject: SignatureCase) -> tuple[str, str] | None:
    """Mistake and algorithm, where the right string was digested otherwise than V2 asks."""
    text, key = subject.text.encode(), subject.key.encode()
    for mistake, name, digest in _OTHERS:
        if digest(text, key) in (given, given.lower()):
            return mistake, name
    return None
