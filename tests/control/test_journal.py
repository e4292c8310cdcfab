"""The journal: lists and their filters, one call, cURL, HAR."""

import asyncio
import sqlite3
import tracemalloc
from contextlib import closing
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest
from yarl import URL

from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind, Message, SignatureState
from sandbox.server import Server
from sandbox.v2.origin import called_at
from tests.conftest import need
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.storing import in_a_file, repeated
from tests.support.words import SIGN_WRONG


async def test_the_journal_has_every_call_whatever_became_of_it(merchant: Merchant, control: Control) -> None:
    await merchant.post("/pay/unifiedorder", b"nonsense")
    await merchant.order("ORDER001", sign="0" * 32)
    await merchant.order("ORDER001")
    await merchant.query("ORDER001")
    items = (await control.get("/journal"))["items"]
    assert [(one["path"], one["outcome"], one.get("signature")) for one in items] == [
        ("/pay/orderquery", "ok", "ok"),
        ("/pay/unifiedorder", "ok", "ok"),
        ("/pay/unifiedorder", "failed", "wrong"),
        ("/pay/unifiedorder", "failed", None),
    ]
    assert all(one["kind"] == "api" for one in items)
    assert len({one["request_id"] for one in items}) == 4


async def test_a_query_string_stands_in_addresses_as_it_was_sent(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    path = "/pay/unifiedorder?from=a%2Fb+c&to="
    await session.post(URL(path, encoded=True), data=b"?")
    (call,) = (await control.get("/journal"))["items"]
    assert (call["path"], call["facts"]["query"]) == ("/pay/unifiedorder", "from=a%2Fb+c&to=")
    (entry,) = (await control.get("/journal.har"))["log"]["entries"]
    assert entry["request"]["url"] == f"{session._base_url}".rstrip("/") + path
    assert entry["request"]["queryString"][0] == {"name": "from", "value": "a/b c"}
    async with session.get(f"/_sandbox/journal/{call['id']}/curl") as response:
        assert f"{path}'" in await response.text()
    assert (await control.get("/journal", path="/pay/unifiedorder"))["items"] == [call]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"path": "/pay/orderquery"}, 2),
        ({"path": "/pay/closeorder"}, 0),
        ({"mch_id": "1900000109"}, 3),
        ({"mch_id": "1111111111"}, 0),
        ({"outcome": "failed"}, 1),
        ({"outcome": "ok"}, 2),
        ({"since": "2020-01-01T00:00:00+08:00"}, 3),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
        ({"limit": "2"}, 2),
    ],
)
async def test_the_journal_is_filtered(merchant: Merchant, control: Control, query: dict[str, str], count: int) -> None:
    await merchant.order("ORDER001")
    await merchant.query("ORDER001")
    await merchant.query("UNKNOWN1")
    assert len((await control.get(f"/journal?{urlencode(query)}"))["items"]) == count


async def test_the_journal_since_a_moment_of_sandbox_time(merchant: Merchant, control: Control) -> None:
    await merchant.query("ORDER001")
    await control.advance(3600)
    since = (await control.get("/clock"))["now"]
    await merchant.query("ORDER002")
    (call,) = (await control.get("/journal", since=since))["items"]
    assert call["out_trade_no"] == "ORDER002"


async def test_control_calls_are_not_in_the_journal(merchant: Merchant, control: Control) -> None:
    await control.get("/merchants/1900000109")
    assert (await control.get("/journal"))["items"] == []


# -- filters -----------------------------------------------------------------------------------------------------------


async def found(control: Control, **query: str) -> list[str]:
    """What a filter finds, oldest first: paths and orders."""
    items = (await control.get("/journal", **query))["items"]
    return [f"{one['path'].rpartition('/')[2]} {one.get('out_trade_no', '-')}" for one in reversed(items)]


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ({"out_trade_no": "ORDER001"}, ["unifiedorder ORDER001", "orderquery ORDER001"]),
        ({"out_trade_no": "ORDER001", "mch_id": "1900000109"}, ["unifiedorder ORDER001", "orderquery ORDER001"]),
        ({"out_trade_no": "ORDER001", "mch_id": "1900000108"}, []),
        ({"out_trade_no": "ORDER001", "path": "/pay/orderquery"}, ["orderquery ORDER001"]),
        ({"signature": "wrong"}, ["unifiedorder ORDER002"]),
        ({"signature": "missing"}, ["closeorder ORDER003"]),
        ({"signature": "ok", "path": "/pay/unifiedorder"}, ["unifiedorder ORDER001"]),
        ({"contains": "<out_trade_no>ORDER001"}, ["unifiedorder ORDER001", "orderquery ORDER001"]),
        ({"contains": "龙井"}, ["unifiedorder ORDER001", "unifiedorder ORDER002"]),
        ({"contains": "龙井", "outcome": "failed"}, ["unifiedorder ORDER002"]),
        ({"contains": "ORDER%"}, []),
        ({"outcome": "failed", "mch_id": "1900000109"}, ["unifiedorder ORDER002", "closeorder ORDER003"]),
    ],
)
async def test_filters_find_what_they_name(
    merchant: Merchant, control: Control, query: dict[str, str], calls: list[str]
) -> None:
    await merchant.order("ORDER001")
    await merchant.query("ORDER001")
    await merchant.order("ORDER002", sign="0" * 32)
    await merchant.call("/pay/closeorder", out_trade_no="ORDER003", sign="")
    assert await found(control, **query) == calls


@pytest.mark.parametrize("path", ["/journal", "/journal.har"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outcome", "fail"),
        ("signature", "bad"),
        ("contains", "x" * 257),
        ("since", "today"),
        ("limit", "1001"),
        ("cursor", "x"),
    ],
)
async def test_a_filter_that_cannot_be_is_named(control: Control, path: str, name: str, value: str) -> None:
    assert (await control.get(path, 400, **{name: value}))["error"]["field"] == name


async def test_the_journal_is_read_part_by_part(merchant: Merchant, control: Control) -> None:
    for number in range(3):
        await merchant.query(f"ORDER00{number}")
    first = await control.get("/journal", limit="2", path="/pay/orderquery")
    second = await control.get("/journal", limit="2", path="/pay/orderquery", cursor=first["next"])
    assert [one["out_trade_no"] for one in first["items"] + second["items"]] == ["ORDER002", "ORDER001", "ORDER000"]
    assert second["next"] is None


# -- one call ----------------------------------------------------------------------------------------------------------


async def test_one_call_is_what_the_list_has(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    (listed,) = (await control.get("/journal"))["items"]
    assert await control.get(f"/journal/{listed['id']}") == listed


async def test_an_attempt_to_notify_is_found_by_its_number_too(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    attempt = (await control.timeline("ORDER001"))[-1]
    assert (await control.get(f"/journal/{attempt['id']}"))["verdict"] == "ok"


@pytest.mark.parametrize("number", ["999999", "0", "event"])
@pytest.mark.parametrize("form", ["", "/curl"])
async def test_a_number_without_a_call_is_a_404(merchant: Merchant, control: Control, number: str, form: str) -> None:
    await merchant.order("ORDER001")
    event = next(item for item in await control.timeline("ORDER001") if item["kind"] != "api")
    number = str(event["id"]) if number == "event" else number
    assert (await control.get(f"/journal/{number}{form}", 404))["error"]["code"] == "call_unknown"


async def curl(session: aiohttp.ClientSession, number: int) -> str:
    async with session.get(f"/_sandbox/journal/{number}/curl") as response:
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        return await response.text()


async def run(command: str) -> str:
    """What a command that begins with curl prints."""
    need("curl", "curl")
    shell = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.PIPE)
    out, _ = await shell.communicate()
    return out.decode()


async def test_the_curl_makes_the_same_call_again(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    await merchant.order("ORDER001", attach="it's <&> $HOME")
    await merchant.query("ORDER001")
    (queried,) = (await control.get("/journal", path="/pay/orderquery"))["items"]
    answer = await run(await curl(session, queried["id"]))
    assert "<trade_state><![CDATA[NOTPAY]]></trade_state>" in answer
    first, second = (await control.get("/journal", path="/pay/orderquery"))["items"]
    assert first["request"]["body"] == second["request"]["body"]


async def test_the_curl_of_a_notification_notifies_the_merchant_again(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession, inbox: Inbox
) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    attempt = (await control.timeline("ORDER001"))[-1]
    await run(await curl(session, attempt["id"]))
    assert inbox.received[1].body == inbox.received[0].body


# -- HAR ---------------------------------------------------------------------------------------------------------------


async def test_the_archive_holds_the_calls_of_the_same_filter_oldest_first(
    merchant: Merchant, control: Control, session: aiohttp.ClientSession
) -> None:
    await merchant.order("ORDER001")
    await merchant.query("ORDER001")
    await merchant.order("ORDER002")
    async with session.get("/_sandbox/journal.har", params={"out_trade_no": "ORDER001"}) as response:
        log = (await response.json())["log"]
        assert "wxpay-sandbox.har" in response.headers["Content-Disposition"]
    urls = [f"{session._base_url}".rstrip("/") + path for path in ("/pay/unifiedorder", "/pay/orderquery")]
    assert [entry["request"]["url"] for entry in log["entries"]] == urls


async def test_an_archives_next_is_the_cursor_of_the_archive_before(merchant: Merchant, control: Control) -> None:
    for number in range(3):
        await merchant.query(f"ORDER00{number}")
    log = (await control.get("/journal.har", limit="2"))["log"]
    before = (await control.get("/journal.har", limit="2", cursor=log["_next"]))["log"]
    orders = [entry["_out_trade_no"] for entry in before["entries"] + log["entries"]]
    assert orders == ["ORDER000", "ORDER001", "ORDER002"]
    assert before["_next"] is None


@pytest.mark.parametrize(("lang", "said"), [("zh", "签名不对"), ("en", "the signature is wrong")])
async def test_the_archive_says_what_became_of_the_signature(
    merchant: Merchant, control: Control, lang: str, said: str
) -> None:
    await merchant.order("ORDER001", sign="0" * 32)
    (entry,) = (await control.get("/journal.har", lang=lang))["log"]["entries"]
    assert entry["comment"] == f"{said}; {SIGN_WRONG['today']}"


async def record_large_calls(server: Server, many: int) -> None:
    """Calls as large as they are kept, of which JSON makes more still."""
    body = Message((), b"\xff" * KEPT_BYTES)
    call = Exchange(
        at=server.parts.clock.now(),
        kind=ExchangeKind.API,
        origin=called_at(official=False),
        method="POST",
        path="/pay/x",
        request=body,
        reply=body,
        signature=SignatureState.OK,
    )
    await server.parts.storage.write(repeated(many, lambda tx: tx.record(call)))


@pytest.mark.slow
async def test_several_large_archives_at_once_take_little_memory(
    server: Server, session: aiohttp.ClientSession
) -> None:
    await record_large_calls(server, 150)  # 26 MB as an archive

    async def download() -> int:
        async with session.get("/_sandbox/journal.har", params={"limit": "1000"}) as response:
            return sum([len(part) async for part in response.content.iter_chunked(64 * 1024)])

    tracemalloc.start()
    sizes = await asyncio.gather(*[download() for _ in range(6)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert min(sizes) > 25_000_000
    assert peak < 40_000_000


async def test_an_archive_stays_whole_where_lines_go_while_it_is_read(
    server: Server, session: aiohttp.ClientSession
) -> None:
    await record_large_calls(server, 150)
    async with session.get("/_sandbox/journal.har", params={"limit": "1000"}) as response:
        # It waits for its reader by now.
        await server.parts.storage.write(lambda tx: tx.forget_orders())
        log = msgspec.json.decode(await response.read())["log"]
    assert 0 < len(log["entries"]) < 150
    assert log["_next"] is None


async def test_an_archive_of_which_nothing_is_left_is_whole_too(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/journal.har") as response:
        assert (await response.json())["log"]["entries"] == []


@pytest.mark.sqlite_only("it breaks off since another sandbox has taken the file")
async def test_an_archive_that_breaks_off_does_not_look_whole(server: Server, session: aiohttp.ClientSession) -> None:
    await record_large_calls(server, 150)
    async with session.get("/_sandbox/journal.har", params={"limit": "1000"}) as response:
        with closing(sqlite3.connect(in_a_file(server.parts.storage)._database.path)) as other:
            other.execute("PRAGMA user_version=7")  # another sandbox has taken the database over
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_page_of_large_calls_is_shorter_and_leads_on(server: Server, control: Control) -> None:
    await record_large_calls(server, 100)
    found, cursor = [], "0"
    while cursor is not None:
        page = await control.get("/journal", limit="1000", **({"cursor": cursor} if cursor != "0" else {}))
        assert 0 < len(page["items"]) < 70
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert found == list(range(100, 0, -1))
