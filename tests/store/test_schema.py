"""The schema: built from the tables, built from the migrations, found in a file."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from sandbox.store import DatabaseUnusable
from sandbox.store.migrations import configuration
from sandbox.store.sqlite.database import FILE_NAME, open_database
from sandbox.store.tables import SCHEMA_REVISION


def schema_of(path: Path) -> dict[str, str]:
    """The statement that makes each table and index, white space made alike."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", " ", sql) for name, sql in found if name != "alembic_version"}


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        connection.commit()
    return rows


def open_and_close(folder: Path) -> Path:
    opened = open_database("", folder)
    opened.dispose()
    return opened.path


def older(folder: Path) -> Path:
    """A database from before the first migration: alembic's table, and nothing else."""
    path = folder / FILE_NAME
    folder.mkdir(exist_ok=True)
    execute(path, "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    return path


def test_the_migrations_build_the_same_schema_as_the_tables(tmp_path: Path) -> None:
    from_tables = open_and_close(tmp_path / "tables")
    from_migrations = older(tmp_path / "migrations")
    open_and_close(tmp_path / "migrations")
    assert schema_of(from_migrations) == schema_of(from_tables)
    assert len(schema_of(from_tables)) > 20


def test_a_new_database_is_stamped_with_the_newest_migration(tmp_path: Path) -> None:
    path = open_and_close(tmp_path)
    opened = open_database("", tmp_path)
    with opened.writing.connect() as connection:
        head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    opened.dispose()
    assert head == SCHEMA_REVISION
    assert execute(path, "SELECT version_num FROM alembic_version") == [(SCHEMA_REVISION,)]


def test_an_older_database_is_migrated_and_stamped(tmp_path: Path) -> None:
    path = older(tmp_path)
    open_and_close(tmp_path)
    assert execute(path, "SELECT version_num FROM alembic_version") == [(SCHEMA_REVISION,)]
    open_and_close(tmp_path)


def refusal(folder: Path) -> str:
    """The sentence with which the database is refused."""
    with pytest.raises(DatabaseUnusable) as refused:
        open_database("", folder)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def test_a_database_of_a_newer_sandbox_is_refused(tmp_path: Path) -> None:
    path = open_and_close(tmp_path)
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    assert refusal(tmp_path) == "The database is of revision 9999, newer than this sandbox."


def test_a_refused_database_stays_as_it_was(tmp_path: Path) -> None:
    path = open_and_close(tmp_path)
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    before = schema_of(path)
    refusal(tmp_path)
    assert schema_of(path) == before
    assert execute(path, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    execute(tmp_path / FILE_NAME, "CREATE TABLE customers (id INTEGER)")
    assert refusal(tmp_path) == "The database file holds other tables, none of this sandbox."
    assert list(schema_of(tmp_path / FILE_NAME)) == ["customers"]


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert str(tmp_path / FILE_NAME) in refusal(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_folder_in_the_databases_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert "Is a directory" in refusal(tmp_path)


def test_a_file_in_the_data_dirs_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("I am a file")
    refusal(tmp_path / "data")


def test_an_unknown_kind_of_database_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="mysql://root@db/pay"):
        open_database("mysql://root@db/pay", tmp_path)


def test_a_database_may_lie_elsewhere(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path}/elsewhere/pay.db", tmp_path / "unused")
    opened.dispose()
    assert (tmp_path / "elsewhere" / "pay.db").exists()
    assert not (tmp_path / "unused").exists()


def test_nobody_else_may_read_the_database(tmp_path: Path) -> None:
    path = open_and_close(tmp_path / "data")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_database_in_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    opened = open_database(":memory:", tmp_path)
    with opened.writing.connect():
        pass
    opened.dispose()
    assert not list(opened.path.parent.glob(f"{opened.path.name}*"))
    assert list(tmp_path.iterdir()) == []


def upgrade(path: Path, revision: str) -> None:
    """As far as an older release had it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as begun:
        command.upgrade(configuration(begun), revision)
    engine.dispose()


def insert(path: Path, table: str, **values: object) -> None:
    """A row; every other column that must hold something holds nothing."""
    with closing(sqlite3.connect(path)) as connection:
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        needed = {name: "" if "CHAR" in kind or kind == "TEXT" else 0 for _, name, kind, must, *_ in columns if must}
        row = {name: value for name, value in needed.items() if name not in ("id", "seq")} | values
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        connection.commit()


REFUSED, ACCEPTED = "ok_forgery_refused", "forgery_accepted"


@pytest.mark.parametrize(
    ("fault", "status", "body", "before", "after"),
    [
        ("no-sign", 200, "OK", REFUSED, "cannot_tell reply=not_xml"),
        ("no-sign", 201, "<xml/>", REFUSED, "cannot_tell reply=http_201"),
        ("no-sign", 302, "", REFUSED, "cannot_tell reply=redirect"),
        ("no-sign", 500, "", REFUSED, "cannot_tell how=HTTP 500"),
        ("no-sign", 200, "<xml><return_code>FAIL</return_code></xml>", REFUSED, "cannot_tell how=return_code FAIL"),
        ("no-sign", None, "", "timeout", "cannot_tell silent=timeout"),
        ("no-sign", 200, "", ACCEPTED, "forgery_accepted"),
        ("result-fail", 200, "", ACCEPTED, "failure_acknowledged"),
    ],
)
def test_what_was_said_of_forgeries_before_is_judged_anew(
    tmp_path: Path, fault: str, status: int | None, body: str, before: str, after: str
) -> None:
    path = older(tmp_path / "old")
    upgrade(path, "0007")
    insert(path, "orders", mch_id="1", out_trade_no="N1", prepay_id="wx1", notification="delivered")
    facts = [["fault", fault], *([["return_code", "FAIL"]] if "FAIL" in body else [])]
    insert(
        path,
        "journal",
        mch_id="1",
        out_trade_no="N1",
        notification_id="ntf_1",
        status=status,
        reply_body=body.encode(),
        facts=json.dumps({"notify_fault": fault, "hostile": 1}, separators=(",", ":")),
        verdict=json.dumps([before, facts]),
    )
    open_and_close(tmp_path / "old")
    ((packed,),) = execute(path, "SELECT verdict FROM journal")
    name, kept = json.loads(str(packed))
    told = "".join(f" {fact}={value}" for fact, value in kept if fact in ("reply", "how", "silent"))
    assert name + told == after
    assert dict(kept)["fault"] == fault
    standing = "forged" if after == ACCEPTED else "delivered"
    assert execute(path, "SELECT notification FROM orders") == [(standing,)]


def test_an_order_whose_notification_has_failed_is_told_from_one_that_is_under_way(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    upgrade(path, "0007")
    for number, attempts in (("N1", 0), ("N2", 3)):
        insert(path, "orders", mch_id="1", out_trade_no=number, prepay_id=number, notification="pending")
        named = {"id": number, "mch_id": "1", "out_trade_no": number}
        insert(path, "notifications", **named, state="pending", attempts=attempts)
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT notification FROM orders ORDER BY id") == [("pending",), ("failing",)]


def test_a_merchants_certificate_of_before_is_the_first_of_its_own(tmp_path: Path) -> None:
    from sandbox.ingress import issuing

    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    made = issuing.make_account("1900000109", issuing.make_ca(["localhost"], now), now)
    path = older(tmp_path / "old")
    upgrade(path, "0003")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO merchants (mch_id, name, appids, api_key, api_v3_key, products, service_provider, "
            "sub_merchants, notify_url) VALUES ('1900000109', '', '[]', '', '', '{}', 0, '[]', '')"
        )
        for name in ("1900000109", "ca"):
            connection.execute(
                "INSERT INTO certificates VALUES (?, ?, ?, ?)",
                (name, made.serial_no + name, made.certificate, made.private_key),
            )
        connection.commit()
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT name FROM certificates") == [("ca",)]
    columns = "mch_id, certificate, private_key, issued_at, expires_at, revoked_at"
    (kept,) = execute(path, f"SELECT {columns} FROM merchant_certificates")
    moment = int(now.timestamp()) * 1_000_000
    ends = int(issuing.ends_at(made).timestamp()) * 1_000_000
    assert kept == ("1900000109", made.certificate, made.private_key, moment, ends, None)


def test_the_platforms_certificate_of_before_is_everybodys_with_its_public_key(tmp_path: Path) -> None:
    from sandbox.ingress import issuing

    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    made = issuing.make_account("WeChat Pay", issuing.make_ca(["localhost"], now), now)
    path = older(tmp_path / "old")
    upgrade(path, "0013")
    insert(path, "merchants", mch_id="1900000109", appids="[]", products="{}", sub_merchants="[]", former_keys="[]")
    kept = {"certificate": made.certificate, "private_key": made.private_key}
    for name in ("platform", "ca"):
        insert(path, "certificates", name=name, serial_no=made.serial_no, **kept)
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT name FROM certificates") == [("ca",)]
    columns = "mch_id, serial_no, certificate, private_key, effective_at, expires_at, signs"
    begins, ends = (int(at.timestamp()) * 1_000_000 for at in (now - issuing.EARLIER, issuing.ends_at(made)))
    assert execute(path, f"SELECT {columns} FROM platform_certificates") == [
        ("", made.serial_no, made.certificate, made.private_key, begins, ends, 1)
    ]
    key_id = f"PUB_KEY_ID_{int(made.serial_no[-20:], 16):025d}"
    assert execute(path, "SELECT mch_id, key_id, public_key, private_key FROM platform_public_keys") == [
        ("", key_id, issuing.public_key(made), made.private_key)
    ]
    settings = "platform_identity, separate_platform_keys"
    assert execute(path, f"SELECT {settings} FROM merchants") == [("certificate", 0)]


def test_the_days_of_before_come_to_what_their_lines_do(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    upgrade(path, "0018")
    midnight = int(datetime(2026, 11, 23, 16, tzinfo=UTC).timestamp()) * 1_000_000
    for at, account in ((midnight - 1, "Basic"), (midnight, "Basic"), (midnight, "Operation"), (midnight, None)):
        insert(path, "ledger", mch_id="1900000109", at=at, movement="transfer", fen=30, account=account)
    open_and_close(tmp_path / "old")
    day = (datetime(2026, 11, 24, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    kept = execute(path, "SELECT mch_id, day, movement, lines, fen FROM ledger_days ORDER BY day")
    assert kept == [("1900000109", day - 1, "transfer", 1, 30), ("1900000109", day, "transfer", 2, 60)]


def test_what_was_told_of_shares_before_stands_under_who_was_told(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    upgrade(path, "0018")
    insert(path, "notifications", id="N1", kind="payment", mch_id="1900000109")
    news = {"mch_id": "1900000201", "order_id": "3008", "out_order_no": "P1", "amount": 30, "description": ""}
    insert(path, "notifications", id="N2", kind="sharing", mch_id="1900000109", sharing=json.dumps(news))
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT receiver FROM notifications ORDER BY seq") == [("",), ("1900000201",)]


def test_a_line_of_before_tells_what_it_holds(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as begun:
        command.upgrade(configuration(begun), "0008")
    engine.dispose()
    names = [str(name) for _, name, *_ in execute(path, "PRAGMA table_info(journal)")]
    values = dict.fromkeys(names, "''") | {"id": "1", "request_body": "zeroblob(1000)", "path": "'/pay/x'"}
    execute(path, f"INSERT INTO journal ({', '.join(names)}) VALUES ({', '.join(values[name] for name in names)})")
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT size FROM journal") == [(512 + 1000 + len("/pay/x"),)]


def test_a_transfer_that_was_cancelled_before_keeps_no_reason(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    upgrade(path, "0017")
    for number, reason in (("T1", "MCH_CANCEL"), ("T2", "OVERDUE_CLOSE")):
        names = {"out_bill_no": number, "transfer_bill_no": number, "package_info": number}
        insert(path, "transfers", mch_id="1", fail_reason=reason, **names)
    open_and_close(tmp_path / "old")
    assert execute(path, "SELECT fail_reason FROM transfers ORDER BY id") == [("",), ("OVERDUE_CLOSE",)]
