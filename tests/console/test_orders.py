"""The list of orders and the acts on it, as a browser without script sees them."""

import re

import pytest

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

ORDER = "/console/orders/1900000109/"


async def test_an_empty_list_invites(visitor: Visitor) -> None:
    page = await visitor.get("/console/")
    assert page.status == 200
    for word in ("1900000109", "wx8888888888888888", "放一笔样单", "curl -sS"):
        assert word in page.text
    assert "sandboxv2key" not in page.text


async def test_the_curl_of_the_invitation_places_an_order(visitor: Visitor, merchant: Merchant) -> None:
    page = await visitor.get("/console/")
    message = re.search(r"-d &#39;(.*?)&#39;", page.text)
    assert message is not None
    answer = await merchant.post("/pay/unifiedorder", message[1].replace("&lt;", "<").replace("&gt;", ">").encode())
    assert "<result_code><![CDATA[SUCCESS]]></result_code>" in answer


@pytest.mark.parametrize("trade_type", ["JSAPI", "NATIVE", "APP", "MWEB"])
async def test_a_sample_order_needs_no_backend(visitor: Visitor, control: Control, trade_type: str) -> None:
    page = await visitor.send("/console/sample", trade_type=trade_type)
    out_trade_no = re.search(r"样单 (\w+) 已下单", page.text)
    assert out_trade_no is not None
    await control.pay(out_trade_no[1])
    order = await control.wait(out_trade_no[1], "notified")
    assert order["trade_type"] == trade_type


async def test_the_next_act_is_in_the_list(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ACT001")
    page = await visitor.get("/console/")
    assert f'action="{ORDER}ACT001/pay"' in page.text


@pytest.mark.parametrize(
    ("form", "sentence", "client"),
    [
        ({"outcome": "success"}, "ACT002 付款成功", "errCode 0"),
        ({"outcome": "error", "reason": "balance"}, "ACT002 付款失败：余额不足", "errCode -1"),
        ({"outcome": "cancel"}, "ACT002 付款人取消", "errCode -2"),
    ],
)
async def test_an_act_says_what_the_client_returns(
    visitor: Visitor, merchant: Merchant, form: dict[str, str], sentence: str, client: str
) -> None:
    await merchant.order("ACT002")
    page = await visitor.send(ORDER + "ACT002/pay", **form)
    assert sentence in page.text
    assert client in page.text


async def test_a_page_hears_how_its_script_would(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ACT003", trade_type="JSAPI", openid="oSandboxPayer000000000000001")
    said = await visitor.post(ORDER + "ACT003/pay", {"outcome": "cancel"}, **{"HX-Request": "true"})
    assert "get_brand_wcpay_request:cancel" in said.text


async def test_what_a_rule_forbids_is_a_sentence(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("PAID01")
    await visitor.send(ORDER + "PAID01/pay", outcome="success")
    page = await visitor.send(ORDER + "PAID01/pay", outcome="success")
    assert "订单已经付过了。" in page.text
    refused = await visitor.post(ORDER + "PAID01/pay", {"outcome": "success"}, **{"HX-Request": "true"})
    assert refused.status == 409
    assert "订单已经付过了。" in refused.text


async def test_a_closed_order_cannot_be_paid(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("CLOSE1")
    await merchant.close("CLOSE1")
    page = await visitor.send(ORDER + "CLOSE1/pay", outcome="success")
    assert "订单已关闭，不能再付。" in page.text


async def test_an_unknown_outcome_is_refused(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ACT004")
    assert (await visitor.post(ORDER + "ACT004/pay", {"outcome": "maybe"})).status == 400


async def test_after_an_act_one_is_back_on_the_console_and_nowhere_else(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("BACK01")
    form = {"outcome": "cancel", "back": "https://evil.example/console/"}
    assert (await visitor.post(ORDER + "BACK01/pay", form)).headers["Location"] == "/console/"
    form["back"] = "/console/?state=NOTPAY"
    assert (await visitor.post(ORDER + "BACK01/pay", form)).headers["Location"] == "/console/?state=NOTPAY"


async def test_filters_stand_in_the_address(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await merchant.order("WAIT01", trade_type="APP")
    await merchant.order("DONE01")
    await control.pay("DONE01")
    await control.wait("DONE01", "notified")

    async def shown(query: str) -> set[str]:
        page = await visitor.get(f"/console/?{query}")
        return set(re.findall(r'class="open mono" href="[^"]*">(\w+)<', page.text))

    assert await shown("") == {"WAIT01", "DONE01"}
    assert await shown("state=NOTPAY") == {"WAIT01"}
    assert await shown("type=NATIVE") == {"DONE01"}
    assert await shown("notification=delivered") == {"DONE01"}
    assert await shown("notification=none") == {"WAIT01"}
    assert await shown("q=DONE") == {"DONE01"}
    assert await shown("state=nonsense&cursor=x") == {"WAIT01", "DONE01"}
    assert await shown("state=CLOSED") == set()


async def test_a_chip_in_force_takes_itself_away(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("CHIP01")
    page = await visitor.get("/console/?state=NOTPAY&type=NATIVE")
    assert '<a class="chip" data-visit href="/console/?type=NATIVE" aria-current="true">' in page.text


async def test_older_orders_are_a_link_away(visitor: Visitor, merchant: Merchant) -> None:
    for number in range(52):
        await merchant.order(f"PAGE{number:02}")
    first = await visitor.get("/console/?state=NOTPAY")
    assert "PAGE51" in first.text
    assert "PAGE01" not in first.text
    older = re.search(r'href="([^"]*cursor=\d+)"', first.text)
    assert older is not None
    second = await visitor.get(older[1].replace("&amp;", "&"))
    assert "PAGE01" in second.text
    assert "PAGE51" not in second.text


async def test_clearing_names_what_goes(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("GONE01")
    question = await visitor.get("/console/clear?mch_id=1900000109")
    assert "1 个订单" in question.text
    page = await visitor.send("/console/clear", mch_id="1900000109")
    assert "还没有订单" in page.text
    assert "已清空。" in page.text


async def test_a_notification_is_sent_again_and_its_verdict_said(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("AGAIN1")
    page = await visitor.send(ORDER + "AGAIN1/notify")
    assert "没有通知可发" in page.text
    await control.pay("AGAIN1")
    await control.wait("AGAIN1", "notified")
    inbox.answer(302, "", Location="/login")
    page = await visitor.send(ORDER + "AGAIN1/notify")
    assert "通知已重发：登录页" in page.text
    assert '<div class="toast bad"' in page.text
    assert len(inbox.received) == 2
    inbox.answer()
    page = await visitor.send(ORDER + "AGAIN1/notify", fault="result-fail")
    assert '<div class="toast unsure"' in page.text
    assert "已确认，请核对没有入账" in page.text


async def test_a_broken_notify_url_is_red_from_its_first_failure(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    inbox.answer(500)
    for number in ("FAILS1", "FAILS2"):
        await merchant.order(number)
        await control.pay(number)
    await control.advance(1)
    page = await visitor.get("/console/")
    assert page.text.count("told-failing") == 2
    assert re.search(r"✕</span> <span[^>]*>失败，1\d 秒后重试", page.text)
    assert re.search(r'class="tile alarming" href="[^"]*notification=failed"[^>]*><b>2</b> <span>通知失败', page.text)
    for path, shown in (("/?notification=failed", 2), ("/?notification=failing", 2), ("/?notification=pending", 0)):
        assert (await visitor.get("/console" + path)).text.count("told-failing") == shown, path
    for path, shown in (("failed", 2), ("failing", 2), ("pending", 0), ("given_up", 0)):
        assert (await visitor.get(f"/console/notifications?state={path}")).text.count("told-failing") == shown, path
    assert {one["state"] for one in (await control.get("/notifications"))["items"]} == {"pending"}, "contract.md's"
    inbox.answer()
    await control.advance(16)
    healed = (await visitor.get("/console/")).text
    assert healed.count("told-failing") == 0
    assert healed.count("told-delivered") == 2
    assert "tile alarming" not in healed


async def test_so_is_a_refunds(visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control) -> None:
    await merchant.order("FAILS3")
    await control.pay("FAILS3")
    await control.wait("FAILS3", "notified")
    inbox.answer(500)
    await merchant.refund("FAILS3", "R1", 30, notify_url=inbox.url)
    await control.advance(61)
    for path in ("/", "/?notification=failed", "/refunds", "/orders/1900000109/FAILS3"):
        assert "told-failing" in (await visitor.get("/console" + path)).text, path
    await control.advance(2 * 86400)
    inbox.answer()
    await merchant.refund("FAILS3", "R2", 30, notify_url=inbox.url)
    await control.advance(61)
    page = (await visitor.get("/console/")).text
    assert "told-given_up" in page, "what was given up stays in sight"


async def test_the_header_shows_sandbox_time_when_it_is_not_the_walls(visitor: Visitor) -> None:
    assert 'class="clock off"' not in (await visitor.get("/console/")).text
    page = await visitor.send("/console/clock", advance="86400")
    assert 'class="clock off"' in page.text
    assert "快 1 天" in page.text
    page = await visitor.send("/console/clock", advance="reset")
    assert 'class="clock off"' not in page.text


@pytest.mark.parametrize("advance", ["-1", "nan", "inf", "soon", "1e99", ""])
async def test_a_clock_jumps_only_forward_and_sensibly(visitor: Visitor, advance: str) -> None:
    page = await visitor.send("/console/clock", advance=advance)
    assert 'class="clock off"' not in page.text


async def test_a_forgery_taken_does_not_hide_that_the_true_notification_fails(
    visitor: Visitor, merchant: Merchant, inbox: Inbox, control: Control
) -> None:
    await merchant.order("BOTH01")
    inbox.answer(500)
    await control.pay("BOTH01")
    await control.advance(1)
    inbox.answer(200)
    await visitor.send(ORDER + "BOTH01/notify", fault="amount-lower")
    row = (await visitor.get("/console/")).text
    assert "收下了伪造通知" in row
    assert re.search(r'class="told also"[^>]*>1\d 秒后重试<', row)
    assert "data-resend" in row
