"""The timeline of accounts: rows of its table, and the queries."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from sandbox.core.changes import AccountKind, Author, Change
from sandbox.core.ports.queries import Page
from sandbox.store.paging import Asked, page
from sandbox.store.prepared import Prepared
from sandbox.store.rows import AnyRow
from sandbox.store.tables import account_changes

KEPT = 500
"""Lines of one account: a program that changes it in a circle must not fill the disk."""

_add = Prepared(insert(account_changes), [column.name for column in account_changes.columns if column.name != "id"])
_mine = (account_changes.c.account == bindparam("a")) & (account_changes.c.kind == bindparam("k"))
_oldest_kept = (
    select(account_changes.c.id)
    .where(_mine)
    .order_by(account_changes.c.id.desc())
    .offset(bindparam("kept"))
    .limit(bindparam("one"))
)
_prune = Prepared(delete(account_changes).where(_mine, account_changes.c.id <= _oldest_kept.scalar_subquery()))
_drop = Prepared(delete(account_changes).where(_mine))


class ChangeRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, change: Change) -> None:
        values = {
            "at": change.at,
            "author": change.author.value,
            "kind": change.kind.value,
            "account": change.account,
            "field": change.field,
            "before": change.before,
            "after": change.after,
        }
        _add.run(self._connection, values)
        if change.field:
            _prune.run(self._connection, {"a": change.account, "k": change.kind.value, "kept": KEPT, "one": 1})

    def page(self, kind: AccountKind, account: str, cursor: str | None, limit: int) -> Page[Change]:
        mine = Asked([account_changes.c.account == account, account_changes.c.kind == kind.value])
        return page(self._connection, account_changes.c.id, mine, cursor, limit, _change_of)

    def drop(self, kind: AccountKind, account: str) -> None:
        _drop.run(self._connection, {"a": account, "k": kind.value})


def _change_of(row: AnyRow) -> Change:
    return Change(row.at, Author(row.author), AccountKind(row.kind), row.account, row.field, row.before, row.after)
