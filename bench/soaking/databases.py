"""What the sandboxes keep their books in, and what may happen to it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.postgresql import Cluster
from bench.soaking.disk import CannotMount, SmallDisk

OWN, SQLITE = "own", "sqlite"
DOWN_SECONDS = 2.0
FULL_SECONDS = 6.0

Cause = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Database:
    """`arguments` name it to a sandbox, whose data dir lies in `folder`; `causes` are the troubles that it may have."""

    described: str
    folder: Path
    arguments: tuple[str, ...] = ()
    causes: Mapping[str, Cause] = field(default_factory=dict)
    left_out: str = ""
    """A sentence on troubles that it is spared."""


@contextmanager
def opened(which: str, folder: Path, *, fill: bool) -> Iterator[Database]:
    """A PostgreSQL or an SQLite file of our own; any other word is somebody's URL. `fill`: on a disk of its own."""
    if which not in (OWN, SQLITE):
        spared = "The database is somebody's: its own troubles are left out."
        yield Database("PostgreSQL", folder, ("--database", which), left_out=spared)
        return
    place = folder / "disk"
    place.mkdir()
    with ExitStack() as stack:
        disk, spared = _small_disk(stack, place) if fill else (None, "")
        if which == SQLITE:
            yield Database("SQLite", place, (), {"disk": partial(_full, disk)} if disk else {}, spared)
        else:
            cluster = stack.enter_context(Cluster(place, folder / "postgresql.log"))
            yield Database(cluster.version, folder, ("--database", cluster.url), _causes(cluster, disk), spared)


def _small_disk(stack: ExitStack, place: Path) -> tuple[SmallDisk | None, str]:
    """The disk, or why there is none."""
    try:
        return stack.enter_context(SmallDisk(place)), ""
    except CannotMount as error:
        return None, f"A full disk is left out: no file system can be mounted here ({error})."


def _causes(cluster: Cluster, disk: SmallDisk | None) -> dict[str, Cause]:
    causes: dict[str, Cause] = {
        "restart": partial(asyncio.to_thread, cluster.restart, "fast"),
        "crash": partial(asyncio.to_thread, cluster.restart, "immediate"),
        "kill-database": partial(_killed, cluster),
    }
    return causes | {"disk": partial(_full, disk, cluster)} if disk else causes


async def _killed(cluster: Cluster) -> None:
    cluster.kill()
    await asyncio.sleep(DOWN_SECONDS)
    await asyncio.to_thread(cluster.start)


async def _full(disk: SmallDisk, cluster: Cluster | None = None) -> None:
    """PostgreSQL may end where it cannot write its log; who keeps it starts it again when there is room."""
    disk.fill()
    await asyncio.sleep(FULL_SECONDS)
    disk.free()
    if cluster and not cluster.running:
        await asyncio.to_thread(cluster.start)
