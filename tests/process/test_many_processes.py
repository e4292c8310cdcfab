"""Four sandboxes on one PostgreSQL, processes behind a balancer: what one is told holds at all, and happens once."""

import asyncio
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.web.proof import FIELD
from tests.support.control import Control, started
from tests.support.load import CALLERS, Load, listed
from tests.support.merchant import Inbox, Merchant
from tests.support.process import SandboxProcess

PROCESSES = 4
DAY = 86_400
SIDE_BY_SIDE = 64
"""Callers at one time."""
TOKEN = "letmein"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ARGUMENTS = ("--refund-seconds", "0.1", "--admin-token", TOKEN)


@dataclass
class Group:
    """The processes, with a client of each."""

    processes: list[SandboxProcess]
    sessions: list[aiohttp.ClientSession]

    def control(self, number: int, mch_id: str = "1900000109") -> Control:
        return Control(self.sessions[number % PROCESSES], mch_id)

    async def merchants(self, inbox: Inbox, **account: Any) -> list[Merchant]:
        """A new merchant, made at the first of them, as it calls each."""
        made = await self.control(0).post("/merchants", {"certificate": False, **account}, 201)
        return [Merchant.opened(session, made, inbox.url) for session in self.sessions]


@pytest.fixture(scope="module")
async def group(shared_postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Group]:
    """All start at the same time, on a database in which nothing is."""
    async with AsyncExitStack() as ends:
        arguments = ("--database", shared_postgresql_url, *ARGUMENTS)
        processes = [SandboxProcess(tmp_path_factory.mktemp("data"), *arguments) for _ in range(PROCESSES)]
        await asyncio.gather(*[ends.enter_async_context(one) for one in processes])
        sessions = [aiohttp.ClientSession(one.url, headers=BEARER) for one in processes]
        for session in sessions:
            await ends.enter_async_context(session)
        yield Group(processes, sessions)


# -- what all do at once -----------------------------------------------------------------------------------------------


async def test_a_number_that_all_place_is_one_order(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    answers = await asyncio.gather(*[merchant.order("ORDER001") for merchant in merchants for _ in range(4)])
    assert {one["result_code"] for one in answers} == {"SUCCESS"}
    assert len({one["prepay_id"] for one in answers}) == 1
    await group.control(1, merchants[0].mch_id).pay("ORDER001")
    again = await asyncio.gather(*[merchant.order("ORDER001") for merchant in merchants])
    assert {one["err_code"] for one in again} == {"ORDERPAID"}


async def test_who_pays_and_who_closes_at_once_are_told_the_same(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    numbers = [f"ORDER{n:03}" for n in range(12)]
    await asyncio.gather(*[merchants[n % PROCESSES].order(number) for n, number in enumerate(numbers)])

    async def both(n: int, number: str) -> None:
        control, path = group.control(n), f"/_sandbox/orders/{merchants[0].mch_id}/{number}/pay"
        paying = control.session.post(path, json={"outcome": "success"})
        paid, closed = await asyncio.gather(paying, merchants[(n + 1) % PROCESSES].close(number))
        state = (await merchants[(n + 2) % PROCESSES].query(number))["trade_state"]
        assert (state, paid.status, closed["result_code"]) in {("SUCCESS", 200, "FAIL"), ("CLOSED", 409, "SUCCESS")}

    await asyncio.gather(*[both(n, number) for n, number in enumerate(numbers)])


async def test_sixteen_refunds_of_one_order_never_give_back_more_than_was_paid(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    control = group.control(1, merchants[0].mch_id)
    await merchants[0].order("ORDER001")
    await control.pay("ORDER001")
    asked = [merchants[n % PROCESSES].refund("ORDER001", f"REFUND{n:03}", 30) for n in range(16)]
    assert Counter([one["result_code"] for one in await asyncio.gather(*asked)]) == {"SUCCESS": 3, "FAIL": 13}
    assert sum(one["refund_fee"] for one in (await control.order("ORDER001"))["refunds"]) == 90
    ledger = await control.get(f"/merchants/{control.mch_id}/ledger")
    assert sum(line["fen"] for line in ledger["items"] if line["movement"] == "refund") == 90
    assert ledger["balances"]["Basic"] == 10


async def test_a_refund_that_all_ask_for_by_one_number_is_one(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    await merchants[0].order("ORDER001")
    await group.control(1, merchants[0].mch_id).pay("ORDER001")
    answers = await asyncio.gather(*[merchant.refund("ORDER001", "REFUND001", 60) for merchant in merchants])
    assert {one["result_code"] for one in answers} == {"SUCCESS"}
    assert len({one["refund_id"] for one in answers}) == 1


async def test_none_of_a_thousand_merchants_sees_another(group: Group, inbox: Inbox) -> None:
    """All sell under the same number; each call goes to another process."""
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def live(n: int) -> None:
        async with room:
            made = await group.control(n).post("/merchants", {"certificate": False}, 201)
            at = [Merchant.opened(session, made, inbox.url) for session in group.sessions]
            assert (await at[(n + 1) % PROCESSES].order("ORDER001", attach=f"{n}"))["result_code"] == "SUCCESS"
            assert (await at[(n + 2) % PROCESSES].query("ORDER001"))["trade_state"] == "NOTPAY"
            (order,) = (await group.control(n + 3).get("/orders", mch_id=made["mch_id"]))["items"]
            assert (order["mch_id"], order["attach"]) == (made["mch_id"], f"{n}")

    async with asyncio.TaskGroup() as merchants:
        for n in range(1000):
            merchants.create_task(live(n))


# -- what is done at one -----------------------------------------------------------------------------------------------


async def test_an_account_is_changed_at_all(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    path, key = f"/merchants/{merchants[0].mch_id}", "k" * 32
    for n, merchant in enumerate(merchants):
        assert (await merchant.order(f"ORDER{n}"))["result_code"] == "SUCCESS"
    await group.control(1).call("PATCH", path, {"api_key": key})
    for merchant in merchants:
        assert (await merchant.order("ORDER5"))["return_code"] == "FAIL"
        assert (await merchant.call("/pay/orderquery", out_trade_no="ORDER0", _key=key))["return_code"] == "SUCCESS"
    await group.control(2).call("DELETE", path, None, 204)
    for n in range(PROCESSES):
        await group.control(n).get(path, 404)


async def test_a_scenario_is_in_force_at_all_and_its_calls_are_counted_together(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    mch_id = merchants[0].mch_id
    told_at_third = {"title": "Third", "api": {"call": "orderquery", "nth": 3, "fail": "SYSTEMERROR"}}
    await group.control(0).call("PUT", "/scenarios/third", told_at_third, 200, mch_id=mch_id)
    await group.control(1).post("/scenarios/third/apply", {"mch_id": mch_id})
    await merchants[2].order("ORDER001")
    said = [(await merchant.query("ORDER001")).get("err_code") for merchant in merchants]
    assert said == [None, None, "SYSTEMERROR", None]
    await group.control(3).call("DELETE", "/scenarios/third/apply", {"mch_id": mch_id})
    await merchants[0].order("ORDER002")
    assert {(await merchants[0].query("ORDER002")).get("err_code") for _ in range(3)} == {None}


async def test_who_waits_and_who_listens_at_one_hears_of_the_others(group: Group, inbox: Inbox) -> None:
    merchants = await group.merchants(inbox)
    mch_id = merchants[0].mch_id
    waiting = await started(group.control(0, mch_id).wait("ORDER001", "notified"))
    async with group.sessions[1].get("/_sandbox/events") as stream:
        await merchants[2].order("ORDER001")
        await group.control(3, mch_id).pay("ORDER001")
        assert (await waiting)["trade_state"] == "SUCCESS"
        async for line in stream.content:
            if mch_id.encode() in line and b"ORDER001" in line:
                return


async def test_a_jump_at_one_runs_once_what_is_due_at_all_and_comes_back_when_it_has_run(
    group: Group, inbox: Inbox
) -> None:
    inbox.answer(500, "no")
    merchants = await group.merchants(inbox)
    mch_id = merchants[0].mch_id
    numbers = [f"ORDER{n:03}" for n in range(8)]
    for n, number in enumerate(numbers):
        await merchants[n % PROCESSES].order(number)
        await group.control(n + 1, mch_id).pay(number)
    await merchants[3].order("UNPAID")
    await group.control(0).advance(8 * DAY, mch_id)
    for n, number in enumerate(numbers):
        notification = await group.control(n, mch_id).notification(number)
        assert notification["state"] == "given_up"
        assert [one["n"] for one in notification["attempts"]] == list(range(1, 17))
    assert len(inbox.received) == 16 * len(numbers)
    assert (await group.control(2, mch_id).order("UNPAID"))["trade_state"] == "CLOSED"


async def test_a_login_at_one_holds_at_all(group: Group) -> None:
    urls = [one.url for one in group.processes]
    jar, html = aiohttp.CookieJar(unsafe=True), {"Accept": "text/html"}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=html) as person:
        async with person.get(f"{urls[0]}/console/") as turned_away:  # it leads to the login
            token = re.findall(f'name="{FIELD}" value="([^"]+)"', await turned_away.text())[0]
        form = {FIELD: token, "token": TOKEN, "next": "/console/"}
        async with person.post(f"{urls[1]}/console/login", data=form) as let_in:
            assert let_in.status == 200
        for url in urls:
            async with person.get(f"{url}/console/", allow_redirects=False) as page:
                assert page.status == 200


async def test_all_present_one_certificate(group: Group) -> None:
    authorities = {await (await session.get("/_sandbox/ca.pem")).text() for session in group.sessions}
    places = [urlsplit(one.ready["https"]) for one in group.processes]
    presented = [await asyncio.to_thread(ssl.get_server_certificate, (place.hostname, place.port)) for place in places]
    assert (len(authorities), len(set(presented))) == (1, 1)


# -- what is lost with one ---------------------------------------------------------------------------------------------


async def test_a_process_that_is_killed_under_load_loses_nothing(group: Group, inbox: Inbox) -> None:
    """Its callers get no answers any more; what it owed the others do, and again only what it had under way."""
    account = await group.control(1).post("/merchants", {"certificate": False}, 201)
    load = Load(inbox, account, BEARER)
    selling = asyncio.gather(*[load.run(one.url, f"P{number}") for number, one in enumerate(group.processes)])
    await load.until_paid(48)
    await group.processes[0].kill()
    await load.until_paid(len(load.paid) + 24)
    load.stop()
    await selling
    await load.nothing_is_lost(group.sessions[1])
    times = Counter(one.body for one in inbox.received)
    assert max(times.values()) <= 2
    assert list(times.values()).count(2) <= 3 * CALLERS  # an order and two refunds each: no caller had more on its way
    told = await listed(group.control(2, account["mch_id"]), "/notifications")
    assert {len(one["attempts"]) for one in told} == {1}
