"""The tables of several processes at one database: what they tell each other, and what they count together."""

from sqlalchemy import BigInteger, Column, Table

from sandbox.store.columns import Packed
from sandbox.store.tables import SERIAL, STRING, metadata

revisions = Table(
    "revisions",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("news", Packed, nullable=False),
)
"""What changed of the things that each process has in memory, in the order of the commits."""

counts = Table(
    "counts",
    metadata,
    Column("name", STRING, primary_key=True),
    Column("n", BigInteger, nullable=False),
)
