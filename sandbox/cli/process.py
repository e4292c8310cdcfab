"""This process while a command runs: its loop, its exit status, and who tells it to end."""

import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click

from sandbox.descriptors import raise_limit
from sandbox.instance import CannotStart


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what stops it is one sentence and exit status 2. Logs go to stderr."""
    raise_limit()
    gc.freeze()  # in what was imported no garbage is looked for
    gc.enable()
    try:
        if sys.platform == "win32":
            return asyncio.run(work)
        import uvloop  # noqa: PLC0415 - there is none on Windows

        return uvloop.run(work)
    except CannotStart as error:
        click.echo(f"wxpay-sandbox: {error}", err=True)
        sys.exit(2)


def settle() -> None:
    """To be called once the start is over: what is there by then stays, so the garbage collector need not look at it.

    Each of its full rounds went through some 200,000 objects, for a tenth of a second in which nobody was answered. A
    call leaves little that goes in circles, so the small rounds may be fewer than Python has them.
    """
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def stop_signal() -> asyncio.Event:
    """Set when this process is told to end: by Ctrl+C, by whoever manages it, by a terminal that closes."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    numbers = [signal.SIGINT, signal.SIGTERM]
    # A program started with nohup is to outlive its terminal.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in numbers:  # told once is enough: a second one would cut short the end of loop and interpreter
            signal.signal(number, signal.SIG_IGN)
        loop.call_soon_threadsafe(stopped.set)

    for number in numbers:
        signal.signal(number, stop)
    return stopped
