"""How much a line of the journal holds; and where a trial write goes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXTS = ("facts", "path", "request_headers", "request_body", "reply_headers", "reply_body")


def upgrade() -> None:
    op.add_column("journal", sa.Column("size", sa.Integer, nullable=False, server_default="0"))
    held = " + ".join(f"coalesce(length({name}), 0)" for name in TEXTS)
    op.execute(f"UPDATE journal SET size = 512 + {held}")  # noqa: S608 - our own names
    op.create_index("ix_journal_size", "journal", ["id", "size"])
    op.create_table("room", sa.Column("taken", sa.LargeBinary))
