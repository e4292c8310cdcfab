"""The database itself: how it is opened, and its schema's version."""

import logging
import time

from sqlalchemy import Connection

from sandbox.core.databases import shown
from sandbox.store.postgresql.sessions import Session, Sessions
from sandbox.store.schema import statements
from sandbox.store.tables import SCHEMA_REVISION
from sandbox.store.unusable import DatabaseUnusable

log = logging.getLogger(__name__)

OLDEST = 15
"""The first release of PostgreSQL that this is made for."""

_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('wxpay-sandbox schema', 0))"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_REVISION = "SELECT version_num FROM alembic_version"


def unusable(dsn: str, error: BaseException) -> DatabaseUnusable:
    """An error of the driver's or the system's, as a sentence."""
    reason = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error) or type(error).__name__
    return DatabaseUnusable(f"The database {shown(dsn)} cannot be used: {' '.join(reason.split()).rstrip('.')}.")


async def bring_up_to_date(sessions: Sessions) -> None:
    """Make or migrate the schema; of processes that start at the same time one does, and the others wait.

    Raises DatabaseUnusable, or what the driver meets.
    """
    async with sessions.session() as session:
        release = session.driver.get_server_version().major
        if release < OLDEST:
            raise DatabaseUnusable(f"The database is PostgreSQL {release}; {OLDEST} or newer is needed.")
        if (encoding := await session.driver.fetchval("SHOW server_encoding")) != "UTF8":
            raise DatabaseUnusable(
                f"The database keeps its text as {encoding}, which has not every letter: make it with UTF8."
            )
        if await _revision(session) == SCHEMA_REVISION:
            return
        await session.driver.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        await session.driver.execute("BEGIN")
        await session.driver.fetch(_HOLD, timeout=3600)
        revision = await _revision(session)
        if not revision:
            await session.driver.execute(";\n".join(statements(session.connection.dialect)))
        elif revision != SCHEMA_REVISION:
            began = time.monotonic()
            log.info("bringing the database from revision %s to %s", revision, SCHEMA_REVISION)
            await session.run(lambda connection: _migrate(connection, revision))
            log.info("the database is up to date after %.1f s", time.monotonic() - began)
        await session.driver.execute("COMMIT")
        await session.driver.execute("RESET statement_timeout; RESET lock_timeout")


async def _revision(session: Session) -> str:
    """ "" where there is no table; raises DatabaseUnusable where there are only others."""
    present = {row[0] for row in await session.driver.fetch(_TABLES)}
    if not present:
        return ""
    if "alembic_version" not in present:
        raise DatabaseUnusable("The database holds other tables, none of this sandbox.")
    return str(await session.driver.fetchval(_REVISION))


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - it costs more than the whole start
    from alembic.util import CommandError  # noqa: PLC0415

    from sandbox.store.migrations import configuration  # noqa: PLC0415

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise DatabaseUnusable(f"The database is of revision {revision}, newer than this sandbox.") from error
