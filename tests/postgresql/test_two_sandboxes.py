"""Two sandboxes on one database: what is done at one holds at the other, and what both do at once happens once."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

from tests.postgresql.conftest import DEFAULT, Side
from tests.support.control import started
from tests.support.merchant import Inbox, Merchant

MCH_ID = DEFAULT[0]
DAY = 86_400


# -- at once -----------------------------------------------------------------------------------------------------------


async def test_a_number_that_both_place_is_one_order(sides: list[Side]) -> None:
    answers = await asyncio.gather(*[side.merchant.order("ORDER001") for side in sides for _ in range(4)])
    assert {one["result_code"] for one in answers} == {"SUCCESS"}
    assert len({one["prepay_id"] for one in answers}) == 1
    assert [one["out_trade_no"] for one in (await sides[0].control.get("/orders"))["items"]] == ["ORDER001"]


async def test_refunds_side_by_side_never_give_back_more_than_was_paid(sides: list[Side]) -> None:
    await sides[0].merchant.order("ORDER001")
    await sides[0].control.pay("ORDER001")
    refunds = [sides[n % 2].merchant.refund("ORDER001", f"REFUND{n:03}", 30) for n in range(8)]
    answers = Counter([one["result_code"] for one in await asyncio.gather(*refunds)])
    assert answers == {"SUCCESS": 3, "FAIL": 5}
    assert sum(one["refund_fee"] for one in (await sides[1].control.order("ORDER001"))["refunds"]) == 90
    ledger = await sides[1].control.get(f"/merchants/{MCH_ID}/ledger")
    assert len({line["flow_no"] for line in ledger["items"]}) == len(ledger["items"])


async def test_who_pays_and_who_closes_at_once_are_told_the_same(sides: list[Side]) -> None:
    numbers = [f"ORDER{n:03}" for n in range(8)]
    for number in numbers:
        await sides[0].merchant.order(number)

    async def both(number: str) -> None:
        path = f"/_sandbox/orders/{MCH_ID}/{number}/pay"
        paying = sides[0].session.post(path, json={"outcome": "success"})
        paid, closed = await asyncio.gather(paying, sides[1].merchant.close(number))
        state = (await sides[1].control.order(number))["trade_state"]
        told = (paid.status, closed["result_code"])
        assert (state, *told) in {("SUCCESS", 200, "FAIL"), ("CLOSED", 409, "SUCCESS")}

    await asyncio.gather(*map(both, numbers))


async def test_changes_of_one_account_at_once_are_all_kept(sides: list[Side]) -> None:
    path = f"/merchants/{MCH_ID}"
    changes: list[dict[str, object]] = [
        {"rate": "0.30%"},
        {"name": "茶馆"},
        {"h5_domains": ["tea.example"]},
        {"refund_notify_url": "http://a.example/r"},
    ]
    await asyncio.gather(*[sides[n % 2].control.call("PATCH", path, one) for n, one in enumerate(changes)])
    wanted = {name: value for one in changes for name, value in one.items()}
    for side in sides:
        account = await side.control.get(path)
        assert {name: account[name] for name in wanted} == wanted


# -- with the next call ------------------------------------------------------------------------------------------------


async def test_a_key_that_was_changed_at_one_counts_at_the_other(sides: list[Side]) -> None:
    key = "k" * 32
    await sides[0].control.call("PATCH", f"/merchants/{MCH_ID}", {"api_key": key})
    old, new = sides[1].merchant, Merchant(sides[1].session, MCH_ID, DEFAULT[1], key, sides[1].merchant.notify_url)
    assert (await old.order("ORDER001"))["return_msg"] == "签名错误，请检查后再试"
    assert (await new.order("ORDER001"))["result_code"] == "SUCCESS"


async def test_a_merchant_comes_and_goes_at_both(sides: list[Side]) -> None:
    made = await sides[0].control.call("POST", "/merchants", {"certificate": False}, 201)
    theirs = Merchant.opened(sides[1].session, made, sides[1].merchant.notify_url)
    assert (await theirs.order("ORDER001"))["result_code"] == "SUCCESS"
    await sides[1].control.call("DELETE", f"/merchants/{made['mch_id']}", None, 204)
    await sides[0].control.get(f"/merchants/{made['mch_id']}", 404)


async def test_a_scenario_in_force_counts_at_the_other(sides: list[Side]) -> None:
    await sides[0].control.post("/scenarios/order-systemerror-once/apply", {"mch_id": MCH_ID}, 200)
    assert (await sides[1].merchant.order("ORDER001")).get("err_code") == "SYSTEMERROR"


async def test_a_call_that_changes_nothing_stands_in_the_journal_of_both(sides: list[Side]) -> None:
    await sides[0].merchant.query("NOSUCH")
    lines = (await sides[1].control.get("/journal"))["items"]
    assert [line["path"] for line in lines] == ["/pay/orderquery"]


async def test_there_is_one_clock(sides: list[Side]) -> None:
    moved = await sides[0].control.advance(DAY)
    seen = await sides[1].control.get("/clock")
    assert seen["advanced"] == moved["advanced"] == DAY
    await sides[1].control.post("/clock", {"scale": 60})
    assert (await sides[0].control.get("/clock"))["scale"] == 60


async def test_who_waits_at_one_hears_of_the_other(sides: list[Side]) -> None:
    waiting = await started(sides[0].control.wait("ORDER001", "notified"))
    async with sides[0].session.get("/_sandbox/events") as stream:
        await sides[1].merchant.order("ORDER001")
        await sides[1].control.pay("ORDER001")
        assert (await waiting)["trade_state"] == "SUCCESS"
        async for line in stream.content:
            if line.startswith(b"data: {") and b"ORDER001" in line:
                break


async def test_who_listens_at_one_hears_what_the_other_is_asked_and_sends(sides: list[Side]) -> None:
    await sides[1].merchant.order("BEFORE")
    async with sides[0].session.get("/_sandbox/listen") as stream:
        await stream.content.readline()  # it listens from here on
        await sides[1].merchant.order("ORDER001")
        await sides[1].control.pay("ORDER001")
        heard: list[str] = []
        async for line in stream.content:
            if line.startswith(b"data: {") and b"mch_id" in line:
                heard.append(json.loads(line.removeprefix(b"data: "))["kind"])
            if "notification" in heard:
                break
    assert heard == ["api", "notification"]


# -- what is owed ------------------------------------------------------------------------------------------------------


async def test_a_jump_at_one_makes_the_attempts_that_the_other_owes_each_once(sides: list[Side], inbox: Inbox) -> None:
    inbox.answer(500, "no")
    for n in range(4):
        await sides[n % 2].merchant.order(f"ORDER{n:03}")
        await sides[n % 2].control.pay(f"ORDER{n:03}")
    await sides[1].control.advance(3 * DAY)
    for n in range(4):
        (told,) = (await sides[0].control.order(f"ORDER{n:03}"))["notifications"]
        assert told["state"] == "given_up"
        assert [one["n"] for one in told["attempts"]] == list(range(1, 17))
    assert len(inbox.received) == 4 * 16


async def test_an_order_expires_wherever_it_was_placed(sides: list[Side]) -> None:
    for side, number in zip(sides, ("ORDER001", "ORDER002"), strict=True):
        await side.merchant.order(number)
    await sides[0].control.advance(8 * DAY)
    for number in ("ORDER001", "ORDER002"):
        assert (await sides[1].control.order(number))["trade_state"] == "CLOSED"
        kinds = [item["kind"] for item in await sides[1].control.timeline(number)]
        assert kinds[kinds.index("clock") :] == ["clock", "wechat"]


async def test_what_one_has_taken_the_other_leaves(sides: list[Side], inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    await sides[0].merchant.order("ORDER001")
    await sides[0].control.pay("ORDER001")
    await inbox.arrived.wait()
    await sides[1].server.parts.scheduler.sweep()
    advanced = await started(sides[1].control.advance(0))
    assert not advanced.done()  # it waits for the attempt of the other
    inbox.gate.set()
    await advanced
    assert len(inbox.received) == 1
    assert (await sides[1].control.notification("ORDER001"))["state"] == "delivered"


async def test_what_was_under_way_at_one_that_ended_is_done_by_the_other(sides: list[Side], inbox: Inbox) -> None:
    inbox.gate = asyncio.Event()
    await sides[0].merchant.order("ORDER001")
    await sides[0].control.pay("ORDER001")
    await inbox.arrived.wait()
    await sides[0].server.stop()  # it cuts off what takes too long
    inbox.gate.set()
    assert (await sides[1].control.wait("ORDER001", "notified"))["trade_state"] == "SUCCESS"
    assert len(inbox.received) == 2
    assert len((await sides[1].control.notification("ORDER001"))["attempts"]) == 1


async def test_of_those_who_take_it_at_once_one_has_it(sides: list[Side], inbox: Inbox) -> None:
    inbox.answer(500, "no")
    await sides[0].merchant.order("ORDER001")
    await sides[0].control.pay("ORDER001")
    await sides[0].control.advance(0)
    owed = [side.server.parts.storage.owed for side in sides]
    scheduler = sides[0].server.parts.scheduler
    (owing,) = await owed[0].owing(scheduler.moments(timedelta(days=1)))
    assert not await owed[0].take(owing.id, owing.at - timedelta(seconds=1))
    first, second = await asyncio.gather(*[one.take(owing.id, owing.at) for one in owed])
    assert first != second
