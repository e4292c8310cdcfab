"""What figures were taken on, in lines that a reader can compare with a machine of theirs."""

import os
import platform
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from bench.servers import LOAD_CORE, ROOT, SERVER_CORE

SYNCS = 200


def described() -> list[str]:
    """Processor, memory, system, disk with the time of a sync, Python with what answers HTTP, who runs where."""
    processor = _found(r"model name\s*: (.+)", "/proc/cpuinfo")
    memory = int(_found(r"MemTotal:\s*(\d+)", "/proc/meminfo")) / 2**20
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "sqlalchemy"))
    wrk = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout.split(" [")[0]
    return [
        f"{processor}, {os.cpu_count()} cores; {memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}; load before the first second: {_LOAD:.2f}",
        f"{_kind_of_disk()} for the data; a write of 4 KiB and its sync: {_sync_ms():.2f} ms",
        f"Python {platform.python_version()}, {libraries}, SQLite {sqlite3.sqlite_version}; {wrk}",
        f"server on core {SERVER_CORE}, load on core {LOAD_CORE}",
    ]


_LOAD = os.getloadavg()[0]


def revision() -> str:
    """The commit that is measured, with a + where something is not committed."""
    described = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(described, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _found(pattern: str, path: str) -> str:
    match = re.search(pattern, Path(path).read_text())
    return match[1] if match else "?"


def _kind_of_disk() -> str:
    mounted = ["findmnt", "--noheadings", "--output", "FSTYPE", "--target", tempfile.gettempdir()]
    return subprocess.run(mounted, capture_output=True, text=True, check=False).stdout.strip() or "unknown disk"


def _sync_ms() -> float:
    """The median, where the sandbox's data was."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
