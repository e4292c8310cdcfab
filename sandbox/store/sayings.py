"""Short URLs and payers' comments: rows of their tables, and the queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from sandbox.core.comments import Comment
from sandbox.core.short_urls import ShortUrl
from sandbox.store import rows
from sandbox.store.tables import comments, short_urls

_short_url = select(short_urls).where(short_urls.c.token == bindparam("token"))
_between = (
    select(comments)
    .where(comments.c.mch_id == bindparam("m"), comments.c.id > bindparam("offset"))
    .where(comments.c.at >= bindparam("begin"), comments.c.at <= bindparam("end"))
    .order_by(comments.c.id)
    .limit(bindparam("limit"))
)


class ShortUrlRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, token: str) -> ShortUrl | None:
        row = self._connection.execute(_short_url, {"token": token}).first()
        return None if row is None else ShortUrl(row.token, row.mch_id, row.long_url, row.created_at)

    def add(self, short_url: ShortUrl) -> None:
        values = {
            "token": short_url.token,
            "mch_id": short_url.mch_id,
            "long_url": short_url.long_url,
            "created_at": short_url.created_at,
        }
        self._connection.execute(insert(short_urls), values)


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


def _comment_of(row: rows.AnyRow) -> Comment:
    return Comment(rows.key_of(row), row.transaction_id, row.at, row.stars, row.text)
