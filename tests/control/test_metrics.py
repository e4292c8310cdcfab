"""`GET /_sandbox/metrics`: Prometheus reads it, the numbers move, and no caller can make a label of its own."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from sandbox.config import Settings
from sandbox.server import Server
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scrape(session: aiohttp.ClientSession) -> Samples:
    """Every sample of the page by its name and labels."""
    async with session.get("/_sandbox/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = await response.text()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


def shared(samples: Samples, name: str, **labels: str) -> float:
    """One that every process on the database tells alike."""
    return value(samples, name, scope="database", **labels)


async def test_calls_payments_and_notifications_are_counted(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("ORDER001")
    await merchant.order("ORDER002", _key="wrong")
    await control.pay("ORDER001")
    await control.wait("ORDER001", "notified")
    found = await scrape(session)
    path = "/pay/unifiedorder"
    assert value(found, "wxpay_api_calls_total", path=path, outcome="ok", signature="ok") == 1
    assert value(found, "wxpay_api_calls_total", path=path, outcome="failed", signature="wrong") == 1
    assert value(found, "wxpay_api_call_seconds_count", path=path) == 2
    assert value(found, "wxpay_api_refusals_total", code="sign_wrong") == 1
    assert value(found, "wxpay_events_total", event="paid") == 1
    assert value(found, "wxpay_notification_attempts_total", verdict="ok") == 1
    assert value(found, "wxpay_notification_attempt_seconds_count") == 1


async def test_the_clock_and_what_waits_are_gauges(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control
) -> None:
    await merchant.order("ORDER001")
    await control.advance(3600)
    found = await scrape(session)
    assert shared(found, "wxpay_orders", trade_state="NOTPAY") == 1
    assert round(shared(found, "wxpay_clock_ahead_seconds")) == 3600


async def test_notifications_that_are_pending_or_given_up_are_gauges(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    for number in ("ORDER001", "ORDER002"):
        await merchant.order(number)
        await control.pay(number)
    found = await scrape(session)
    assert shared(found, "wxpay_orders", trade_state="SUCCESS") == 2
    assert shared(found, "wxpay_notifications", state="pending") == 2
    await control.advance(2 * 86400)
    found = await scrape(session)
    assert shared(found, "wxpay_notifications", state="pending") == 0
    assert shared(found, "wxpay_notifications", state="given_up") == 2
    assert value(found, "wxpay_notification_attempts_total", verdict="http_status") == 32


async def test_closed_and_expired_orders_are_counted(
    session: aiohttp.ClientSession, merchant: Merchant, control: Control
) -> None:
    await merchant.order("ORDER001")
    await merchant.order("ORDER002")
    await merchant.close("ORDER001")
    await control.advance(8 * 86400)
    found = await scrape(session)
    assert value(found, "wxpay_events_total", event="closed") == 1
    assert value(found, "wxpay_events_total", event="expired") == 1
    assert shared(found, "wxpay_orders", trade_state="CLOSED") == 2


async def test_a_call_that_changes_nothing_is_counted_at_the_next_scrape(
    session: aiohttp.ClientSession, merchant: Merchant
) -> None:
    await merchant.query("ORDER001")
    found = await scrape(session)
    assert value(found, "wxpay_api_refusals_total", code="ORDERNOTEXIST") == 1


async def test_what_is_of_the_database_is_marked_so_that_nobody_adds_it_up(session: aiohttp.ClientSession) -> None:
    async with session.get("/_sandbox/metrics") as response:
        families = list(text_string_to_metric_families(await response.text()))
    marked = {one.name for one in families if any("scope" in sample.labels for sample in one.samples)}
    assert marked == {
        *("wxpay_orders", "wxpay_notifications", "wxpay_merchants"),
        *("wxpay_clock_ahead_seconds", "wxpay_clock_scale"),
    }
    for one in families:
        assert ("max by, not sum" in one.documentation) is (one.name in marked)
        assert {sample.labels.get("scope") for sample in one.samples} <= {"database" if one.name in marked else None}


async def test_two_sandboxes_in_one_process_count_apart(session: aiohttp.ClientSession, merchant: Merchant) -> None:
    await merchant.order("ORDER001")
    other = await Server.start(Settings(port=0, database=":memory:"))
    try:
        async with aiohttp.ClientSession(other.url) as theirs:
            found = await scrape(theirs)
    finally:
        await other.stop()
    assert [name for name, _ in found if name.startswith("wxpay_api")] == []


async def test_nobody_can_make_a_label(session: aiohttp.ClientSession, merchant: Merchant, control: Control) -> None:
    await control.call("PUT", "/scenarios/odd", {"api": {"fail": {"err_code": "MY_OWN_CODE", "err_code_des": "x"}}})
    await session.post("/pay/evil-path", data=b"<xml/>")
    await session.post("/pay/unifiedorder?evil=1", data=b"<xml><evil>1</evil></xml>")
    await merchant.order("EVIL-ORDER", attach="scenario:odd")
    text = " ".join(f"{name} {sorted(labels)}" for name, labels in await scrape(session))
    assert "evil" not in text.lower()
    assert "MY_OWN_CODE" not in text
    assert value(await scrape(session), "wxpay_api_refusals_total", code="other") == 1
