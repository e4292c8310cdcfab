"""The face that orders, refunds, notifications and exchanges belong to; terms as one column, but for what is searched.

Until now there was one face, V2, whose sign_type and official sandbox had columns of their own.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BATCH = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ORDER_TERMS = (
    *("appid", "notify_url", "spbill_create_ip", "fee_type", "sub_appid", "attach", "detail", "device_info"),
    *("goods_tag", "product_id", "limit_pay", "scene_info", "receipt", "profit_sharing", "time_start", "time_expire"),
    "nonce_str",
)
REFUND_TERMS = ("total_fee", "notify_url", "refund_desc", "refund_account", "refund_fee_type", "source")
NEEDED = ("appid", "notify_url", "total_fee")
TIMES = ("time_start", "time_expire")

INDEXES = {
    "orders": (
        *("key", "number", "prepay_id", "transaction_id", "merchant", "state"),
        *("code", "expiry", "paid", "act", "plan", "notification"),
    ),
    "refunds": ("number", "refund_id", "order", "created", "merchant", "due"),
}

OF_ITS_ORDER = """
SELECT origin FROM orders WHERE mch_id = :mch_id AND out_trade_no = :out_trade_no AND sub_mch_id = :sub_mch_id
"""
NOTIFICATIONS = """
UPDATE notifications SET origin = coalesce((
    SELECT origin FROM orders o
    WHERE o.mch_id = notifications.mch_id AND o.out_trade_no = notifications.out_trade_no
    AND o.sub_mch_id = notifications.sub_mch_id
), :v2)
"""
ATTEMPTS = """
UPDATE journal SET origin = (SELECT origin FROM notifications n WHERE n.id = journal.notification_id)
WHERE notification_id != ''
"""
CALLS = """
UPDATE journal SET origin = CASE
    WHEN facts LIKE :unsupported_v3 OR facts LIKE :no_v3_endpoint THEN :v3
    WHEN path LIKE '/sandboxnew/%' OR path LIKE '/xdc/apiv2sandbox/%' THEN :official
    ELSE :v2 END
WHERE method != '' AND origin IS NULL
"""


def upgrade() -> None:
    rebuild_orders()
    rebuild_refunds()
    op.add_column("notifications", sa.Column("origin", sa.Text, nullable=False, server_default=""))
    op.add_column("journal", sa.Column("origin", sa.Text))
    run(NOTIFICATIONS, v2=origin("v2"))
    run(ATTEMPTS)
    run(
        CALLS,
        v2=origin("v2"),
        official=origin("v2", official="true"),
        v3=origin("v3"),
        unsupported_v3='%"fault":"unsupported_v3"%',
        no_v3_endpoint='%"fault":"no_v3_endpoint"%',
    )


def rebuild_orders() -> None:
    set_aside("orders")
    table = op.create_table(
        "orders",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("trade_type", STRING, nullable=False),
        sa.Column("total_fee", sa.BigInteger, nullable=False),
        sa.Column("body", STRING, nullable=False),
        sa.Column("openid", STRING, nullable=False),
        sa.Column("sub_openid", STRING, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
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
        sa.Column("coupons", sa.Text),
        sa.Column("rate", sa.Integer),
        sa.Column("rate_value", sa.BigInteger),
        sa.Column("notification", STRING),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("plan", sa.Text),
        sa.Column("acts_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("act_at", sa.BigInteger),
    )
    fill(table, with_origin, ORDER_TERMS)
    op.create_index("ix_orders_key", "orders", ["mch_id", "out_trade_no", "sub_mch_id"], unique=True)
    op.create_index("ix_orders_number", "orders", ["out_trade_no"])
    op.create_index("ix_orders_prepay_id", "orders", ["prepay_id"], unique=True)
    op.create_index("ix_orders_transaction_id", "orders", ["transaction_id"], unique=True)
    op.create_index("ix_orders_merchant", "orders", ["mch_id", "id"])
    op.create_index("ix_orders_state", "orders", ["trade_state", "id"])
    create_partial_index("ix_orders_code", "orders", ["code"], "code != ''")
    create_partial_index(
        "ix_orders_expiry", "orders", ["mch_id", "expires_at"], "trade_state IN ('NOTPAY', 'USERPAYING')"
    )
    create_partial_index("ix_orders_paid", "orders", ["mch_id", "paid_at"], "paid_at IS NOT NULL")
    create_partial_index("ix_orders_act", "orders", ["mch_id", "act_at"], "act_at IS NOT NULL")
    create_partial_index("ix_orders_plan", "orders", ["id"], '"plan" IS NOT NULL')
    create_partial_index("ix_orders_notification", "orders", ["notification", "id"], "notification IS NOT NULL")


def rebuild_refunds() -> None:
    set_aside("refunds")
    table = op.create_table(
        "refunds",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("mch_id", STRING, nullable=False),
        sa.Column("out_trade_no", STRING, nullable=False),
        sa.Column("sub_mch_id", STRING, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("out_refund_no", STRING, nullable=False),
        sa.Column("refund_fee", sa.BigInteger, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
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
    fill(table, as_its_order, REFUND_TERMS)
    op.create_index("ix_refunds_number", "refunds", ["mch_id", "sub_mch_id", "out_refund_no"], unique=True)
    op.create_index("ix_refunds_refund_id", "refunds", ["refund_id"], unique=True)
    op.create_index("ix_refunds_order", "refunds", ["mch_id", "out_trade_no", "sub_mch_id", "id"])
    op.create_index("ix_refunds_created", "refunds", ["mch_id", "created_at"])
    op.create_index("ix_refunds_merchant", "refunds", ["mch_id", "id"])
    create_partial_index("ix_refunds_due", "refunds", ["mch_id", "due_at"], "due_at IS NOT NULL")


def set_aside(name: str) -> None:
    """Have the table of before under another name, and none of its indexes' names taken."""
    for index in INDEXES[name]:
        op.drop_index(f"ix_{name}_{index}", name)
    op.rename_table(name, f"{name}_before")
    if op.get_bind().dialect.name == "postgresql":
        # Names of these are not the table's own.
        op.execute(f"ALTER INDEX {name}_pkey RENAME TO {name}_before_pkey")
        op.execute(f"ALTER SEQUENCE {name}_id_seq RENAME TO {name}_before_id_seq")


def fill(table: sa.Table, origin_of: Callable[[Any], str], terms: Sequence[str]) -> None:
    """Take over all rows of before, with their origins, and with the terms of these names in one column."""
    bind, before = op.get_bind(), f"{table.name}_before"
    same = [column.name for column in table.columns if column.name not in ("origin", "terms")]
    query = sa.text(f"SELECT * FROM {before} WHERE id > :id ORDER BY id LIMIT {BATCH}")  # noqa: S608 - our own names
    found = bind.execute(query, {"id": 0}).all()
    while found:
        kept = [{name: getattr(row, name) for name in same} for row in found]
        more = [{"origin": origin_of(row), "terms": packed(row, terms)} for row in found]
        op.bulk_insert(table, [{**one, **two} for one, two in zip(kept, more, strict=True)])
        found = bind.execute(query, {"id": found[-1].id}).all()
    op.drop_table(before)
    if bind.dialect.name == "postgresql":
        last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608
        op.execute(last)


def with_origin(row: Any) -> str:
    """An order's, from what its columns told."""
    return origin("v2", sign_type=row.sign_type, **({"official": "true"} if row.official else {}))


def as_its_order(row: Any) -> str:
    """A refund's: nobody kept how its own call was signed."""
    key = {name: getattr(row, name) for name in ("mch_id", "out_trade_no", "sub_mch_id")}
    return op.get_bind().execute(sa.text(OF_ITS_ORDER), key).scalar() or origin("v2")


def origin(face: str, **facts: str) -> str:
    return json.dumps({"face": face, "facts": facts}, separators=(",", ":"))


def packed(row: Any, terms: Sequence[str]) -> str:
    """What was asked for, without what need not be sent and was not."""
    asked = {name: value for name in terms if (value := getattr(row, name)) not in ("", None) or name in NEEDED}
    moments = {name: instant(asked[name]) for name in TIMES if name in asked}
    return json.dumps({**asked, **moments}, ensure_ascii=False, separators=(",", ":"))


def instant(microseconds: int) -> str:
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat()


def run(statement: str, **values: str) -> None:
    op.get_bind().execute(sa.text(statement), values)
