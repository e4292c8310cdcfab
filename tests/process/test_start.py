"""What keeps a sandbox from starting is one plain sentence with exit status 2; two never share a database."""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from filelock import FileLock

from sandbox.cli import remote
from sandbox.config import Settings
from sandbox.core.ports.queries import OrderFilter
from sandbox.instance import RUNNING_FILE, CannotStart, running_soon
from sandbox.server import Server
from sandbox.store.sqlite.database import FILE_NAME
from tests.support.merchant import Merchant
from tests.support.process import SandboxProcess, run_command

Harm = Callable[[Path], None]


async def refused(*arguments: str) -> str:
    """The sentence with which a start ends."""
    status, out, errors = await run_command("serve", "--port", "0", *arguments)
    assert (status, out) == (2, "")
    assert errors.startswith("wxpay-sandbox: ")
    assert errors.endswith(".\n")
    assert errors.count("\n") == 1
    return errors


async def refusal(**settings: object) -> str:
    """The same in this process, which is quicker."""
    with pytest.raises(CannotStart) as refused:
        await Server.start(Settings(port=0, **settings))  # type: ignore[arg-type]
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


# -- after an unclean end ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data dir as kill -9 leaves it, with orders of which half stand in the log alone."""
    folder = tmp_path_factory.mktemp("killed")
    async with SandboxProcess(folder) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        merchant = Merchant(
            session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", "http://127.0.0.1:9/"
        )
        for number in range(40):
            await merchant.order(f"ORDER{number:03}")
        await sandbox.kill()
    return folder


@pytest.fixture
def left(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "data"))


def overwrite(name: str, start: int, length: int) -> Harm:
    def harm(folder: Path) -> None:
        with (folder / name).open("r+b") as file:
            file.seek(start)
            file.write(os.urandom(length))

    return harm


def checkpointed_and_cut(folder: Path) -> None:
    """As if the process had died after it brought the log into the database, and the log were then cut."""
    log = (folder / f"{FILE_NAME}-wal").read_bytes()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    (folder / f"{FILE_NAME}-wal").write_bytes(log[: len(log) // 3])


def header_without_log(folder: Path) -> None:
    """With its log, the header would come back."""
    overwrite(FILE_NAME, 0, 100)(folder)
    (folder / f"{FILE_NAME}-wal").unlink()


DAMAGED: dict[str, Harm] = {
    "header": header_without_log,
    "pages": overwrite(FILE_NAME, 4096 * 2, 4096 * 40),
    "cut": lambda folder: os.truncate(folder / FILE_NAME, 4096 * 3),
    "cut within a page": lambda folder: os.truncate(folder / FILE_NAME, 5000),
}


@pytest.mark.parametrize("harm", DAMAGED.values(), ids=DAMAGED)
async def test_a_damaged_database_is_named(left: Path, harm: Harm) -> None:
    harm(left)
    sentence = await refusal(data_dir=left)
    assert str(left / FILE_NAME) in sentence
    assert "is damaged" in sentence


async def test_the_command_says_it_in_one_line(left: Path) -> None:
    DAMAGED["pages"](left)
    assert "is damaged" in await refused("--data-dir", str(left))


async def outcome(folder: Path) -> str:
    """What becomes of a start: nothing but a start, or the sentence."""
    try:
        server = await Server.start(Settings(port=0, data_dir=folder))
    except CannotStart as refused:
        return "damaged" if "is damaged" in str(refused) else str(refused)
    await server.stop()
    return "started"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.77, 0.999])
async def test_a_log_that_was_cut_never_ends_the_start_in_a_traceback(left: Path, share: float) -> None:
    log = left / f"{FILE_NAME}-wal"
    os.truncate(log, int(log.stat().st_size * share))
    assert await outcome(left) in ("started", "damaged")


async def test_a_log_that_does_not_belong_to_the_database_is_found_out(left: Path) -> None:
    checkpointed_and_cut(left)
    assert await outcome(left) in ("started", "damaged")


async def test_an_unclean_end_alone_is_no_damage(left: Path) -> None:
    server = await Server.start(Settings(port=0, data_dir=left))
    page = await server.parts.storage.read(lambda tx: tx.orders.page(OrderFilter(), None, 100))
    await server.stop()
    assert len(page.items) == 40


# -- places that cannot be used ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite:///", "sqlite:///:memory:", "mysql://localhost/x", "sandbox.db"])
async def test_a_database_that_is_none_is_named(tmp_path: Path, database: str) -> None:
    assert repr(database) in await refusal(data_dir=tmp_path, database=database)


async def test_a_folder_in_the_logs_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / f"{FILE_NAME}-wal").mkdir()
    assert FILE_NAME in await refusal(data_dir=tmp_path)


async def test_links_that_lead_in_a_circle_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).symlink_to(tmp_path / FILE_NAME)
    await refusal(data_dir=tmp_path)


@pytest.mark.parametrize("name", ["shop?.db", "shop%20.db", "shop#1.db", "商店.db"])
async def test_a_name_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    server = await Server.start(Settings(port=0, data_dir=tmp_path, database=f"sqlite:///{tmp_path / name}"))
    await server.stop()
    assert (tmp_path / name).stat().st_size > 0


# -- a PostgreSQL that cannot be used ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://pay:secret@db.test:5432/", "it names no database"),
        ("postgresql://pay:sec/ret@db.test/pay", "percent-encoded"),
        ("postgresql+asyncpg://pay:secret@db.test/pay", "is none of"),
        ("postgresql://pay:secret@127.0.0.1:1/pay", "The database postgresql://127.0.0.1:1/pay cannot be used"),
        ("postgresql://pay:secret@127.0.0.1/pay?port=x", "The database postgresql://127.0.0.1/pay cannot be used"),
        ("postgresql://pay:secret@127.0.0.1/pay?sslmode=x", "The database postgresql://127.0.0.1/pay cannot be used"),
    ],
)
async def test_what_is_wrong_with_it_is_named_without_its_password(tmp_path: Path, url: str, why: str) -> None:
    sentence = await refusal(data_dir=tmp_path, database=url)
    assert why in sentence
    assert "sec" not in sentence


async def test_a_command_does_not_show_its_password_either(tmp_path: Path) -> None:
    url, config = "postgresql://pay:secret@127.0.0.1:1/pay", tmp_path / "sandbox.yaml"
    config.write_text(f"database: [{url}]\n")
    for given in (("--database", url), ("--config", str(config))):
        assert "secret" not in await refused("--data-dir", str(tmp_path), *given)
        status, out, errors = await run_command("merchant", "list", "--data-dir", str(tmp_path), *given)
        assert (status, out, errors.count("\n"), "secret" in errors) == (2, "", 1, False)
    assert "secret" not in repr(Settings(database=url))


@pytest.mark.parametrize("missing", ["asyncpg", "greenlet"])
async def test_without_its_driver_the_start_says_how_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    sentence = await refusal(data_dir=tmp_path, database="postgresql://pay:secret@db.test/pay")
    install = "pip install 'wxpay-sandbox[postgresql]'"
    assert sentence == f"The database postgresql://db.test/pay needs the driver: {install}."


async def test_two_that_share_it_need_a_data_dir_each_on_one_machine(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"):
        sentence = await refusal(data_dir=tmp_path, database="postgresql://pay:secret@127.0.0.1:1/pay")
    assert sentence.startswith(f"A sandbox already runs on the data dir {tmp_path}")
    assert "need a --data-dir each" in sentence


# -- one process a database --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A sandbox on a database, with other names for its file and folder."""
    folder = tmp_path_factory.mktemp("running")
    server = await Server.start(Settings(port=0, data_dir=folder / "data"))
    (folder / "file.db").symlink_to(folder / "data" / FILE_NAME)
    (folder / "twice.db").symlink_to(folder / "file.db")
    (folder / "folder").symlink_to(folder / "data")
    yield folder
    await server.stop()


@pytest.mark.parametrize(
    "name", ["data/sandbox.db", "file.db", "twice.db", "folder/sandbox.db", "data/../data/sandbox.db"]
)
async def test_no_other_name_of_a_database_leads_round_its_lock(running: Path, tmp_path: Path, name: str) -> None:
    sentence = await refusal(data_dir=tmp_path, database=f"sqlite:///{running / name}")
    assert sentence == f"A sandbox already runs on the database {running / 'data' / FILE_NAME}."


@pytest.mark.parametrize("name", ["data", "folder"])
async def test_no_other_name_of_a_data_dir_does(running: Path, name: str) -> None:
    assert "already runs on the data dir" in await refusal(data_dir=running / name)


async def test_a_relative_name_is_the_same_database(
    running: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(running)
    assert "already runs on the database" in await refusal(data_dir=tmp_path, database=f"sqlite:///data/{FILE_NAME}")


async def test_a_hard_link_is_refused_for_nobody_could_tell(running: Path, tmp_path: Path) -> None:
    os.link(running / "data" / FILE_NAME, tmp_path / "linked.db")
    sentence = await refusal(data_dir=tmp_path, database=f"sqlite:///{tmp_path / 'linked.db'}")
    (tmp_path / "linked.db").unlink()
    assert "has another name (a hard link)" in sentence


async def test_a_database_behind_a_link_works(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    server = await Server.start(Settings(port=0, data_dir=tmp_path, database=f"sqlite:///{tmp_path / 'link.db'}"))
    assert await server.parts.storage.examine() is None
    await server.stop()
    assert (tmp_path / "real.db").exists()


async def test_a_second_one_that_was_let_in_does_not_lose_its_announcement(tmp_path: Path) -> None:
    """Somebody has removed the locks: the first steps back, and leaves what is the second's."""
    first = await Server.start(Settings(port=0, data_dir=tmp_path))
    for lock in ("lock", f"{FILE_NAME}.lock"):
        (tmp_path / lock).unlink()
    second = await Server.start(Settings(port=0, data_dir=tmp_path))
    trouble = await first.parts.storage.examine()
    assert trouble is not None
    assert trouble.what.value == "database_taken"
    await first.stop()
    assert second.url in (tmp_path / "running.json").read_text()
    assert await second.parts.storage.examine() is None
    await second.stop()


# -- a command right after the start -----------------------------------------------------------------------------------


async def test_a_command_waits_for_a_sandbox_that_is_being_started(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"):
        waiting = asyncio.create_task(asyncio.to_thread(running_soon, tmp_path))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        (tmp_path / RUNNING_FILE).write_text(json.dumps({"url": "http://127.0.0.1:1", "token": ""}))
        assert await waiting == {"url": "http://127.0.0.1:1", "token": ""}


async def test_a_command_finds_the_sandbox_that_began_while_it_was_about_to_open_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(port=0, data_dir=tmp_path)
    server = await Server.start(settings)
    looks = iter([None, running_soon(tmp_path)])
    monkeypatch.setattr(remote, "running_soon", lambda _: next(looks))
    async with remote.control(settings) as session:
        assert str(session._base_url).rstrip("/") == server.url
        assert "items" in await remote.request(session, "GET", "/_sandbox/merchants")
    await server.stop()
