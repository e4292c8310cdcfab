"""Several processes at one database: who attempts a notification, what is due, what processes tell each other."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, create_partial_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("holder", sa.BigInteger))
    create_partial_index("ix_notifications_due", "notifications", ["next_at", "mch_id"], "state = 'pending'")
    op.create_table(
        "revisions",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("news", sa.Text, nullable=False),
    )
