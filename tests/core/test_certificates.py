"""A certificate's life, without a clock of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.core.certificates import Certificate, CertificateState, MerchantCertificate
from sandbox.core.errors import CertificateEnded, CertificateNotRevoked, CertificateTooLate

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = MerchantCertificate(
    mch_id="1900000109", files=Certificate("A" * 40, "", ""), issued_at=NOW - DAY, expires_at=NOW + 30 * DAY
)


@pytest.mark.parametrize(
    ("days", "state"), [(0, CertificateState.VALID), (29, CertificateState.VALID), (30, CertificateState.EXPIRED)]
)
def test_it_is_valid_until_its_end(days: int, state: CertificateState) -> None:
    assert ONE.state(NOW + days * DAY) is state


def test_a_revoked_one_stays_so_after_its_end() -> None:
    revoked = ONE.revoked(NOW)
    assert revoked.state(NOW) is revoked.state(NOW + 99 * DAY) is CertificateState.REVOKED
    with pytest.raises(CertificateEnded):
        revoked.revoked(NOW + DAY)
    with pytest.raises(CertificateEnded):
        revoked.expired(NOW + DAY)


def test_it_is_restored_within_seven_days() -> None:
    revoked = ONE.revoked(NOW)
    assert revoked.restorable_until(NOW) == NOW + 7 * DAY
    assert revoked.restored(NOW + 6.9 * DAY) == ONE
    with pytest.raises(CertificateTooLate):
        revoked.restored(NOW + 7 * DAY)
    with pytest.raises(CertificateNotRevoked):
        ONE.restored(NOW)
    assert ONE.restorable_until(NOW) is None


def test_what_has_ended_is_not_restored() -> None:
    revoked = ONE.revoked(NOW + 29 * DAY)
    assert revoked.restorable_until(NOW + 29 * DAY) == ONE.expires_at
    with pytest.raises(CertificateTooLate):
        revoked.restored(NOW + 30 * DAY)


def test_it_ends_when_a_person_says_so() -> None:
    ended = ONE.expired(NOW)
    assert (ended.expires_at, ended.state(NOW)) == (NOW, CertificateState.EXPIRED)
