"""Bytes both ways between two connections, until both are through."""

import asyncio

CHUNK = 64 * 1024
LINGER_SECONDS = 60.0
"""How long one direction may be silent once the other has ended."""

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def relay(here: Stream, there: Stream) -> None:
    """Returns when both directions have ended, one has failed, or one has ended and the other fallen silent.

    Who ends its direction (a half-closed connection) still gets the rest of the other one. Closes `there`.
    """
    ways = [_Way(here[0], there[1]), _Way(there[0], here[1])]
    tasks = {asyncio.create_task(way.pour()): way for way in ways}
    try:
        done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if left and not any(task.exception() for task in done):
            (last,) = left
            await _until_silent(last, tasks[last])
    finally:
        for task in tasks:
            task.cancel()
        there[1].close()
        # What broke one connection is told to nobody: the other is closed, as it would be without a proxy.
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_silent(task: "asyncio.Task[None]", way: "_Way") -> None:
    before = -1
    while not task.done() and way.poured != before:
        before = way.poured
        await asyncio.wait([task], timeout=LINGER_SECONDS)


class _Way:
    """One direction; `poured` bytes have gone it."""

    def __init__(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self._source, self._sink = source, sink
        self.poured = 0

    async def pour(self) -> None:
        """`drain` waits while the receiver is slower than the sender."""
        while chunk := await self._source.read(CHUNK):
            self._sink.write(chunk)
            await self._sink.drain()
            self.poured += len(chunk)
        if self._sink.can_write_eof():
            self._sink.write_eof()
