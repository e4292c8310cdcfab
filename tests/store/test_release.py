"""A data directory of the last release: the sandbox opens it, and what was under way goes on.

`releases/0009.sql` is what the last release of revision 0009 had written when it was stopped, as SQLite dumps it: open
orders of both algorithms, paid ones whose notifications nobody took, one of the official sandbox's, refunds that had
ended and that had not, one with a scenario's plan, a payment by code, a closed order, calls that failed, calls of
APIv3.
"""

import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from sandbox.store.sqlite.database import FILE_NAME
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant, Received
from tests.support.refunds import told

DUMP = Path(__file__).with_name("releases") / "0009.sql"
NOTIFY_URL = "http://127.0.0.1:9/notify"
_MOMENT = re.compile(r"(?<=[,(])1\d{15}(?=[,)])")


@pytest.fixture
def data_dir(tmp_path: Path, inbox: Inbox) -> Path:
    """As if the last release had been stopped just now; its merchant's backend is the inbox."""
    dump = DUMP.read_text()
    made = int(re.search(r"made at (\d+)", dump)[1])  # type: ignore[index]
    since = (time.time_ns() // 1000 - made) // 1_000_000 * 1_000_000  # whole seconds, as time_expire is
    dump = _MOMENT.sub(lambda found: str(int(found[0]) + since), dump)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript(dump.replace(NOTIFY_URL, inbox.url))
    return tmp_path


@pytest.fixture
async def server(data_dir: Path) -> AsyncIterator[Server]:
    running = await Server.start(Settings(port=0, data_dir=data_dir))
    yield running
    await running.stop()


@pytest.fixture
def by_hmac(merchant: Merchant) -> Merchant:
    return replace(merchant, sign_type="HMAC-SHA256")


async def test_orders_stand_as_they_stood(merchant: Merchant, by_hmac: Merchant, control: Control) -> None:
    states = {
        "OPEN-MD5": "NOTPAY",
        "OPEN-HMAC": "NOTPAY",
        "PAID-MD5": "SUCCESS",
        "PAID-HMAC": "SUCCESS",
        "OFFICIAL": "REFUND",
        "REFUNDED": "REFUND",
        "MICRO": "SUCCESS",
        "CLOSED": "CLOSED",
    }
    for asked in (merchant, by_hmac):
        answers = {number: await asked.query(number) for number in states}
        assert {number: answer["trade_state"] for number, answer in answers.items()} == states
        assert all(asked.verifies(answer, asked.sign_type or "MD5") for answer in answers.values())
    listed = (await control.get("/orders"))["items"]
    assert {order["out_trade_no"]: order["sign_type"] for order in listed} == {
        number: "HMAC-SHA256" if number.endswith("HMAC") else "MD5" for number in states
    }
    assert [order["out_trade_no"] for order in listed if order.get("official")] == ["OFFICIAL"]
    assert {order["face"] for order in listed} == {"v2"}


async def test_an_orders_terms_are_all_there(session: aiohttp.ClientSession) -> None:
    """As the console shows them; what was not sent is not shown."""
    async with session.get("/console/orders/1900000109/OPEN-HMAC") as response:
        page = re.sub(r"<[^>]*>", " ", await response.text())
    for value in ("HMAC-SHA256", "堂食", "013467007045764", "WXG", "no_credit", "SZTX001", "123.12.12.123", "龙井茶"):
        assert value in page
    assert "official" not in page


async def test_an_open_order_is_taken_again_and_paid(by_hmac: Merchant, control: Control, inbox: Inbox) -> None:
    kept = await control.order("OPEN-HMAC")
    answer = await by_hmac.order("OPEN-HMAC", trade_type="APP", time_expire=_beijing(kept["expires_at"]))
    assert answer["prepay_id"] == kept["prepay_id"]
    await control.pay("OPEN-HMAC")
    await control.wait("OPEN-HMAC", "notified")
    assert by_hmac.verifies(_about(inbox, "OPEN-HMAC").fields, "HMAC-SHA256")


@pytest.mark.parametrize(("number", "sign_type"), [("PAID-MD5", "MD5"), ("PAID-HMAC", "HMAC-SHA256")])
async def test_what_is_owed_is_sent_as_it_was_to_be(
    merchant: Merchant, control: Control, inbox: Inbox, number: str, sign_type: str
) -> None:
    before = await control.notification(number)
    assert [attempt["verdict"] for attempt in before["attempts"]] == ["refused"] * 4
    await control.advance(3600)
    received = _about(inbox, number)
    assert received.fields["out_trade_no"] == number
    assert merchant.verifies(received.fields, sign_type)
    assert (await control.notification(number))["state"] == "delivered"


async def test_the_official_sandboxs_order_is_told_of_with_its_key(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    official = await merchant.in_official_sandbox()
    await control.advance(3600)
    received = _about(inbox, "OFFICIAL")
    assert official.verifies(received.fields)
    assert received.body.startswith("<xml>\n  <")
    (refund,) = [one for one in inbox.received if "req_info" in one.fields and told_or_none(one, official)]
    assert told(refund, official)["out_refund_no"] == "R-OFFICIAL"


async def test_refunds_go_on(merchant: Merchant, by_hmac: Merchant, control: Control, inbox: Inbox) -> None:
    answer = await merchant.refund_query(out_trade_no="REFUNDED")
    assert (answer["refund_status_0"], answer["refund_status_1"]) == ("SUCCESS", "PROCESSING")
    again = await merchant.refund("REFUNDED", "R-UNDERWAY", 20)
    assert again["refund_id"] == answer["refund_id_1"]
    await control.advance(3600)
    ended = await by_hmac.refund_query(out_trade_no="REFUNDED")
    assert ended["refund_status_1"] == "SUCCESS"
    sent = [opened for one in inbox.received if "req_info" in one.fields and (opened := told_or_none(one, merchant))]
    assert {one["out_refund_no"] for one in sent} == {"R-ENDED", "R-UNDERWAY"}
    assert (await merchant.refund("REFUNDED", "R-REST", 50))["result_code"] == "SUCCESS"
    refunds = (await control.order("REFUNDED"))["refunds"]
    assert [refund.get("refund_desc") for refund in refunds] == ["甜度不对", None, None]
    assert {refund["face"] for refund in refunds} == {"v2"}


async def test_the_journal_is_there_with_whose_each_call_was(control: Control, data_dir: Path) -> None:
    paths = [entry["path"] for entry in (await control.get("/journal", limit="100"))["items"]]
    assert paths.count("/pay/orderquery") == 2
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as connection:
        rows = connection.execute("SELECT path, out_trade_no, notification_id, name, origin FROM journal").fetchall()
    for path, number, notification_id, name, kept in rows:
        origin = json.loads(kept) if kept else None
        if name:
            assert origin is None
        elif "/v3/" in path:
            assert origin == {"face": "v3", "facts": {}}
        elif notification_id:
            facts = {"sign_type": "HMAC-SHA256" if number.endswith("HMAC") else "MD5"}
            assert origin == {"face": "v2", "facts": facts | ({"official": "true"} if number == "OFFICIAL" else {})}
        else:
            official = {"official": "true"} if path.startswith("/sandboxnew/") else {}
            assert origin == {"face": "v2", "facts": official}


async def test_a_scenario_goes_on_as_it_was_planned(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    """Its plan was kept in the words of then: V2's err_code and return_msg, `malformed-xml`."""
    closed = await merchant.close("OPEN-MD5")
    assert (closed["err_code"], closed["err_code_des"]) == ("SYSTEMERROR", "系统忙")
    answers = [await merchant.query("OPEN-MD5") for _ in range(4)]
    assert [answer.get("err_code") for answer in answers] == [None, None, "SYSTEMERROR", None]
    assert [answer["return_msg"] for answer in answers] == ["OK", "OK", "OK", "签名失败"]
    await control.pay("OPEN-MD5")
    await control.advance(3600)
    bodies = [one.body for one in inbox.received if "OPEN-MD5" in one.body]
    assert ["</xml>" in body for body in bodies] == [False, True]
    faults = [one.get("fault") for one in (await control.order("OPEN-MD5"))["notifications"]]
    assert faults == ["malformed-body", None]


def _about(inbox: Inbox, number: str) -> Received:
    """The newest payment notification of an order."""
    return [one for one in inbox.received if one.fields.get("out_trade_no") == number][-1]


def told_or_none(received: Received, merchant: Merchant) -> dict[str, str] | None:
    """What a refund notification says; None where it is sealed with another key."""
    try:
        return told(received, merchant)
    except (AssertionError, ValueError):
        return None


def _beijing(moment: str) -> str:
    from datetime import datetime, timedelta, timezone

    return datetime.fromisoformat(moment).astimezone(timezone(timedelta(hours=8))).strftime("%Y%m%d%H%M%S")
