"""The header by which a merchant signs a call. Source: V3 notes, 2.

Authorization: WECHATPAY2-SHA256-RSA2048 mchid="...",nonce_str="...",signature="...",timestamp="...",serial_no="..."
"""

import re
from dataclasses import dataclass

from sandbox.signing.rsa_doctor import NAMES, SCHEME

_PAIR = re.compile(r'([a-z_]+)="([^"]*)"')
_SCHEME = re.compile("[A-Za-z0-9-]+")
_TIMESTAMP = re.compile("[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What stands in it; the order of its pairs is free."""

    mchid: str
    nonce_str: str
    signature: str
    timestamp: str
    serial_no: str

    @property
    def seconds(self) -> int:
        """The timestamp, as seconds since 1970."""
        return int(self.timestamp)


def scheme(header: str) -> str:
    """The authentication scheme that a header names; "" for an empty one."""
    return header.partition(" ")[0]


def is_scheme(word: str) -> bool:
    """Whether a word can be the name of a scheme; the first of a header without one is a pair."""
    return _SCHEME.fullmatch(word) is not None


def read(header: str) -> Authorization | None:
    """A header of the right form; None for any other."""
    named, _, rest = header.partition(" ")
    pairs = rest.strip().split(",")
    found = [_PAIR.fullmatch(pair.strip()) for pair in pairs]
    values = {pair[1]: pair[2] for pair in found if pair}
    complete = named == SCHEME and len(values) == len(pairs) and all(values.get(name) for name in NAMES)
    if not complete or not _TIMESTAMP.fullmatch(values["timestamp"]):
        return None
    return Authorization(**{name: values[name] for name in NAMES})


def claimed_mchid(header: str) -> str:
    """Whose call it says it is, however broken the rest of the header; "" where it does not say."""
    found = re.search(r'mchid="?([0-9]{1,32})', header)
    return found[1] if found else ""
