"""Which keys may have made a signature."""

from collections.abc import Sequence

from sandbox.core.certificates import Certificate
from sandbox.core.credentials import Credentials
from sandbox.signing.rsa_doctor import Keyring


def keyring(credentials: Credentials) -> Keyring:
    """A merchant's certificates, WeChat Pay's keys for it, and others' certificates as far as they were read."""
    return Keyring(credentials.certificates, credentials.others, _platform(credentials))


def _platform(credentials: Credentials) -> Sequence[Certificate]:
    """WeChat Pay's certificates, and its public key in the place of one."""
    keys = credentials.platform
    if keys is None:
        return ()
    public = keys.public_key
    certificates = [one.files for one in keys.certificates]
    return [*certificates, Certificate(public.key_id, public.public_key, public.private_key)]
