"""The sandbox catches a careless merchant: every forgery that it believes is told, with a verdict of its own."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from sandbox.core.forgery_verdicts import NO_PAYMENT
from sandbox.core.plans import HARMLESS, MessageFault
from sandbox.server import Server
from sandbox.v2.face import FACE
from tests.examples.naive_shop import NaiveShop
from tests.support.control import Control
from tests.support.market import forging_payments
from tests.support.merchant import Merchant, signature

HOSTILE = sorted(FACE.faults.payments - HARMLESS)
FETCHED = [MessageFault.XXE, MessageFault.XXE_PARAMETER]


@pytest.fixture
async def shop(server: Server, session: aiohttp.ClientSession) -> AsyncIterator[NaiveShop]:
    merchant = Merchant(session, "1900000109", "wx8888888888888888", "sandboxv2key00000000000000000000", notify_url="")
    naive = NaiveShop(merchant)
    runner = web.AppRunner(naive.application(), shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    merchant.notify_url = f"http://127.0.0.1:{runner.addresses[0][1]}/notify"
    yield naive
    await runner.cleanup()


async def sold(shop: NaiveShop, control: Control, fault: MessageFault) -> str:
    """An order whose payment a scenario tells with one fault, and nothing else; another one was paid before."""
    await shop.order("OTHER001")
    await control.pay("OTHER001")
    await control.wait("OTHER001", "notified")
    scenario = f"only-{fault}"
    await control.call("PUT", f"/scenarios/{scenario}", {"notify": [{"fault": fault.value}]})
    await shop.order("NAIVE001")
    await control.pay("NAIVE001", scenario=scenario)
    await control.advance(0)
    return "NAIVE001"


async def verdicts(control: Control, out_trade_no: str) -> list[str]:
    return [
        attempt["verdict"]
        for notification in (await control.order(out_trade_no))["notifications"]
        for attempt in notification["attempts"]
    ]


def taken(fault: MessageFault) -> str:
    """What SUCCESS to a forgery is worth: to acknowledge that nothing was paid is right, if nothing was booked."""
    return "failure_acknowledged" if fault in NO_PAYMENT else "forgery_accepted"


@pytest.mark.parametrize("fault", HOSTILE)
async def test_a_merchant_that_believes_a_forgery_is_caught(
    shop: NaiveShop, control: Control, fault: MessageFault
) -> None:
    number = await sold(shop, control, fault)
    assert await verdicts(control, number) == [taken(fault)]


@pytest.mark.parametrize("fault", HOSTILE)
async def test_it_is_caught_by_a_forgery_asked_for_by_hand(
    shop: NaiveShop, control: Control, fault: MessageFault
) -> None:
    await shop.order("NAIVE001")
    await control.pay("NAIVE001")
    await control.wait("NAIVE001", "notified")
    await control.post(f"/orders/{control.mch_id}/NAIVE001/notify", {"fault": fault.value})
    assert await verdicts(control, "NAIVE001") == ["ok", taken(fault)]


@pytest.mark.parametrize("fault", HOSTILE)
async def test_the_canary_sings_for_a_parser_that_fetches_and_for_no_other_fault(
    shop: NaiveShop, control: Control, fault: MessageFault
) -> None:
    number = await sold(shop, control, fault)
    hits = [entry for entry in await control.timeline(number) if entry.get("name") == "canary_hit"]
    assert [hit["facts"]["fault"] for hit in hits] == ([fault.value] if fault in FETCHED else [])


@pytest.mark.parametrize(
    ("fault", "attach"), [(MessageFault.ENTITY_EXPANSION, "ha" * 10_000), (MessageFault.XXE, "canary")]
)
async def test_only_what_an_entity_stands_for_makes_the_signature_right(
    shop: NaiveShop, control: Control, fault: MessageFault, attach: str
) -> None:
    await sold(shop, control, fault)
    read = shop.read[-1]
    assert read["attach"] == attach
    assert read["sign"] == signature(read, shop.merchant.key)
    assert read["sign"] != signature(read | {"attach": ""}, shop.merchant.key)


@pytest.mark.parametrize("scenario", [one.name for one in forging_payments()])
async def test_every_hostile_scenario_that_ships_catches_it(shop: NaiveShop, control: Control, scenario: str) -> None:
    await shop.order("NAIVE001")
    await control.pay("NAIVE001", scenario=scenario)
    await control.advance(86400)
    caught = {"forged-result-fail": "failure_acknowledged", "forged-return-fail": "failure_acknowledged"}
    assert caught.get(scenario, "forgery_accepted") in await verdicts(control, "NAIVE001")


async def test_what_the_forgeries_cost_a_careless_merchant(shop: NaiveShop, control: Control) -> None:
    await sold(shop, control, MessageFault.AMOUNT_LOWER)
    assert shop.paid["NAIVE001"] == 99
    await control.post(f"/orders/{control.mch_id}/NAIVE001/notify", {"fault": MessageFault.UNKNOWN_ORDER.value})
    placed = {"OTHER001", "NAIVE001"}
    assert len(set(shop.paid) - placed) == 1
