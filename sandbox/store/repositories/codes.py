"""Payment codes: rows of their table, and the queries."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sandbox.core.codes import AuthCode
from sandbox.store.holding import Holding
from sandbox.store.payer_tables import auth_codes
from sandbox.store.prepared import PreparedQuery

_find = PreparedQuery(select(auth_codes).where(auth_codes.c.auth_code == bindparam("code")))
_newest_of = (
    select(auth_codes)
    .where(auth_codes.c.openid == bindparam("openid"))
    .order_by(auth_codes.c.created_at.desc())
    .limit(1)
)
_save = (
    update(auth_codes)
    .where(auth_codes.c.auth_code == bindparam("code"))
    .values(bound_to=bindparam("new_bound_to"), used_by=bindparam("new_used_by"))
)
_drop = delete(auth_codes).where(auth_codes.c.openid == bindparam("openid"), auth_codes.c.created_at < bindparam("at"))


class CodeRepository:
    """Payers' payment codes."""

    def __init__(self, connection: Connection, holding: Holding) -> None:
        self._connection, self._holding = connection, holding

    def find(self, auth_code: str) -> AuthCode | None:
        return _code_of(self._holding.first(_find, self._connection, {"code": auth_code}))

    def newest_of(self, openid: str) -> AuthCode | None:
        return _code_of(self._connection.execute(_newest_of, {"openid": openid}).first())

    def add(self, code: AuthCode) -> None:
        values = {
            "auth_code": code.auth_code,
            "openid": code.openid,
            "created_at": code.created_at,
            "expires_at": code.expires_at,
            "bound_to": code.bound_to,
            "used_by": code.used_by,
        }
        self._connection.execute(insert(auth_codes), values)

    def save(self, code: AuthCode) -> None:
        changed = {"new_bound_to": code.bound_to, "new_used_by": code.used_by}
        self._connection.execute(_save, {"code": code.auth_code, **changed})

    def drop(self, openid: str, before: datetime) -> None:
        self._connection.execute(_drop, {"openid": openid, "at": before})


def _code_of(row: Any) -> AuthCode | None:
    if row is None:
        return None
    return AuthCode(row.auth_code, row.openid, row.created_at, row.expires_at, row.bound_to, row.used_by)
