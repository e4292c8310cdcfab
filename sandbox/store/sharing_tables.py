"""The tables of profit sharing: what is shared of orders, what of them is frozen, what came back, who may receive."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table

from sandbox.store.columns import Belonging, Instant, Packed
from sandbox.store.tables import SERIAL, STRING, metadata

sharings = Table(
    "sharings",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("origin", Belonging, nullable=False),
    Column("transaction_id", STRING, nullable=False),
    Column("out_order_no", STRING, nullable=False),
    Column("order_id", STRING, nullable=False),
    Column("shares", Packed, nullable=False),
    # all shares together, so that an amount can be searched for
    Column("amount", BigInteger, nullable=False),
    Column("unfreezes", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("ended_at", Instant),
    Index("ix_sharings_number", "mch_id", "out_order_no", "sub_mch_id", unique=True),
    Index("ix_sharings_order_id", "order_id", unique=True),
    Index("ix_sharings_order", "mch_id", "out_trade_no", "sub_mch_id", "id"),
    Index("ix_sharings_ended", "mch_id", "ended_at"),
    Index("ix_sharings_merchant", "mch_id", "id"),
)
Index("ix_sharings_due", sharings.c.mch_id, sharings.c.due_at, sqlite_where=sharings.c.due_at.is_not(None))
Index("ix_sharings_processing", sharings.c.id, sqlite_where=sharings.c.due_at.is_not(None))

frozen_money = Table(
    "frozen_money",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("thaws_at", Instant),
    Index("ix_frozen_money_order", "mch_id", "out_trade_no", "sub_mch_id", unique=True),
)
Index(
    "ix_frozen_money_thaws",
    frozen_money.c.mch_id,
    frozen_money.c.thaws_at,
    sqlite_where=frozen_money.c.thaws_at.is_not(None),
)

sharing_returns = Table(
    "sharing_returns",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("origin", Belonging, nullable=False),
    Column("order_id", STRING, nullable=False),
    Column("out_order_no", STRING, nullable=False),
    Column("out_return_no", STRING, nullable=False),
    Column("return_id", STRING, nullable=False),
    Column("return_mchid", STRING, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("description", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_sharing_returns_number", "mch_id", "sub_mch_id", "out_return_no", unique=True),
    Index("ix_sharing_returns_order", "mch_id", "out_trade_no", "sub_mch_id", "id"),
    Index("ix_sharing_returns_created", "mch_id", "created_at"),
)

sharing_receivers = Table(
    "sharing_receivers",
    metadata,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("type", STRING, nullable=False),
    Column("account", STRING, nullable=False),
    Column("name", STRING, nullable=False),
    Column("relation", STRING, nullable=False),
    Column("custom_relation", STRING, nullable=False),
    Index("ix_sharing_receivers_account", "mch_id", "sub_mch_id", "type", "account", unique=True),
)
