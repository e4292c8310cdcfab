"""One question to the database for all who ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Gathering(Generic[Asked, Given]):
    """`answer` is asked for many, and all of them have its answer.

    While it is being answered for some, the others gather for the next time: so whoever asks has an answer that was
    begun after he asked, and a busy database is asked no more often than it answers.
    """

    def __init__(self, answer: Callable[[Sequence[Asked]], Awaitable[Given]]) -> None:
        self._answer = answer
        self._asked: list[Asked] = []
        self._next: asyncio.Task[Given] | None = None
        self._current: asyncio.Task[Given] | None = None

    async def ask(self, asked: Asked) -> Given:
        """The answer for all who asked together; raises what it raises."""
        self._asked.append(asked)
        if self._next is None:
            self._next = asyncio.create_task(self._turn(self._current))
        return await asyncio.shield(self._next)

    async def idle(self) -> None:
        """Wait until nobody waits for an answer."""
        while one := self._next or self._current:
            await asyncio.wait([one])

    async def _turn(self, before: "asyncio.Task[Given] | None") -> Given:
        if before is not None:
            await asyncio.wait([before])
        self._current, self._next = self._next, None
        asked, self._asked = self._asked, []
        try:
            return await self._answer(asked)
        finally:
            self._current = None
