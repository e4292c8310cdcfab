"""Which keys may have made a signature that is not right."""

from collections.abc import Sequence

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.core.credentials import Credentials
from sandbox.core.ports.storage import UnitOfWork
from sandbox.signing.rsa_doctor import Keyring

OTHERS = 100
"""So many certificates of other merchants are tried: the newest."""


def keyring_of(tx: UnitOfWork, credentials: Credentials | None) -> Keyring:
    """A merchant's certificates, WeChat Pay's, and others'; of nobody in particular where there are no credentials."""
    mch_id = credentials.merchant.mch_id if credentials else ""
    others = tx.merchant_certificates.of_others(mch_id, OTHERS)
    return keyring(credentials, others)


def keyring(credentials: Credentials | None, others: Sequence[MerchantCertificate] = ()) -> Keyring:
    """The same, where others' certificates are known already."""
    if credentials is None:
        return Keyring(others=others)
    return Keyring(credentials.certificates, others, _platform(credentials))


def _platform(credentials: Credentials) -> Sequence[Certificate]:
    """WeChat Pay's certificates, and its public key in the place of one."""
    keys = credentials.platform
    if keys is None:
        return ()
    public = keys.public_key
    certificates = [one.files for one in keys.certificates]
    return [*certificates, Certificate(public.key_id, public.public_key, public.private_key)]
