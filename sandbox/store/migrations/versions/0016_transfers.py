"""Transfers from merchants to people, and which of them a line of journal or ledger, or a notification, is of."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("notifications", "ledger", "journal"):
        op.add_column(table, sa.Column("out_bill_no", STRING, nullable=False, server_default=""))
    given = "out_bill_no != ''"
    create_partial_index("ix_notifications_transfer", "notifications", ["mch_id", "out_bill_no"], given)
    create_partial_index("ix_journal_transfer", "journal", ["mch_id", "out_bill_no", "id"], given)
    op.create_table(
        "transfers",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("out_bill_no", STRING, nullable=False),
        sa.Column("transfer_amount", sa.BigInteger, nullable=False),
        sa.Column("openid", STRING, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("transfer_bill_no", STRING, nullable=False),
        sa.Column("package_info", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", STRING, nullable=False),
        sa.Column("fail_reason", STRING, nullable=False),
        sa.Column("plan", sa.Text),
    )
    op.create_index("ix_transfers_number", "transfers", ["mch_id", "out_bill_no"], unique=True)
    op.create_index("ix_transfers_bill", "transfers", ["transfer_bill_no"], unique=True)
    op.create_index("ix_transfers_package", "transfers", ["package_info"], unique=True)
    op.create_index("ix_transfers_merchant", "transfers", ["mch_id", "id"])
    create_partial_index("ix_transfers_due", "transfers", ["mch_id", "due_at"], "due_at IS NOT NULL")
