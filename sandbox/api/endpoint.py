"""An endpoint of any face, as far as a call's way and people need to know it."""

from dataclasses import dataclass

from sandbox.core.text import Text


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`operation` is the name by which scenarios know it, `title` what people call it.

    `reads` tells that a call changes nothing, `bulky` that it reads more than an order or two.
    """

    path: str
    operation: str
    title: Text
    reads: bool = False
    bulky: bool = False
