"""What an error means for who relies on a PostgreSQL: nothing where a statement is to blame, else what is wrong there.

Source: https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from collections.abc import Iterator

from sandbox.core.health import Ailment

BY_STATE = {
    "25006": Ailment.DATABASE_READ_ONLY,  # read_only_sql_transaction
    "3D000": Ailment.DATABASE_DENIED,  # invalid_catalog_name: there is no database of that name
    "42501": Ailment.DATABASE_DENIED,  # insufficient_privilege
    "53100": Ailment.DISK_FULL,
    "53300": Ailment.DATABASE_CROWDED,  # too_many_connections
    "57014": Ailment.DATABASE_SLOW,  # query_canceled: by statement_timeout, for nobody else cancels
    "57P01": Ailment.DATABASE_RESTARTING,  # admin_shutdown
    "57P02": Ailment.DATABASE_RESTARTING,  # crash_shutdown
    "57P03": Ailment.DATABASE_RESTARTING,  # cannot_connect_now
    "57P04": Ailment.DATABASE_DENIED,  # database_dropped
    "XX001": Ailment.DATABASE_UNREACHABLE,  # data_corrupted
    "XX002": Ailment.DATABASE_UNREACHABLE,  # index_corrupted
}
BY_CLASS = {
    "08": Ailment.DATABASE_UNREACHABLE,  # connection exception
    "28": Ailment.DATABASE_DENIED,  # invalid authorization: role, password, pg_hba.conf
    "53": Ailment.DATABASE_EXHAUSTED,  # insufficient resources
    "57": Ailment.DATABASE_UNREACHABLE,  # operator intervention
    "58": Ailment.DATABASE_UNREACHABLE,  # system error: what the server met outside of itself
}
"""By the first two characters, where the state itself is not named."""

CLOSED = "connection is closed"
"""What asyncpg says of one that is of no use any more; such an error of its own has no state."""


def ailment_of(error: BaseException) -> Ailment | None:
    """Why the database cannot be used; None for an error of a statement, which says nothing of the database."""
    causes = list(_causes(error))
    state = next((found for one in causes if (found := getattr(one, "sqlstate", None))), "")
    if state:
        return BY_STATE.get(state) or BY_CLASS.get(state[:2])
    unreachable = any(isinstance(one, OSError) or CLOSED in str(one) for one in causes)
    return Ailment.DATABASE_UNREACHABLE if unreachable else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what SQLAlchemy has wrapped in it, and what those came from."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__
