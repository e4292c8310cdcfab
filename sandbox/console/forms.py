"""What people write into forms."""

import re

from aiohttp import web


async def form_of(request: web.Request) -> dict[str, str]:
    """The texts of a form, without what no text field can send: control characters."""
    sent = await request.post()
    return {name: "".join(filter(str.isprintable, str(value))).strip() for name, value in sent.items()}


_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def limit_of(text: str) -> int | None:
    """The fen of what is left in a purse, 0 for an empty one; None where nothing is written: it has no limit.

    Raises ValueError for what is no amount.
    """
    plain = text.removeprefix("¥").replace(",", "")
    if plain and not _YUAN.fullmatch(plain):
        raise ValueError(text)
    return _fen(plain) if plain else None


def fen_of(text: str) -> int | None:
    """The fen that a person means by an amount of yuan, 12.34 or ¥1,200; None for anything else, and for 0."""
    plain = text.removeprefix("¥").replace(",", "")
    if not _YUAN.fullmatch(plain):
        return None
    return _fen(plain) or None


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
