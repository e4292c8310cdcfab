"""What people write into forms."""

import re
from collections.abc import Mapping
from typing import TypeVar

from aiohttp import web

from sandbox.core.currency import CNY, WITHOUT_CENTS
from sandbox.core.text import Lang
from sandbox.web.errors import Refused
from sandbox.web.shapes import converted
from sandbox.words.enrolling import UNFIT, UNFIT_VALUE

Shape = TypeVar("Shape")
_FIELD = re.compile(r"(?P<name>\w+)(\[(?P<index>\d+)\])?(\.(?P<part>\w+))?")
"""As refusals name a field: products, sub_appids[0], cards[2].bank_type."""


class FormError(Exception):
    """A field of a form holds what it may not; `value` is the one of several that is at fault."""

    def __init__(self, name: str, value: str = "") -> None:
        super().__init__(name)
        self.name, self.value = name, value

    def sentence(self, lang: Lang) -> str:
        """The field's rule, naming it."""
        rule = UNFIT[self.name].say(lang, name=self.name)
        return UNFIT_VALUE.say(lang, value=self.value[:100], rule=rule) if self.value else rule


async def form_of(request: web.Request) -> dict[str, str]:
    """The texts of a form, without what no text field can send: control characters."""
    sent = await request.post()
    return {name: "".join(filter(str.isprintable, str(value))).strip() for name, value in sent.items()}


async def lines_of(request: web.Request, name: str) -> list[str]:
    """The lines of a text field, each once, without empty ones."""
    text = str((await request.post()).get(name, ""))
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def words_of(text: str) -> list[str]:
    """What is separated by spaces or commas, each once."""
    return list(dict.fromkeys(re.findall(r"[^\s,，、]+", text)))


def fitting(shape: type[Shape], given: Mapping[str, object]) -> Shape:
    """What a form asks for, in the shape that the control API and the configuration file take; raises Unfit."""
    try:
        return converted(given, shape)
    except Refused as refused:
        named = _FIELD.match(refused.field)
        assert named is not None
        values = given[named["name"]]
        whole = isinstance(values, list) and named["index"] and not named["part"]
        value = str(values[int(named["index"])]) if whole and isinstance(values, list) else ""
        raise FormError(named["part"] or named["name"], value) from None


_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def limit_of(text: str) -> int | None:
    """The fen of what is left in a purse, 0 for an empty one; None where nothing is written: it has no limit.

    Raises Unfit for what is no amount.
    """
    plain = text.removeprefix("¥").replace(",", "")
    if plain and not _YUAN.fullmatch(plain):
        raise FormError("balance")
    return _fen(plain) if plain else None


def fen_of(text: str, fee_type: str = CNY) -> int | None:
    """What a person means by 12.34 or ¥1,200, in the currency's smallest unit; None for all else, and for 0."""
    plain = text.removeprefix("¥").replace(",", "")
    if not _YUAN.fullmatch(plain) or (fee_type in WITHOUT_CENTS and not plain.isdigit()):
        return None
    return (int(plain) if fee_type in WITHOUT_CENTS else _fen(plain)) or None


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)
