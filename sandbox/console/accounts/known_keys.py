"""What is known of a merchant's keys, and by which version of the API it calls."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.core.certificates import CertificateState
from sandbox.core.journal import Exchange
from sandbox.core.merchants import Merchant
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import CallFilter, OrderFilter
from sandbox.core.ports.storage import UnitOfWork

_LOOKED_AT = 50
"""So many of a merchant's newest orders, and of its newest calls, tell which API it uses."""


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Serial numbers, and the number of the public key; empty where they are not there: not made yet, or never.

    `made`: whether WeChat Pay's keys for the merchant are there.
    """

    serial_no: str
    platform_serial_no: str
    public_key_id: str

    @property
    def made(self) -> bool:
        return bool(self.public_key_id)


def known_keys(tx: UnitOfWork, merchant: Merchant, now: datetime) -> KnownKeys:
    """Those in use at a moment of real time."""
    own = (one for one in tx.merchant_certificates.of(merchant.mch_id) if one.state(now) is CertificateState.VALID)
    platform = tx.platform_keys.of(merchant, now)
    return KnownKeys(
        next((one.serial_no for one in own), ""),
        platform.certificate.serial_no if platform and platform.certificate else "",
        platform.public_key.key_id if platform else "",
    )


def faces_used(tx: UnitOfWork, faces: Faces, mch_id: str) -> list[str]:
    """The names of the faces by which a merchant's newest orders and calls were made."""
    orders = tx.orders.page(OrderFilter(mch_id=mch_id), None, _LOOKED_AT)
    calls = tx.journal.calls(CallFilter(mch_id=mch_id), None, _LOOKED_AT)
    seen = {faces.of(one.order).name for one in orders.items}
    seen |= {
        faces.of(one.what).name for one in calls.items if isinstance(one.what, Exchange) and faces.called(one.what)
    }
    return [face.name for face in faces if face.name in seen]
