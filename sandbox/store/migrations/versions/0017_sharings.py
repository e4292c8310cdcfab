"""Profit sharing: what is shared of an order, what of it is frozen, what was given back, and who may receive.

Orders that were paid before it came have nothing frozen, as it was.
"""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import SERIAL, STRING, create_partial_index

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchants", sa.Column("sharing_notify_url", STRING, nullable=False, server_default=""))
    op.add_column("merchants", sa.Column("sharing_ratio", sa.Integer, nullable=False, server_default="3000"))
    op.add_column("notifications", sa.Column("sharing", sa.Text))
    _sharings()
    _frozen_money()
    _returns()
    _receivers()


def _of_order() -> list[sa.Column[str]]:
    return [sa.Column(name, STRING, nullable=False) for name in ("mch_id", "out_trade_no", "sub_mch_id")]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, STRING, nullable=False) for name in names]


def _sharings() -> None:
    op.create_table(
        "sharings",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *_of_order(),
        sa.Column("origin", sa.Text, nullable=False),
        *_texts("transaction_id", "out_order_no", "order_id"),
        sa.Column("shares", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("unfreezes", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("ix_sharings_number", "sharings", ["mch_id", "sub_mch_id", "out_order_no"], unique=True)
    op.create_index("ix_sharings_order_id", "sharings", ["order_id"], unique=True)
    op.create_index("ix_sharings_order", "sharings", ["mch_id", "out_trade_no", "sub_mch_id", "id"])
    op.create_index("ix_sharings_ended", "sharings", ["mch_id", "ended_at"])
    op.create_index("ix_sharings_merchant", "sharings", ["mch_id", "id"])
    create_partial_index("ix_sharings_due", "sharings", ["mch_id", "due_at"], "due_at IS NOT NULL")


def _frozen_money() -> None:
    op.create_table(
        "frozen_money",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *_of_order(),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("thaws_at", sa.BigInteger),
    )
    op.create_index("ix_frozen_money_order", "frozen_money", ["mch_id", "out_trade_no", "sub_mch_id"], unique=True)
    create_partial_index("ix_frozen_money_thaws", "frozen_money", ["mch_id", "thaws_at"], "thaws_at IS NOT NULL")


def _returns() -> None:
    op.create_table(
        "sharing_returns",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        *_of_order(),
        sa.Column("origin", sa.Text, nullable=False),
        *_texts("order_id", "out_order_no", "out_return_no", "return_id", "return_mchid"),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("description", STRING, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    number = ["mch_id", "sub_mch_id", "out_return_no"]
    op.create_index("ix_sharing_returns_number", "sharing_returns", number, unique=True)
    op.create_index("ix_sharing_returns_order", "sharing_returns", ["mch_id", "out_trade_no", "sub_mch_id", "id"])
    op.create_index("ix_sharing_returns_created", "sharing_returns", ["mch_id", "created_at"])


def _receivers() -> None:
    op.create_table(
        "sharing_receivers",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=True),
        *_texts("mch_id", "sub_mch_id", "type", "account", "name", "relation", "custom_relation"),
    )
    account = ["mch_id", "sub_mch_id", "type", "account"]
    op.create_index("ix_sharing_receivers_account", "sharing_receivers", account, unique=True)
