"""The tables of keys and certificates: the sandbox's own, merchants', and WeChat Pay's as merchants have them."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from sandbox.store.columns import Instant
from sandbox.store.tables import SERIAL, STRING, metadata

certificates = Table(
    "certificates",
    metadata,
    Column("name", STRING, primary_key=True),
    Column("serial_no", STRING, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("private_key", Text, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", STRING, primary_key=True),
    Column("value", STRING, nullable=False),
)

merchant_certificates = Table(
    "merchant_certificates",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("serial_no", STRING, nullable=False, unique=True),
    Column("certificate", Text, nullable=False),
    Column("private_key", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("ix_merchant_certificates_merchant", "mch_id", "id"),
)

platform_certificates = Table(
    "platform_certificates",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("mch_id", STRING, nullable=False),
    Column("serial_no", STRING, nullable=False),
    Column("certificate", Text, nullable=False),
    Column("private_key", Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("signs", Boolean, nullable=False),
    Index("ix_platform_certificates_serial", "mch_id", "serial_no", unique=True),
)

platform_public_keys = Table(
    "platform_public_keys",
    metadata,
    Column("mch_id", STRING, primary_key=True),
    Column("key_id", STRING, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("private_key", Text, nullable=False),
)
