"""The tables of scenarios that decide: what was chosen for orders that are not placed yet, and what was counted."""

from sqlalchemy import BigInteger, Column, Index, Table

from sandbox.store.columns import Packed
from sandbox.store.tables import SERIAL, STRING, metadata

choices = Table(
    "choices",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    # null where none was chosen
    Column("plan", Packed),
    Index("ix_choices_key", "mch_id", "out_trade_no", "sub_mch_id", unique=True),
)

tallies = Table(
    "tallies",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    # whose it is: an order's, a transfer's, or the merchant's
    Column("mch_id", STRING, nullable=False),
    Column("out_trade_no", STRING, nullable=False),
    Column("sub_mch_id", STRING, nullable=False),
    Column("out_bill_no", STRING, nullable=False),
    Column("name", STRING, nullable=False),
    Column("n", BigInteger, nullable=False),
    Index("ix_tallies_key", "mch_id", "out_trade_no", "sub_mch_id", "out_bill_no", "name", unique=True),
)
Index("ix_tallies_transfer", tallies.c.mch_id, tallies.c.out_bill_no, sqlite_where=tallies.c.out_bill_no != "")
