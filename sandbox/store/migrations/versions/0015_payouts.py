"""A refund that could not go back the way the payment came knows where it goes instead; the older ones went back so."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("payout", sa.Text))
