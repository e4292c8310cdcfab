"""`sandbox.testing.Sandbox`, for code with and without an event loop."""

import asyncio
import os

import aiohttp
import pytest

from sandbox.config import Settings
from sandbox.server import Server
from sandbox.testing import AsyncClient, Client, ControlApiError, Sandbox
from tests.support.merchant import Inbox, Merchant


@pytest.fixture(scope="module")
def wxpay() -> Client:  # type: ignore[misc]
    with Sandbox() as client:
        yield client


async def place(client: Client | AsyncClient, out_trade_no: str, **fields: str) -> dict[str, str]:
    """An order, placed by a merchant's backend that was configured with what the client knows."""
    known = client.environment()
    async with aiohttp.ClientSession(known["WXPAY_BASE_URL"]) as session:
        backend = Merchant(
            session, known["WXPAY_MCH_ID"], known["WXPAY_APPID"], known["WXPAY_API_KEY"], "http://127.0.0.1:9/notify"
        )
        return await backend.order(out_trade_no, **fields)


def test_a_payment_without_any_event_loop(wxpay: Client) -> None:
    asyncio.run(place(wxpay, "SYNC01"))
    assert wxpay.order("SYNC01").trade_state == "NOTPAY"
    assert wxpay.cancel("SYNC01").client_result.err_code == -2
    failed = wxpay.fail("SYNC01", "balance").client_result
    assert (failed.err_code, failed.cause) == (-1, "balance")
    paid = wxpay.pay("SYNC01", bank_type="CMB_DEBIT")
    assert (paid.client_result.err_code, paid.order.paid, paid.order.bank_type) == (0, True, "CMB_DEBIT")
    assert wxpay.orders()[0].out_trade_no == "SYNC01"
    assert wxpay.wait_paid("SYNC01").transaction_id


async def test_the_same_as_coroutines_with_the_merchant_in_the_same_loop(inbox: Inbox) -> None:
    async with Sandbox() as wxpay:
        await place(wxpay, "ASYNC01", notify_url=inbox.url)
        await wxpay.pay("ASYNC01")
        order = await wxpay.wait_notified("ASYNC01")
        assert [one.state for one in order.notifications] == ["delivered"]
        assert (await wxpay.timeline("ASYNC01"))[-1].verdict == "ok"
    assert [one.fields["out_trade_no"] for one in inbox.received] == ["ASYNC01"]


def test_time_scenarios_and_forgeries(wxpay: Client) -> None:
    wxpay.scenario("pays-later", "payer: {after: 1h}\nnotify: none\n")
    wxpay.apply("pays-later", next=True)
    asyncio.run(place(wxpay, "LATER1"))
    wxpay.advance(3599)
    assert not wxpay.order("LATER1").paid
    assert wxpay.advance(2).advanced == 3601
    order = wxpay.order("LATER1")
    assert (order.paid, order.scenario, order.notifications) == (True, "pays-later", [])
    forged = wxpay.notify("LATER1", fault="wrong-sign").notifications[-1]
    assert (forged.fault, forged.hostile, forged.once, len(forged.attempts)) == ("wrong-sign", True, True, 1)


def test_a_refusal_names_code_and_field(wxpay: Client) -> None:
    with pytest.raises(ControlApiError, match="order_not_found") as refused:
        wxpay.pay("NOBODY")
    assert refused.value.status == 404
    with pytest.raises(ControlApiError) as refused:
        wxpay.scenario("bad", {"notify": [{"fault": "wrong-sing"}]})
    assert refused.value.field == "notify[0].fault"
    assert "wrong-sign" in refused.value.message


def test_another_merchant_sees_nothing_of_the_first(wxpay: Client) -> None:
    asyncio.run(place(wxpay, "MINE01"))
    other = wxpay.new_merchant(name="other")
    assert other.orders() == []
    assert other.merchant.mch_id != wxpay.merchant.mch_id
    other.delete_merchant()


def test_its_repr_names_the_place_and_no_key(wxpay: Client) -> None:
    assert repr(wxpay) == f"<wxpay-sandbox {wxpay.url}, merchant {wxpay.merchant.mch_id}, appid {wxpay.merchant.appid}>"
    assert wxpay.merchant.api_key not in repr(wxpay.merchant)


async def test_a_sandbox_that_runs_elsewhere_is_used_and_left_clean(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "WXPAY_SANDBOX_URL", server.url)
    async with Sandbox() as wxpay:
        assert wxpay.url == server.url
        mch_id = wxpay.merchant.mch_id
        assert mch_id in server.world.storage.accounts.merchants
    assert mch_id not in server.world.storage.accounts.merchants


async def test_the_admin_token_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.core.merchants import Secret

    server = await Server.start(Settings(port=0, database=":memory:", admin_token=Secret("let-me-in")))
    monkeypatch.setitem(os.environ, "WXPAY_SANDBOX_URL", server.url)
    monkeypatch.setitem(os.environ, "WXPAY_SANDBOX_ADMIN_TOKEN", "let-me-in")
    async with Sandbox() as wxpay:
        assert await wxpay.orders() == []
    await server.stop()
