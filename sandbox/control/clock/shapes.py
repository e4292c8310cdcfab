"""The shapes of the control API's answers about clock. Source: docs/contract.md, "Shapes"."""

from sandbox.control.units import Seconds
from sandbox.web.shapes import Answer, Instant


class Clock(Answer):
    """A clock: its time, how many sandbox seconds a real one has, and the sum of its jumps."""

    now: Instant
    scale: float
    advanced: Seconds
