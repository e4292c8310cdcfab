"""A data directory with many orders in it: python -m bench.grow DIRECTORY ORDERS.

The sandbox itself lives through some stories, over HTTP and by both APIs: orders that wait, are paid, told of, given
back, closed or shared, or whose merchant hears nothing; transfers; calls signed wrongly. Then the database copies
their rows, each time with other numbers and a little later. So what a line holds, and how many of each there are, is
the program's own.
"""

import json
import sqlite3
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from sqlalchemy import Column, Table

from bench.servers import SANDBOX, python
from sandbox.core.sharing import RIPE_AFTER
from sandbox.store.columns import Instant
from sandbox.store.journal_tables import journal
from sandbox.store.payer_tables import payers
from sandbox.store.sharing_tables import frozen_money, sharings
from sandbox.store.tables import ledger, notifications, orders, refunds
from sandbox.store.transfer_tables import transfers

MERCHANT, APPID = "1900000109", "wx8888888888888888"
DAY = 86_400
SPAN = 6 * DAY
"""Within so many seconds all was ordered: what waits for its payer can still be paid."""

DAYS = import_module("sandbox.store.migrations.versions.0019_growth").DAYS
"""What the days come to with the copies, as the migration counted those of before."""

COPIED = (payers, orders, notifications, refunds, transfers, sharings, frozen_money, ledger, journal)
NUMBERS = {
    *("out_trade_no", "prepay_id", "code", "transaction_id", "out_refund_no", "refund_id", "flow_no", "business_no"),
    *("notification_id", "request_id", "openid", "payer_openid", "body"),
    *("out_bill_no", "transfer_bill_no", "package_info", "out_order_no", "order_id"),
}
"""What is another one in each copy, as a row's own `id` is where that is a text."""

NOWHERE = "http://127.0.0.1:9/notify"
_V2 = {"appid": APPID, "mch_id": MERCHANT, "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"}
_V3_ORDER = "/v3/pay/transactions/out-trade-no/{out_trade_no}"
CALLS: Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "v2": {
        "place": (
            "/pay/unifiedorder",
            {
                **_V2,
                "body": "龙井茶",
                "total_fee": "100",
                "spbill_create_ip": "1.2.3.4",
                "trade_type": "APP",
                "notify_url": NOWHERE,
            },
        ),
        "query": ("/pay/orderquery", _V2),
        "close": ("/pay/closeorder", _V2),
        "refund": ("/secapi/pay/refund", {**_V2, "total_fee": "100", "refund_fee": "100"}),
    },
    "v3": {
        "place": (
            "/v3/pay/transactions/native",
            {"appid": APPID, "mchid": MERCHANT, "description": "碧螺春", "amount.total": "100", "notify_url": NOWHERE},
        ),
        "query": (_V3_ORDER, {"mchid": MERCHANT}),
        "close": (f"{_V3_ORDER}/close", {"mchid": MERCHANT}),
        "refund": (
            "/v3/refund/domestic/refunds",
            {"amount.total": "100", "amount.refund": "100", "amount.currency": "CNY"},
        ),
    },
}
"""The path and the fields of each call of a story, by the API's name."""
BILL_NO, SHARING_NO = "GROWTRANSFER", "GROW-SHARING-"
TRANSFER = {
    "appid": APPID,
    "out_bill_no": BILL_NO,
    "transfer_scene_id": "1000",
    "openid": "oSandboxPayer000000000000001",
    "transfer_amount": "30",
    "transfer_remark": "新会员开通有礼",
    "transfer_scene_report_infos[0].info_type": "活动名称",
    "transfer_scene_report_infos[0].info_content": "新会员有礼",
    "transfer_scene_report_infos[1].info_type": "奖励说明",
    "transfer_scene_report_infos[1].info_content": "一等奖",
}


def main() -> None:
    grow(Path(sys.argv[1]), int(sys.argv[2]))


def grow(folder: Path, many: int) -> None:
    """Fill a folder that is empty or new with about so many orders."""
    with python(*SANDBOX, str(folder), "--refund-seconds", "0") as sandbox:
        for face in CALLS:
            Story(sandbox.url, face, "SILENT").paid()
        ask(f"{sandbox.url}/_sandbox/clock", {"advance": 2 * DAY})
        for face in CALLS:
            live(sandbox.url, face)
        give(sandbox.url)
    database = sqlite3.connect(folder / "sandbox.db")
    database.execute("PRAGMA cache_size = -500000")
    with database:
        database.execute("DELETE FROM journal WHERE kind = 'clock'")  # the two days happened once
        (lived,) = database.execute("SELECT count(*) FROM orders").fetchone()
        for table in COPIED:
            copy(database, table, many // lived - 1)
        database.execute("DELETE FROM ledger_days")
        database.execute(DAYS)
    database.close()


def live(url: str, face: str) -> None:
    """Twenty orders by one API."""
    stories = [Story(url, face, str(each)) for each in range(20)]
    for story in stories[:5]:
        story.call("place")
    for story in stories[5:9]:
        story.call("place")
        story.call("close")
    for story in stories[9:]:
        story.told()
    for story in stories[18:]:
        story.call("refund", out_refund_no=f"R{story.number}")
        story.call("query", sign="0" * 32)


def give(url: str) -> None:
    """A transfer to a person, and an order whose money was to be shared."""
    send(url, "v3", "/v3/fund-app/mch-transfer/transfer-bills", TRANSFER)
    ask(f"{url}/_sandbox/transfers/{MERCHANT}/{BILL_NO}", {"outcome": "success"})
    order = Story(url, "v3", "SHARED")
    order.told(**{"settle_info.profit_sharing": "true"})
    ask(f"{url}/_sandbox/clock", {"advance": RIPE_AFTER.seconds})
    transaction_id = ask(f"{url}/_sandbox/orders/{MERCHANT}/{order.number}")["transaction_id"]
    unfreezing = {"transaction_id": transaction_id, "out_order_no": SHARING_NO, "description": "解冻剩余资金"}
    send(url, "v3", "/v3/profitsharing/orders/unfreeze", unfreezing)
    ask(f"{url}/_sandbox/sharings/{MERCHANT}/{SHARING_NO}", {})


class Story:
    """One order."""

    def __init__(self, url: str, face: str, name: str) -> None:
        self.number = f"GROW-{face}-{name}-"
        self._url, self._face = url, face

    def paid(self, **terms: str) -> None:
        """Placed and paid."""
        self.call("place", **terms)
        ask(f"{self._url}/_sandbox/orders/{MERCHANT}/{self.number}/pay", {"outcome": "success"})

    def told(self, **terms: str) -> None:
        """Paid, and the merchant's backend took the news."""
        self.paid(notify_url=f"{self._url}/sample/notify", **terms)
        ask(f"{self._url}/_sandbox/wait?mch_id={MERCHANT}&out_trade_no={self.number}&for=notified")

    def call(self, name: str, sign: str = "", **more: str) -> None:
        """What the merchant's backend asks WeChat Pay."""
        path, fields = CALLS[self._face][name]
        send(self._url, self._face, path, {**fields, "out_trade_no": self.number, **more}, sign)


def send(url: str, face: str, path: str, fields: Mapping[str, str], sign: str = "") -> None:
    """A call of a merchant's backend, by the hand of the control API."""
    said = {"face": face, "path": path, "fields": fields, "mch_id": MERCHANT, "sign": sign}
    ask(f"{url}/_sandbox/debug/send", said)


def ask(url: str, body: Mapping[str, object] | None = None) -> Any:
    """A call of the control API."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)


# -- copies ------------------------------------------------------------------------------------------------------------


def copy(database: sqlite3.Connection, table: Table, times: int) -> None:
    """Write the rows of a table so many times again, all of one copy together, as they would have come."""
    serial = table.primary_key.columns[0]
    columns = [column for column in table.columns if column is not serial]
    names = ", ".join(column.name for column in columns)
    values = ", ".join(_copied(column, times) for column in columns)
    database.execute(f"CREATE TEMP TABLE lived AS SELECT {names} FROM {table.name} ORDER BY {serial.name}")
    database.execute(
        f"WITH RECURSIVE copies(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {times}) "
        f"INSERT INTO {table.name} ({names}) SELECT {values} FROM copies CROSS JOIN lived"
    )
    database.execute("DROP TABLE lived")


def _copied(column: Column[Any], times: int) -> str:
    """A column in a copy: behind what names something stands the copy's number, moments come one after the other."""
    if isinstance(column.type, Instant):
        return f"{column.name} - ({times} - number) * {SPAN * 1_000_000 // times}"
    if column.name in NUMBERS or column.name == "id":
        return f"CASE {column.name} WHEN '' THEN '' ELSE {column.name} || printf('%06d', number) END"
    return column.name


if __name__ == "__main__":
    main()
