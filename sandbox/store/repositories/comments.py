"""Payers' comments."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from sandbox.core.comments import Comment
from sandbox.store.rows import AnyRow, key_of
from sandbox.store.tables import comments

_between = (
    select(comments)
    .where(comments.c.mch_id == bindparam("m"), comments.c.id > bindparam("offset"))
    .where(comments.c.at >= bindparam("begin"), comments.c.at <= bindparam("end"))
    .order_by(comments.c.id)
    .limit(bindparam("limit"))
)


class CommentRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, comment: Comment) -> None:
        values = {
            "mch_id": comment.key.mch_id,
            "out_trade_no": comment.key.out_trade_no,
            "sub_mch_id": comment.key.sub_mch_id,
            "transaction_id": comment.transaction_id,
            "at": comment.at,
            "stars": comment.stars,
            "text": comment.text,
        }
        self._connection.execute(insert(comments), values)

    def between(
        self, mch_id: str, begin: datetime, end: datetime, offset: int, limit: int
    ) -> Sequence[tuple[int, Comment]]:
        values = {"m": mch_id, "begin": begin, "end": end, "offset": offset, "limit": limit}
        return [(row.id, _comment_of(row)) for row in self._connection.execute(_between, values)]


def _comment_of(row: AnyRow) -> Comment:
    return Comment(key_of(row), row.transaction_id, row.at, row.stars, row.text)
