"""What falls due when: owed notifications, and each merchant's next expiry. In memory, made from the store."""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sandbox.core.clock import Clock
from sandbox.delivery.slots import NO_LINE, Line

ORDERS = "orders"
"""The item for a merchant's orders: acts of scenarios, ends of unpaid ones, of refunds, of transfers.

All others are notifications' ids.
"""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An item that falls due when its merchant's clock shows `at`; an attempt waits in its `line`."""

    at: datetime
    item: str
    mch_id: str
    line: Line = NO_LINE


class DueQueue:
    """Items in the order in which they fall due, each merchant by its own clock.

    A heap of times per merchant, and one heap of merchants by the real moment at which their first item falls due. That
    moment holds until a clock moves, which `moved` must be told.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: dict[tuple[str, str], datetime] = {}
        self._heaps: dict[str, list[Due]] = {}
        self._heads: list[tuple[float, int, str]] = []
        self._versions: dict[str, int] = {}
        self._counter = itertools.count()

    def put(self, due: Due) -> None:
        """Add an item, or move it."""
        self._items[due.mch_id, due.item] = due.at
        heapq.heappush(self._heaps.setdefault(due.mch_id, []), due)
        self._push_head(due.mch_id)

    def when(self, item: str, mch_id: str) -> datetime | None:
        """When an item falls due, None where it is not in the queue."""
        return self._items.get((mch_id, item))

    def drop(self, item: str, mch_id: str) -> None:
        self._items.pop((mch_id, item), None)

    def forget(self, mch_id: str = "") -> None:
        """Drop all items of a merchant, or of all."""
        for one in [mch_id] if mch_id else list(self._heaps):
            for due in self._heaps.pop(one, []):
                self._items.pop((one, due.item), None)

    def moved(self, mch_id: str = "") -> None:
        """A clock was moved."""
        for one in [mch_id] if mch_id else list(self._heaps):
            self._push_head(one)

    def next(self, mch_id: str = "") -> Due | None:
        """The first item of a merchant, or the one of all that falls due first in real time."""
        if mch_id:
            return self._head(mch_id)
        while self._heads:
            _, version, owner = self._heads[0]
            head = self._head(owner) if self._versions.get(owner) == version else None
            if head is not None:
                return head
            heapq.heappop(self._heads)
        return None

    def until(self, mch_id: str, moment: datetime) -> Iterator[Due]:
        """A merchant's items that fall due by a moment, in no order."""
        heap, places = self._heaps.get(mch_id, []), [0]
        while places:
            place = places.pop()
            if place < len(heap) and heap[place].at <= moment:
                places += (2 * place + 1, 2 * place + 2)
                if self._stands(heap[place]):
                    yield heap[place]

    def real_delay(self, due: Due) -> float:
        """Real seconds until it falls due."""
        return self._clock.real_delay(due.at, due.mch_id)

    def pop_due(self) -> Iterator[Due]:
        """Take out all that is due now."""
        while (due := self.next()) is not None and due.at <= self._clock.now(due.mch_id):
            heapq.heappop(self._heaps[due.mch_id])
            del self._items[due.mch_id, due.item]
            self._push_head(due.mch_id)
            yield due

    def _head(self, mch_id: str) -> Due | None:
        """The merchant's first item that still stands."""
        heap = self._heaps.get(mch_id)
        while heap:
            if self._stands(heap[0]):
                return heap[0]
            heapq.heappop(heap)
        self._heaps.pop(mch_id, None)
        self._versions.pop(mch_id, None)
        return None

    def _stands(self, due: Due) -> bool:
        """Whether it was neither dropped nor moved since."""
        return self._items.get((due.mch_id, due.item)) == due.at

    def _push_head(self, mch_id: str) -> None:
        head = self._head(mch_id)
        if head is None:
            return
        version = next(self._counter)
        self._versions[mch_id] = version
        # Real moments only compare with each other while no clock moves; a moved clock pushes a new head.
        moment = self._clock.real_now().timestamp() + self._clock.real_delay(head.at, mch_id)
        heapq.heappush(self._heads, (moment, version, mch_id))
