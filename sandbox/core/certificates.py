"""A merchant's certificates (商户 API 证书): a few at once, each good until it is revoked (作废) or ends.

Pure. The times are real ones, whatever the sandbox's clock shows: a certificate is checked by programs that know no
other. The end is the sandbox's own: it can come before the one that stands in the certificate, never after it.
Source: the merchant platform's help, pay.weixin.qq.com/doc/v3/merchant/4013053053 and /doc/v3/partner/4013058943.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.core.errors import CertificateEnded, CertificateNotRevoked, CertificateTooLate

MOST_VALID = 3
"""Certificates of one merchant that are valid at the same time."""
LONGEST_DAYS = 5 * 365
RESTORABLE = timedelta(days=7)
"""How long a revoked certificate can be restored (恢复)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, PEM; `serial_no` is 40 upper-case hex digits."""

    serial_no: str
    certificate: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnknownCertificate:
    """What a client has shown that no merchant of the sandbox has: by whom it says that it was issued, and to whom.

    All are empty where it cannot be read.
    """

    serial_no: str = ""
    issuer: str = ""
    subject: str = ""


class CertificateState(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCertificate:
    """One that was issued to a merchant."""

    mch_id: str
    files: Certificate
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    @property
    def serial_no(self) -> str:
        return self.files.serial_no

    def state(self, now: datetime) -> CertificateState:
        if self.revoked_at is not None:
            return CertificateState.REVOKED
        return CertificateState.EXPIRED if self.expires_at <= now else CertificateState.VALID

    def restorable_until(self, now: datetime) -> datetime | None:
        """Until when a revoked one can be restored; None where it cannot, or is not revoked."""
        if self.revoked_at is None:
            return None
        last = min(self.revoked_at + RESTORABLE, self.expires_at)
        return last if now < last else None

    def revoked(self, now: datetime) -> "MerchantCertificate":
        """From now on no call is made with it; raises CertificateEnded."""
        self._require_valid(now)
        return replace(self, revoked_at=now)

    def restored(self, now: datetime) -> "MerchantCertificate":
        """Good again; raises CertificateNotRevoked, CertificateTooLate."""
        if self.revoked_at is None:
            raise CertificateNotRevoked
        if self.restorable_until(now) is None:
            raise CertificateTooLate
        return replace(self, revoked_at=None)

    def expired(self, now: datetime) -> "MerchantCertificate":
        """It ends now; raises CertificateEnded."""
        self._require_valid(now)
        return replace(self, expires_at=now)

    def _require_valid(self, now: datetime) -> None:
        if self.state(now) is not CertificateState.VALID:
            raise CertificateEnded
