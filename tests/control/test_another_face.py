"""The debugging tool and the acts on an order are those of the version of the API that is named, or that it came by."""

import json
from collections.abc import AsyncIterator

import pytest

from sandbox import v2
from sandbox.config import Settings
from sandbox.core.ports.faces import Faces
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import placed
from tests.support.plain_face import FACE, HELLO, ORIGIN, PLACE

NUMBER = "PLAIN001"


@pytest.fixture
async def server(database: Place) -> AsyncIterator[Server]:
    """A sandbox that plays a second version of the API beside V2."""
    running = await Server.start(Settings(port=0, **database), faces=Faces(v2.FACE, FACE))
    yield running
    await running.stop()


@pytest.fixture
async def order(server: Server, merchant: Merchant, inbox: Inbox) -> str:
    """The number of an order of the second version."""
    return (await placed(server, merchant, inbox, NUMBER, ORIGIN)).key.out_trade_no


async def test_the_calls_of_each_face_are_declared(control: Control) -> None:
    plain = await control.get("/debug/apis", face="plain")
    assert [one["path"] for one in plain["items"]] == [HELLO.path, PLACE.path]
    assert HELLO.path not in {one["path"] for one in (await control.get("/debug/apis"))["items"]}


async def test_fields_are_signed_as_the_face_does_that_is_named(control: Control, merchant: Merchant) -> None:
    body = {"fields": {"shop": merchant.mch_id}, "face": "plain"}
    signed = await control.post("/debug/sign", body)
    assert json.loads(signed["xml"]) == {"shop": merchant.mch_id, "word": "please"}
    assert (await control.post("/debug/verify", {"message": signed["xml"]}))["valid"]
    wrong = await control.post("/debug/sign", {**body, "sign_type": "MD5"}, 400)
    assert wrong["error"] == {
        "code": "invalid",
        "message": "sign_type is one of word.",
        "field": "sign_type",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/debug/sign", {"fields": {}}),
        ("/debug/verify", {"message": "<xml/>"}),
        ("/debug/send", {"path": HELLO.path, "fields": {}}),
        ("/debug/program", {"path": HELLO.path, "fields": {}, "language": "curl"}),
        ("/debug/notify", {}),
    ],
)
async def test_a_face_that_is_not_there_is_refused(control: Control, path: str, body: dict[str, object]) -> None:
    refused = await control.post(path, {**body, "face": "v9"}, 404)
    assert refused["error"]["code"] == "face_unknown"
    assert "v9" in refused["error"]["message"]


async def test_a_notification_by_hand_is_of_the_face_of_the_newest_paid_order(
    order: str, merchant: Merchant, control: Control
) -> None:
    assert (await control.post("/debug/notify", {}))["body"].startswith("<xml>")
    await control.pay(order)
    assert json.loads((await control.post("/debug/notify", {}))["body"]) == {"number": order}
    named = await control.post("/debug/notify", {"face": "v2"})
    assert named["body"].startswith("<xml>")
    assert named["fields"]["out_trade_no"] != order


async def test_an_order_is_told_with_what_its_face_signs_by(order: str, merchant: Merchant, control: Control) -> None:
    await merchant.order("XML00001")
    told = {one["out_trade_no"]: one["sign_type"] for one in (await control.get("/orders"))["items"]}
    assert told == {"XML00001": "MD5", order: "word"}


async def test_what_cannot_be_placed_again_is_refused_by_name(order: str, merchant: Merchant, control: Control) -> None:
    refused = await control.post(f"/orders/{merchant.mch_id}/{order}/again", {}, 409)
    assert refused["error"]["code"] == "order_not_repeatable"


async def test_an_order_is_offered_again_where_its_face_has_such_a_call(
    order: str, merchant: Merchant, control: Control
) -> None:
    await merchant.order("XML00001")
    offered = {}
    for number in ("XML00001", order):
        async with control.session.get(f"/console/orders/{merchant.mch_id}/{number}") as page:
            assert page.status == 200
            offered[number] = f"{number}/again" in await page.text()
    assert offered == {"XML00001": True, order: False}


async def test_a_call_is_signed_over_its_method_and_target_in_a_header(control: Control, merchant: Merchant) -> None:
    body = {"path": HELLO.path, "fields": {"shop": merchant.mch_id}, "face": "plain"}
    sent = await control.post("/debug/send", body)
    target = f"GET {HELLO.path}?shop={merchant.mch_id}"
    assert sent["string_to_sign"] == target
    assert ["Word", f"{target} please"] in sent["request"]["headers"]
    assert sent["request"]["path"].endswith(target.removeprefix("GET "))
