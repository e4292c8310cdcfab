"""A cancelled transfer keeps no fail_reason: that it was cancelled says it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE transfers SET fail_reason = '' WHERE fail_reason = 'MCH_CANCEL'"))
