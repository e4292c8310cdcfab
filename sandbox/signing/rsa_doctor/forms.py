"""How a signature is written: base64, or what stands there in its place."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from sandbox.signing import rsa

SIZE = 256
"""Bytes of a signature under a key of 2048 bits."""


class Form(NamedTuple):
    """A signature's bytes, and what was done to its text; "" for plain base64."""

    signature: bytes
    mistake: str = ""


def forms(given: str) -> Iterator[Form]:
    """All that a signature's text may stand for, the right reading first; nothing where it is none at all."""
    seen: set[bytes] = set()
    for mistake, reading in _READINGS:
        try:
            signature = reading(given)
        except ValueError:
            continue
        if signature and signature not in seen:
            seen.add(signature)
            yield Form(signature, mistake)


def _padded(text: str) -> bytes:
    return rsa.decoded(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _hex(text: str) -> bytes:
    if len(text) != 2 * SIZE:
        raise ValueError("of another length")
    return bytes.fromhex(text)


def _twice(text: str) -> bytes:
    inner = _padded(text).decode("ascii")
    return _hex(inner) if len(inner) == 2 * SIZE else _padded(inner)


_LITERAL = re.compile(r"\\[rn]")

_READINGS: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("", rsa.decoded),
    ("signature_unpadded", _padded),
    ("signature_url_safe", lambda text: _padded(text.replace("-", "+").replace("_", "/"))),
    ("signature_hex", _hex),
    ("signature_lines", lambda text: _padded(_LITERAL.sub("", text))),
    ("signature_plus_lost", lambda text: _padded(text.replace(" ", "+"))),
    ("signature_lines", lambda text: _padded(re.sub(r"\s+", "", text))),
    ("signature_url_encoded", lambda text: _padded(unquote(text))),
    ("signature_twice", _twice),
    ("signature_quoted", lambda text: _padded(text.strip("\"'"))),
)
"""What was done to base64 (of hex, in place of it), and how to undo it."""
