"""What belongs to another version of the API is written, judged and checked by that one alone."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from sandbox import v2
from sandbox.config import Settings
from sandbox.console.orders.timeline import item_of
from sandbox.console.orders.traces import _reason
from sandbox.core.events import EventName
from sandbox.core.journal import Event, Exchange, ExchangeKind, ExchangeOutcome, Message, Played
from sandbox.core.orders import Order
from sandbox.core.plans import ALTERED
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.text import Lang
from sandbox.server import Server
from sandbox.words.finding import WHY_NEVER, WHY_REFUSED
from sandbox.words.unreadable import why_unreadable
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import placed
from tests.support.plain_face import FACE, ORIGIN, PLACE

NUMBER = "PLAIN001"


@pytest.fixture
async def server(database: Place) -> AsyncIterator[Server]:
    """A sandbox that plays a second version of the API beside V2."""
    running = await Server.start(Settings(port=0, **database), faces=Faces(v2.FACE, FACE))
    yield running
    await running.stop()


@pytest.fixture
async def order(server: Server, merchant: Merchant, inbox: Inbox) -> Order:
    """An order of the second version."""
    origin = replace(ORIGIN, facts={"sign_type": "inner-matter"})
    return await placed(server, merchant, inbox, NUMBER, origin)


async def test_it_is_notified_in_its_own_form(order: Order, control: Control, inbox: Inbox) -> None:
    inbox.answer(204)
    await control.pay(NUMBER)
    await control.wait(NUMBER, "notified")
    (received,) = inbox.received
    assert json.loads(received.body) == {"number": NUMBER, "fen": 101, "about": "payment"}
    assert received.headers["Content-Type"] == "application/json"


async def test_of_its_terms_only_its_own_documents_warn(order: Order, server: Server) -> None:
    told = await server.parts.storage.read(lambda tx: [one.what for one in tx.journal.timeline(order.key)])
    names = [one.name for one in told if isinstance(one, Event) and "warning" in one.name]
    assert names == [EventName.WARNING_NOTIFY_URL_LOCAL]


async def test_its_page_offers_its_own_faults(order: Order, session: aiohttp.ClientSession, control: Control) -> None:
    await control.pay(NUMBER)
    async with session.get(f"/console/orders/{order.key.mch_id}/{NUMBER}") as answer:
        page = await answer.text()
    assert "amount-lower" in page
    assert "xxe" not in page


async def test_facts_of_its_origin_are_shown_as_it_shows_them(order: Order, session: aiohttp.ClientSession) -> None:
    for path in (
        f"/console/orders/{order.key.mch_id}/{NUMBER}",
        f"/console/orders/{order.key.mch_id}/{NUMBER}/story.md",
    ):
        async with session.get(path) as answer:
            assert answer.status == 200
            page = await answer.text()
            assert NUMBER in page
            assert "inner-matter" not in page


async def test_what_a_call_had_none_of_is_told_on_the_timeline(order: Order) -> None:
    call = Exchange(
        at=order.created_at,
        kind=ExchangeKind.API,
        origin=ORIGIN,
        method="POST",
        path=PLACE.path,
        request=Message((), b"{}"),
        outcome=ExchangeOutcome.OK,
        played=Played("mine", lacking=ALTERED),
    )
    said: dict[Lang, str] = {"zh": "应答的字段改过", "en": "Altered answer"}
    for lang, fault in said.items():
        item = item_of(Entry(1, call), Faces(v2.FACE, FACE), lang)
        assert "mine" in item.remark
        assert fault in item.remark


async def test_an_order_that_it_refused_is_known_for_one(session: aiohttp.ClientSession, server: Server) -> None:
    call = Exchange(
        at=server.parts.clock.now("1900000109"),
        kind=ExchangeKind.API,
        origin=ORIGIN,
        method="POST",
        path=PLACE.path,
        request=Message((), b"{}"),
        outcome=ExchangeOutcome.FAILED,
    )
    assert _reason([call], Faces(v2.FACE, FACE)) is WHY_REFUSED
    assert _reason([replace(call, path="/plain/hello")], Faces(v2.FACE, FACE)) is WHY_NEVER


async def test_a_message_of_its_own_that_breaks_is_not_called_xml() -> None:
    for reason in ("empty", "malformed"):
        assert not any("XML" in one for one in why_unreadable("plain", reason, {"detail": "x"}, "en"))
        assert any("XML" in one for one in why_unreadable("v2", reason, {"detail": "x"}, "en"))


async def test_the_reply_is_judged_by_its_own_rules(order: Order, control: Control, inbox: Inbox) -> None:
    inbox.answer(200)  # with V2's receipt, which means nothing here
    await control.pay(NUMBER)
    await control.advance(0)
    notification = await control.notification(NUMBER)
    assert [one["verdict"] for one in notification["attempts"]] == ["http_status"]
    assert notification["state"] == "pending"


async def test_orders_of_both_stand_side_by_side(
    order: Order, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("XML00001")
    for number in ("XML00001", NUMBER):
        await control.pay(number)
    await control.advance(0)
    xml, plain = sorted(inbox.received, key=lambda one: one.body[:1] == "{")
    assert merchant.verifies(xml.fields)
    assert json.loads(plain.body)["number"] == NUMBER


async def test_a_fault_that_it_has_is_its_own(order: Order, control: Control, inbox: Inbox, merchant: Merchant) -> None:
    await control.pay(NUMBER)
    await control.advance(0)
    await control.post(f"/orders/{merchant.mch_id}/{NUMBER}/notify", {"fault": "amount-lower"})
    assert json.loads(inbox.received[-1].body)["fen"] == 100


async def test_a_fault_that_it_has_not_is_refused_by_name(
    order: Order, control: Control, inbox: Inbox, merchant: Merchant
) -> None:
    await control.pay(NUMBER)
    await control.advance(0)
    refused = await control.post(f"/orders/{merchant.mch_id}/{NUMBER}/notify", {"fault": "xxe"}, 409)
    assert refused["error"]["code"] == "fault_foreign"
    assert "xxe" in refused["error"]["message"]
    assert len(inbox.received) == 1


async def test_a_scenario_is_told_what_of_it_is_left_out(order: Order, control: Control, inbox: Inbox) -> None:
    inbox.answer(204)
    await control.pay(NUMBER, scenario="forged-xxe")
    await control.advance(60)
    told = [one["summary"] for one in await control.timeline(NUMBER) if one["kind"] == "scenario"]
    assert any("xxe" in one and "plain" in one for one in told)
    assert [json.loads(one.body)["fen"] for one in inbox.received] == [101]


@pytest.mark.parametrize(("sign", "err_code"), [("please", None), ("0" * 32, -1)])
async def test_the_client_asks_it_about_the_second_signature(
    order: Order, control: Control, merchant: Merchant, sign: str, err_code: int | None
) -> None:
    fields = {
        "appid": merchant.appid,
        "partnerid": merchant.mch_id,
        "prepayid": order.prepay.prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1412000000",
        "sign": sign,
    }
    assert (await control.post("/client/app", fields))["errCode"] == err_code
