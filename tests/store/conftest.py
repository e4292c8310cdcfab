"""Fixtures: a store in a file, with a merchant in it; an empty database of PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from sandbox.store import Store
from tests.store.helpers import open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path)
    yield opened
    await opened.close()


# Until tests/support/postgresql.py comes.
_names = (f"sandbox_{number}" for number in count())
_nobody = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Path]:
    programs = next(Path("/usr/lib/postgresql").glob("*/bin"), None)
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("initdb is missing: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="wxpay-postgresql-"))
    if _nobody:
        shutil.chown(folder, **_nobody)
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, **_nobody}
    made = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", str(folder / "data")]
    subprocess.run([programs / "initdb", *made], **run)  # type: ignore[call-overload]
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    log = ["-l", str(folder / "log")]
    control = [programs / "pg_ctl", "-w", "-D", str(folder / "data")]
    subprocess.run([*control, *log, "-o", options, "start"], **run)  # type: ignore[call-overload]
    yield folder
    subprocess.run([*control, "-m", "immediate", "stop"], **run)  # type: ignore[call-overload]
    shutil.rmtree(folder)


@pytest.fixture
async def postgresql_url(_cluster: Path) -> str:
    """An empty database, in which strings are ordered as people would."""
    import asyncpg

    name = next(_names)
    connection = await asyncpg.connect(host=str(_cluster), user="postgres")
    ordered = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0"
    await connection.execute(f"CREATE DATABASE {name} {ordered}")
    await connection.close()
    return f"postgresql://postgres@/{name}?host={_cluster}"
