"""Merchants' calls that come at the same time share a transaction: begin, commit and disk are paid once for all.

Each of them decides before it stores, so what one of them raises leaves no trace. Should one raise after it has stored
something, or another process stand in the way, all is undone and each is run by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from sandbox.core.merchants import Accounts
from sandbox.store.holding import Holding
from sandbox.store.postgresql.sessions import DRIVER_ERRORS
from sandbox.store.prepared import QUICK
from sandbox.store.rows import Values
from sandbox.store.transaction import Transaction, write_lines

Work = Callable[[Transaction], Any]


class NotTogether(Exception):
    """These works cannot be done in one transaction: each is to have its own."""


@dataclass(slots=True)
class Job:
    """A work, and what became of it."""

    work: Work
    result: Any = None
    failure: BaseException | None = None

    def settle(self) -> Any:
        """The result; raises what the work raised."""
        if self.failure is not None:
            raise self.failure
        return self.result


def perform_all(connection: Connection, jobs: Sequence[Job], accounts: Accounts, holding: Holding) -> list[Transaction]:
    """Run works one after the other; those that have stored something. Raises NotTogether."""
    lines: list[Values] = []
    done = []
    for job in jobs:
        transaction = Transaction(connection, accounts, holding, lines)
        if _perform(job, transaction, connection, lines):
            done.append(transaction)
    write_lines(connection, lines)
    return done


def _perform(job: Job, transaction: Transaction, connection: Connection, lines: list[Values]) -> bool:
    before, written = len(lines), connection.info[QUICK].changes
    job.failure = None
    try:
        job.result = job.work(transaction)
        transaction.finish()
    except DRIVER_ERRORS:
        raise
    except Exception as failure:
        if connection.info[QUICK].changes != written:
            raise NotTogether from failure
        job.failure = failure
        del lines[before:]
        return False
    if transaction.committed.remembered:
        raise NotTogether
    return True
