"""Numbers that were closed before any order had them."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = ("mch_id", "out_trade_no", "sub_mch_id")


def upgrade() -> None:
    op.create_table(
        "burnt_numbers",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *[sa.Column(name, STRING, nullable=False) for name in KEY],
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_burnt_numbers_key", "burnt_numbers", KEY, unique=True)
