"""Short URLs."""

from sqlalchemy import Connection, bindparam, insert, select

from sandbox.core.short_urls import ShortUrl
from sandbox.store.tables import short_urls

_short_url = select(short_urls).where(short_urls.c.token == bindparam("token"))


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
