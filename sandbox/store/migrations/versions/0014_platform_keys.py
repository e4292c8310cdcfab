"""WeChat Pay's keys, which a merchant may have as its own: certificates with their times, public keys with their ids.

Until now there was one certificate for all, among the sandbox's own, and a public key that was made of it when asked.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CERTIFICATE = """
INSERT INTO platform_certificates (mch_id, serial_no, certificate, private_key, effective_at, expires_at, signs)
VALUES ('', :serial_no, :certificate, :private_key, :effective_at, :expires_at, '1')
"""
PUBLIC_KEY = """
INSERT INTO platform_public_keys (mch_id, key_id, public_key, private_key)
VALUES ('', :key_id, :public_key, :private_key)
"""


def upgrade() -> None:
    identity = sa.Column("platform_identity", STRING, nullable=False, server_default="certificate")
    op.add_column("merchants", identity)
    op.add_column("merchants", sa.Column("separate_platform_keys", sa.Boolean, nullable=False, server_default="0"))
    op.create_table(
        "platform_certificates",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("serial_no", STRING, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("private_key", sa.Text, nullable=False),
        sa.Column("effective_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("signs", sa.Boolean, nullable=False),
    )
    op.create_index("ix_platform_certificates_serial", "platform_certificates", ["mch_id", "serial_no"], unique=True)
    op.create_table(
        "platform_public_keys",
        sa.Column("mch_id", STRING, primary_key=True),
        sa.Column("key_id", STRING, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("private_key", sa.Text, nullable=False),
    )
    _move_certificate()


def _move_certificate() -> None:
    row = op.get_bind().execute(sa.text("SELECT * FROM certificates WHERE name = 'platform'")).first()
    if row is None:
        return
    values = row._asdict() | read(row.certificate, row.serial_no)
    op.get_bind().execute(sa.text(CERTIFICATE), values)
    op.get_bind().execute(sa.text(PUBLIC_KEY), values)
    op.execute("DELETE FROM certificates WHERE name = 'platform'")


def read(pem: str, serial_no: str) -> dict[str, Any]:
    """What a certificate says of itself; the id of its public key is what it was until now."""
    from cryptography import x509  # noqa: PLC0415 - it takes longer than all the rest
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    certificate = x509.load_pem_x509_certificate(pem.encode())
    key = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {
        "effective_at": int(certificate.not_valid_before_utc.timestamp()) * 1_000_000,
        "expires_at": int(certificate.not_valid_after_utc.timestamp()) * 1_000_000,
        "key_id": f"PUB_KEY_ID_{int(serial_no[-20:], 16):025d}",
        "public_key": key,
    }
