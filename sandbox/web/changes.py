"""Changes, told to whoever watches: live pages, event streams, `wait`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.core.ports.storage import ChangeSet


class Watcher:
    """One subscriber: a task that watches. Changes pile up into one while it is busy: a slow one costs nothing."""

    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self._changed = asyncio.Event()
        self._pending = ChangeSet()

    async def next(self) -> ChangeSet:
        await self._changed.wait()
        self._changed.clear()
        pending, self._pending = self._pending, ChangeSet()
        return pending

    def tell(self, committed: ChangeSet) -> None:
        self._pending.merge(committed)
        self._changed.set()


class ChangeFeed:
    """Hands every committed change to all watchers."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    def publish(self, committed: ChangeSet) -> None:
        for watcher in self._watchers:
            watcher.tell(committed)

    def end(self) -> None:
        for watcher in self._watchers:
            if watcher.task is not None:
                watcher.task.cancel()

    @contextmanager
    def subscribe(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
