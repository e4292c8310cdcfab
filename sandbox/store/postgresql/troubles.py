"""What is wrong with the database, as its last answers tell."""

import logging

from sandbox.core.health import Ailment, Trouble
from sandbox.store.postgresql.ailments import ailment_of
from sandbox.store.postgresql.sessions import sqlstate
from sandbox.words.health import told

log = logging.getLogger(__name__)

AGAIN_STATES = frozenset({"40001", "40P01", "23505", "55P03"})
"""Others stood in the way: serialization_failure, deadlock_detected, unique_violation, lock_not_available."""


def stands_in_the_way(error: BaseException) -> bool:
    """Whether a work that met this error may be run again: another one was quicker."""
    return sqlstate(error) in AGAIN_STATES


class Troubles:
    """Keeps what was met last; a change of it is logged. `where` is the database as people know it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.current: Trouble | None = None

    @property
    def full(self) -> bool:
        """Whether the last that was written found no room."""
        return self.current is not None and self.current.what is Ailment.DISK_FULL

    def met(self, error: BaseException | None, *, wrote: bool = False) -> None:
        """An error of the driver's, or None where all went well: that there is room is told by what `wrote` alone."""
        if error is None and (self.current is None or (self.full and not wrote)):
            return
        ailment = ailment_of(error) if error is not None else None
        detail = " ".join(str(getattr(error, "orig", error) or type(error).__name__).split()).rstrip(".")
        if error is not None and ailment is None:
            log.error("the database %s refused a statement: %s", self._where, detail)
            return
        before = self.current
        self.current = Trouble(ailment, self._where, detail) if ailment else None
        if self.current is None:
            log.info("the database %s can be used again", self._where)
        elif before is None or before.what is not self.current.what:
            log.error("%s", told(self.current, "en"))
