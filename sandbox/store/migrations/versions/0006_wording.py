"""Which generation of its words V2 speaks to a merchant."""

import sqlalchemy as sa
from alembic import op

from sandbox.store.migrations.making import STRING

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchants", sa.Column("wording", STRING))
