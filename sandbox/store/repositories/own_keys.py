"""The sandbox's own certificates and secrets, by the name of what each is for."""

from sqlalchemy import Connection, select

from sandbox.core.certificates import Certificate
from sandbox.core.merchants import Secret
from sandbox.store.key_tables import certificates, secrets
from sandbox.store.rows import put


class OwnCertificateRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Certificate | None:
        row = self._connection.execute(select(certificates).where(certificates.c.name == name)).first()
        return None if row is None else Certificate(row.serial_no, row.certificate, row.private_key)

    def save(self, name: str, certificate: Certificate) -> None:
        values = {
            "name": name,
            "serial_no": certificate.serial_no,
            "certificate": certificate.certificate,
            "private_key": certificate.private_key,
        }
        put(self._connection, certificates, certificates.c.name == name, values)


class SecretRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Secret | None:
        value = self._connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
        return None if value is None else Secret(value)

    def save(self, name: str, value: Secret) -> None:
        put(self._connection, secrets, secrets.c.name == name, {"name": name, "value": str(value)})
