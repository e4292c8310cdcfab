"""A line per merchant and address: so many attempts side by side, and one that hangs delays no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sandbox.core.notifications import Notification
from sandbox.descriptors import share

SIDE_BY_SIDE = 200

Line = tuple[str, str]
"""The merchant that is told, and the origin of its address."""
NO_LINE: Line = ("", "")


def line_of(notification: Notification) -> Line:
    """The line in which a notification's attempts wait."""
    parts = urlsplit(notification.url)
    return notification.told, f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class _Places:
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(share(16, SIDE_BY_SIDE)))
    users: int = 0


class Slots:
    """The lines in use."""

    def __init__(self) -> None:
        self._lines: dict[Line, _Places] = {}

    @asynccontextmanager
    async def place(self, line: Line) -> AsyncIterator[None]:
        """Wait for a place in a line, and hold it."""
        places = self._lines.get(line) or self._lines.setdefault(line, _Places())
        places.users += 1
        try:
            async with places.free:
                yield
        finally:
            places.users -= 1
            if not places.users:
                self._lines.pop(line, None)
