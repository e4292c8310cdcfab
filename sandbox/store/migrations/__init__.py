"""Migrations of the database (alembic). A new one: add versions/000N_....py and raise tables.SCHEMA_REVISION."""

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection


def configuration(connection: Connection) -> Config:
    """Alembic's settings, for a connection that is open."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
