"""An endpoint of any face, as far as a call's way needs to know it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`reads` tells that a call changes nothing, `bulky` that it reads more than an order or two."""

    path: str
    reads: bool = False
    bulky: bool = False

    @property
    def name(self) -> str:
        """Its last word, by which scenarios know it: "unifiedorder"."""
        return self.path.rpartition("/")[2]
