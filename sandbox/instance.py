"""The sandbox that runs on a data dir, as a command finds it."""

import contextlib
import time
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

RUNNING_FILE = "running.json"
RUNNING_KEYS = ("url", "token", "https", "proxy", "ca")

START_SECONDS = 30.0
"""How long a sandbox that is being started is waited for."""


class CannotStart(Exception):
    """A command cannot do its work, a sandbox not start; the message is one sentence for a person."""


def running(data_dir: Path) -> dict[str, str] | None:
    """What running.json says of the sandbox on a data dir; None when none runs there."""
    if not (data_dir / "lock").exists():
        return None  # looking makes no folder
    try:
        lock = FileLock(data_dir / "lock", mode=0o600)
        with lock.acquire(timeout=0):
            return None
    except Timeout:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            known = msgspec.json.decode((data_dir / RUNNING_FILE).read_bytes())
            return {name: str(known[name]) for name in RUNNING_KEYS if name in known}
    except OSError:
        return None
    return {"url": "", "token": ""}


def running_soon(data_dir: Path, patience: float = START_SECONDS) -> dict[str, str] | None:
    """The same, but one that is being started is waited for: the command before this one may have begun it."""
    until = time.monotonic() + patience
    while (known := running(data_dir)) is not None and not known["url"] and time.monotonic() < until:
        time.sleep(0.05)
    return known
