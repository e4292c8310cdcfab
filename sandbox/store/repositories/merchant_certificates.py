"""Merchants' certificates: rows of their table, and the queries."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, insert, select, update

from sandbox.core.certificates import Certificate, MerchantCertificate
from sandbox.core.ports.storage import ChangeSet
from sandbox.store.key_tables import merchant_certificates as table
from sandbox.store.rows import AnyRow

_one = select(table).where(table.c.serial_no == bindparam("serial"))
_of_merchant = select(table).where(table.c.mch_id == bindparam("mch")).order_by(table.c.id.desc())
LOOKED_AT = 1000
"""Among so many of the newest certificates those of others are looked for."""

_newest = select(func.max(table.c.id)).scalar_subquery()
_of_others = (
    select(table)
    .where(table.c.id > _newest - LOOKED_AT, table.c.mch_id != bindparam("mch"))
    .order_by(table.c.id.desc())
    .limit(bindparam("most"))
)


class CertificateRepository:
    def __init__(self, connection: Connection, committed: ChangeSet) -> None:
        self._connection = connection
        self._committed = committed

    def find(self, serial_no: str) -> MerchantCertificate | None:
        row = self._connection.execute(_one, {"serial": serial_no}).first()
        return None if row is None else _certificate_of(row)

    def of(self, mch_id: str) -> Sequence[MerchantCertificate]:
        return [_certificate_of(row) for row in self._connection.execute(_of_merchant, {"mch": mch_id})]

    def of_others(self, mch_id: str, most: int) -> Sequence[MerchantCertificate]:
        rows = self._connection.execute(_of_others, {"mch": mch_id, "most": most})
        return [_certificate_of(row) for row in rows]

    def add(self, certificate: MerchantCertificate) -> None:
        values = {
            "mch_id": certificate.mch_id,
            "serial_no": certificate.serial_no,
            "certificate": certificate.files.certificate,
            "private_key": certificate.files.private_key,
            "issued_at": certificate.issued_at,
            "expires_at": certificate.expires_at,
            "revoked_at": certificate.revoked_at,
        }
        self._connection.execute(insert(table), values)
        self._committed.account(certificate.mch_id)

    def save(self, certificate: MerchantCertificate) -> None:
        changed = {"expires_at": certificate.expires_at, "revoked_at": certificate.revoked_at}
        named = table.c.serial_no == certificate.serial_no
        self._connection.execute(update(table).where(named).values(changed))
        self._committed.account(certificate.mch_id)


def _certificate_of(row: AnyRow) -> MerchantCertificate:
    return MerchantCertificate(
        mch_id=row.mch_id,
        files=Certificate(row.serial_no, row.certificate, row.private_key),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
