"""The table of transfers to people."""

from sqlalchemy import BigInteger, Column, Index, Table

from sandbox.store.columns import Belonging, Instant, Packed
from sandbox.store.tables import SERIAL, STRING, metadata

transfers = Table(
    "transfers",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("origin", Belonging, nullable=False),
    # its terms: what is searched, and the rest of them
    Column("out_bill_no", STRING, nullable=False),
    Column("transfer_amount", BigInteger, nullable=False),
    Column("openid", STRING, nullable=False),
    Column("terms", Packed, nullable=False),
    # what WeChat made of it
    Column("transfer_bill_no", STRING, nullable=False),
    Column("package_info", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("state", STRING, nullable=False),
    Column("fail_reason", STRING, nullable=False),
    Column("plan", Packed),
    Index("ix_transfers_number", "mch_id", "out_bill_no", unique=True),
    Index("ix_transfers_bill", "transfer_bill_no", unique=True),
    Index("ix_transfers_package", "package_info", unique=True),
    Index("ix_transfers_merchant", "mch_id", "id"),
    Index("ix_transfers_state", "state", "id"),
    Index("ix_transfers_openid", "openid"),
)
Index("ix_transfers_due", transfers.c.mch_id, transfers.c.due_at, sqlite_where=transfers.c.due_at.is_not(None))
Index("ix_transfers_plan", transfers.c.id, sqlite_where=transfers.c.plan.is_not(None))
