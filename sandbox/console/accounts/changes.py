"""The timeline of an account, as its page shows it."""

from collections.abc import Sequence

from sandbox.core.changes import AccountKind, Change
from sandbox.core.ports.storage import UnitOfWork

LATEST = 20
"""Lines on the account's page; the control API has all that are kept."""


def latest_changes(tx: UnitOfWork, kind: AccountKind, account: str) -> Sequence[Change]:
    return tx.account_changes.page(kind, account, None, LATEST).items
