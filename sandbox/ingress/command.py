"""A command run as if it had been started directly: its streams, its signals, its exit status."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence

NOT_EXECUTABLE, NOT_FOUND = 126, 127
SIGNALLED = 128

_FORWARDED = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)]
_OF_THE_TERMINAL = [getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)]


class CannotRun(Exception):
    """The command cannot be started; `status` is what a shell would exit with."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run to the end; gives the exit status as a shell has it. Raises CannotRun."""
    signals = _Signals()  # before the command is there to send some
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except FileNotFoundError:
        raise CannotRun(NOT_FOUND, f"{command[0]}: command not found.") from None
    except OSError as error:
        raise CannotRun(NOT_EXECUTABLE, f"{command[0]} cannot be run: {error.strerror}.") from None
    signals.belong_to(process)
    status = await process.wait()
    return status if status >= 0 else SIGNALLED - status


class _Signals:
    """Takes this process's signals for the command; those that come before it has started wait."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: list[int] = []
        loop = asyncio.get_running_loop()
        for number in (*_FORWARDED, *_OF_THE_TERMINAL):
            try:
                loop.add_signal_handler(number, self._take, number)
            except NotImplementedError:  # Windows, where a console tells all of its programs
                signal.signal(number, lambda *_: None)

    def belong_to(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        for number in self._waiting:
            self._take(number)

    def _take(self, number: int) -> None:
        if self._process is None:
            self._waiting.append(number)
        # Ctrl+C reaches every process of the terminal's foreground group: told twice, many programs give up at once.
        elif self._process.returncode is None and not (number in _OF_THE_TERMINAL and _in_foreground()):
            self._process.send_signal(number)


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
