"""WeChat Pay's keys, everybody's and merchants' own: rows of their tables, and the queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from sandbox.core.certificates import Certificate
from sandbox.core.merchants import Merchant
from sandbox.core.platform_keys import SHARED, PlatformCertificate, PlatformKeys, PublicKey, keys_at
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.key_tables import platform_certificates as certificates
from sandbox.store.key_tables import platform_public_keys as public_keys
from sandbox.store.rows import AnyRow, put

_of_merchant = select(certificates).where(certificates.c.mch_id == bindparam("mch")).order_by(certificates.c.id.desc())
_of_either = (
    select(certificates).where(certificates.c.mch_id.in_([SHARED, bindparam("mch")])).order_by(certificates.c.id.desc())
)
_key_of = select(public_keys).where(public_keys.c.mch_id == bindparam("mch"))


class PlatformKeyRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection = connection
        self._committed = committed

    def of(self, merchant: Merchant, at: datetime) -> PlatformKeys | None:
        key = self.public_key(merchant.mch_id if merchant.separate_platform_keys else SHARED)
        if key is None:
            return None
        found = [_certificate_of(row) for row in self._connection.execute(_of_either, {"mch": merchant.mch_id})]
        own = [one for one in found if one.mch_id != SHARED]
        shared = [one for one in found if one.mch_id == SHARED]
        return keys_at(merchant.platform_identity, own, shared, key, at)

    def certificates(self, mch_id: str) -> Sequence[PlatformCertificate]:
        return [_certificate_of(row) for row in self._connection.execute(_of_merchant, {"mch": mch_id})]

    def add(self, certificate: PlatformCertificate) -> None:
        values = {
            "mch_id": certificate.mch_id,
            "serial_no": certificate.serial_no,
            "certificate": certificate.files.certificate,
            "private_key": certificate.files.private_key,
            "effective_at": certificate.effective_at,
            "expires_at": certificate.expires_at,
            "signs": certificate.signs,
        }
        self._connection.execute(insert(certificates), values)
        self._committed.account(certificate.mch_id)

    def save(self, certificate: PlatformCertificate) -> None:
        changed = {"expires_at": certificate.expires_at, "signs": certificate.signs}
        named = (certificates.c.mch_id == certificate.mch_id) & (certificates.c.serial_no == certificate.serial_no)
        self._connection.execute(update(certificates).where(named).values(changed))
        self._committed.account(certificate.mch_id)

    def public_key(self, mch_id: str) -> PublicKey | None:
        row = self._connection.execute(_key_of, {"mch": mch_id}).first()
        return None if row is None else PublicKey(row.key_id, row.public_key, row.private_key)

    def keep_public_key(self, mch_id: str, key: PublicKey) -> None:
        values = {
            "mch_id": mch_id,
            "key_id": key.key_id,
            "public_key": key.public_key,
            "private_key": key.private_key,
        }
        put(self._connection, public_keys, public_keys.c.mch_id == mch_id, values)
        self._committed.account(mch_id)


def _certificate_of(row: AnyRow) -> PlatformCertificate:
    return PlatformCertificate(
        mch_id=row.mch_id,
        files=Certificate(row.serial_no, row.certificate, row.private_key),
        effective_at=row.effective_at,
        expires_at=row.expires_at,
        signs=row.signs,
    )
