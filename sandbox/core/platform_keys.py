"""WeChat Pay's own keys as one merchant has them: platform certificates (微信支付平台证书), public key (微信支付公钥).

Pure. All merchants share one pair, under both names, until one of them is given certificates of its own (a rotation
disturbs nobody else) or a public key of its own. Times are real ones, whatever the sandbox's clock shows.
Source: V3 notes, 5; contract, "APIv3".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sandbox.core.certificates import Certificate
from sandbox.core.errors import PlatformCertificateEnded, PlatformCertificateLast

MOST_VALID = 2
"""Certificates of one merchant's platform that are valid at the same time: the second during a rotation."""
SHARED = ""
"""In place of a mch_id: what is everybody's."""
KEY_ID = "PUB_KEY_ID_"
"""How the number of a public key begins."""


class PlatformIdentity(StrEnum):
    """By what a merchant knows WeChat Pay: certificates, its public key (of new merchants since 2024), or both."""

    CERTIFICATE = "certificate"
    PUBLIC_KEY = "public_key"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs, and opens what was encrypted: under this `Wechatpay-Serial`, with this key (PEM)."""

    serial: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key with its number, PUB_KEY_ID_ and digits; PEM. It never ends."""

    key_id: str
    public_key: str
    private_key: str = field(repr=False)

    @property
    def signing(self) -> SigningKey:
        return SigningKey(self.key_id, self.private_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCertificate:
    """One of WeChat Pay's certificates for a merchant; SHARED for all. Of those that are valid one `signs`."""

    mch_id: str
    files: Certificate
    effective_at: datetime
    expires_at: datetime
    signs: bool = True

    @property
    def serial_no(self) -> str:
        return self.files.serial_no

    @property
    def signing(self) -> SigningKey:
        return SigningKey(self.serial_no, self.files.private_key)

    def valid(self, now: datetime) -> bool:
        return self.effective_at <= now < self.expires_at

    def ended(self, now: datetime) -> "PlatformCertificate":
        """It ends now, and signs no more; raises PlatformCertificateEnded."""
        if not self.valid(now):
            raise PlatformCertificateEnded
        return replace(self, expires_at=now, signs=False)


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """WeChat Pay's keys for one merchant at one moment: `certificates` are those that are valid, the newest first.

    A merchant whose identity is the public key alone has no certificates.
    """

    identity: PlatformIdentity
    certificates: Sequence[PlatformCertificate]
    public_key: PublicKey

    @property
    def certificate(self) -> PlatformCertificate | None:
        """The certificate that signs now; None where the merchant's only identity is the public key."""
        return next((one for one in self.certificates if one.signs), None) or next(iter(self.certificates), None)

    def signer(self, shown: str = "") -> SigningKey:
        """What signs the answer to a call that showed this `Wechatpay-Serial`, and what is told of its order.

        A PUB_KEY_ID_ asks for the public key, be it the merchant's or not; anything else, and "", gets the platform
        certificate that signs now, or the public key where that is all there is.
        """
        certificate = self.certificate
        if certificate is None or shown.upper().startswith(KEY_ID):
            return self.public_key.signing
        return certificate.signing

    def key_of(self, identity: PlatformIdentity) -> SigningKey:
        """The key of one identity; the public key where the merchant has nothing else."""
        return self.signer(KEY_ID if identity is PlatformIdentity.PUBLIC_KEY else "")

    def opener(self, shown: str) -> SigningKey | None:
        """What opens fields that were encrypted for this `Wechatpay-Serial`; None where it is none of these keys.

        Numbers are compared without regard to case.
        """
        known = (self.public_key.signing, *(one.signing for one in self.certificates))
        return next((key for key in known if key.serial.upper() == shown.upper()), None)


def keys_at(
    identity: PlatformIdentity,
    own: Sequence[PlatformCertificate],
    shared: Sequence[PlatformCertificate],
    public_key: PublicKey,
    at: datetime,
) -> PlatformKeys | None:
    """A merchant's keys at a moment: its own certificates, or everybody's where none of its own is valid.

    None where none is valid at all, and one is needed. Certificates come the newest first, valid or not.
    """
    if identity is PlatformIdentity.PUBLIC_KEY:
        return PlatformKeys(identity, (), public_key)
    valid = valid_of(own, at) or valid_of(shared, at)
    return PlatformKeys(identity, valid, public_key) if valid else None


def valid_of(certificates: Sequence[PlatformCertificate], at: datetime) -> Sequence[PlatformCertificate]:
    """Those that are valid at a moment."""
    return [one for one in certificates if one.valid(at)]


def signing_with(certificates: Sequence[PlatformCertificate], serial_no: str) -> Sequence[PlatformCertificate]:
    """The same certificates, of which this one signs and no other."""
    return [replace(one, signs=one.serial_no == serial_no) for one in certificates]


def require_another(certificates: Sequence[PlatformCertificate], serial_no: str) -> PlatformCertificate:
    """The valid certificate that signs once this one has ended; raises PlatformCertificateLast."""
    others = [one for one in certificates if one.serial_no != serial_no]
    if not others:
        raise PlatformCertificateLast
    return others[0]


def shared_key_id(serial_no: str) -> str:
    """The number of the public key that a certificate has too: digits made of the certificate's number."""
    return f"{KEY_ID}{int(serial_no[-20:], 16):025d}"


def own_key_id(mch_id: str, made: datetime, chance: int) -> str:
    """The number of a merchant's own public key: 01, the merchant's number, the day, and digits by chance.

    Source: the form of the ids in V3 notes, 5.2, as merchants show theirs.
    """
    return f"{KEY_ID}01{mch_id}{made:%Y%m%d}{chance % 10**12:012d}"
