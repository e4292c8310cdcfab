"""The first schema: accounts, clocks, orders, notifications, journal."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_accounts()
    create_orders()
    create_notifications()
    create_journal()


def create_accounts() -> None:
    op.create_table(
        "merchants",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False, unique=True),
        sa.Column("name", STRING, nullable=False),
        sa.Column("appids", sa.Text, nullable=False),
        sa.Column("api_key", STRING, nullable=False),
        sa.Column("api_v3_key", STRING, nullable=False),
        sa.Column("products", sa.Text, nullable=False),
        sa.Column("service_provider", sa.Boolean, nullable=False),
        sa.Column("sub_merchants", sa.Text, nullable=False),
        sa.Column("notify_url", STRING, nullable=False),
    )
    op.create_table(
        "apps",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("appid", STRING, nullable=False, unique=True),
        sa.Column("name", STRING, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("package_name", STRING, nullable=False),
        sa.Column("app_signature", STRING, nullable=False),
        sa.Column("bundle_id", STRING, nullable=False),
        sa.Column("universal_link", STRING, nullable=False),
        sa.Column("payment", STRING, nullable=False),
    )
    op.create_table(
        "payers",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("openid", STRING, nullable=False, unique=True),
        sa.Column("appid", STRING, nullable=False),
        sa.Column("balance_fen", sa.BigInteger),
    )
    op.create_index("ix_payers_appid", "payers", ["appid"])
    op.create_table(
        "certificates",
        sa.Column("name", STRING, primary_key=True),
        sa.Column("serial_no", STRING, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("private_key", sa.Text, nullable=False),
    )
    op.create_table(
        "clocks",
        sa.Column("mch_id", STRING, primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("ahead", sa.Float, nullable=False),
        sa.Column("scale", sa.Float),
        sa.Column("advanced", sa.Float, nullable=False),
    )


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("appid", STRING, nullable=False),
        sa.Column("trade_type", STRING, nullable=False),
        sa.Column("total_fee", sa.BigInteger, nullable=False),
        sa.Column("body", STRING, nullable=False),
        sa.Column("notify_url", STRING, nullable=False),
        sa.Column("sign_type", STRING, nullable=False),
        sa.Column("spbill_create_ip", STRING, nullable=False),
        sa.Column("fee_type", STRING, nullable=False),
        sa.Column("sub_appid", STRING, nullable=False),
        sa.Column("openid", STRING, nullable=False),
        sa.Column("sub_openid", STRING, nullable=False),
        sa.Column("attach", STRING, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("device_info", STRING, nullable=False),
        sa.Column("goods_tag", STRING, nullable=False),
        sa.Column("product_id", STRING, nullable=False),
        sa.Column("limit_pay", STRING, nullable=False),
        sa.Column("scene_info", STRING, nullable=False),
        sa.Column("receipt", STRING, nullable=False),
        sa.Column("profit_sharing", STRING, nullable=False),
        sa.Column("time_start", sa.BigInteger),
        sa.Column("time_expire", sa.BigInteger),
        sa.Column("prepay_id", STRING, nullable=False),
        sa.Column("prepaid_at", sa.BigInteger, nullable=False),
        sa.Column("code", STRING, nullable=False),
        sa.Column("code_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("trade_state", STRING, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", STRING, nullable=False),
        sa.Column("transaction_id", STRING),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("bank_type", STRING),
        sa.Column("payer_openid", STRING),
        sa.Column("payer_sub_openid", STRING),
        sa.Column("cash_fee", sa.BigInteger),
        sa.Column("is_subscribe", STRING),
        sa.Column("notification", STRING),
        sa.Column("next_at", sa.BigInteger),
    )
    op.create_index("ix_orders_key", "orders", ["mch_id", "out_trade_no", "sub_mch_id"], unique=True)
    op.create_index("ix_orders_number", "orders", ["out_trade_no"])
    op.create_index("ix_orders_prepay_id", "orders", ["prepay_id"], unique=True)
    op.create_index("ix_orders_transaction_id", "orders", ["transaction_id"], unique=True)
    op.create_index("ix_orders_merchant", "orders", ["mch_id", "id"])
    op.create_index("ix_orders_state", "orders", ["trade_state", "id"])
    create_partial_index("ix_orders_code", "orders", ["code"], "code != ''")
    create_partial_index("ix_orders_expiry", "orders", ["mch_id", "expires_at"], "trade_state = 'NOTPAY'")
    create_partial_index("ix_orders_notification", "orders", ["notification", "id"], "notification IS NOT NULL")


def create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", STRING, nullable=False, unique=True),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("url", STRING, nullable=False),
        sa.Column("nonce_str", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("state", STRING, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("scheduled", sa.Integer, nullable=False),
    )
    op.create_index("ix_notifications_order", "notifications", ["mch_id", "out_trade_no", "sub_mch_id"])
    op.create_index("ix_notifications_state", "notifications", ["state", "seq"])


def create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("name", STRING, nullable=False),
        sa.Column("method", STRING, nullable=False),
        sa.Column("path", STRING, nullable=False),
        sa.Column("request_id", STRING, nullable=False),
        sa.Column("client", STRING, nullable=False),
        sa.Column("request_headers", sa.Text),
        sa.Column("request_body", sa.LargeBinary),
        sa.Column("status", sa.Integer),
        sa.Column("reply_headers", sa.Text),
        sa.Column("reply_body", sa.LargeBinary),
        sa.Column("signature", STRING, nullable=False),
        sa.Column("outcome", STRING, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("notification_id", STRING, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("steps", sa.Text),
    )
    op.create_index("ix_journal_order", "journal", ["mch_id", "out_trade_no", "id"])
    op.create_index("ix_journal_merchant", "journal", ["mch_id", "id"])
    create_partial_index("ix_journal_notification", "journal", ["notification_id", "id"], "notification_id != ''")
    create_partial_index("ix_journal_failed", "journal", ["id"], "outcome = 'failed'")
