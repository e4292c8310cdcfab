"""Refunds, the ledger, payment codes, short URLs, comments; a merchant's rate and further URLs."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchants", sa.Column("refund_notify_url", STRING, nullable=False, server_default=""))
    op.add_column("merchants", sa.Column("native_callback_url", STRING, nullable=False, server_default=""))
    op.add_column("merchants", sa.Column("rate", sa.Integer, nullable=False, server_default="60"))
    op.add_column("orders", sa.Column("rate", sa.Integer))
    op.add_column("orders", sa.Column("official", sa.Boolean, nullable=False, server_default="0"))
    op.execute("UPDATE orders SET rate = 60 WHERE transaction_id IS NOT NULL")
    op.drop_index("ix_orders_expiry", "orders")
    create_partial_index(
        "ix_orders_expiry", "orders", ["mch_id", "expires_at"], "trade_state IN ('NOTPAY', 'USERPAYING')"
    )
    create_partial_index("ix_orders_paid", "orders", ["mch_id", "paid_at"], "paid_at IS NOT NULL")
    op.add_column("notifications", sa.Column("out_refund_no", STRING, nullable=False, server_default=""))
    create_refunds()
    create_ledger()
    create_smaller_tables()


def create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("out_refund_no", STRING, nullable=False),
        sa.Column("total_fee", sa.BigInteger, nullable=False),
        sa.Column("refund_fee", sa.BigInteger, nullable=False),
        sa.Column("notify_url", STRING, nullable=False),
        sa.Column("refund_desc", STRING, nullable=False),
        sa.Column("refund_account", STRING, nullable=False),
        sa.Column("refund_fee_type", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("refund_id", STRING, nullable=False),
        sa.Column("cash_refund_fee", sa.BigInteger, nullable=False),
        sa.Column("coupons", sa.Text, nullable=False),
        sa.Column("fee_returned", sa.BigInteger, nullable=False),
        sa.Column("recv_account", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("outcome", STRING, nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("success_at", sa.BigInteger),
    )
    op.create_index("ix_refunds_number", "refunds", ["mch_id", "sub_mch_id", "out_refund_no"], unique=True)
    op.create_index("ix_refunds_refund_id", "refunds", ["refund_id"], unique=True)
    op.create_index("ix_refunds_order", "refunds", ["mch_id", "out_trade_no", "sub_mch_id", "id"])
    op.create_index("ix_refunds_created", "refunds", ["mch_id", "created_at"])
    op.create_index("ix_refunds_merchant", "refunds", ["mch_id", "id"])
    create_partial_index("ix_refunds_due", "refunds", ["mch_id", "due_at"], "due_at IS NOT NULL")


def create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("movement", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("target", STRING, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("account", STRING),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.Column("flow_no", STRING, nullable=False),
        sa.Column("business_no", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("out_refund_no", STRING, nullable=False),
        sa.Column("remark", STRING, nullable=False),
    )
    op.create_index("ix_ledger_account", "ledger", ["mch_id", "sub_mch_id", "account", "id"])
    op.create_index("ix_ledger_owner", "ledger", ["mch_id", "sub_mch_id", "id"])
    op.create_index("ix_ledger_order", "ledger", ["mch_id", "out_trade_no", "sub_mch_id"])


def create_smaller_tables() -> None:
    op.create_table(
        "auth_codes",
        sa.Column("auth_code", STRING, primary_key=True),
        sa.Column("openid", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("bound_to", STRING, nullable=False),
        sa.Column("used_by", STRING, nullable=False),
    )
    op.create_index("ix_auth_codes_openid", "auth_codes", ["openid", "created_at"])
    op.create_table(
        "short_urls",
        sa.Column("token", STRING, primary_key=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("long_url", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_short_urls_merchant", "short_urls", ["mch_id"])
    op.create_table(
        "comments",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("transaction_id", STRING, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("text", STRING, nullable=False),
    )
    op.create_index("ix_comments_merchant", "comments", ["mch_id", "at"])
