"""Which face of WeChat Pay's API something came by: kept with it, and read by that face alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Origin:
    """The face ("v2") that an order, a refund, a notification or an exchange belongs to.

    `facts` are what that face must know of it later: how it was signed, at which of its sites. They never change, and
    nobody else reads a meaning into them.
    """

    face: str
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.face, frozenset(self.facts.items()))))

    def __hash__(self) -> int:
        return self._hash
