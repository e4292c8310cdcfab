"""What people set of accounts, and the timeline of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("merchants", sa.Column("former_keys", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("jsapi_directories", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("h5_domains", sa.Text, nullable=False, server_default="[]"))
    op.add_column("merchants", sa.Column("h5_check_ip", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("payers", sa.Column("device", sa.String, nullable=False, server_default=""))
    op.add_column("payers", sa.Column("logged_in", sa.Boolean, nullable=False, server_default="1"))
    op.add_column("payers", sa.Column("wechat_version", sa.String, nullable=False, server_default=""))
    op.add_column("payers", sa.Column("cards", sa.Text))
    op.add_column("apps", sa.Column("review", sa.String, nullable=False, server_default="passed"))
    op.create_table(
        "account_changes",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_index("ix_account_changes_account", "account_changes", ["account", "kind", "id"])
