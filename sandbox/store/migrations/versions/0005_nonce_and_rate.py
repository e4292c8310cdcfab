"""An order's own nonce_str, which its payment notification sends back, and the rate of a foreign currency."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import STRING

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("nonce_str", STRING, nullable=False, server_default=""))
    op.add_column("orders", sa.Column("rate_value", sa.BigInteger))
