"""Keys as the doctors are told of them: who knows them needs no doctor."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class OtherKey(NamedTuple):
    """A key that does not sign. `mistake` names what it is for (`words.signing`), `facts` fill that."""

    mistake: str
    key: str
    facts: Mapping[str, str] = MappingProxyType({})
