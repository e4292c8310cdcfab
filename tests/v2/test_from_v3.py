"""Numbers that another face has burnt: closed before any order had them."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientSession

from sandbox.core.order_keys import OrderKey
from sandbox.core.ports.services import CallContext
from sandbox.core.usecases.payments import Payments
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Merchant

Burn = Callable[[str], Awaitable[None]]


@pytest.fixture
def burn(server: Server, merchant: Merchant) -> Burn:
    async def burnt(number: str) -> None:
        await server.parts.storage.write(
            lambda tx: Payments(server.parts.usecases.context(tx, CallContext())).close_or_burn(
                OrderKey(merchant.mch_id, number)
            )
        )

    return burnt


async def test_a_burnt_number_can_never_be_placed(merchant: Merchant, burn: Burn) -> None:
    await burn("ORDER001")
    await burn("ORDER001")
    for _ in range(2):
        answer = await merchant.order("ORDER001")
        assert (answer["err_code"], answer["err_code_des"]) == ("INVALID_REQUEST", "201 商户订单号重复")
    assert (await merchant.order("ORDER002"))["result_code"] == "SUCCESS"


async def test_a_burnt_number_is_no_order(merchant: Merchant, control: Control, burn: Burn) -> None:
    await burn("ORDER001")
    assert (await merchant.query("ORDER001"))["err_code"] == "ORDERNOTEXIST"
    await control.get("/orders/1900000109/ORDER001", 404)


async def test_closing_an_unknown_number_by_v2_burns_nothing(merchant: Merchant) -> None:
    await merchant.close("ORDER001")
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_the_page_of_a_burnt_number_says_so(session: ClientSession, merchant: Merchant, burn: Burn) -> None:
    await burn("ORDER001")
    await merchant.order("ORDER001")
    async with session.get("/console/orders/1900000109/ORDER001?lang=en") as page:
        text = await page.text()
    assert "the number is burnt" in text
    assert "is burnt; take another number" in text


async def test_what_is_cleared_takes_burnt_numbers_along(merchant: Merchant, control: Control, burn: Burn) -> None:
    await burn("ORDER001")
    await control.post("/reset", {"mch_id": merchant.mch_id}, 204)
    assert (await merchant.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_an_order_that_is_there_is_closed_and_not_burnt(merchant: Merchant, burn: Burn) -> None:
    await merchant.order("ORDER001")
    await burn("ORDER001")
    assert (await merchant.query("ORDER001"))["trade_state"] == "CLOSED"
