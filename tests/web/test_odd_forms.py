"""Forms that no page of ours sends: every route for people, filled with what nobody expects there."""

import io
import logging
import re
from collections.abc import Callable

import aiohttp
import pytest

from sandbox.config import shipped
from sandbox.core.usecases.accounts import DEFAULT_OPENID
from sandbox.server import Server
from sandbox.web.proof import FIELD, HEADER
from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.support.pages import token_of
from tests.web.test_door import BROKEN

PEOPLE = ("/console/", "/cashier/")
FIELDS = sorted(
    {
        name
        for page in shipped("templates").rglob("*.html")
        for name in re.findall(r"<(?:input|select|textarea|button)[^>]*?\bname=\"([\w.-]+)\"", page.read_text())
    }
    - {FIELD}
)
"""Every field of every form."""


def form(value: Callable[[aiohttp.FormData, str], None]) -> Callable[[], aiohttp.FormData]:
    def filled() -> aiohttp.FormData:
        made = aiohttp.FormData()
        for name in FIELDS:
            value(made, name)
        return made

    return filled


def texts(*values: str) -> Callable[[], aiohttp.FormData]:
    def each(made: aiohttp.FormData, name: str) -> None:
        for value in values:
            made.add_field(name, value)

    return form(each)


ODD = {
    "no field": aiohttp.FormData,
    "empty": texts(""),
    "a file in place of a text": form(lambda made, name: made.add_field(name, b"\xff\x00x", filename="a.txt")),
    "control characters": texts("\0\x1b[31m\r\nx"),
    "twice": texts("1", "2"),
    "no number": texts("x"),
    "negative": texts("-1"),
    "nan": texts("nan"),
    "infinite": texts("1e999"),
    "large": texts("9" * 1000),
    "other digits": texts("１２３"),
    "superscript": texts("²"),
    "long": texts("微信" * 300),
    "an address": texts("//evil.example/\\x"),
    "half a character": texts("%"),
    "nested": texts("[" * 2000),
    "a template": texts("{{ 7*7 }}{x}%s"),
}


DESTRUCTIVE = re.compile(r"/(close|drop|delete|clear|logout)$")


@pytest.fixture
async def paths(server: Server, merchant: Merchant, control: Control) -> list[str]:
    """An address of each route for people, of things that exist; those that take things away come last."""
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    prepay_id = (await merchant.order("ORDER002"))["prepay_id"]
    known = {
        "mch_id": merchant.mch_id,
        "out_trade_no": "ORDER001",
        "appid": merchant.appid,
        "openid": DEFAULT_OPENID,
        "notification_id": (await control.notification("ORDER001"))["id"],
        "prepay_id": prepay_id,
        "name": "timeout",
        "act": "revoke",
    }
    runner = server.listeners.runner
    assert runner is not None
    patterns = [one.resource.canonical for one in runner.app.router.routes() if one.resource and one.method == "POST"]
    found = [
        re.sub(r"\{(\w+)\}", lambda part: known.get(part[1], "x"), one) for one in patterns if one.startswith(PEOPLE)
    ]
    assert len(found) > 40
    return sorted(found, key=lambda path: (bool(DESTRUCTIVE.search(path)), path))


@pytest.mark.slow
async def test_no_form_is_an_accident(
    server: Server, session: aiohttp.ClientSession, paths: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    for path in paths:
        token = {HEADER: await token_of(server, path)}
        for name, made in ODD.items():
            async with session.post(path, data=made(), headers=token, allow_redirects=False) as answer:
                assert answer.status < 500, (path, name)
        for content_type, body in BROKEN:
            headers = {"Content-Type": content_type, **token}
            async with session.post(path, data=body, headers=headers, allow_redirects=False) as answer:
                assert answer.status < 500, (path, content_type, body[:60])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_form_that_is_too_large_or_holds_a_file_is_told_so_in_a_page(
    server: Server, session: aiohttp.ClientSession
) -> None:
    headers = {HEADER: await token_of(server, "/console/payers"), "Accept": "text/html", "Accept-Language": "zh"}
    body = io.BytesIO(b"name=" + b"x" * 2_000_000)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with session.post("/console/payers", data=body, headers={**headers, **kind}) as answer:
        assert (answer.status, "表单太大" in await answer.text()) == (413, True)
    async with session.post("/console/payers", data=ODD["a file in place of a text"](), headers=headers) as answer:
        assert (answer.status, "表单读不懂" in await answer.text()) == (400, True)
