"""Refunds as people see them: on their order's page and in their list, with what one can do about them."""

import re

import pytest

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant
from tests.support.refunds import told

ORDER = "/console/orders/1900000109/"
HOSTILE = "'\"><script>alert(1)</script>"


async def pay(merchant: Merchant, control: Control, number: str = "ORDER001", **fields: str) -> None:
    await merchant.order(number, **fields)
    await control.pay(number)


async def balance(control: Control, fen: int) -> None:
    await control.call("PATCH", f"/merchants/{control.mch_id}", {"balance_fen": fen})


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


async def test_an_order_says_what_was_refunded_and_what_is_left(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await pay(merchant, control)
    assert "退款…" in (await visitor.get(ORDER + "ORDER001")).text
    await merchant.refund("ORDER001", "REFUND001", 30)
    text = plain((await visitor.get(ORDER + "ORDER001")).text)
    assert "已付 ¥1.00 已退 ¥0.00 退款中 ¥0.30 还剩 ¥0.70" in text
    assert "占订单 30%" in text
    assert re.search(r"还有 (1 分|\d+ 秒) 自动到账（\d\d:\d\d:\d\d）。", text)
    await control.advance(60)
    text = plain((await visitor.get(ORDER + "ORDER001")).text)
    assert "已付 ¥1.00 已退 ¥0.30 还剩 ¥0.70" in text
    assert "退到付款人账户" in text


@pytest.mark.parametrize(
    ("outcome", "status"), [("success", "SUCCESS"), ("change", "CHANGE"), ("close", "REFUNDCLOSE")]
)
async def test_a_person_decides_how_a_refund_ends(
    visitor: Visitor, merchant: Merchant, control: Control, outcome: str, status: str
) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    page = await visitor.send("/console/refunds/1900000109/REFUND001/end", outcome=outcome, back=ORDER + "ORDER001")
    assert "退款 REFUND001 " in page.text
    assert (await control.order("ORDER001"))["refunds"][0]["refund_status"] == status
    acts = re.findall(r'name="outcome" value="(\w+)"', page.text)
    assert acts == (["success", "close"] if outcome == "change" else [])
    again = await visitor.send("/console/refunds/1900000109/REFUND001/end", outcome="change", back=ORDER + "ORDER001")
    assert "这笔退款已经有了结果。" in again.text


async def test_a_refund_that_is_stuck_is_mended(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    page = await visitor.send("/console/refunds/1900000109/REFUND001/end", outcome="change", back=ORDER + "ORDER001")
    assert "用户的卡已作废或冻结，钱留在微信" in page.text
    page = await visitor.send("/console/refunds/1900000109/REFUND001/end", outcome="success", back=ORDER + "ORDER001")
    assert "还剩" in page.text
    assert (await control.order("ORDER001"))["refunds"][0]["refund_status"] == "SUCCESS"


async def test_an_outcome_that_does_not_exist(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    assert (await visitor.post("/console/refunds/1900000109/REFUND001/end", {"outcome": "lost"})).status == 400


async def test_a_refunds_notification_is_sent_again(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await pay(merchant, control)
    await control.advance(1)
    inbox.received.clear()
    inbox.answer(500)
    await merchant.refund("ORDER001", "REFUND001", notify_url=inbox.url)
    await control.advance(61)
    page = await visitor.get(ORDER + "ORDER001")
    assert "退款 REFUND001：第 1 次通知商户" in page.text
    assert "/console/refunds/1900000109/REFUND001/notify" in page.text
    assert '<p class="next bad" id="next"><b>退款 REFUND001 的通知失败（第 1 次）：商户返回 HTTP 500' in page.text
    inbox.answer(200)
    page = await visitor.send("/console/refunds/1900000109/REFUND001/notify", back=ORDER + "ORDER001")
    assert "通知已重发" in page.text
    assert '<p class="next good" id="next">已支付' in page.text
    assert told(inbox.received[-1], merchant)["out_refund_no"] == "REFUND001"


async def test_an_order_whose_refund_is_not_told_needs_a_person_and_its_row_sends_that_again(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await pay(merchant, control)
    await control.advance(1)
    inbox.answer(500)
    await merchant.refund("ORDER001", "REFUND001", notify_url=inbox.url)
    await control.advance(61)
    page = await visitor.get(ORDER + "ORDER001")
    assert 'class="next bad"' in page.text
    listed = await visitor.get("/console/")
    assert 'name="failed" value="1"' in listed.text
    inbox.answer(200)
    sent = await visitor.send(ORDER + "ORDER001/notify", back="/console/", failed="1")
    assert "通知已重发" in sent.text
    assert told(inbox.received[-1], merchant)["out_refund_no"] == "REFUND001"
    assert 'class="next good"' in (await visitor.get(ORDER + "ORDER001")).text


async def test_where_nobody_is_told_of_a_refund_the_page_says_why(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    await control.advance(61)
    assert "没有通知：退款时没传 notify_url" in (await visitor.get(ORDER + "ORDER001")).text
    page = await visitor.send("/console/refunds/1900000109/REFUND001/notify", back=ORDER + "ORDER001")
    assert "没有通知：退款时没传 notify_url" in page.text


async def test_a_person_refunds_as_in_the_merchant_platform(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await control.call("PATCH", "/merchants/1900000109", {"refund_notify_url": inbox.url})
    await pay(merchant, control)
    page = await visitor.send(ORDER + "ORDER001/refund", amount="0.40", reason="茶叶\n受潮")
    assert "已受理退款 ¥0.40（R20" in page.text
    assert "茶叶受潮" in page.text
    assert 'name="amount" value="0.60"' in page.text
    await control.advance(61)
    refund = told(inbox.received[-1], merchant)
    assert (refund["refund_fee"], refund["refund_request_source"]) == ("40", "VENDOR_PLATFORM")
    assert refund["out_refund_no"].startswith("R20")
    page = await visitor.send(ORDER + "ORDER001/refund", amount="¥0.60")
    assert "make-refund" not in page.text
    page = await visitor.send(ORDER + "ORDER001/refund", amount="0.01")
    assert "订单已全额退款。" in page.text


@pytest.mark.parametrize("amount", ["", "0", "-1", "0.001", "1e3", "abc", "٣", "１", "1" * 30])
async def test_an_amount_that_is_none(visitor: Visitor, merchant: Merchant, control: Control, amount: str) -> None:
    await pay(merchant, control)
    page = await visitor.send(ORDER + "ORDER001/refund", amount=amount)
    assert "金额要写成元" in page.text
    assert (await control.order("ORDER001"))["refunds"] == []


async def test_a_refund_that_the_rules_forbid(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    assert "更多" not in (await visitor.send(ORDER + "ORDER001/refund", amount="1.01")).text
    assert "退款金额超过可退金额。" in (await visitor.send(ORDER + "ORDER001/refund", amount="1.01")).text
    await balance(control, 0)
    page = await visitor.send(ORDER + "ORDER001/refund", amount="1.00")
    assert "商户余额不足。" in page.text
    assert "到商户页充值后再退。" in page.text


async def test_a_refunds_address_leads_to_its_order(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "R|1@a*b")
    answer = await visitor.get("/console/refunds/1900000109/R%7C1%40a%2Ab")
    assert (answer.status, answer.headers["Location"]) == (303, ORDER + "ORDER001#refund-R%7C1@a*b")
    assert (await visitor.get("/console/refunds/1900000109/NONE")).status == 404
    assert "没有这笔退款：1900000109/NONE。" in (await visitor.get("/console/refunds/1900000109/NONE")).text


async def test_hostile_text_stays_text(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001", 30, refund_desc=HOSTILE)
    await visitor.send(ORDER + "ORDER001/refund", amount="0.10", reason=HOSTILE)
    for path in (ORDER + "ORDER001", "/console/refunds"):
        text = (await visitor.get(path)).text
        assert "alert(1)" in text
        assert "<script>alert" not in text


# -- the list ----------------------------------------------------------------------------------------------------------


async def test_the_list_of_refunds_is_filtered_by_state_and_merchant(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    assert "还没有退款" in (await visitor.get("/console/refunds")).text
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001", 30)
    await merchant.refund("ORDER001", "REFUND002", 20)
    await control.post("/refunds/1900000109/REFUND002", {"outcome": "change"})
    page = await visitor.get("/console/refunds")
    assert re.findall(r">(REFUND00\d)</a>", page.text) == ["REFUND002", "REFUND001"]
    assert f'href="{ORDER}ORDER001#refund-REFUND001"' in page.text
    page = await visitor.get("/console/refunds?state=CHANGE")
    assert re.findall(r">(REFUND00\d)</a>", page.text) == ["REFUND002"]
    assert "没有符合条件的退款。" in (await visitor.get("/console/refunds?state=SUCCESS")).text
    other = await control.post("/merchants", {}, 201)
    page = await visitor.get(f"/console/refunds?mch_id={other['mch_id']}")
    assert "REFUND00" not in page.text
    assert "沙箱商店 Sandbox Shop · 订单" in (await visitor.get("/console/refunds?state=nonsense")).text


async def test_a_long_list_of_refunds_is_paged(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    for order in ("ORDER001", "ORDER002"):
        await pay(merchant, control, order)
        for n in range(30):
            assert (await merchant.refund(order, f"{order}-{n:02}", 1))["result_code"] == "SUCCESS"
    page = await visitor.get("/console/refunds?state=PROCESSING")
    assert page.text.count("data-row") == 50
    older = re.search(r'href="(/console/refunds\?state=PROCESSING&amp;cursor=\d+)"', page.text)
    assert older is not None
    page = await visitor.get(older[1].replace("&amp;", "&"))
    assert page.text.count("data-row") == 10
    assert "回到最新" in page.text


async def test_a_refund_is_decided_in_the_list(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await pay(merchant, control)
    await merchant.refund("ORDER001", "REFUND001")
    page = await visitor.send("/console/refunds/1900000109/REFUND001/end", outcome="close", back="/console/refunds")
    assert "退款 REFUND001 已关闭" in page.text
    assert "钱已回到商户余额" in page.text


async def test_two_sub_merchants_with_one_number(visitor: Visitor, inbox: Inbox, control: Control) -> None:
    subs = [{"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}]
    account = await control.post("/merchants", {"service_provider": True, "sub_merchants": subs}, 201)
    provider = Merchant.opened(visitor.session, account, inbox.url)
    for sub in ("1900000201", "1900000202"):
        await provider.order("SAME0001", sub_mch_id=sub)
        path = f"/orders/{provider.mch_id}/SAME0001/pay?sub_mch_id={sub}"
        await control.session.post(f"/_sandbox{path}", json={"outcome": "success"})
        assert (await provider.refund("SAME0001", "SAMEREF1", sub_mch_id=sub))["result_code"] == "SUCCESS"
    assert (await visitor.get(f"/console/refunds/{provider.mch_id}/SAMEREF1")).status == 404
    address = f"/console/refunds/{provider.mch_id}/SAMEREF1/end?sub_mch_id=1900000202"
    assert address in (await visitor.get("/console/refunds")).text
    await visitor.send(address, outcome="success")
    listed = (await control.get("/refunds"))["items"]
    assert {one["sub_mch_id"]: one["refund_status"] for one in listed} == {
        "1900000201": "PROCESSING",
        "1900000202": "SUCCESS",
    }
