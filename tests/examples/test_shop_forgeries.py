"""The demo shop believes no forgery, turns no good money away, and goes on selling."""

import pytest

from sandbox.core.plans import HARMLESS, MessageFault
from sandbox.v2.face import FACE
from tests.support.market import Market

HOSTILE = sorted(FACE.faults.payments - HARMLESS)


@pytest.mark.parametrize("fault", HOSTILE)
async def test_it_refuses_a_forgery_and_is_paid_once_by_the_honest_message_after_it(
    market: Market, fault: MessageFault
) -> None:
    await market.paid()  # so that there is another order to borrow from
    order = await market.paid({"notify": [{"fault": fault.value}, {"after": "1h"}]})
    number = order["out_trade_no"]
    assert (order["state"], order["fulfilled"]) == ("waiting", 0)
    assert await market.told(number) == [(fault.value, "cannot_tell")], "the true one may be refused as well"

    order = await market.later(number, 3600)
    assert (order["state"], order["fulfilled"]) == ("paid", 1)
    assert sorted(await market.told(number)) == [("", "ok"), (fault.value, "ok")]


@pytest.mark.parametrize("fault", HOSTILE)
async def test_a_forgery_after_the_honest_message_changes_nothing(market: Market, fault: MessageFault) -> None:
    await market.paid()
    before = await market.paid()
    number = before["out_trade_no"]
    await market.control.post(f"/orders/{market.control.mch_id}/{number}/notify", {"fault": fault.value})
    assert sorted(await market.told(number)) == [("", "ok"), (fault.value, "ok")]
    assert await market.shop.look(number) == before


@pytest.mark.parametrize("fault", [MessageFault.XXE, MessageFault.XXE_PARAMETER])
async def test_its_parser_fetches_nothing(market: Market, fault: MessageFault) -> None:
    number = (await market.paid({"notify": [{"fault": fault.value}]}))["out_trade_no"]
    assert [entry for entry in await market.control.timeline(number) if entry.get("name") == "canary_hit"] == []


@pytest.mark.parametrize("fault", sorted(HARMLESS))
async def test_it_is_paid_by_a_message_that_is_odd_but_true(market: Market, fault: MessageFault) -> None:
    order = await market.paid({"notify": [{"fault": fault.value}]})
    assert (order["state"], order["fulfilled"]) == ("paid", 1)
    assert await market.told(order["out_trade_no"]) == [(fault.value, "ok")]
