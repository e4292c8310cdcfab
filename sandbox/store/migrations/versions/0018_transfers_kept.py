"""A cancelled transfer keeps no fail_reason, for its state says it; a transfer's ledger lines have an index."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import create_partial_index

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE transfers SET fail_reason = '' WHERE fail_reason = 'MCH_CANCEL'"))
    create_partial_index("ix_ledger_transfer", "ledger", ["mch_id", "out_bill_no"], "out_bill_no != ''")
