"""Indexes for what is searched and filtered, who is told of a share, what each day's ledger comes to.

Lists cost the same however many orders are kept. Numbers of orders are found by the index on their keys, so that
placing one writes no more than before.
"""

import json

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import STRING, create_partial_index

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPENIDS = ("openid", "sub_openid", "payer_openid", "payer_sub_openid")
FAILED = "(notification NOT IN ('pending', 'delivered'))"
UNTOLD = "state != 'delivered' AND (attempts > 0 OR state != 'pending')"
DAYS = """
INSERT INTO ledger_days (mch_id, day, movement, lines, fen)
SELECT mch_id, (at + 28800000000) / 86400000000 AS day, movement, count(*), sum(fen)
FROM ledger WHERE account IS NOT NULL GROUP BY mch_id, day, movement
"""
"""In SQLite and PostgreSQL a division of integers is rounded towards zero, and no line is older than 1970."""


def upgrade() -> None:
    _orders()
    _notifications()
    op.drop_index("ix_refunds_number", "refunds")
    op.create_index("ix_refunds_number", "refunds", ["mch_id", "out_refund_no", "sub_mch_id"], unique=True)
    op.create_index("ix_refunds_status", "refunds", ["status", "id"])
    op.create_index("ix_transfers_state", "transfers", ["state", "id"])
    op.create_index("ix_transfers_openid", "transfers", ["openid"])
    op.drop_index("ix_sharings_number", "sharings")
    op.create_index("ix_sharings_number", "sharings", ["mch_id", "out_order_no", "sub_mch_id"], unique=True)
    create_partial_index("ix_sharings_processing", "sharings", ["id"], "due_at IS NOT NULL")
    create_partial_index("ix_journal_clock", "journal", ["id"], "kind = 'clock'")
    create_partial_index("ix_journal_wrong", "journal", ["at", "mch_id"], "signature = 'wrong'")
    op.create_table(
        "ledger_days",
        sa.Column("mch_id", STRING, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("movement", STRING, primary_key=True),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
    )
    op.execute(DAYS)


def _orders() -> None:
    op.drop_index("ix_orders_number", "orders")
    op.drop_index("ix_orders_transaction_id", "orders")
    paid = "transaction_id IS NOT NULL"
    create_partial_index("ix_orders_transaction_id", "orders", ["transaction_id"], paid, unique=True)
    op.create_index("ix_orders_body", "orders", ["body"])
    for name in OPENIDS:
        create_partial_index(f"ix_orders_{name}", "orders", [name], f"{name} != ''")
    op.create_index("ix_orders_merchant_state", "orders", ["mch_id", "trade_state", "id"])
    create_partial_index("ix_orders_failed", "orders", ["id"], FAILED)
    create_partial_index("ix_orders_merchant_failed", "orders", ["mch_id", "id"], FAILED)


def _notifications() -> None:
    op.create_index("ix_notifications_merchant", "notifications", ["mch_id", "seq"])
    create_partial_index("ix_notifications_failed", "notifications", ["seq"], UNTOLD)
    op.add_column("notifications", sa.Column("receiver", STRING, nullable=False, server_default=""))
    create_partial_index("ix_notifications_receiver", "notifications", ["receiver", "seq"], "receiver != ''")
    bind = op.get_bind()
    news = bind.execute(sa.text("SELECT seq, sharing FROM notifications WHERE kind = 'sharing'"))
    receivers = [{"seq": seq, "receiver": json.loads(sharing)["mch_id"]} for seq, sharing in news]
    if receivers:
        bind.execute(sa.text("UPDATE notifications SET receiver = :receiver WHERE seq = :seq"), receivers)
