"""What the core knows of clock, in the shapes of docs/contract.md."""

from sandbox.control.clock import shapes
from sandbox.core.clock import ClockReading
from sandbox.web.shapes import instant


def clock_view(reading: ClockReading) -> shapes.Clock:
    return shapes.Clock(instant(reading.now), reading.scale, reading.advanced)
