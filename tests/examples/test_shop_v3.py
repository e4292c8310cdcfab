"""The demo shop by APIv3: the same stories, and its books end right."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.core.plans import AnswerFault
from sandbox.server import Server
from tests.examples.test_shop_stories import FOUND_PAID, PAID, faulty, stands
from tests.support.control import Control
from tests.support.demo_shop import DemoShop
from tests.support.market import Market

UNTRUSTED = (AnswerFault.WRONG_SIGN, AnswerFault.NO_SIGN, AnswerFault.RESET, AnswerFault.HTML_502)
FORGERIES = (
    *("wrong-sign", "no-sign", "other-key", "unknown-serial", "stale-timestamp", "wrong-api-v3-key"),
    *("tampered-ciphertext", "amount-lower", "wrong-appid", "wrong-mch-id"),
)


def yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


async def files_of(control: Control, folder: Path) -> list[str]:
    """The shop's arguments that make it speak V3, with the merchant's files written down."""
    shown = await control.get(f"/merchants/{control.mch_id}")
    for name in ("certificate", "private_key", "platform_public_key"):
        (folder / name).write_text(shown[name])
    files = ["--certificate", str(folder / "certificate"), "--certificate-key", str(folder / "private_key")]
    return ["--api", "v3", *files]


@pytest.fixture(scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Market]:
    server = await Server.start(Settings(port=0, database=":memory:"))
    async with aiohttp.ClientSession(server.url) as session:
        control = Control(session)
        arguments = await files_of(control, tmp_path_factory.mktemp("files"))
        async with DemoShop(server.url, *arguments) as shop:
            yield Market(shop, control)
    await server.stop()


async def test_an_order_is_paid_and_given_back(market: Market) -> None:
    order = await market.paid()
    assert stands(order) == PAID
    assert (await market.control.order(order["out_trade_no"]))["face"] == "v3"

    await market.shop.refund(order["out_trade_no"], yuan(order["total_fee"]))
    await market.control.advance(60)

    assert (await market.shop.look(order["out_trade_no"]))["state"] == "refunded"


@pytest.mark.parametrize("trade_type", ["JSAPI", "APP", "MWEB"])
async def test_each_way_to_pay(market: Market, trade_type: str) -> None:
    order = await market.shop.buy(trade_type)
    params: dict[str, Any] | None = (await market.shop.look(order["out_trade_no"])).get("client_params")
    if params is not None:
        kind = "app" if trade_type == "APP" else "jsapi"
        said = await market.control.post(f"/client/{kind}", {**params, "outcome": "success"})
        assert said["err_code"] == 0, said
    else:
        await market.control.pay(order["out_trade_no"])
    await market.control.advance(0)
    assert stands(await market.shop.look(order["out_trade_no"])) == PAID


@pytest.mark.parametrize("fault", UNTRUSTED)
async def test_an_answer_that_cannot_be_trusted_is_asked_for_again(market: Market, fault: AnswerFault) -> None:
    assert stands(await market.paid(faulty("unifiedorder", fault))) == PAID


@pytest.mark.parametrize("fault", FORGERIES)
async def test_a_forgery_is_refused_and_the_honest_message_after_it_believed(market: Market, fault: str) -> None:
    order = await market.paid({"notify": [{"fault": fault}, {"after": "1m"}]})
    assert order["state"] == "waiting"

    await market.control.advance(60)

    assert stands(await market.shop.look(order["out_trade_no"])) == PAID


async def test_without_a_notification_it_finds_out_by_asking(market: Market) -> None:
    order = await market.paid({"notify": "none"})

    assert stands(await market.shop.check(order["out_trade_no"])) == FOUND_PAID


async def test_a_cancelled_order_is_closed_and_a_paid_one_is_not(market: Market) -> None:
    order = await market.order()
    assert (await market.shop.cancel(order["out_trade_no"]))["state"] == "closed"
    assert await market.trade_state(order["out_trade_no"]) == "CLOSED"

    paid = await market.paid({"notify": "none"})
    assert stands(await market.shop.cancel(paid["out_trade_no"])) == FOUND_PAID


async def test_with_the_public_key_no_certificate_is_fetched(market: Market, tmp_path: Path) -> None:
    arguments = await files_of(market.control, tmp_path)
    shown = await market.control.get(f"/merchants/{market.control.mch_id}")
    key = ["--public-key", str(tmp_path / "platform_public_key"), "--public-key-id", shown["platform_public_key_id"]]
    fetched = await market.control.get("/journal", path="/v3/certificates")
    async with DemoShop(str(market.control.session._base_url).rstrip("/"), *arguments, *key) as shop:
        order = await Market(shop, market.control).paid()

    assert stands(order) == PAID
    assert await market.control.get("/journal", path="/v3/certificates") == fetched
