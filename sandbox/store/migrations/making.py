"""What migrations make alike, in either database. Like them it never changes: it says what older databases hold."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
STRING = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def create_partial_index(
    name: str, table: str, columns: Sequence[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)
