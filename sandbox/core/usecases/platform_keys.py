"""What becomes of a merchant's platform certificates: a second one beside the first, another that signs, one ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sandbox.core.changes import AccountKind, Author, Change
from sandbox.core.clock import Clock
from sandbox.core.errors import PlatformCertificateEnded, PlatformCertificatesEnough, PlatformCertificateUnknown
from sandbox.core.platform_keys import (
    MOST_VALID,
    SHARED,
    PlatformCertificate,
    require_another,
    signing_with,
    valid_of,
)
from sandbox.core.ports.storage import UnitOfWork

FIELD = "platform_certificates."
"""Before the serial number, in the name of a change."""


class PlatformKeyService:
    """The use cases on platform certificates, for one transaction. What they change stands on the timeline.

    They touch one merchant: with its first change it has what was everybody's as certificates of its own.
    """

    def __init__(self, tx: UnitOfWork, clock: Clock, author: Author) -> None:
        self._tx, self._clock, self._author = tx, clock, author

    def keep(self, issued: PlatformCertificate) -> None:
        """A new one beside the old, which goes on signing; raises MerchantUnknown, PlatformCertificatesEnough."""
        self._tx.accounts.merchant(issued.mch_id)
        if len(self._own(issued.mch_id)) >= MOST_VALID:
            raise PlatformCertificatesEnough
        self._tx.platform_keys.add(replace(issued, signs=False))
        self._note(issued.mch_id, issued.serial_no, "", "valid")

    def sign_with(self, mch_id: str, serial_no: str) -> PlatformCertificate:
        """From now on this one signs; raises MerchantUnknown, PlatformCertificateUnknown, PlatformCertificateEnded."""
        chosen = platform_certificate_of(self._tx, mch_id, serial_no, self._now)
        if not chosen.valid(self._now):
            raise PlatformCertificateEnded
        self._save(self._own(mch_id), serial_no)
        return replace(chosen, mch_id=mch_id, signs=True)

    def end(self, mch_id: str, serial_no: str) -> PlatformCertificate:
        """It ends now, and if it signed, the other one does.

        Raises MerchantUnknown, PlatformCertificateUnknown, PlatformCertificateEnded, PlatformCertificateLast.
        """
        ended = platform_certificate_of(self._tx, mch_id, serial_no, self._now).ended(self._now)
        own = self._own(mch_id)
        left = require_another(own, serial_no)
        self._save([one for one in own if one.serial_no != serial_no], left.serial_no)
        self._tx.platform_keys.save(replace(ended, mch_id=mch_id))
        self._note(mch_id, serial_no, "valid", "expired")
        return ended

    @property
    def _now(self) -> datetime:
        return self._clock.real_now()

    def _own(self, mch_id: str) -> Sequence[PlatformCertificate]:
        """The merchant's own valid ones; where it has none, everybody's becomes its own, and nothing else changes."""
        ring = self._tx.platform_keys
        if not valid_of(ring.certificates(mch_id), self._now):
            for one in valid_of(ring.certificates(SHARED), self._now)[:1]:
                ring.add(replace(one, mch_id=mch_id, signs=True))
        return valid_of(ring.certificates(mch_id), self._now)

    def _save(self, certificates: Sequence[PlatformCertificate], signing: str) -> None:
        """Have one of these sign; what was not so is noted."""
        for before, after in zip(certificates, signing_with(certificates, signing), strict=True):
            if before != after:
                self._tx.platform_keys.save(after)
                self._note(after.mch_id, after.serial_no, _state(before), _state(after))

    def _note(self, mch_id: str, serial_no: str, before: str, after: str) -> None:
        at = self._clock.now(mch_id)
        self._tx.account_changes.add(
            Change(at, self._author, AccountKind.MERCHANT, mch_id, FIELD + serial_no, before, after)
        )


def platform_certificates_of(tx: UnitOfWork, mch_id: str, now: datetime) -> Sequence[PlatformCertificate]:
    """A merchant's platform certificates, valid or not, the newest first: everybody's where none of its own is valid.

    Raises MerchantUnknown.
    """
    tx.accounts.merchant(mch_id)
    own = tx.platform_keys.certificates(mch_id)
    return own if valid_of(own, now) else [*valid_of(tx.platform_keys.certificates(SHARED), now)[:1], *own]


def platform_certificate_of(tx: UnitOfWork, mch_id: str, serial_no: str, now: datetime) -> PlatformCertificate:
    """One of them; raises MerchantUnknown, PlatformCertificateUnknown."""
    found = (one for one in platform_certificates_of(tx, mch_id, now) if one.serial_no == serial_no)
    certificate = next(found, None)
    if certificate is None:
        raise PlatformCertificateUnknown(serial_no)
    return certificate


def _state(certificate: PlatformCertificate) -> str:
    return "signs" if certificate.signs else "valid"
