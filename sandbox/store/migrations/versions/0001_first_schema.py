"""The first schema: accounts, clocks, orders, notifications, journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    create_accounts()
    create_orders()
    create_notifications()
    create_journal()


def create_accounts() -> None:
    op.create_table(
        "merchants",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("appids", sa.Text, nullable=False),
        sa.Column("api_key", sa.String, nullable=False),
        sa.Column("api_v3_key", sa.String, nullable=False),
        sa.Column("products", sa.Text, nullable=False),
        sa.Column("service_provider", sa.Boolean, nullable=False),
        sa.Column("sub_merchants", sa.Text, nullable=False),
        sa.Column("notify_url", sa.String, nullable=False),
    )
    op.create_table(
        "apps",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("appid", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("package_name", sa.String, nullable=False),
        sa.Column("app_signature", sa.String, nullable=False),
        sa.Column("bundle_id", sa.String, nullable=False),
        sa.Column("universal_link", sa.String, nullable=False),
        sa.Column("payment", sa.String, nullable=False),
    )
    op.create_table(
        "payers",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("openid", sa.String, nullable=False, unique=True),
        sa.Column("appid", sa.String, nullable=False),
        sa.Column("balance_fen", sa.BigInteger),
    )
    op.create_index("ix_payers_appid", "payers", ["appid"])
    op.create_table(
        "certificates",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("serial_no", sa.String, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("private_key", sa.Text, nullable=False),
    )
    op.create_table(
        "clocks",
        sa.Column("mch_id", sa.String, primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("ahead", sa.Float, nullable=False),
        sa.Column("scale", sa.Float),
        sa.Column("advanced", sa.Float, nullable=False),
    )


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", sa.String, nullable=False),
        sa.Column("out_trade_no", sa.String, nullable=False),
        sa.Column("sub_mch_id", sa.String, nullable=False),
        sa.Column("appid", sa.String, nullable=False),
        sa.Column("trade_type", sa.String, nullable=False),
        sa.Column("total_fee", sa.BigInteger, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("notify_url", sa.String, nullable=False),
        sa.Column("sign_type", sa.String, nullable=False),
        sa.Column("spbill_create_ip", sa.String, nullable=False),
        sa.Column("fee_type", sa.String, nullable=False),
        sa.Column("sub_appid", sa.String, nullable=False),
        sa.Column("openid", sa.String, nullable=False),
        sa.Column("sub_openid", sa.String, nullable=False),
        sa.Column("attach", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("device_info", sa.String, nullable=False),
        sa.Column("goods_tag", sa.String, nullable=False),
        sa.Column("product_id", sa.String, nullable=False),
        sa.Column("limit_pay", sa.String, nullable=False),
        sa.Column("scene_info", sa.String, nullable=False),
        sa.Column("receipt", sa.String, nullable=False),
        sa.Column("profit_sharing", sa.String, nullable=False),
        sa.Column("time_start", sa.BigInteger),
        sa.Column("time_expire", sa.BigInteger),
        sa.Column("prepay_id", sa.String, nullable=False),
        sa.Column("prepaid_at", sa.BigInteger, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("code_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("trade_state", sa.String, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("closed_by", sa.String, nullable=False),
        sa.Column("transaction_id", sa.String),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("bank_type", sa.String),
        sa.Column("payer_openid", sa.String),
        sa.Column("payer_sub_openid", sa.String),
        sa.Column("cash_fee", sa.BigInteger),
        sa.Column("is_subscribe", sa.String),
        sa.Column("notification", sa.String),
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
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("mch_id", sa.String, nullable=False),
        sa.Column("out_trade_no", sa.String, nullable=False),
        sa.Column("sub_mch_id", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("nonce_str", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("state", sa.String, nullable=False),
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
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("mch_id", sa.String, nullable=False),
        sa.Column("out_trade_no", sa.String, nullable=False),
        sa.Column("sub_mch_id", sa.String, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("client", sa.String, nullable=False),
        sa.Column("request_headers", sa.Text),
        sa.Column("request_body", sa.LargeBinary),
        sa.Column("status", sa.Integer),
        sa.Column("reply_headers", sa.Text),
        sa.Column("reply_body", sa.LargeBinary),
        sa.Column("signature", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("notification_id", sa.String, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("steps", sa.Text),
    )
    op.create_index("ix_journal_order", "journal", ["mch_id", "out_trade_no", "id"])
    op.create_index("ix_journal_merchant", "journal", ["mch_id", "id"])
    create_partial_index("ix_journal_notification", "journal", ["notification_id", "id"], "notification_id != ''")
    create_partial_index("ix_journal_failed", "journal", ["id"], "outcome = 'failed'")


def create_partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
