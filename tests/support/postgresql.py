"""PostgreSQL for tests: one cluster for all workers of a run, a database of each test's own; clusters to stop and kill.

Debian's package `postgresql`, 15 or newer, in data folders, on ports and with passwords of our own: what the machine
itself runs is left alone. `python -m tests.support.postgresql LOCK FOLDER` removes a cluster when all who use it have
gone, in whatever way.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from filelock import FileLock

from tests.support.patience import PATIENCE
from tests.support.process import ROOT

if TYPE_CHECKING:
    import asyncpg

DEBIAN = Path("/usr/lib/postgresql")
USER = "sandbox"
SETTINGS = (
    *("listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=32MB", "max_parallel_workers_per_gather=0"),
    *("wal_level=minimal", "max_wal_senders=0", "autovacuum=off", "jit=off"),
)
COLLATION = ("--no-locale", "--locale-provider=icu", "--icu-locale=en-US")
"""As where people live: there strings are not ordered by their bytes."""
TEMPLATE = "ready"


def places() -> str:
    """Where PostgreSQL's programs may be, the newest first, as in PATH."""
    versions = sorted((int(folder.name) for folder in DEBIAN.glob("[0-9]*")), reverse=True)
    return os.pathsep.join([*(str(DEBIAN / f"{version}/bin") for version in versions), os.environ["PATH"]])


class Databases:
    """The databases of the cluster at `address`: postgresql://USER:PASSWORD@HOST:PORT."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._left: list[str] = []
        self._prepared = False

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The URL of a database of one's own in which nothing is."""
        async with self._new("template0") as url:
            yield url

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[str]:
        """The URL of a database of one's own that has our tables: a third of the time that making them takes."""
        if not self._prepared:
            await self._prepare()
            self._prepared = True
        async with self._new(TEMPLATE) as url:
            yield url

    @asynccontextmanager
    async def _new(self, template: str) -> AsyncIterator[str]:
        name = f"test_{secrets.token_hex(6)}"
        async with self._asking() as server:
            while self._left:  # with the same connection, which takes as long as a database
                await server.execute(f"DROP DATABASE {self._left.pop()} WITH (FORCE)")
            await server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self.url(name)
        self._left.append(name)

    async def _prepare(self) -> None:
        from sandbox.store import Store

        async with self._asking() as server:
            await server.execute("SELECT pg_advisory_lock(0)")  # until this connection is closed
            if await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
                return
            await server.execute("DROP DATABASE IF EXISTS making")
            await server.execute("CREATE DATABASE making TEMPLATE template0")
            with tempfile.TemporaryDirectory() as data_dir:
                await (await Store.open(self.url("making"), Path(data_dir))).close()
            await server.execute(f"ALTER DATABASE making RENAME TO {TEMPLATE}")

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator["asyncpg.Connection"]:
        import asyncpg

        server = await asyncpg.connect(self.url("postgres"))
        try:
            yield server
        finally:
            await server.close()


class Cluster(Databases):
    """A cluster that can be stopped, killed and started again; its URLs stay. Calls come back when it is done.

    Without `fsync` it loses nothing either, as long as the machine itself goes on.
    """

    def __init__(self, *, fsync: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wxpay-postgresql-"))
        password = secrets.token_urlsafe()
        (self.folder / "password").write_text(password)
        if (ordinary := _ordinary()) is not None:
            shutil.chown(self.folder, ordinary.pw_uid)
        _run(self.folder, "initdb", "-U", USER, f"--pwfile={self.folder}/password", "-A", "scram-sha-256", "-E", "UTF8",
             *COLLATION, "--no-sync", "--no-instructions")  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        super().__init__(f"postgresql://{USER}:{password}@127.0.0.1:{self.port}")
        settings = (*SETTINGS, f"port={self.port}", f"unix_socket_directories={self.folder}", f"fsync={fsync}")
        self._options = " ".join(f"-c {setting}" for setting in settings)

    def start(self) -> None:
        """Returns when it takes connections; after `kill` that is once the last of the old processes is gone."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return _run(self.folder, "pg_ctl", "start", "-w", "-l", f"{self.folder}/log", "-o", self._options)
            except subprocess.CalledProcessError as failed:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from failed

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """`smart` waits for all to leave, `fast` sends them away, `immediate` is an end without order."""
        _run(self.folder, "pg_ctl", "stop", "-w", "-m", mode)

    def kill(self) -> None:
        """As `kill -9` of its first process does, which the others follow."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def remove_after(self, users: IO[str]) -> None:
        """Have it removed when nobody holds the file's lock any more; this process has it."""
        command = [sys.executable, "-m", "tests.support.postgresql", users.name, str(self.folder)]
        subprocess.run(command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def own_cluster(*, fsync: bool = False) -> Iterator[Cluster]:
    """A cluster that runs, for one who stops it."""
    cluster = Cluster(fsync=fsync)
    with (cluster.folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        cluster.remove_after(users)
        cluster.start()
        yield cluster


@contextmanager
def cluster_of_run(folder: Path) -> Iterator[Databases]:
    """The cluster of all who name this folder, started for the first of them and removed after the last."""
    with (folder / "postgresql").open("a+") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while one is being removed
        with FileLock(folder / "postgresql.lock"):
            users.seek(0)
            address = users.read()
            if not address:
                cluster = Cluster()
                cluster.remove_after(users)
                cluster.start()
                address = cluster.address
                users.write(address)
                users.flush()
        yield Databases(address)


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on the cluster in `folder`."""
    found = shutil.which(program, path=places())
    assert found, f"{program} is missing"
    command = [found, "-D", str(folder / "data"), *arguments]
    if (ordinary := _ordinary()) is None:
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
    else:
        user, group = ordinary.pw_uid, ordinary.pw_gid
        subprocess.run(command, check=True, capture_output=True, cwd=folder, user=user, group=group, extra_groups=[])


def _ordinary() -> pwd.struct_passwd | None:
    """Who runs it where root runs the tests, whom it refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def main(lock: str, folder: Path) -> None:
    """In the background wait for the lock, then remove the cluster; the next who wants one finds none."""
    if os.fork():
        return
    os.setsid()  # Ctrl+C is for the others
    with Path(lock).open("r+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        users.truncate(0)
        with suppress(subprocess.CalledProcessError):  # it was stopped, or killed
            _run(folder, "pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
