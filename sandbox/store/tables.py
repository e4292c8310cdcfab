"""The tables. Instants are stored as microseconds since 1970 UTC, amounts in fen, text that was not sent as ''."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    and_,
    or_,
)

from sandbox.core.notifications import FAILED, Standing
from sandbox.store.columns import Belonging, Bytewise, Instant, Packed

SCHEMA_REVISION = "0021"
"""The newest migration; a new database is built from these tables and stamped with it."""

# Numbers grow as rows are added. SQLite counts by itself only in a column that is exactly INTEGER.
SERIAL = BigInteger().with_variant(Integer, "sqlite")

# Compared byte by byte whatever a database's language: lists and beginnings are found by it.
STRING = String().with_variant(Bytewise(), "postgresql")

metadata = MetaData()

merchants = Table(
    "merchants",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False, unique=True),
    Column("name", STRING, nullable=False),
    Column("appids", Packed, nullable=False),
    Column("api_key", STRING, nullable=False),
    Column("api_v3_key", STRING, nullable=False),
    Column("products", Packed, nullable=False),
    Column("service_provider", Boolean, nullable=False),
    Column("sub_merchants", Packed, nullable=False),
    Column("notify_url", STRING, nullable=False),
    Column("refund_notify_url", STRING, nullable=False, server_default=""),
    Column("native_callback_url", STRING, nullable=False, server_default=""),
    Column("rate", Integer, nullable=False, server_default="60"),
    Column("former_keys", Packed, nullable=False, server_default="[]"),
    Column("jsapi_directories", Packed, nullable=False, server_default="[]"),
    Column("h5_domains", Packed, nullable=False, server_default="[]"),
    Column("h5_check_ip", Boolean, nullable=False, server_default="0"),
    Column("wording", STRING),
    Column("platform_identity", STRING, nullable=False, server_default="certificate"),
    Column("separate_platform_keys", Boolean, nullable=False, server_default="0"),
    Column("sharing_notify_url", STRING, nullable=False, server_default=""),
    Column("sharing_ratio", Integer, nullable=False, server_default="3000"),
)

apps = Table(
    "apps",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("appid", STRING, nullable=False, unique=True),
    Column("name", STRING, nullable=False),
    Column("kind", STRING, nullable=False),
    Column("package_name", STRING, nullable=False),
    Column("app_signature", STRING, nullable=False),
    Column("bundle_id", STRING, nullable=False),
    Column("universal_link", STRING, nullable=False),
    Column("payment", STRING, nullable=False),
    Column("review", STRING, nullable=False, server_default="passed"),
)

account_changes = Table(
    "account_changes",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("author", STRING, nullable=False),
    Column("kind", STRING, nullable=False),
    Column("account", STRING, nullable=False),
    Column("field", STRING, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index("ix_account_changes_account", "account", "kind", "id"),
)

clocks = Table(
    "clocks",
    metadata,
    Column("mch_id", STRING, primary_key=True),
    Column("since", Float, nullable=False),
    Column("ahead", Float, nullable=False),
    Column("scale", Float),
    Column("advanced", Float, nullable=False),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("name", STRING, nullable=False),
    Column("definition", Packed, nullable=False),
    Index("ix_scenarios_name", "mch_id", "name", unique=True),
)

applications = Table(
    "applications",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("scenario", STRING, nullable=False),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("next", Boolean, nullable=False),
    # whether a start asked for it, by --scenario
    Column("asked", Boolean, nullable=False, server_default="0"),
    Index("ix_applications_target", "mch_id", "out_trade_no"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    # what names it
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("origin", Belonging, nullable=False),
    # its terms: what is searched, and the rest of them
    Column("trade_type", STRING, nullable=False),
    Column("total_fee", BigInteger, nullable=False),
    Column("body", STRING, nullable=False),
    Column("openid", STRING, nullable=False),
    Column("sub_openid", STRING, nullable=False),
    Column("terms", Packed, nullable=False),
    # its prepay session
    Column("prepay_id", STRING, nullable=False),
    Column("prepaid_at", Instant, nullable=False),
    Column("code", STRING, nullable=False),
    Column("code_at", Instant),
    # its state
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("trade_state", STRING, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", STRING, nullable=False),
    # its payment
    Column("transaction_id", STRING),
    Column("paid_at", Instant),
    Column("bank_type", STRING),
    Column("payer_openid", STRING),
    Column("payer_sub_openid", STRING),
    Column("cash_fee", BigInteger),
    Column("is_subscribe", STRING),
    Column("coupons", Packed),
    Column("rate", Integer),
    Column("rate_value", BigInteger),
    # how its notifications stand together (a Standing), kept here so that a list needs no join
    Column("notification", STRING),
    Column("next_at", Instant),
    # what a scenario has in store for it
    Column("plan", Packed),
    Column("acts_done", Integer, nullable=False, server_default="0"),
    Column("act_at", Instant),
    # the combined order that it is a sub-order of; its own number where it is combined itself
    Column("combine_mch_id", STRING),
    Column("combine_out_trade_no", STRING),
    Index("ix_orders_key", "mch_id", "out_trade_no", "sub_mch_id", unique=True),
    Index("ix_orders_prepay_id", "prepay_id", unique=True),
    Index("ix_orders_body", "body"),
    Index("ix_orders_merchant", "mch_id", "id"),
    Index("ix_orders_state", "trade_state", "id"),
    Index("ix_orders_merchant_state", "mch_id", "trade_state", "id"),
)
# Partial in every database, though SQLite alone is told so here: naming another would import it at every start.
Index(
    "ix_orders_transaction_id",
    orders.c.transaction_id,
    unique=True,
    sqlite_where=orders.c.transaction_id.is_not(None),
)
Index("ix_orders_openid", orders.c.openid, sqlite_where=orders.c.openid != "")
Index("ix_orders_sub_openid", orders.c.sub_openid, sqlite_where=orders.c.sub_openid != "")
Index("ix_orders_payer_openid", orders.c.payer_openid, sqlite_where=orders.c.payer_openid != "")
Index("ix_orders_payer_sub_openid", orders.c.payer_sub_openid, sqlite_where=orders.c.payer_sub_openid != "")
Index("ix_orders_code", orders.c.code, sqlite_where=orders.c.code != "")
Index(
    "ix_orders_expiry",
    orders.c.mch_id,
    orders.c.expires_at,
    sqlite_where=orders.c.trade_state.in_(["NOTPAY", "USERPAYING"]),
)
Index("ix_orders_paid", orders.c.mch_id, orders.c.paid_at, sqlite_where=orders.c.paid_at.is_not(None))
Index("ix_orders_act", orders.c.mch_id, orders.c.act_at, sqlite_where=orders.c.act_at.is_not(None))
Index("ix_orders_plan", orders.c.id, sqlite_where=orders.c.plan.is_not(None))
Index(
    "ix_orders_notification",
    orders.c.notification,
    orders.c.id,
    sqlite_where=orders.c.notification.is_not(None),
)
# Not what they are but what they are not: by an index on the values themselves a list would have to be sorted.
_untold = orders.c.notification.not_in([standing.value for standing in Standing if standing not in FAILED])
Index("ix_orders_failed", orders.c.id, sqlite_where=_untold)
Index("ix_orders_merchant_failed", orders.c.mch_id, orders.c.id, sqlite_where=_untold)
Index(
    "ix_orders_combine",
    orders.c.combine_mch_id,
    orders.c.combine_out_trade_no,
    orders.c.id,
    sqlite_where=orders.c.combine_out_trade_no.is_not(None),
)

burnt_numbers = Table(
    "burnt_numbers",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_burnt_numbers_key", "mch_id", "out_trade_no", "sub_mch_id", unique=True),
)

notifications = Table(
    "notifications",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("id", STRING, nullable=False, unique=True),
    Column("kind", STRING, nullable=False),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("url", STRING, nullable=False),
    Column("nonce_str", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("state", STRING, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("scheduled", Integer, nullable=False),
    Column("single", Boolean, nullable=False, server_default="0"),
    Column("alteration", Packed),
    Column("out_refund_no", STRING, nullable=False, server_default=""),
    Column("origin", Belonging, nullable=False, server_default=""),
    Column("out_bill_no", STRING, nullable=False, server_default=""),
    Column("sharing", Packed),
    # who is told of a share
    Column("receiver", STRING, nullable=False, server_default=""),
    # the process that makes an attempt at the moment, where there are several
    Column("holder", BigInteger),
    Index("ix_notifications_order", "mch_id", "out_trade_no", "sub_mch_id"),
    Index("ix_notifications_state", "state", "seq"),
    Index("ix_notifications_merchant", "mch_id", "seq"),
)
Index(
    "ix_notifications_failed",
    notifications.c.seq,
    sqlite_where=and_(
        notifications.c.state != "delivered", or_(notifications.c.attempts > 0, notifications.c.state != "pending")
    ),
)
Index(
    "ix_notifications_transfer",
    notifications.c.mch_id,
    notifications.c.out_bill_no,
    sqlite_where=notifications.c.out_bill_no != "",
)
Index(
    "ix_notifications_receiver",
    notifications.c.receiver,
    notifications.c.seq,
    sqlite_where=notifications.c.receiver != "",
)
Index(
    "ix_notifications_due",
    notifications.c.next_at,
    notifications.c.mch_id,
    sqlite_where=notifications.c.state == "pending",
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("origin", Belonging, nullable=False),
    # its terms: what is searched, and the rest of them
    Column("out_refund_no", STRING, nullable=False),
    Column("refund_fee", BigInteger, nullable=False),
    Column("terms", Packed, nullable=False),
    # what WeChat made of it
    Column("refund_id", STRING, nullable=False),
    Column("cash_refund_fee", BigInteger, nullable=False),
    Column("coupons", Packed, nullable=False),
    Column("fee_returned", BigInteger, nullable=False),
    Column("recv_account", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("outcome", STRING, nullable=False),
    Column("status", STRING, nullable=False),
    Column("success_at", Instant),
    Column("payout", Packed),
    Index("ix_refunds_number", "mch_id", "out_refund_no", "sub_mch_id", unique=True),
    Index("ix_refunds_refund_id", "refund_id", unique=True),
    Index("ix_refunds_order", "mch_id", "out_trade_no", "sub_mch_id", "id"),
    Index("ix_refunds_created", "mch_id", "created_at"),
    Index("ix_refunds_merchant", "mch_id", "id"),
    Index("ix_refunds_status", "status", "id"),
)
Index("ix_refunds_due", refunds.c.mch_id, refunds.c.due_at, sqlite_where=refunds.c.due_at.is_not(None))

ledger = Table(
    "ledger",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("at", Instant, nullable=False),
    Column("movement", STRING, nullable=False),
    Column("source", STRING, nullable=False),
    Column("target", STRING, nullable=False),
    Column("fen", BigInteger, nullable=False),
    # the merchant's own account that it touched, if any, and what was in it afterwards
    Column("account", STRING),
    Column("balance", BigInteger, nullable=False),
    Column("flow_no", STRING, nullable=False),
    Column("business_no", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("out_refund_no", STRING, nullable=False),
    Column("remark", STRING, nullable=False),
    Column("out_bill_no", STRING, nullable=False, server_default=""),
    Index("ix_ledger_account", "mch_id", "sub_mch_id", "account", "id"),
    Index("ix_ledger_owner", "mch_id", "sub_mch_id", "id"),
    Index("ix_ledger_order", "mch_id", "out_trade_no", "sub_mch_id"),
)
Index("ix_ledger_transfer", ledger.c.mch_id, ledger.c.out_bill_no, sqlite_where=ledger.c.out_bill_no != "")

ledger_days = Table(
    "ledger_days",
    metadata,
    Column("mch_id", STRING, primary_key=True),
    # the day in Beijing, counted from 1970
    Column("day", Integer, primary_key=True),
    Column("movement", STRING, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
)
"""What a day's lines of the ledger come to, of those that touched an account of the merchant's own."""

short_urls = Table(
    "short_urls",
    metadata,
    Column("token", STRING, primary_key=True),
    Column("mch_id", STRING, nullable=False),
    Column("long_url", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_short_urls_merchant", "mch_id"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("transaction_id", STRING, nullable=False),
    Column("at", Instant, nullable=False),
    Column("stars", Integer, nullable=False),
    Column("text", STRING, nullable=False),
    Index("ix_comments_merchant", "mch_id", "at"),
)

room = Table("room", metadata, Column("taken", LargeBinary))
"""What a trial write asks for, and gives back."""
