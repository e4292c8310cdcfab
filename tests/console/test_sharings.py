"""Profit sharing as people see it: what is frozen of an order, its sharings and their list, the acts on them."""

import json
import re

import pytest

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox
from tests.support.v3 import V3Merchant
from tests.support.v3_sharing import Sharer, refusing

ORDER = "/console/orders/1900000109/"


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
async def sharer(control: Control, inbox: Inbox) -> Sharer:
    inbox.answer(204, "")
    opened = await control.post("/merchants", {"name": "茶叶供应商", "sharing_notify_url": inbox.url}, 201)
    made = Sharer(await V3Merchant.of(control, inbox.url), control, opened["mch_id"])
    await made.add()
    return made


async def test_an_order_says_what_of_it_is_frozen_and_to_whom_it_went(visitor: Visitor, sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARED1")
    text = plain((await visitor.get(ORDER + "SHARED1")).text)
    assert "待分账 ¥99.40" in text
    assert "自动解冻。 还没有请求过分账。" in text

    await sharer.share(transaction_id, "PSHARED1")
    text = plain((await visitor.get(ORDER + "SHARED1")).text)
    assert "待分账 ¥89.40" in text
    assert f"¥10.00 {sharer.receiver} · 待分账 货款" in text

    page = await visitor.send("/console/sharings/1900000109/PSHARED1/end", back=ORDER + "SHARED1")
    text = plain(page.text)
    assert "分账单 PSHARED1 已完成" in text
    assert "待分账 ¥89.40 已分出 ¥10.00" in text
    await sharer.control.advance(0)
    assert f"第 1 次通知接收方 {sharer.receiver}" in plain((await visitor.get(ORDER + "SHARED1")).text)
    told = (await visitor.get(f"/console/notifications?mch_id={sharer.receiver}")).text
    assert told.count("data-row") == 1, "who is told finds it"
    again = await visitor.send("/console/sharings/1900000109/PSHARED1/end", back=ORDER + "SHARED1")
    assert "这笔分账已经完成。" in again.text


async def test_a_receiver_that_is_not_reached_is_no_failure_of_the_order(
    visitor: Visitor, sharer: Sharer, inbox: Inbox
) -> None:
    inbox.reply = refusing("profitsharing")
    transaction_id = await sharer.paid("UNREACHED1")
    await sharer.share(transaction_id, "PUNREACHED1")
    await sharer.control.advance(5)

    assert "told-delivered" in (await visitor.get("/console/?q=UNREACHED1")).text
    assert "data-row" not in (await visitor.get("/console/?notification=failed")).text
    assert "told-failing" in (await visitor.get("/console/sharings")).text
    assert "told-failing" in (await visitor.get(ORDER + "UNREACHED1")).text
    await visitor.send(ORDER + "UNREACHED1/notify", failed="1")
    last = json.loads(inbox.received[-1].body)["resource"]
    assert last["original_type"] == "transaction", "the order's merchant is told, not the receiver"


async def test_a_person_unfreezes_what_is_left(visitor: Visitor, sharer: Sharer) -> None:
    await sharer.paid("SHARED2", ripe=False)
    early = await visitor.send(ORDER + "SHARED2/unfreeze", back=ORDER + "SHARED2")
    assert "支付不到一分钟，还不能分账。" in early.text
    await sharer.control.advance(60)

    page = await visitor.send(ORDER + "SHARED2/unfreeze", back=ORDER + "SHARED2")

    assert "已受理解冻 ¥99.40" in page.text
    await sharer.control.advance(5)
    text = plain((await visitor.get(ORDER + "SHARED2")).text)
    assert "待分账 ¥0.00 已解冻 ¥99.40 没有待分账的钱了。" in text
    assert "解冻剩余资金" not in text


async def test_the_list_has_chips_a_search_and_a_cursor(visitor: Visitor, sharer: Sharer) -> None:
    assert "还没有分账" in (await visitor.get("/console/sharings")).text
    transaction_id = await sharer.paid("SHARED3")
    for n in range(50):
        await sharer.share(transaction_id, f"PLIST{n}", sharer.to(1))
    await sharer.control.advance(5)
    other = await sharer.paid("SHARED4")
    await sharer.share(other, "PLAST")

    page = (await visitor.get("/console/sharings")).text
    assert page.count("data-row") == 50
    older = re.search(r'href="(/console/sharings\?cursor=\d+)"', page)
    assert older is not None
    assert (await visitor.get(older[1])).text.count("data-row") == 1
    processing = (await visitor.get("/console/sharings?state=PROCESSING")).text
    assert re.findall(r'class="open mono" href="[^"]*">(\w+)<', processing) == ["PLAST"]
    assert (await visitor.get("/console/sharings?q=SHARED4")).text.count("data-row") == 1
    assert "没有符合条件的分账。" in (await visitor.get("/console/sharings?q=NOBODY")).text


async def test_the_control_api_tells_of_sharings(sharer: Sharer) -> None:
    transaction_id = await sharer.paid("SHARED5")
    order_id = (await sharer.share(transaction_id, "PSHARED5", unfreeze_unsplit=True)).json["order_id"]
    assert (await sharer.control.order("SHARED5"))["unsplit_amount"] == 0

    ended = await sharer.control.post("/sharings/1900000109/PSHARED5")

    assert (ended["state"], ended["order_id"], ended["face"]) == ("FINISHED", order_id, "v3")
    assert [(one["amount"], one["result"], one.get("rest")) for one in ended["receivers"]] == [
        (1000, "SUCCESS", None),
        (8940, "SUCCESS", True),
    ]
    assert (await sharer.control.get("/sharings", mch_id="1900000109", state="FINISHED"))["items"] == [ended]
    assert (await sharer.control.get("/sharings", state="PROCESSING"))["items"] == []
    assert await sharer.control.post("/sharings/1900000109/PSHARED5", status=409)
    assert (await sharer.control.get("/sharings/1900000109/NOBODY", 404))["error"]["code"] == "sharing_not_found"
    notified = (await sharer.control.order("SHARED5"))["notifications"][-1]
    assert (notified["kind"], notified["receiver"], notified["out_order_no"]) == (
        "sharing",
        sharer.receiver,
        "PSHARED5",
    )
