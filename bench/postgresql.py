"""A PostgreSQL of a program's own: made in an empty folder, restarted and killed as that program likes.

initdb refuses root, for whom `nobody` runs it: the folder must lie where anybody gets.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Self

NAME, USER, PASSWORD = "postgres", "wxpay", "wxpay"
"""The database is the one that initdb makes."""
CONNECTIONS = 200
SECONDS = 60.0
"""How long a start may take, with all that has to be recovered."""

Mode = Literal["fast", "immediate"]


class CannotServe(Exception):
    """There is no PostgreSQL here, or it does not do as it is told; the message says so in a sentence."""


class Cluster(AbstractContextManager["Cluster"]):
    """A server with one database, on a port of its own of this machine, while the context lasts."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        self._data = folder / "data"
        self._programs = _programs()
        self._as = _ordinary_user()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]

    def __enter__(self) -> Self:
        if self._as:
            self._log.touch()
            for path in (self._folder, self._log):
                shutil.chown(path, self._as["user"])
        password = self._folder / "password"
        password.write_text(PASSWORD)
        words = ["--username", USER, "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8"]
        self._run("initdb", "--pgdata", str(self._data), "--locale", "C", *words)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self._control("stop", "-m", "immediate")

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self._port}/{NAME}"

    @property
    def version(self) -> str:
        """As it calls itself: `postgres (PostgreSQL) 15.14`."""
        return self._run("postgres", "--version").strip()

    @property
    def running(self) -> bool:
        return self._do("pg_ctl", "status", "-D", str(self._data)).returncode == 0

    def start(self) -> None:
        """Tried again while what a killed server has left behind is still ending."""
        places = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        options = f"{places} -N {CONNECTIONS} -c log_lock_waits=on"
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                self._control("start", "-o", options, "-l", str(self._log), "-t", f"{SECONDS:.0f}")
                return
            except CannotServe:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def restart(self, mode: Mode) -> None:
        """`fast` ends all sessions in order; `immediate` is as if the machine had died, with a recovery."""
        self._control("stop", "-m", mode)
        self.start()

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The first of its processes, whose children the others are."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-w", "-s", "-D", str(self._data), *words)

    def _run(self, program: str, *words: str) -> str:
        done = self._do(program, *words)
        if done.returncode:
            raise CannotServe(f"{program}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def _do(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._programs / program), *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            env={**os.environ, "LC_ALL": "C"},
            **self._as,
        )


def _ordinary_user() -> dict[str, Any]:
    """As whom the programs run, in subprocess' words: as whoever runs this, unless that is root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def _programs() -> Path:
    """Where initdb lies: on the path, or where Debian's package has it."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not (found or debian):
        raise CannotServe("PostgreSQL is missing: apt-get install postgresql")
    return (Path(found).resolve() if found else debian[-1]).parent
