"""The handler that never waits for who reads stderr."""

import logging
import os
import sys
from collections.abc import Iterator

import pytest

from sandbox.logs import KEPT_BYTES, NonBlockingHandler

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there its place is taken by logging's own")
LONG = "x" * 8000


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The end to read at, which never blocks, and the end to write to."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    yield reading, writing
    for end in (reading, writing):
        os.close(end)


def say(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.LogRecord("test", logging.INFO, __file__, 0, text, None, None))


def drained(handler: logging.Handler, reading: int) -> list[str]:
    """All lines that are written while somebody reads."""
    text = bytearray()
    while True:
        handler.flush()
        try:
            text += os.read(reading, 1 << 20)
        except BlockingIOError:
            return text.decode().splitlines()


def test_what_waits_is_written_whole_once_somebody_reads(pipe: tuple[int, int]) -> None:
    handler = NonBlockingHandler(pipe[1])
    for number in range(20):
        say(handler, f"{number} {LONG}")
    assert drained(handler, pipe[0]) == [f"{number} {LONG}" for number in range(20)]


def test_what_waits_too_long_is_lost_and_told(pipe: tuple[int, int]) -> None:
    handler = NonBlockingHandler(pipe[1])
    many = 3 * KEPT_BYTES // len(LONG)
    for number in range(many):
        say(handler, f"{number} {LONG}")
    kept = drained(handler, pipe[0])
    say(handler, "after")
    assert 0 < len(kept) < many
    assert drained(handler, pipe[0]) == [f"nobody read stderr: {many - len(kept)} log records are lost", "after"]


def test_a_reader_that_has_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    handler = NonBlockingHandler(writing)
    say(handler, "unheard")
    os.close(writing)


def test_what_the_terminal_cannot_show_is_escaped(pipe: tuple[int, int]) -> None:
    handler = NonBlockingHandler(pipe[1], "ascii")
    say(handler, "签")
    assert drained(handler, pipe[0]) == [r"\u7b7e"]
