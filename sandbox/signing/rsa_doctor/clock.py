"""What is wrong with a timestamp: its form, or the clock that it was read from. Source: V3 notes, 2, 3.3."""

import re
from collections.abc import Mapping
from datetime import datetime

WINDOW = 300
"""Seconds by which a timestamp may be off, either way."""
_HOUR = 3600
_BEIJING = 8
_SECONDS = re.compile("[0-9]{1,10}")
_MILLISECONDS = re.compile("[0-9]{13}")


def clock_mistakes(timestamp: str, now: datetime) -> Mapping[str, Mapping[str, str]]:
    """By name, with how far it is off; nothing for one that is good at a moment of real time, or is not there."""
    if not timestamp:
        return {}
    if _MILLISECONDS.fullmatch(timestamp):
        return {"timestamp_milliseconds": {"sent": timestamp, "right": timestamp[:-3]}}
    if not _SECONDS.fullmatch(timestamp):
        return {"timestamp_form": {"sent": timestamp}}
    off = int(timestamp) - int(now.timestamp())
    if abs(off) <= WINDOW:
        return {}
    name = "clock_ahead" if off > 0 else "clock_behind"
    hours: Mapping[str, Mapping[str, str]] = {"clock_hours": {}} if _of_beijing(off) else {}
    return {name: {"seconds": str(abs(off))}, **hours}


def _of_beijing(off: int) -> bool:
    """Whether it is off by the eight hours between Beijing and UTC."""
    return abs(abs(off) - _BEIJING * _HOUR) <= WINDOW
