"""What the sandbox cannot do at the moment, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Ailment(StrEnum):
    """A cause for which orders are not taken, or merchants not told. Its sentence stands in `words.health`."""

    DATABASE_GONE = "database_gone"
    DATABASE_TAKEN = "database_taken"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_BUSY = "database_busy"
    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_RESTARTING = "database_restarting"
    DATABASE_CROWDED = "database_crowded"
    DATABASE_DENIED = "database_denied"
    DATABASE_EXHAUSTED = "database_exhausted"
    DATABASE_SLOW = "database_slow"
    DISK_FULL = "disk_full"
    DISK_STUCK = "disk_stuck"
    DELIVERIES_STOPPED = "deliveries_stopped"


LASTING = {Ailment.DATABASE_TAKEN, Ailment.DATABASE_DAMAGED}
"""What only a new start can mend; the others end by themselves when their cause does."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong.

    `where` is the file that it is about, or postgresql://HOST:PORT/NAME; `detail` what the driver or the system said.
    """

    what: Ailment
    where: str = ""
    detail: str = ""
