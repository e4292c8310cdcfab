"""What every route of the control API does with bodies and queries that are wrong."""

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Merchant

ORDER = "/orders/1900000109/ORDER001"


@pytest.fixture(scope="module")
async def session(shared_database: Place) -> AsyncIterator[aiohttp.ClientSession]:
    """One sandbox for all, with an order in it: what is refused changes nothing."""
    running = await Server.start(Settings(port=0, **shared_database))
    async with aiohttp.ClientSession(running.url) as opened:
        key = "sandboxv2key00000000000000000000"
        await Merchant(opened, "1900000109", "wx8888888888888888", key, "http://127.0.0.1:9/").order("ORDER001")
        yield opened
    await running.stop()


async def error(control: Control, method: str, path: str, body: object, status: int) -> dict[str, str]:
    answer: dict[str, dict[str, str]] = await control.call(method, path, body, status)
    assert set(answer) == {"error"}
    assert {"code", "message"} <= set(answer["error"]) <= {"code", "message", "field"}
    assert answer["error"]["message"].endswith(".")
    return answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", f"{ORDER}/pay", {"outcome": "maybe"}, "outcome"),
        ("POST", f"{ORDER}/pay", {"outcome": None}, "outcome"),
        ("POST", f"{ORDER}/pay", {"reason": "bad-luck"}, "reason"),
        ("POST", f"{ORDER}/pay", {"openid": 1}, "openid"),
        ("POST", f"{ORDER}/pay", {"bank_type": "<bank>"}, "bank_type"),
        ("POST", f"{ORDER}/pay", {"bank_type": "\u0001"}, "bank_type"),
        ("POST", f"{ORDER}/pay", {"bank_type": "X" * 33}, "bank_type"),
        ("POST", "/merchants", {"mch_id": 1900000110}, "mch_id"),
        ("POST", "/merchants", {"mch_id": "123"}, "mch_id"),
        ("POST", "/merchants", {"mch_id": "19000001100"}, "mch_id"),
        ("POST", "/merchants", {"mch_id": "１９０００００１１０"}, "mch_id"),
        ("POST", "/merchants", {"api_key": "short"}, "api_key"),
        ("POST", "/merchants", {"api_v3_key": "x" * 33}, "api_v3_key"),
        ("POST", "/merchants", {"api_key": "茶" * 32}, "api_key"),
        ("POST", "/merchants", {"appids": ["wx 1"]}, "appids[0]"),
        ("POST", "/merchants", {"appids": [1]}, "appids[0]"),
        ("POST", "/merchants", {"products": {"NATIVE": "closed"}}, "products[...]"),
        ("POST", "/merchants", {"products": {"FACEPAY": "opened"}}, "products"),
        ("POST", "/merchants", {"sub_merchants": [{"sub_mch_id": "1"}]}, "sub_merchants[0].sub_mch_id"),
        ("POST", "/merchants", {"sub_merchants": [{}]}, "sub_merchants[0].sub_mch_id"),
        ("PATCH", "/merchants/1900000109", {"api_key": ""}, "api_key"),
        ("PATCH", "/merchants/1900000109", {"mch_id": "1900000110"}, "mch_id"),
        ("POST", "/apps", {"appid": ""}, "appid"),
        ("POST", "/apps", {"kind": "website"}, "kind"),
        ("POST", "/apps", {"app_signature": "01:23"}, "app_signature"),
        ("POST", "/apps", {"app_signature": "A" * 32}, "app_signature"),
        ("POST", "/apps", {"payment": "yes"}, "payment"),
        ("POST", "/payers", {"openid": "nobody"}, "openid"),
        ("POST", "/payers", {"balance_fen": -1}, "balance_fen"),
        ("POST", "/payers", {"balance_fen": 1.5}, "balance_fen"),
        ("POST", "/payers", {"balance_fen": 10**30}, "balance_fen"),
        ("POST", "/payers", {"appid": "wx<>"}, "appid"),
        ("POST", "/clock", {"advance": "10"}, "advance"),
        ("POST", "/clock", {"scale": "fast"}, "scale"),
        ("POST", "/reset", {"mch_id": 1}, "mch_id"),
    ],
)
async def test_a_wrong_value_names_its_field(
    control: Control, method: str, path: str, body: object, field: str
) -> None:
    refused = await error(control, method, path, body, 400)
    assert (refused["code"], refused["field"]) == ("invalid", field)


ROUTES_WITH_BODIES = [
    ("POST", f"{ORDER}/pay"),
    ("POST", f"{ORDER}/notify"),
    ("POST", "/merchants"),
    ("PATCH", "/merchants/1900000109"),
    ("POST", "/apps"),
    ("PATCH", "/apps/wx8888888888888888"),
    ("POST", "/payers"),
    ("POST", "/clock"),
    ("POST", "/reset"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_BODIES)
async def test_an_unknown_field_is_named(control: Control, method: str, path: str) -> None:
    refused = await error(control, method, path, {"mystery": 1}, 400)
    assert "mystery" in refused["message"]


@pytest.mark.parametrize(("method", "path"), ROUTES_WITH_BODIES)
async def test_a_body_that_is_no_object_is_refused(control: Control, method: str, path: str) -> None:
    assert (await error(control, method, path, [1], 400))["code"] == "invalid"


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"{'a': 1}", b'{"openid": "\xff"}', b'{"openid": "\xed\xa0\x80"}', b"\x00", b"[" * 100000],
)
async def test_a_body_that_is_not_json_is_refused(session: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with session.post("/_sandbox/payers", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] in ("not_json", "invalid")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_must_be_declared_as_json(session: aiohttp.ClientSession, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    async with session.post(
        "/_sandbox/reset", data=b"{}", headers=headers, skip_auto_headers=["Content-Type"]
    ) as response:
        assert response.status == 415
        assert (await response.json())["error"]["code"] == "content_type"


async def test_json_with_a_charset_is_json(session: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    async with session.post("/_sandbox/payers", data=b"{}", headers=headers) as response:
        assert response.status == 201


async def test_no_body_is_an_empty_one(session: aiohttp.ClientSession) -> None:
    async with session.post("/_sandbox/payers") as response:
        assert response.status == 201


async def test_a_body_over_a_megabyte_is_refused(session: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    body = io.BytesIO(b'{"name": "' + b"x" * 1_048_576 + b'"}')
    async with session.post("/_sandbox/merchants", data=body, headers=headers) as response:
        assert response.status == 413
        assert (await response.json())["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/orders/1900000109/UNKNOWN", "order_not_found"),
        ("GET", "/orders/1111111111/ORDER001", "order_not_found"),
        ("GET", "/orders/1900000109/UNKNOWN/timeline", "order_not_found"),
        ("POST", "/orders/1900000109/UNKNOWN/pay", "order_not_found"),
        ("POST", "/orders/1900000109/UNKNOWN/notify", "order_not_found"),
        ("GET", "/merchants/1111111111", "merchant_unknown"),
        ("PATCH", "/merchants/1111111111", "merchant_unknown"),
        ("DELETE", "/merchants/1111111111", "merchant_unknown"),
        ("GET", "/merchants/1111111111/apiclient_cert.p12", "merchant_unknown"),
        ("GET", "/apps/wxunknown", "app_unknown"),
        ("PATCH", "/apps/wxunknown", "app_unknown"),
        ("GET", "/notifications/ntf_unknown", "notification_unknown"),
        ("POST", "/notifications/ntf_unknown/retry", "notification_unknown"),
        ("GET", "/clock?mch_id=1111111111", "merchant_unknown"),
        ("GET", "/nothing", "not_found"),
        ("GET", "/orders/%00/%ff", "order_not_found"),
    ],
)
async def test_what_is_not_there_is_a_404(control: Control, method: str, path: str, code: str) -> None:
    answer = await control.call(method, path, {} if method in ("POST", "PATCH") else None, 404)
    assert answer["error"]["code"] == code


@pytest.mark.parametrize("path", ["/clock", "/reset"])
async def test_an_unknown_merchant_in_a_body_is_a_404(control: Control, path: str) -> None:
    body = {"mch_id": "1111111111"} | ({"advance": 1} if path == "/clock" else {})
    assert (await control.post(path, body, 404))["error"]["code"] == "merchant_unknown"


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/orders"), ("PUT", "/merchants"), ("GET", "/reset")])
async def test_another_method_is_a_405(control: Control, method: str, path: str) -> None:
    assert (await control.call(method, path, None, 405))["error"]["code"] == "method_not_allowed"


LISTS = ["/orders", "/notifications", "/journal", "/payers"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten", "1.5", "", "²", "１", "9" * 5000])
async def test_a_limit_is_a_number_from_1_to_1000(control: Control, path: str, limit: str) -> None:
    assert (await control.get(path, 400, limit=limit))["error"]["field"] == "limit"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["", "next", "-1", "1.0", "²", "9" * 30, "0; DROP TABLE orders"])
async def test_a_cursor_is_what_the_part_before_gave(control: Control, path: str, cursor: str) -> None:
    assert (await control.get(path, 400, cursor=cursor))["error"]["field"] == "cursor"


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_is_whole_where_nothing_more_follows(control: Control, path: str) -> None:
    answer = await control.get(path, limit="1000")
    assert set(answer) == {"items", "next"}
    assert answer["next"] is None


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/orders", {"trade_state": "PAID"}),
        ("/orders", {"trade_type": "native"}),
        ("/notifications", {"state": "lost"}),
        ("/journal", {"since": "yesterday"}),
        ("/journal", {"since": "2026-11-23T10:00:00"}),
        ("/wait", {"mch_id": "1"}),
        ("/wait", {"mch_id": "1900000109", "out_trade_no": "1", "for": "fun"}),
        ("/wait", {"mch_id": "1900000109", "out_trade_no": "1", "for": "paid", "timeout": "-1"}),
        ("/wait", {"mch_id": "1900000109", "out_trade_no": "1", "for": "paid", "timeout": "nan"}),
        ("/wait", {"mch_id": "1900000109", "out_trade_no": "1", "for": "paid", "timeout": "601"}),
        ("/wait", {"mch_id": "1900000109", "out_trade_no": "1", "for": "paid", "timeout": "soon"}),
    ],
)
async def test_a_wrong_query_names_its_field(control: Control, path: str, query: dict[str, str]) -> None:
    assert (await control.get(path, 400, **query))["error"]["field"] == list(query)[-1]


@pytest.mark.parametrize("missing", ["mch_id", "out_trade_no", "for"])
async def test_wait_asks_for_what_it_needs(control: Control, missing: str) -> None:
    query = {"mch_id": "1900000109", "out_trade_no": "1", "for": "paid"}
    del query[missing]
    assert (await control.get("/wait", 400, **query))["error"]["field"] == missing
