"""An event loop in a thread of its own: where a test's sandbox and the calls to it run."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """Runs coroutines for whoever asks: for code that waits, and for coroutines of any other loop."""

    def __init__(self) -> None:
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._live, name="wxpay-sandbox", daemon=True)
        self._thread.start()

    @property
    def thread(self) -> int | None:
        """The thread's identity, as log records name it."""
        return self._thread.ident

    def on_failure(self, told: Callable[[dict[str, Any]], None]) -> None:
        """Tell of tasks and callbacks that ended with an exception which nobody took."""

        def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            told(context)
            loop.default_exception_handler(context)

        self._loop.set_exception_handler(handle)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end, holding up the calling thread."""
        return self._submit(work).result()

    async def join(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end, while the calling loop goes on."""
        return await asyncio.wrap_future(self._submit(work))

    def stop(self) -> None:
        """End the thread; what still runs is cancelled."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        if not self._thread.is_alive():
            work.close()
            raise RuntimeError("This sandbox has been stopped.")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop().run_forever()


def _new_loop() -> asyncio.AbstractEventLoop:
    """The loop that `serve` has."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - there is none on Windows

    return uvloop.new_event_loop()
