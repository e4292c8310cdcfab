"""The use cases of short URLs: make one, find what it stands for. An instance lives for one transaction."""

from sandbox.core.short_urls import PREFIX, ShortUrl, is_short
from sandbox.core.usecases.context import Context


class ShortUrls:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def shorten(self, mch_id: str, long_url: str) -> ShortUrl:
        """A new short URL each time, also for the same long one; it stands for it as long as the merchant is there."""
        made = ShortUrl(self._context.ids.short_token(), mch_id, long_url, self._context.now(mch_id))
        self._tx.short_urls.add(made)
        return made

    def resolve(self, url: str) -> str:
        """What a scanned text stands for: itself, unless it is a short URL that is known."""
        found = self._tx.short_urls.find(url.strip().removeprefix(PREFIX)) if is_short(url) else None
        return found.long_url if found else url
