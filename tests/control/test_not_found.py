"""A 404 names what was looked for and is not there, shortened where it is long."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place

ORDER = "/orders/1900000109/NOWHERE1"
LATER = "2999-01-01T00:00:00+08:00"
CALLS: list[tuple[str, str, Any, str, str]] = [
    ("GET", ORDER, None, "order_not_found", "1900000109/NOWHERE1"),
    ("GET", f"{ORDER}?sub_mch_id=1900000201", None, "order_not_found", "1900000109/1900000201/NOWHERE1"),
    ("GET", f"{ORDER}/timeline", None, "order_not_found", "1900000109/NOWHERE1"),
    ("POST", f"{ORDER}/pay", {}, "order_not_found", "1900000109/NOWHERE1"),
    ("POST", f"{ORDER}/notify", {}, "order_not_found", "1900000109/NOWHERE1"),
    ("POST", f"{ORDER}/comment", {"stars": 5}, "order_not_found", "1900000109/NOWHERE1"),
    ("POST", f"{ORDER}/password", {"outcome": "success"}, "order_not_found", "1900000109/NOWHERE1"),
    ("GET", f"{ORDER}/scenario", None, "order_not_found", "1900000109/NOWHERE1"),
    ("POST", "/refunds/1900000109/NOWHERE2", {"outcome": "success"}, "refund_not_found", "1900000109/NOWHERE2"),
    ("GET", "/refunds/1900000109/NOWHERE2", None, "refund_not_found", "1900000109/NOWHERE2"),
    ("GET", "/merchants/1999999999", None, "merchant_unknown", "1999999999"),
    ("PATCH", "/merchants/1999999999", {"name": "x"}, "merchant_unknown", "1999999999"),
    ("DELETE", "/merchants/1999999999", None, "merchant_unknown", "1999999999"),
    ("GET", "/merchants/1999999999/ledger", None, "merchant_unknown", "1999999999"),
    ("GET", "/merchants/1999999999/changes", None, "merchant_unknown", "1999999999"),
    ("GET", "/merchants/1999999999/certificates", None, "merchant_unknown", "1999999999"),
    ("GET", "/merchants/1900000109/certificates/ABCDEF", None, "certificate_unknown", "ABCDEF"),
    ("POST", "/merchants/1900000109/certificates/ABCDEF/revoke", {}, "certificate_unknown", "ABCDEF"),
    ("GET", "/apps/wxnowhere", None, "app_unknown", "wxnowhere"),
    ("PATCH", "/apps/wxnowhere", {"name": "x"}, "app_unknown", "wxnowhere"),
    ("DELETE", "/apps/wxnowhere", None, "app_unknown", "wxnowhere"),
    ("GET", "/apps/wxnowhere/changes", None, "app_unknown", "wxnowhere"),
    ("POST", "/apps", {"mch_ids": ["1999999999"]}, "merchant_unknown", "1999999999"),
    ("PATCH", "/payers/oNowhere00000000000000000001", {"device": "x"}, "payer_unknown", "oNowhere00000000000000000001"),
    ("POST", "/payers/oNowhere00000000000000000001/auth-code", {}, "payer_unknown", "oNowhere00000000000000000001"),
    ("GET", "/payers/oNowhere00000000000000000001/changes", None, "payer_unknown", "oNowhere00000000000000000001"),
    ("GET", "/notifications/nowhere", None, "notification_unknown", "nowhere"),
    ("POST", "/notifications/nowhere/retry", {}, "notification_unknown", "nowhere"),
    ("GET", "/journal/999999", None, "call_unknown", "999999"),
    ("GET", "/scenarios/nowhere", None, "scenario_unknown", "nowhere"),
    ("DELETE", "/scenarios/nowhere", None, "scenario_unknown", "nowhere"),
    ("POST", "/scenarios/nowhere/apply", {}, "scenario_unknown", "nowhere"),
    ("DELETE", "/scenarios/nowhere/apply", {}, "scenario_unknown", "nowhere"),
    ("POST", "/clock", {"advance": 1, "mch_id": "1999999999"}, "merchant_unknown", "1999999999"),
    ("GET", "/clock?mch_id=1999999999", None, "merchant_unknown", "1999999999"),
    ("GET", "/client/result?prepay_id=wxnowhere", None, "order_not_found", "wxnowhere"),
    ("GET", "/nowhere/at/all", None, "not_found", "/_sandbox/nowhere/at/all"),
    ("GET", "/scenarios/" + "n" * 200, None, "scenario_unknown", "n" * 80 + "…"),
]


@pytest.fixture(scope="module")
async def shared(shared_database: Place) -> AsyncIterator[Control]:
    """One sandbox for all: nothing is there to be changed."""
    running = await Server.start(Settings(port=0, **shared_database))
    async with aiohttp.ClientSession(running.url) as session:
        yield Control(session)
    await running.stop()


@pytest.mark.parametrize(("method", "path", "body", "code", "sought"), CALLS)
async def test_it_is_named(shared: Control, method: str, path: str, body: Any, code: str, sought: str) -> None:
    error = (await shared.call(method, path, body, 404))["error"]
    assert error["code"] == code
    assert error["message"].endswith(f": {sought}."), error
