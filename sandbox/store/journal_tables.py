"""The table of the journal: calls, attempts to notify, and what happened."""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table

from sandbox.store.columns import Belonging, Instant, Packed
from sandbox.store.tables import SERIAL, STRING, metadata

journal = Table(
    "journal",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", STRING, nullable=False),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("facts", Packed, nullable=False),
    # an event
    Column("name", STRING, nullable=False),
    # an exchange
    Column("method", STRING, nullable=False),
    Column("path", STRING, nullable=False),
    Column("request_id", STRING, nullable=False),
    Column("client", STRING, nullable=False),
    Column("request_headers", Packed),
    Column("request_body", LargeBinary),
    Column("status", Integer),
    Column("reply_headers", Packed),
    Column("reply_body", LargeBinary),
    Column("signature", STRING, nullable=False),
    Column("outcome", STRING, nullable=False),
    Column("verdict", Packed),
    Column("notification_id", STRING, nullable=False),
    Column("n", Integer, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("steps", Packed),
    Column("size", Integer, nullable=False, server_default="0"),
    Column("origin", Belonging),
    Column("out_bill_no", STRING, nullable=False, server_default=""),
    Index("ix_journal_order", "mch_id", "out_trade_no", "id"),
    Index("ix_journal_merchant", "mch_id", "id"),
    Index("ix_journal_size", "id", "size"),
)
Index(
    "ix_journal_notification",
    journal.c.notification_id,
    journal.c.id,
    sqlite_where=journal.c.notification_id != "",
)
Index(
    "ix_journal_transfer",
    journal.c.mch_id,
    journal.c.out_bill_no,
    journal.c.id,
    sqlite_where=journal.c.out_bill_no != "",
)
Index(
    "ix_journal_failed",
    journal.c.id,
    sqlite_where=journal.c.outcome == "failed",
)
Index("ix_journal_clock", journal.c.id, sqlite_where=journal.c.kind == "clock")
Index("ix_journal_wrong", journal.c.at, journal.c.mch_id, sqlite_where=journal.c.signature == "wrong")
