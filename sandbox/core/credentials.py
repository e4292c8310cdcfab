"""What messages of a merchant's are signed, sealed and checked with, on either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.certificates import CertificateState, MerchantCertificate
from sandbox.core.merchants import Merchant
from sandbox.core.platform_keys import PlatformKeys

MOST_OTHERS = 100
"""So many certificates of other merchants are read."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A merchant with its keys, at a moment of real time, by which certificates are judged.

    The rest is read only for a face that signs by certificates: the merchant's own, the newest first, valid or not;
    and WeChat Pay's keys for this merchant, None where they have not been made yet. `others` are the newest of other
    merchants, read only for who asks why a signature is wrong.
    """

    merchant: Merchant
    at: datetime
    certificates: Sequence[MerchantCertificate] = ()
    platform: PlatformKeys | None = None
    others: Sequence[MerchantCertificate] = ()

    @property
    def valid(self) -> Sequence[MerchantCertificate]:
        """The merchant's certificates that are valid at that moment."""
        return [one for one in self.certificates if one.state(self.at) is CertificateState.VALID]
