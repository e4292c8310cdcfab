"""The table of several processes at one database: what they tell each other."""

from sqlalchemy import Column, Table

from sandbox.store.columns import Packed
from sandbox.store.tables import SERIAL, metadata

revisions = Table(
    "revisions",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("news", Packed, nullable=False),
)
"""What changed of the things that each process has in memory, in the order of the commits."""
