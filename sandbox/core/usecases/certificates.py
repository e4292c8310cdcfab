"""What becomes of merchants' certificates: kept when they are issued, revoked, restored, ended."""

from collections.abc import Callable
from datetime import datetime

from sandbox.core.certificates import MOST_VALID, CertificateState, MerchantCertificate
from sandbox.core.changes import AccountKind, Author, Change
from sandbox.core.clock import Clock
from sandbox.core.errors import CertificatesEnough, CertificateUnknown
from sandbox.core.ports.storage import UnitOfWork

FIELD = "certificates."
"""Before the serial number, in the name of a change."""


class CertificateService:
    """The use cases on merchants' certificates, for one transaction. What they change stands on the timeline."""

    def __init__(self, tx: UnitOfWork, clock: Clock, author: Author) -> None:
        self._tx, self._clock, self._author = tx, clock, author

    def keep(self, issued: MerchantCertificate) -> None:
        """Keep what was issued; raises MerchantUnknown, CertificatesEnough."""
        self._tx.accounts.merchant(issued.mch_id)
        self._tx.merchant_certificates.add(issued)
        self._require_room(issued.mch_id)
        self._note(issued, "", issued.state(self._clock.real_now()))

    def revoke(self, mch_id: str, serial_no: str) -> MerchantCertificate:
        """Raises MerchantUnknown, CertificateUnknown, CertificateEnded."""
        return self._change(mch_id, serial_no, MerchantCertificate.revoked)

    def restore(self, mch_id: str, serial_no: str) -> MerchantCertificate:
        """Raises MerchantUnknown, CertificateUnknown, CertificateNotRevoked, CertificateTooLate, CertificatesEnough."""
        certificate = self._change(mch_id, serial_no, MerchantCertificate.restored)
        self._require_room(mch_id)
        return certificate

    def expire(self, mch_id: str, serial_no: str) -> MerchantCertificate:
        """It ends now; raises MerchantUnknown, CertificateUnknown, CertificateEnded."""
        return self._change(mch_id, serial_no, MerchantCertificate.expired)

    def _change(
        self, mch_id: str, serial_no: str, change: Callable[[MerchantCertificate, datetime], MerchantCertificate]
    ) -> MerchantCertificate:
        now, before = self._clock.real_now(), certificate_of(self._tx, mch_id, serial_no)
        after = change(before, now)
        self._tx.merchant_certificates.save(after)
        self._note(after, before.state(now), after.state(now))
        return after

    def _require_room(self, mch_id: str) -> None:
        """No more are valid than may be; an error takes back what this transaction did."""
        now, found = self._clock.real_now(), self._tx.merchant_certificates.of(mch_id)
        if sum(one.state(now) is CertificateState.VALID for one in found) > MOST_VALID:
            raise CertificatesEnough

    def _note(self, certificate: MerchantCertificate, before: str, after: str) -> None:
        at, account = self._clock.now(certificate.mch_id), certificate.mch_id
        self._tx.account_changes.add(
            Change(at, self._author, AccountKind.MERCHANT, account, FIELD + certificate.serial_no, before, after)
        )


def certificate_of(tx: UnitOfWork, mch_id: str, serial_no: str) -> MerchantCertificate:
    """One of a merchant's certificates; raises MerchantUnknown, CertificateUnknown."""
    tx.accounts.merchant(mch_id)
    found = tx.merchant_certificates.find(serial_no)
    if found is None or found.mch_id != mch_id:
        raise CertificateUnknown(serial_no)
    return found
