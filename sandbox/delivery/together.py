"""One transaction for all who ask at the same time, where each would have had one of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sandbox.core.errors import StorageFailed
from sandbox.core.ports.storage import UnitOfWork

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST = 256

Work = Callable[[UnitOfWork, Sequence[Asked]], Sequence[Given]]
Run = Callable[[Callable[[UnitOfWork], Sequence[Given]]], Awaitable[Sequence[Given]]]


class _Batch(Generic[Asked, Given]):
    """What is asked for until the transaction begins: while the disk syncs what went before, that may be much."""

    def __init__(self, run: Run[Given], work: Work[Asked, Given]) -> None:
        self.asked: list[Asked] = []
        self.open = True
        self._work = work
        self.given = asyncio.ensure_future(run(self._begin))

    @property
    def takes_more(self) -> bool:
        return self.open and len(self.asked) < MOST and not self.given.done()

    def _begin(self, tx: UnitOfWork) -> Sequence[Given]:
        self.open = False
        return self._work(tx, self.asked)


class Together(Generic[Asked, Given]):
    """`work` does for many what each of them asks for, in their order; `run` is how the storage runs it."""

    def __init__(self, run: Run[Given], work: Work[Asked, Given]) -> None:
        self._run, self._work = run, work
        self._batch: _Batch[Asked, Given] | None = None

    async def ask(self, asked: Asked) -> Given:
        """What the work gives for one; raises what it raises for that one alone."""
        batch = self._batch
        if batch is None or not batch.takes_more:
            batch = self._batch = _Batch(self._run, self._work)
        place = len(batch.asked)
        batch.asked.append(asked)
        try:
            return (await asyncio.shield(batch.given))[place]
        except StorageFailed:
            raise
        except Exception:  # a fault of ours that one of them has met: it must cost no other its attempt
            return (await self._run(lambda tx: self._work(tx, [asked])))[0]
