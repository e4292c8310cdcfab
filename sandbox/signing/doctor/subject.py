"""What the doctor looks at: a message, its key, and what may have been signed in place of the right string."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import NamedTuple

from sandbox.core.ports.calls import MASK
from sandbox.signing.flat import SignType, raw_digest

SHORTEST_SECRET = 8
CESU_8 = "cesu-8"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

Pairs = list[tuple[str, str]]


class Signed(NamedTuple):
    """What may have been signed. `key` keys an HMAC, where it is not the merchant's; `facts` go into the hint.

    `shown` is the text for people, where it holds what cannot be shown.
    """

    text: str
    facts: Mapping[str, str] = {}
    key: str | None = None
    charset: str = "utf-8"
    shown: str = ""


Attempts = Iterator[Signed]


class SignatureCase:
    """A message and the key that it should be signed with. `sign_type` is the algorithm that was used."""

    def __init__(self, fields: Mapping[str, str], key: str, sign_type: SignType) -> None:
        self.sent = [(name, value) for name, value in fields.items() if name != "sign"]
        self.filled = sorted((name, value) for name, value in self.sent if value != "")
        self.key, self.sign_type = key, sign_type
        self.plain = joined(self.filled)
        self.text = self.closed(self.plain)

    def keyed(self, key: str) -> "SignatureCase":
        """The same message, to be signed with another key."""
        other = copy(self)
        other.key = key
        other.text = other.closed(self.plain)
        return other

    def closed(self, text: str) -> str:
        """A text with the key at its end, as it should be."""
        return f"{text}&key={self.key}" if text else f"key={self.key}"

    def over(self, pairs: Pairs, **facts: str) -> Signed:
        """These pairs, in this order, and the key."""
        return Signed(self.closed(joined(pairs)), facts)

    def right(self) -> bytes:
        """The digest of the right string."""
        return raw_digest(self.text.encode(), self.key, self.sign_type)

    def digest(self, signed: Signed) -> bytes:
        key = self.key if signed.key is None else signed.key
        return raw_digest(encoded(signed.text, signed.charset), key, self.sign_type)


Entry = Callable[[SignatureCase], Attempts]
"""One mistake: all that it may have made of a message."""


def encoded(text: str, charset: str) -> bytes:
    """A text in a charset, what it lacks as `?`; CESU-8 is UTF-8 of UTF-16's surrogates, and Python has none."""
    if charset != CESU_8:
        return text.encode(charset, "replace")
    return _ASTRAL.sub(lambda found: _halves(found[0]), text).encode("utf-8", "surrogatepass")


def _halves(character: str) -> str:
    both = character.encode("utf-16-be")
    return "".join(chr(int.from_bytes(both[at : at + 2], "big")) for at in (0, 2))


def joined(pairs: Pairs) -> str:
    return "&".join([f"{name}={value}" for name, value in pairs])


def hashed(key: str) -> str:
    """A key's MD5, which some sign with: it is meant for refund notifications."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


def masked(text: str, key: str) -> str:
    """A text without the key, in whatever case, hashed or cut short. A key too short to be one is left alone."""
    if len(key) < SHORTEST_SECRET:
        return text
    forms = [key, hashed(key), key[:-1], key[1:]]
    return re.sub("|".join(map(re.escape, forms)), MASK, text, flags=re.IGNORECASE)
