"""Short URLs: what /tools/shorturl makes of a long one. Source: V2 notes, 3.9."""

from dataclasses import dataclass
from datetime import datetime

PREFIX = "weixin://wxpay/s/"


@dataclass(frozen=True, slots=True)
class ShortUrl:
    """`token` is the end of the short URL."""

    token: str
    mch_id: str
    long_url: str
    created_at: datetime

    @property
    def url(self) -> str:
        return f"{PREFIX}{self.token}"


def is_short(url: str) -> bool:
    return url.strip().startswith(PREFIX)
