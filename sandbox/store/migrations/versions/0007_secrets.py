"""Keys of the sandbox's own that are no certificates."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import STRING

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", STRING, primary_key=True),
        sa.Column("value", STRING, nullable=False),
    )
