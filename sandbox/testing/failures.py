"""What goes wrong inside a sandbox of this process: a test must not pass over it."""

import logging
import traceback
from typing import Any

from sandbox.testing.background import Background

_LOGGERS = ("sandbox", "aiohttp.server")
"""Who speaks of a failure inside: ourselves, and the server for a handler that raised (a 500)."""


class InternalErrors(logging.Handler):
    """Gathers what the sandbox's thread logs as an error; what the merchant under test logs is not ours."""

    def __init__(self, background: Background) -> None:
        super().__init__(logging.ERROR)
        self._background = background
        self._found: list[str] = []
        background.on_failure(self._task_failed)
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self)

    def leave(self) -> None:
        """Listen no more."""
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self)

    def take(self) -> list[str]:
        """What was found since the last time, each with its traceback."""
        found, self._found = self._found, []
        return found

    def __bool__(self) -> bool:
        return bool(self._found)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._background.thread:
            trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
            self._found.append(f"{record.name}: {record.getMessage()}\n{trace}")

    def _task_failed(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        trace = "".join(traceback.format_exception(error)) if error else ""
        self._found.append(f"{context['message']}\n{trace}")
