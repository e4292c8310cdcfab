"""What people are told of a mistake: what was done, and what to do instead."""

from typing import NamedTuple

from sandbox.core.text import Text


class Hint(NamedTuple):
    """A mistake. Chinese and English take the same facts."""

    explanation: Text
    fix: Text
