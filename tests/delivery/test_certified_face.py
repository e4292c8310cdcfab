"""A version of the API that signs by certificates is handed them wherever it signs or checks."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from sandbox import v2
from sandbox.config import Settings
from sandbox.core.certificates import Certificate
from sandbox.core.changes import Author
from sandbox.core.orders import Order
from sandbox.core.ports.faces import Faces
from sandbox.server import Server
from tests.support.control import Control
from tests.support.databases import Place
from tests.support.merchant import Inbox, Merchant
from tests.support.placing import placed
from tests.support.plain_face import CERTIFIED, ORIGIN, signature, signed_by

NUMBER = "CERTIFIED1"


async def started(place: Place) -> Server:
    return await Server.start(Settings(port=0, **place), faces=Faces(v2.FACE, CERTIFIED))


async def platform_certificate(server: Server, mch_id: str) -> Certificate:
    found = (await server.parts.certificates.platform_keys(mch_id)).certificate
    assert found is not None
    return found.files


@pytest.fixture
async def server(kept_database: Place) -> AsyncIterator[Server]:
    running = await started(kept_database)
    yield running
    await running.stop()


@pytest.fixture
async def order(server: Server, merchant: Merchant, inbox: Inbox) -> Order:
    return await placed(server, merchant, inbox, NUMBER, ORIGIN)


@pytest.fixture
def handed_over(order: Order, merchant: Merchant) -> Callable[[str], dict[str, str]]:
    """What the app hands to the client, with a signature."""
    return lambda sign: {
        "appid": merchant.appid,
        "partnerid": merchant.mch_id,
        "prepayid": order.prepay.prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1412000000",
        "sign": sign,
    }


async def test_each_attempt_is_signed_anew_with_the_platforms_key_also_after_a_restart(
    kept_database: Place, order: Order, server: Server, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    await control.pay(NUMBER)
    await control.advance(0)
    await server.stop()
    again = await started(kept_database)
    try:
        async with aiohttp.ClientSession(again.url) as session:
            inbox.answer(204)
            await Control(session).advance(60)
        platform = await platform_certificate(again, order.key.mch_id)
    finally:
        await again.stop()
    first, second = inbox.received
    assert first.body == second.body
    assert first.headers["Sent-At"] < second.headers["Sent-At"]
    for one in (first, second):
        assert one.headers["Serial"] == platform.serial_no
        assert signed_by(one.headers["Sent-At"] + one.body, one.headers["Signature"], platform)


async def test_the_second_signature_is_checked_by_the_merchants_certificates(
    order: Order, server: Server, control: Control, handed_over: Callable[[str], dict[str, str]]
) -> None:
    mine = await server.parts.certificates.merchant(order.key.mch_id)
    other = await platform_certificate(server, order.key.mch_id)
    signed = handed_over(signature(order.prepay.prepay_id, mine))
    assert (await control.post("/client/app", signed))["errCode"] is None
    assert (await control.post("/client/app", handed_over(signature(order.prepay.prepay_id, other))))["errCode"] == -1
    await server.parts.storage.write(
        lambda tx: server.parts.usecases.certificates(tx, Author.CONTROL).revoke(order.key.mch_id, mine.serial_no)
    )
    assert (await control.post("/client/app", signed))["errCode"] == -1


async def test_a_face_that_does_not_ask_for_certificates_is_handed_none(merchant: Merchant, server: Server) -> None:
    account, at = server.parts.storage.accounts.merchant(merchant.mch_id), server.parts.clock.real_now()
    await server.parts.certificates.merchant(merchant.mch_id)
    found = await server.parts.storage.read_now(lambda tx: v2.FACE.credentials(tx, account, at))
    assert (found.certificates, found.platform) == ((), None)


async def test_what_was_sealed_in_a_notification_is_shown_opened(
    order: Order, control: Control, inbox: Inbox, session: aiohttp.ClientSession
) -> None:
    inbox.answer(204)
    await control.pay(NUMBER)
    await control.advance(0)
    (attempt,) = [one for one in await control.timeline(NUMBER) if one["kind"] == "notification"]
    assert "the payer" not in inbox.received[0].body
    async with session.get(f"/console/calls/{attempt['id']}") as page:
        assert "the payer" in await page.text()
    assert (await control.get(f"/journal/{attempt['id']}"))["request"]["opened"] == {"who": "the payer"}
