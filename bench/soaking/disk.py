"""A file system of its own, in memory, that can be made full and free again."""

import os
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

SIZE = 4 * 2**30
"""Memory is taken only for what is stored."""
ROOM = 64 * 1024


class CannotMount(Exception):
    """This machine does not let us; the message says what it said."""


class SmallDisk(AbstractContextManager["SmallDisk"]):
    """Mounted on a folder while the context lasts. Raises CannotMount."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._mount("-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", self._folder], check=True)

    def fill(self) -> None:
        """Leave no more than `ROOM`. Asked for less than is in use, the system refuses: more was written meanwhile."""
        for last in (False, False, False, False, True):
            found = os.statvfs(self._folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            try:
                return self._mount("-o", f"remount,size={used + ROOM}")
            except CannotMount:
                if last:
                    raise

    def free(self) -> None:
        self._mount("-o", f"remount,size={SIZE}")

    def _mount(self, *words: str) -> None:
        try:
            done = subprocess.run(["mount", *words, self._folder], capture_output=True, text=True, check=False)
        except OSError as error:
            raise CannotMount(str(error)) from None
        if done.returncode:
            raise CannotMount(done.stderr.strip())
