"""The demo shop against the sandbox: an honest merchant, whole processes, HTTP only."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.config import shipped
from sandbox.server import Server
from tests.support.control import Control
from tests.support.demo_shop import DemoShop
from tests.support.market import Market


@pytest.fixture(params=["MD5", "HMAC-SHA256"])
def sign_type(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def shop(server: Server, sign_type: str) -> AsyncIterator[aiohttp.ClientSession]:
    """The shop's own HTTP interface. It queries only after 600 s, so that notifications are what counts."""
    arguments = ["--port", "0", "--gateway", server.url, "--sign-type", sign_type, "--look-after", "600", "--no-times"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(shipped("examples") / "shop" / "shop.py"),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    async with aiohttp.ClientSession(line.removeprefix("shop ready at ").strip()) as session:
        yield session
    process.terminate()
    await process.wait()


async def buy(shop: aiohttp.ClientSession, trade_type: str = "NATIVE") -> dict[str, Any]:
    async with shop.post("/orders.json", json={"item": "longjing", "trade_type": trade_type}) as response:
        order: dict[str, Any] = await response.json()
        assert response.status == 201, order
        return order


async def look(shop: aiohttp.ClientSession, out_trade_no: str) -> dict[str, Any]:
    async with shop.get(f"/orders/{out_trade_no}.json") as response:
        order: dict[str, Any] = await response.json()
        return order


@pytest.mark.parametrize("trade_type", ["NATIVE", "JSAPI", "APP", "MWEB"])
async def test_a_paid_order_is_fulfilled_by_the_notification(
    shop: aiohttp.ClientSession, control: Control, trade_type: str
) -> None:
    number = (await buy(shop, trade_type))["out_trade_no"]
    await control.pay(number)
    await control.wait(number, "notified")
    order = await look(shop, number)
    assert (order["state"], order["paid_by"], order["fulfilled"]) == ("paid", "notification", 1)


async def test_its_client_parameters_satisfy_wechat(shop: aiohttp.ClientSession, control: Control) -> None:
    app = await buy(shop, "APP")
    assert (await control.post("/client/app", app["client_params"] | {"outcome": "success"}))["errCode"] == 0
    jsapi = await buy(shop, "JSAPI")
    answer = await control.post("/client/jsapi", jsapi["client_params"] | {"outcome": "success"})
    assert answer["err_msg"] == "get_brand_wcpay_request:ok"


async def test_a_failed_or_cancelled_payment_leaves_the_order_waiting(
    shop: aiohttp.ClientSession, control: Control
) -> None:
    number = (await buy(shop))["out_trade_no"]
    await control.pay(number, "error", reason="bank-refused")
    await control.pay(number, "cancel")
    assert (await look(shop, number))["state"] == "waiting"


async def test_a_notification_sent_again_fulfils_once(shop: aiohttp.ClientSession, control: Control) -> None:
    number = (await buy(shop))["out_trade_no"]
    await control.pay(number)
    await control.wait(number, "notified")
    again = f"/orders/{control.mch_id}/{number}/notify"
    await asyncio.gather(*[control.post(again) for _ in range(5)])
    attempts = (await control.notification(number))["attempts"]
    assert [attempt["verdict"] for attempt in attempts] == ["ok"] * 6
    assert (await look(shop, number))["fulfilled"] == 1


async def test_the_shop_closes_an_order_at_the_sandbox(shop: aiohttp.ClientSession, control: Control) -> None:
    number = (await buy(shop))["out_trade_no"]
    async with shop.post(f"/orders/{number}/cancel", headers={"Accept": "application/json"}) as response:
        assert response.status == 200
    assert (await control.order(number))["trade_state"] == "CLOSED"
    await control.pay(number, status=409)


@pytest.mark.parametrize(("after", "state", "fulfilled"), [("-1s", "paid", 1), ("1s", "closed", 0)])
async def test_only_a_payer_who_comes_before_the_expiry_pays(
    server: Server, control: Control, after: str, state: str, fulfilled: int
) -> None:
    async with DemoShop(server.url, times=True) as shop:
        market = Market(shop, control)
        number = (await market.order({"payer": {"at": "expiry", "after": after}}))["out_trade_no"]
        await control.advance(1900)
        order = await shop.look(number) if fulfilled else await shop.check(number)
        assert (order["state"], order["fulfilled"]) == (state, fulfilled)
        assert await market.books_agree(order)


async def test_its_pages_lead_to_the_console_where_there_is_one(
    server: Server, session: aiohttp.ClientSession, shop: aiohttp.ClientSession
) -> None:
    """`wxpay-sandbox demo` names it; a shop that sells through the real WeChat Pay has none."""
    async with shop.get("/") as alone:
        assert "/console" not in await alone.text()
    console = f"{server.url}/console"
    async with DemoShop(server.url, "--console", console) as demo:
        order = await demo.buy()
        number = order["out_trade_no"]
        for path, link in (("/", f"{console}/"), (f"/orders/{number}", f"{console}/orders/1900000109/{number}")):
            async with demo._session.get(path) as page:
                text = await page.text()
            assert f'href="{link}"' in text
            async with session.get(link) as found:
                assert found.status == 200
