"""A line per merchant and address: so many attempts side by side, and one that hangs delays no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sandbox.descriptors import share

SIDE_BY_SIDE = 200


@dataclass(slots=True)
class _Line:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(share(16, SIDE_BY_SIDE)))
    users: int = 0


class Slots:
    """The lines in use."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, str], _Line] = {}

    @asynccontextmanager
    async def place(self, mch_id: str, origin: str) -> AsyncIterator[bool]:
        """Wait for a place in a line, and hold it; tells whether there was anything to wait for."""
        line = self._slots.setdefault((mch_id, origin), _Line())
        line.users += 1
        waited = line.places.locked()
        try:
            async with line.places:
                yield waited
        finally:
            line.users -= 1
            if not line.users:
                self._slots.pop((mch_id, origin), None)
