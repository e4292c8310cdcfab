"""A merchant per CI job: its own clock, scenarios and journal; none sees another. And a day of retries in a second."""

import asyncio
import time

import aiohttp
import pytest

from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

pytestmark = pytest.mark.slow

JOBS = 100
LADDER_SECONDS = 86_700
"""The 24 h 4 min of the schedule, and a minute more."""


async def job(session: aiohttp.ClientSession, inbox: Inbox, number: int) -> None:
    """What one CI job does; every job uses the same order number and the same scenario name."""
    opened = await Control(session).post("/merchants", {"certificate": False}, 201)
    merchant = Merchant.opened(session, opened, inbox.url)
    control = Control(session, merchant.mch_id)
    mine = {"mch_id": merchant.mch_id}
    await control.call("PUT", "/scenarios/coupon", {"payer": {"coupons": [{"fee": number + 1}]}}, **mine)
    await control.post("/scenarios/coupon/apply", mine)
    await merchant.order("ORDER001", total_fee="1000")
    await control.post(f"/orders/{merchant.mch_id}/ORDER001/pay")
    await control.wait("ORDER001", "notified")
    await control.advance(number * 60, merchant.mch_id)

    order = await control.order("ORDER001")
    assert (order["scenario"], order["cash_fee"]) == ("coupon", 1000 - number - 1)
    assert (await control.get("/clock", **mine))["advanced"] == number * 60
    calls = (await control.get("/journal", **mine))["items"]
    assert {(call["mch_id"], call["path"]) for call in calls} == {(merchant.mch_id, "/pay/unifiedorder")}
    own = [one for one in (await control.get("/scenarios", **mine))["items"] if one["source"] == "api"]
    assert [(one["name"], one["mch_id"]) for one in own] == [("coupon", merchant.mch_id)]
    told = [one.fields for one in inbox.received if one.fields["mch_id"] == merchant.mch_id]
    # Not how often: an inbox that a hundred jobs keep busy may take over five seconds, and is told again.
    assert {fields["coupon_fee"] for fields in told} == {str(number + 1)}


async def test_a_hundred_jobs_at_once_see_nothing_of_each_other(session: aiohttp.ClientSession, inbox: Inbox) -> None:
    await asyncio.gather(*[job(session, inbox, number) for number in range(JOBS)])
    everybody = (await Control(session).get("/scenarios"))["items"]
    assert not [one for one in everybody if one["source"] == "api"]


async def test_a_deleted_merchant_takes_its_scenarios_along(session: aiohttp.ClientSession, inbox: Inbox) -> None:
    control = Control(session)
    mch_id = (await control.post("/merchants", {"certificate": False}, 201))["mch_id"]
    await control.call("PUT", "/scenarios/mine", {"notify": "none"}, mch_id=mch_id)
    await control.post("/scenarios/notify-none/apply", {"mch_id": mch_id})
    await control.call("DELETE", f"/merchants/{mch_id}", None, 204)
    assert (await control.get("/scenarios/notify-none"))["applied_to"] == []
    again = await control.post("/merchants", {"certificate": False, "mch_id": mch_id}, 201)
    assert again["mch_id"] == mch_id
    await control.get("/scenarios/mine", 404, mch_id=mch_id)


async def test_sixteen_attempts_over_a_day_take_less_than_a_second(
    merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.answer(500)
    for number in range(5):  # the best of five: the machine may be busy with something else
        await merchant.order(f"ORDER{number}")
        await control.pay(f"ORDER{number}")
        began = time.perf_counter()
        await control.advance(LADDER_SECONDS)
        took = time.perf_counter() - began
        owed = await control.notification(f"ORDER{number}")
        assert (owed["state"], len(owed["attempts"])) == ("given_up", 16)
        if took < 1.0:
            break
    assert took < 1.0
