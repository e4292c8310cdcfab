"""A face lists its own steps, in its own order: here one of JSON, which checks a signature before it reads the body."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from sandbox.api.body import read
from sandbox.api.call import Call, Refused
from sandbox.api.endpoint import Endpoint
from sandbox.api.pipeline import InTransaction, Pipeline, journal
from sandbox.core.errors import StorageFailed
from sandbox.core.order_keys import OrderKey
from sandbox.core.origin import Origin
from sandbox.core.text import Text
from sandbox.server import Server
from tests.support.control import Control

CLOSE = Endpoint(path="/json/out-trade-no/{out_trade_no}/close", operation="closeorder", title=Text("关单", "Close"))
MCH_ID = "1900000109"


class NotSigned(Refused):
    """The header has no signature."""


def verify_sign(call: Call) -> None:
    if call.http.headers.get("Authorization") != f"signed over {call.body.decode()}":
        raise NotSigned("sign_wrong")


def parse(call: Call) -> None:
    said = json.loads(call.body)
    call.belongs_to(OrderKey(said["mchid"], call.http.match_info["out_trade_no"]))


def perform(call: Call) -> None:
    if "broken" in call.http.query:
        raise StorageFailed


def sign(call: Call) -> bool:
    return False


def write(call: Call) -> None:
    call.answer(b"", {"Signature": "signed"}, 204)


def refuse(call: Call) -> None:
    call.answer(b'{"code":"SIGN_ERROR"}', {"Content-Type": "application/json"}, 401)


def apologise(call: Call) -> None:
    call.answer(b'{"code":"SYSTEM_ERROR"}', {"Content-Type": "application/json"}, 500)


PIPELINE: Pipeline[Call] = Pipeline(
    steps=(read, verify_sign, parse, InTransaction(perform, sign, write)),
    endings={NotSigned: (refuse, journal), StorageFailed: (apologise,)},
)


@pytest.fixture
async def face(server: Server) -> AsyncIterator[str]:
    async def handle(http: web.Request) -> web.StreamResponse:
        call = Call(http, server.parts.services, Origin("json"))
        call.endpoint = CLOSE
        return await PIPELINE.run(call)

    app = web.Application()
    app.router.add_post(CLOSE.path, handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/json/out-trade-no/ORDER001/close"
    await runner.cleanup()


async def last_call(control: Control) -> tuple[list[str], int]:
    call = (await control.get("/journal", limit="1"))["items"][0]
    return [step["name"] for step in call["steps"]], call["reply"]["status"]


BODY = json.dumps({"mchid": MCH_ID})
SIGNED = {"Authorization": f"signed over {BODY}"}


async def test_its_steps_run_and_are_told_in_its_order(
    face: str, session: aiohttp.ClientSession, control: Control
) -> None:
    async with session.post(face, data=BODY, headers=SIGNED) as answer:
        assert (answer.status, await answer.read(), answer.headers["Signature"]) == (204, b"", "signed")
    assert await last_call(control) == (["read", "verify_sign", "parse", "perform", "write"], 204)


async def test_a_refusal_has_its_own_end(face: str, session: aiohttp.ClientSession, control: Control) -> None:
    async with session.post(face, data="{", headers=SIGNED) as answer:
        assert (answer.status, await answer.json()) == (401, {"code": "SIGN_ERROR"})
    assert await last_call(control) == (["read", "write"], 401)


async def test_a_store_that_fails_has_one_too(face: str, session: aiohttp.ClientSession, control: Control) -> None:
    async with session.post(f"{face}?broken", data=BODY, headers=SIGNED) as answer:
        assert (answer.status, await answer.json()) == (500, {"code": "SYSTEM_ERROR"})
    assert (await control.get("/journal", limit="1"))["items"] == []
