"""A line per merchant and address: so many attempts side by side, and one that hangs delays no other.

Processes that work side by side have their part of each line's places, so that a merchant meets no more of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.core.notifications import Notification
from sandbox.descriptors import share

SIDE_BY_SIDE = 200

Line = tuple[str, str]
"""The merchant that is told, and the origin of its address."""
NO_LINE: Line = ("", "")


def line_of(notification: Notification) -> Line:
    """The line in which a notification's attempts wait."""
    return line(notification.told, notification.url)


def line(told: str, url: str) -> Line:
    """The line of what is sent to a merchant at an address."""
    parts = urlsplit(url)
    return told, f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class _Places:
    free: asyncio.Semaphore
    users: int = 0


class Slots:
    """The lines in use. `processes` says how many there are that share each line."""

    def __init__(self, processes: Callable[[], int] = lambda: 1) -> None:
        self._lines: dict[Line, _Places] = {}
        self._processes = processes

    @asynccontextmanager
    async def place(self, line: Line) -> AsyncIterator[None]:
        """Wait for a place in a line, and hold it."""
        places = self._lines.get(line) or self._lines.setdefault(line, self._new())
        places.users += 1
        try:
            async with places.free:
                yield
        finally:
            places.users -= 1
            if not places.users:
                self._lines.pop(line, None)

    def _new(self) -> _Places:
        return _Places(asyncio.Semaphore(max(1, share(16, SIDE_BY_SIDE) // self._processes())))
