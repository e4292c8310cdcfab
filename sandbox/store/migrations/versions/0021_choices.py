"""What scenarios chose and counted, and which of them a start asked for: known to every process, and over a restart."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ORDER = ("mch_id", "out_trade_no", "sub_mch_id")
COUNTED = (*ORDER, "out_bill_no", "name")


def upgrade() -> None:
    op.create_table(
        "choices",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *[sa.Column(name, STRING, nullable=False) for name in ORDER],
        sa.Column("plan", sa.Text),
    )
    op.create_index("ix_choices_key", "choices", ORDER, unique=True)
    op.create_table(
        "tallies",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *[sa.Column(name, STRING, nullable=False) for name in COUNTED],
        sa.Column("n", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_tallies_key", "tallies", COUNTED, unique=True)
    create_partial_index("ix_tallies_transfer", "tallies", ["mch_id", "out_bill_no"], "out_bill_no != ''")
    create_partial_index("ix_transfers_plan", "transfers", ["id"], '"plan" IS NOT NULL')
    op.add_column("applications", sa.Column("asked", sa.Boolean, nullable=False, server_default="0"))
