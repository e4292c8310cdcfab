"""Forks the program's processes off one that has imported it: `python -m tests.support.zygote FD`.

Python's start and the imports take longer than most commands. What is forked is a process as any other, with a number,
streams, environment and end of its own; in it runs what `python -m sandbox` runs, from its first line. Tests ask for it
in support/process.py; those of starts and signals start Python itself.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from dataclasses import dataclass

from sandbox.cli.main import COMMANDS

LATE = ("cashier", "console", "control", "scenario.files", "v2.strays", "v3", "web.templates", "wechat")
IMPORTED = (
    *("sandbox.server", *(f"sandbox.{name}" for name in LATE)),
    *sorted({place.partition(":")[0] for place in COMMANDS.values()}),
)
"""With what a server imports for whoever asks for it first."""
FDS = 4
"""What comes with a request: where its answers go, stdin, stdout, stderr."""


@dataclass(frozen=True)
class Command:
    """What a child is to be."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    streams: list[int]

    def become(self) -> None:
        """Be it, to its end and with its exit status."""
        for number, stream in enumerate(self.streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        if self.environment.get("PYTHONUNBUFFERED"):
            sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]  # the interpreter asks at its start
        sys.argv = ["sandbox", *self.arguments]
        runpy.run_module("sandbox", run_name="__main__", alter_sys=True)


class Zygote:
    """Takes requests from `channel` until whoever sent them is gone."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._asking: dict[int, socket.socket] = {}
        self._ended, self._wake = socket.socketpair()
        for end in (self._ended, self._wake):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> Command | None:
        """In a child what it is to be; here None, at the end."""
        while True:
            ready, _, _ = select.select([self._channel, self._ended], [], [])
            if self._ended in ready:
                self._ended.recv(4096)
                self._reap()
            if self._channel in ready:
                _, streams, _, _ = socket.recv_fds(self._channel, 1, FDS)
                if not streams:
                    return None
                command = self._fork(socket.socket(fileno=streams[0]), streams[1:])
                if command is not None:
                    return command

    def _fork(self, asking: socket.socket, streams: list[int]) -> Command | None:
        with asking.makefile("rb") as lines:
            request = json.loads(lines.readline())
        pid = os.fork()
        if pid == 0:
            self._forget(asking)
            return Command(**request, streams=streams)
        for stream in streams:
            os.close(stream)
        self._asking[pid] = asking
        self._tell(asking, pid)
        return None

    def _reap(self) -> None:
        while self._asking:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            asking = self._asking.pop(pid)
            self._tell(asking, os.waitstatus_to_exitcode(status))
            asking.close()

    def _forget(self, asking: socket.socket) -> None:
        """In a child: have nothing that a process that was just started has not."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for open_socket in (self._channel, self._ended, self._wake, asking, *self._asking.values()):
            open_socket.close()

    def _tell(self, asking: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):  # nobody waits for it any more
            asking.sendall(b"%d\n" % number)


def main() -> None:
    """Import what commands import, then fork."""
    for module in IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # memory that is shared stays so
    # Where the tests run under nohup, too: a test may ask for it.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    command = Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
    if command is not None:
        command.become()


if __name__ == "__main__":
    main()
