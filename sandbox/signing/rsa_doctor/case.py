"""What V3's doctor looks at: a call as it came, the keys that may have signed it, and what may have been signed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.signing import rsa
from sandbox.signing.rsa_doctor.header import Header, read

Place = Literal["method", "target", "timestamp", "nonce_str", "body"]
"""The lines of the text that is signed, in their order."""


class Parts(NamedTuple):
    """What stands on the five lines."""

    method: str
    target: str
    timestamp: str
    nonce_str: str
    body: bytes

    @property
    def lines(self) -> list[bytes]:
        return [*(raw(one) for one in self[:4]), self.body]

    @property
    def text(self) -> bytes:
        """The text that is signed. Source: V3 notes, 2."""
        return rsa.lines(*self.lines)


@dataclass(frozen=True)
class SignedCall:
    """A call as it came: `target` is path and query untouched, `authorization` the header's text, `host` the Host's."""

    method: str
    target: str
    authorization: str
    body: bytes = b""
    host: str = ""

    @cached_property
    def header(self) -> Header:
        return read(self.authorization)

    @cached_property
    def parts(self) -> Parts:
        """What should have been signed."""
        fields = self.header.fields
        return Parts(self.method, self.target, fields.get("timestamp", ""), fields.get("nonce_str", ""), self.body)


@dataclass(frozen=True)
class Keyring:
    """Who may have signed: the merchant's certificates, those of others, WeChat Pay's.

    WeChat Pay's public key stands among the last: its id for a serial number, its PEM for a certificate.
    """

    own: Sequence[MerchantCertificate] = ()
    others: Iterable[MerchantCertificate] = ()
    platform: Sequence[Certificate] = ()


class Layout(NamedTuple):
    """Lines put together otherwise; `told` is what people are told of it."""

    text: bytes
    told: str = ""


Changes = Callable[[SignedCall], Iterable[str | bytes]]
"""All that a mistake may have put on a line in place of what should stand there."""
Lines = Sequence[bytes]
"""The five lines, without their ends."""
Layouts = Callable[[Lines], Iterable[Layout]]
"""All that a mistake may have made of the lines."""


def raw(text: str) -> bytes:
    """A text as it came over the wire."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def legible(text: bytes) -> str:
    """What was signed, for people."""
    return text.decode("utf-8", "replace")
