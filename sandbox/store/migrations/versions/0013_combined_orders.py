"""Combined orders: which combined order an order is a sub-order of."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import STRING, create_partial_index

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = ("combine_mch_id", "combine_out_trade_no")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("orders", sa.Column(name, STRING))
    create_partial_index("ix_orders_combine", "orders", [*COLUMNS, "id"], "combine_out_trade_no IS NOT NULL")
