"""The texts of one of the first steps."""

from typing import NamedTuple

from sandbox.core.text import Text


class StepTexts(NamedTuple):
    """A step: its name, what it is about, its button; what usually goes wrong there, and the button that does it."""

    title: Text
    about: Text
    act: Text
    pitfall: Text
    fail: Text
