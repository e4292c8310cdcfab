"""What people set of accounts, and the timeline of it."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchants", sa.Column("former_keys", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("jsapi_directories", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("h5_domains", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("h5_check_ip", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("payers", sa.Column("device", STRING, nullable=False, server_default=""))
    op.add_column("payers", sa.Column("logged_in", sa.Boolean, nullable=False, server_default="1"))
    op.add_column("payers", sa.Column("wechat_version", STRING, nullable=False, server_default=""))
    op.add_column("payers", sa.Column("cards", sa.Text))
    op.add_column("apps", sa.Column("review", STRING, nullable=False, server_default="passed"))
    op.create_table(
        "account_changes",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", STRING, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("account", STRING, nullable=False),
        sa.Column("field", STRING, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_index("ix_account_changes_account", "account_changes", ["account", "kind", "id"])
    op.create_table(
        "merchant_certificates",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("serial_no", STRING, nullable=False, unique=True),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("private_key", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("ix_merchant_certificates_merchant", "merchant_certificates", ["mch_id", "id"])
    _move_certificates()


def _move_certificates() -> None:
    """Merchants' certificates stood among the sandbox's own, one each, by mch_id."""
    of_merchants = "FROM certificates WHERE name IN (SELECT mch_id FROM merchants)"
    found = op.get_bind().execute(sa.text(f"SELECT * {of_merchants}")).all()
    if not found:
        return
    from cryptography import x509  # noqa: PLC0415 - it takes longer than all the rest, and few have any

    for row in found:
        read = x509.load_pem_x509_certificate(row.certificate.encode())
        # It was made a day after the moment from which it is valid.
        values = row._asdict() | {
            "issued_at": int(read.not_valid_before_utc.timestamp() + 86400) * 1_000_000,
            "expires_at": int(read.not_valid_after_utc.timestamp()) * 1_000_000,
        }
        moved = (
            "INSERT INTO merchant_certificates (mch_id, serial_no, certificate, private_key, issued_at, expires_at) "
            "VALUES (:name, :serial_no, :certificate, :private_key, :issued_at, :expires_at)"
        )
        op.get_bind().execute(sa.text(moved), values)
    op.execute(f"DELETE {of_merchants}")
