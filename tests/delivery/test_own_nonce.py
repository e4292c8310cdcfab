"""The payment notification's nonce_str is the merchant's own of unifiedorder, whoever placed the order and however."""

import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from sandbox.store.sqlite.database import FILE_NAME
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

OWN = "1596009921823"
"""A millisecond clock, as in the threads of those who compare it."""


async def paid_nonce(merchant: Merchant, control: Control, inbox: Inbox, **terms: str) -> str:
    """The nonce_str with which the merchant is notified of an order of these terms."""
    await merchant.order("ORDER001", **{"nonce_str": OWN, **terms})
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    return inbox.received[0].fields["nonce_str"]


@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
@pytest.mark.parametrize("trade_type", ["JSAPI", "NATIVE", "APP", "MWEB"])
async def test_it_comes_back_as_it_was_sent(
    merchant: Merchant, control: Control, inbox: Inbox, trade_type: str, sign_type: str
) -> None:
    merchant.sign_type = sign_type
    more = {"openid": "oSandboxPayer000000000000001", "scene_info": '{"h5_info": {"type": "Wap"}}'}
    assert await paid_nonce(merchant, control, inbox, trade_type=trade_type, **more) == OWN
    assert merchant.verifies(inbox.received[0].fields, sign_type)


async def test_a_service_providers_too(session: aiohttp.ClientSession, control: Control, inbox: Inbox) -> None:
    terms = {"service_provider": True, "certificate": False, "sub_merchants": [{"sub_mch_id": "1900000199"}]}
    provider = Merchant.opened(session, await control.post("/merchants", terms, 201), inbox.url)
    own = Control(session, provider.mch_id)
    assert await paid_nonce(provider, own, inbox, sub_mch_id="1900000199") == OWN


async def test_the_official_sandboxs_too(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    official = await merchant.in_official_sandbox()
    await official.order("ORDER001", nonce_str=OWN, total_fee="301")
    await control.advance(10)
    await control.wait("ORDER001", "notified")
    assert inbox.received[0].fields["nonce_str"] == OWN
    assert official.verifies(inbox.received[0].fields)


async def test_each_retry_repeats_it(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    inbox.answer(500)
    await merchant.order("ORDER001", nonce_str=OWN)
    await control.pay("ORDER001")
    await control.advance(60)
    await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify")
    assert len(inbox.received) > 3
    assert {one.fields["nonce_str"] for one in inbox.received} == {OWN}


@pytest.mark.parametrize("fault", ["amount-lower", "wrong-sign", "other-key"])
async def test_a_forgery_has_it_too(merchant: Merchant, control: Control, inbox: Inbox, fault: str) -> None:
    assert await paid_nonce(merchant, control, inbox) == OWN
    await control.post(f"/orders/{merchant.mch_id}/ORDER001/notify", {"fault": fault})
    assert inbox.received[1].fields["nonce_str"] == OWN


async def test_an_order_placed_again_keeps_its_first(merchant: Merchant, control: Control, inbox: Inbox) -> None:
    await merchant.order("ORDER001", nonce_str=OWN)
    assert await paid_nonce(merchant, control, inbox, nonce_str="0" * 32) == OWN


@pytest.mark.sqlite_only("older data directories are on it")
async def test_an_order_of_an_older_data_directory_has_a_nonce_of_wechats(tmp_path: Path, inbox: Inbox) -> None:
    settings = Settings(port=0, data_dir=tmp_path)
    key = "sandboxv2key00000000000000000000"
    running = await Server.start(settings)
    async with aiohttp.ClientSession(running.url) as session:
        await Merchant(session, "1900000109", "wx8888888888888888", key, inbox.url).order("ORDER001", nonce_str=OWN)
    await running.stop()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute(
            "UPDATE orders SET terms = json_remove(terms, '$.nonce_str')"
        )  # as the migration leaves them
        connection.commit()
    running = await Server.start(settings)
    async with aiohttp.ClientSession(running.url) as session:
        control = Control(session)
        await control.pay("ORDER001")
        await control.wait("ORDER001", "notified")
    await running.stop()
    assert len(inbox.received[0].fields["nonce_str"]) == 32
    assert inbox.received[0].fields["nonce_str"] != "0" * 32
