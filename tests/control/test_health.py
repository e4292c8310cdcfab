"""A database that is lost, damaged, full or held while the sandbox runs: nothing is acknowledged that will not be found
again, every face says so in its own manner, and health says why until it is over."""

import asyncio
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from sandbox import __version__
from sandbox.server import Server
from sandbox.store.sqlite.database import FILE_NAME, open_database
from tests.support.control import Control, started
from tests.support.merchant import Inbox, Merchant
from tests.support.storing import in_a_file

pytestmark = pytest.mark.sqlite_only("about the file; of PostgreSQL: tests/postgresql")
Harm = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(folder: Path) -> dict[str, object]:
    return {"data_dir": folder, "database": ""}


async def complaint(control: Control, part: str = "database") -> str:
    """The one thing that health complains of, which is of this part; "" where the sandbox is well."""
    async with control.session.get("/_sandbox/health", headers={"Accept-Language": "en"}) as response:
        said = await response.json()
        assert said["version"]
        states = dict.fromkeys(("database", "deliveries"), "ok") | ({} if response.status == 200 else {part: "failing"})
        assert {name: one["status"] for name, one in said["parts"].items()} == states
        if response.status == 200:
            assert said["status"] == "ok"
            assert "failing" not in said
            return ""
        assert (response.status, said["status"]) == (503, "failing")
        (one,) = said["failing"]
        assert one["message"].endswith(".")
        assert "{" not in one["message"]
        return str(one["code"])


async def require_refusals(session: aiohttp.ClientSession, merchant: Merchant, control: Control) -> None:
    """No face takes an order or tells of one: each refuses in its own manner."""
    for answer in (await merchant.order("AFTER001"), await merchant.query("BEFORE01")):
        assert (answer["result_code"], answer["err_code"]) == ("FAIL", "SYSTEMERROR")
        assert merchant.verifies(answer)
    assert (await control.get("/orders", 503))["error"]["code"] == "storage_failed"
    assert (await control.post("/merchants", {}, 503))["error"]["code"] == "storage_failed"
    for page in ("/console/", "/console/calls", "/console/orders/1900000109/BEFORE01", "/cashier/wx20000000"):
        async with session.get(page, headers={"Accept": "text/html", "Accept-Language": "en"}) as response:
            assert response.status == 503
            assert "cannot be used right now" in await response.text()


# -- lost and damaged --------------------------------------------------------------------------------------------------


def overwrite(name: str, start: int, content: bytes) -> Harm:
    def harm(folder: Path) -> None:
        with (folder / name).open("r+b") as file:
            file.seek(start)
            file.write(content)

    return harm


def cut(name: str, share: float) -> Harm:
    return lambda folder: os.truncate(folder / name, int((folder / name).stat().st_size * share))


def replaced_by_a_copy(folder: Path) -> None:
    shutil.copy(folder / FILE_NAME, folder / "copy")
    (folder / "copy").replace(folder / FILE_NAME)


def overwritten_by_another(folder: Path) -> None:
    other = open_database("", folder / "other")
    other.dispose()
    with closing(sqlite3.connect(other.path)) as connection:
        connection.execute("PRAGMA user_version=8")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / FILE_NAME).write_bytes(other.path.read_bytes())


def opened_by_another(folder: Path) -> None:
    """As by a second sandbox that was started after somebody had removed the lock."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version=7")


def by_statement(statement: str) -> Harm:
    """As by somebody who looks around in the database with a tool."""

    def harm(folder: Path) -> None:
        with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
            connection.execute(statement)

    return harm


LOST: dict[str, Harm] = {
    "deleted": lambda folder: (folder / FILE_NAME).unlink(),
    "log deleted": lambda folder: (folder / f"{FILE_NAME}-wal").unlink(),
    "index deleted": lambda folder: (folder / f"{FILE_NAME}-shm").unlink(),
    "folder deleted": shutil.rmtree,
    "replaced by a copy": replaced_by_a_copy,
}
DAMAGED: dict[str, Harm] = {
    "emptied": cut(FILE_NAME, 0),
    "cut": cut(FILE_NAME, 0.5),
    "header": overwrite(FILE_NAME, 0, b"\xff" * 100),
    "page": overwrite(FILE_NAME, 4096 * 2, b"\xff" * 4096 * 8),
    "table dropped": by_statement("DROP TABLE refunds"),
    "table renamed": by_statement("ALTER TABLE orders RENAME TO old"),
    "column dropped": by_statement("ALTER TABLE orders DROP COLUMN terms"),
    "log emptied": cut(f"{FILE_NAME}-wal", 0),
    "log cut": cut(f"{FILE_NAME}-wal", 0.5),
    "log overwritten": overwrite(f"{FILE_NAME}-wal", 0, b"\xff" * 4096 * 20),
}
TAKEN: dict[str, Harm] = {
    "overwritten by another": overwritten_by_another,
    "opened by another": opened_by_another,
}
CASES = [
    *((harm, {"database_gone"}) for harm in LOST.values()),
    *((harm, {"database_damaged", "database_unreachable"}) for harm in DAMAGED.values()),
    *((harm, {"database_taken"}) for harm in TAKEN.values()),
]
NAMES = [*LOST, *DAMAGED, *TAKEN]


@pytest.mark.parametrize(("harm", "codes"), CASES, ids=NAMES)
async def test_nothing_is_acknowledged_that_is_not_kept(
    folder: Path, merchant: Merchant, control: Control, harm: Harm, codes: set[str]
) -> None:
    await merchant.order("BEFORE01")
    assert await complaint(control) == ""
    harm(folder)
    assert await complaint(control) in codes
    await require_refusals(control.session, merchant, control)
    assert await complaint(control) in codes


@pytest.mark.parametrize("harm", [harm for harm, _ in CASES], ids=NAMES)
async def test_the_order_itself_notices_it(folder: Path, merchant: Merchant, harm: Harm) -> None:
    await merchant.order("BEFORE01")
    harm(folder)
    assert (await merchant.order("AFTER001"))["err_code"] == "SYSTEMERROR"


async def test_what_comes_back_is_used_again(folder: Path, merchant: Merchant, control: Control) -> None:
    await merchant.order("BEFORE01")
    os.rename(folder, folder.with_name("elsewhere"))
    await require_refusals(control.session, merchant, control)
    assert await complaint(control) == "database_gone"
    os.rename(folder.with_name("elsewhere"), folder)
    assert await complaint(control) == ""
    assert (await merchant.query("BEFORE01"))["trade_state"] == "NOTPAY"
    assert (await merchant.order("AFTER001"))["result_code"] == "SUCCESS"


async def test_a_touch_or_a_reader_does_no_harm(folder: Path, merchant: Merchant, control: Control) -> None:
    await merchant.order("BEFORE01")
    (folder / FILE_NAME).touch()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        assert connection.execute("SELECT out_trade_no FROM orders").fetchall() == [("BEFORE01",)]
    assert (await merchant.order("AFTER001"))["result_code"] == "SUCCESS"
    assert await complaint(control) == ""


async def test_a_person_may_change_a_row_by_hand(folder: Path, merchant: Merchant, control: Control) -> None:
    await merchant.order("BEFORE01")
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("UPDATE payers SET balance_fen = 5")
        connection.commit()
    assert (await merchant.order("AFTER001"))["result_code"] == "SUCCESS"
    assert (await control.get("/payers"))["items"][0]["balance_fen"] == 5


async def test_nothing_is_sent_that_could_not_be_recorded(
    folder: Path, server: Server, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    """Where a second process has taken over, it would come twice each time."""
    inbox.answer(500)
    await merchant.order("BEFORE01")
    await control.pay("BEFORE01")
    await control.advance(0)
    assert len(inbox.received) == 1
    opened_by_another(folder)
    server.parts.clock.advance(60)
    server.parts.scheduler.moved()
    await server.parts.scheduler.idle({merchant.mch_id: server.parts.clock.now(merchant.mch_id)})
    await control.post(f"/orders/{merchant.mch_id}/BEFORE01/notify", None, 503)
    assert len(inbox.received) == 1


# -- full, read-only, held ---------------------------------------------------------------------------------------------


@pytest.fixture
def writing(server: Server) -> sqlite3.Connection:
    """The connection that writes."""
    return in_a_file(server.parts.storage)._writer._driver


async def fill(writing: sqlite3.Connection, merchant: Merchant) -> None:
    """Place orders until SQLite finds its disk full."""
    (pages,) = writing.execute("PRAGMA page_count").fetchone()
    writing.execute(f"PRAGMA max_page_count={pages}")
    for number in range(100):
        answer = await merchant.order(f"FILL{number:04}", detail="x" * 6000)
        if answer["result_code"] == "FAIL":
            assert answer["err_code"] == "SYSTEMERROR"
            return
    raise AssertionError("it never was")


async def test_a_full_disk_is_told_until_there_is_room(
    writing: sqlite3.Connection, merchant: Merchant, control: Control
) -> None:
    await merchant.order("BEFORE01")
    await fill(writing, merchant)
    assert await complaint(control) == "disk_full"
    assert (await merchant.query("BEFORE01"))["result_code"] == "SUCCESS"
    assert await complaint(control) == "disk_full"
    writing.execute("PRAGMA max_page_count=1000000")
    assert await complaint(control) == ""
    assert (await merchant.order("AFTER001", detail="x" * 6000))["result_code"] == "SUCCESS"


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "磁盘满了"), ("en", "The disk is full")])
async def test_people_are_told_on_every_page(
    writing: sqlite3.Connection, merchant: Merchant, control: Control, lang: str, sentence: str
) -> None:
    async def alert() -> str:
        async with control.session.get("/console/", params={"lang": lang}) as page:
            return (await page.text()).partition('role="alert">')[2].partition("</p>")[0]

    assert await alert() == ""
    await fill(writing, merchant)
    assert (await alert()).startswith(sentence)
    writing.execute("PRAGMA max_page_count=1000000")
    assert await alert() == ""


async def test_a_disk_that_is_nearly_full_is_tried(
    writing: sqlite3.Connection, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.store.sqlite.watch.NEARLY_FULL", 2**62)
    writing.execute("PRAGMA max_page_count=1")
    assert await complaint(control) == "disk_full"
    writing.execute("PRAGMA max_page_count=1000000")
    assert await complaint(control) == ""


async def test_a_database_that_may_not_be_written_is_told(
    writing: sqlite3.Connection, merchant: Merchant, control: Control
) -> None:
    await merchant.order("BEFORE01")
    writing.execute("PRAGMA query_only=ON")
    assert (await merchant.order("AFTER001"))["err_code"] == "SYSTEMERROR"
    assert await complaint(control) == "database_read_only"
    assert (await merchant.query("BEFORE01"))["trade_state"] == "NOTPAY"
    writing.execute("PRAGMA query_only=OFF")
    assert await complaint(control) == ""
    assert (await merchant.order("AFTER001"))["result_code"] == "SUCCESS"


@pytest.fixture
def holder(folder: Path, server: Server) -> Iterator[sqlite3.Connection]:
    """Another program that is in the middle of a transaction."""
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


async def test_while_another_program_holds_it_only_writes_wait(
    holder: sqlite3.Connection, merchant: Merchant, control: Control
) -> None:
    placed = asyncio.create_task(merchant.order("ORDER001"))
    for _ in range(3):
        assert await complaint(control) == ""
        assert (await merchant.query("NOBODYS1"))["err_code"] == "ORDERNOTEXIST"
    assert not placed.done()
    holder.execute("ROLLBACK")
    assert (await placed)["result_code"] == "SUCCESS"


async def test_another_program_that_holds_it_too_long_is_told(
    holder: sqlite3.Connection, merchant: Merchant, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.store.sqlite.writer.PATIENCE", 0.05)
    assert (await merchant.order("ORDER001"))["err_code"] == "SYSTEMERROR"
    assert await complaint(control) == "database_busy"
    holder.execute("ROLLBACK")
    assert await complaint(control) == ""
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_a_disk_that_does_not_answer_is_told(
    server: Server, merchant: Merchant, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, released = in_a_file(server.parts.storage)._writer._disk, threading.Event()
    assert disk is not None
    disk.submit(released.wait)
    monkeypatch.setattr("sandbox.store.sqlite.storage.STUCK_SECONDS", 0)
    placed = await started(merchant.order("ORDER001"))
    assert await complaint(control) == "disk_stuck"
    released.set()
    assert (await placed)["result_code"] == "SUCCESS"
    assert await complaint(control) == ""


async def test_deliveries_that_have_stopped_are_told(server: Server, control: Control) -> None:
    runner = server.parts.scheduler._runner
    assert runner is not None
    runner.cancel()
    await asyncio.gather(runner, return_exceptions=True)
    assert await complaint(control, "deliveries") == "deliveries_stopped"


async def test_health_tells_of_each_part_and_the_version(control: Control) -> None:
    database = {"status": "ok", "kind": "sqlite", "processes": 1}
    parts = {"database": database, "deliveries": {"status": "ok"}}
    assert await control.get("/health") == {"status": "ok", "version": __version__, "parts": parts}


async def test_health_writes_nothing_while_all_is_well(folder: Path, merchant: Merchant, control: Control) -> None:
    await merchant.order("BEFORE01")
    log = folder / f"{FILE_NAME}-wal"
    before = log.stat()
    for _ in range(3):
        assert await complaint(control) == ""
    assert (log.stat().st_size, log.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
