"""Scenarios, what they are applied to, and what they have in store for orders and notifications."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenarios",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("name", STRING, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
    )
    op.create_index("ix_scenarios_name", "scenarios", ["mch_id", "name"], unique=True)
    op.create_table(
        "applications",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("scenario", STRING, nullable=False),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("next", sa.Boolean, nullable=False),
    )
    op.create_index("ix_applications_target", "applications", ["mch_id", "out_trade_no"])
    for column in (
        sa.Column("coupons", sa.Text),
        sa.Column("plan", sa.Text),
        sa.Column("acts_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("act_at", sa.BigInteger),
    ):
        op.add_column("orders", column)
    create_partial_index("ix_orders_act", "orders", ["mch_id", "act_at"], "act_at IS NOT NULL")
    create_partial_index("ix_orders_plan", "orders", ["id"], '"plan" IS NOT NULL')
    op.add_column("notifications", sa.Column("single", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("notifications", sa.Column("alteration", sa.Text))
