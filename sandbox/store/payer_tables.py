"""The tables of payers, and of the codes that their phones show."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table

from sandbox.store.columns import Instant, Packed
from sandbox.store.tables import SERIAL, STRING, metadata

payers = Table(
    "payers",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("openid", STRING, nullable=False, unique=True),
    Column("appid", STRING, nullable=False),
    Column("balance_fen", BigInteger),
    Column("device", STRING, nullable=False, server_default=""),
    Column("logged_in", Boolean, nullable=False, server_default="1"),
    Column("wechat_version", STRING, nullable=False, server_default=""),
    Column("cards", Packed),
    Index("ix_payers_appid", "appid"),
)

auth_codes = Table(
    "auth_codes",
    metadata,
    Column("auth_code", STRING, primary_key=True),
    Column("openid", STRING, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # the merchant that alone may still charge it, and the one that has
    Column("bound_to", STRING, nullable=False),
    Column("used_by", STRING, nullable=False),
    Index("ix_auth_codes_openid", "openid", "created_at"),
)
