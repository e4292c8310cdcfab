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


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Path]:
    programs = next(Path("/usr/lib/postgresql").glob("*/bin"), None)
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("initdb is missing: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="wxpay-postgresql-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, user=user)

    run("initdb", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield folder
    run("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture
async def postgresql_url(_cluster: Path) -> str:
    """An empty database, whose language does not order strings by their bytes."""
    import asyncpg

    name = next(_names)
    connection = await asyncpg.connect(host=str(_cluster), user="postgres")
    ordered = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0"
    await connection.execute(f"CREATE DATABASE {name} {ordered}")
    await connection.close()
    return f"postgresql://postgres@/{name}?host={_cluster}"
