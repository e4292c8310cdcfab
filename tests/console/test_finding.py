"""Finding orders, refunds and calls; a number without an order; several orders decided at once."""

import re

import pytest

from tests.console.conftest import Answer, Visitor
from tests.support.control import Control
from tests.support.merchant import Merchant

ORDER = "/console/orders/1900000109/"
OPENID = "oSandboxPayer000000000000001"


def shown(page: Answer) -> set[str]:
    """The numbers of a list's rows."""
    return set(re.findall(r'class="open mono" href="[^"]*">([\w/-]+)<', page.text))


def tiles(page: Answer) -> list[str]:
    return re.findall(r"<b>([\d,+]+)</b>", page.text)


async def test_an_order_is_found_by_whatever_one_has_of_it(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await merchant.order("TEA001", trade_type="JSAPI", openid=OPENID, total_fee="1234")
    await merchant.order("CUP001", body="紫砂壶")
    await control.pay("TEA001")
    refund = await merchant.refund("TEA001", "BACK-7", 34, total_fee="1234")
    order = await control.order("TEA001")
    for text in (
        "TEA",
        order["transaction_id"],
        order["prepay_id"],
        "BACK-7",
        refund["refund_id"],
        "12.34",
        "¥12.34",
        "1234",
        OPENID,
    ):
        assert shown(await visitor.get(f"/console/?q={text}")) == {"TEA001"}, text
    assert shown(await visitor.get("/console/?q=砂")) == {"CUP001"}


async def test_counters_follow_the_search_and_the_other_filters(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    for number in ("TEA001", "TEA002", "CUP001"):
        await merchant.order(number)
    await merchant.order("TEA003", trade_type="APP")
    await control.pay("TEA002")
    await merchant.order("TEA004", _key="wrong")
    assert tiles(await visitor.get("/console/")) == ["3", "1", "0", "1"]
    found = await visitor.get("/console/?q=TEA")
    assert tiles(found) == ["2", "1", "0", "1"]
    assert '/console/calls?q=TEA&amp;signature=wrong"' in found.text
    assert tiles(await visitor.get("/console/?q=CUP")) == ["1", "0", "0", "0"]
    assert tiles(await visitor.get("/console/?q=TEA&type=APP")) == ["1", "0", "0", "1"]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "搜索订单"),
        ("/refunds", "搜索退款"),
        ("/calls", "搜索调用"),
        ("/notifications", "搜索通知"),
        ("/merchants", "搜索订单"),
    ],
)
async def test_the_search_box_says_what_it_looks_through(visitor: Visitor, path: str, label: str) -> None:
    page = await visitor.get("/console" + path)
    form = re.search(
        r'<form class="search" role="search" action="([^"]+)">.*?aria-label="([^"]+)"', page.text, re.DOTALL
    )
    assert form is not None
    assert form[2].startswith(label)
    assert form[1] == ("/console/" if label == "搜索订单" else "/console" + path)


async def test_each_list_is_searched_where_it_stands(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    for number in ("TEA001", "CUP001"):
        await merchant.order(number)
        await control.pay(number)
        await merchant.refund(number, "R-" + number)
    assert shown(await visitor.get("/console/refunds?q=R-TEA")) == {"R-TEA001"}
    assert shown(await visitor.get("/console/refunds?q=CUP&state=PROCESSING")) == {"R-CUP001"}
    assert shown(await visitor.get("/console/notifications?q=TEA")) == {"TEA001"}
    calls = await visitor.get("/console/calls?q=R-TEA001")
    assert shown(calls) == {"/secapi/pay/refund"}
    assert 'value="R-TEA001"' in calls.text
    nothing = await visitor.get("/console/calls?q=4200000000")
    assert 'href="/console/?q=4200000000"' in nothing.text


async def test_searching_a_refused_order_leads_to_its_call(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("REFUSED1", _key="wrong")
    page = await visitor.get("/console/?q=REFUSED1")
    assert "没有订单 REFUSED1" in page.text
    assert "调用被拒绝了" in page.text
    assert 'href="/console/calls/1">/pay/unifiedorder</a>' in page.text
    assert "签名错误" in page.text


async def test_a_calls_link_to_an_order_that_is_not_there_says_why(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("REFUSED2", total_fee="-1")
    await merchant.query("NEVER1")
    calls = await visitor.get("/console/calls")
    assert f'href="{ORDER}REFUSED2"' in calls.text
    refused = await visitor.get(ORDER + "REFUSED2")
    assert refused.status == 200
    assert "调用被拒绝了" in refused.text
    never = await visitor.get(ORDER + "NEVER1")
    assert "没有人用这个号下过单" in never.text
    assert (await visitor.get(ORDER + "UNHEARD1")).status == 404
    await merchant.order("REFUSED2")
    assert 'id="next"' in (await visitor.get(ORDER + "REFUSED2")).text


async def test_an_order_of_an_unknown_merchant_is_found_by_its_call(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("STRANGE1", mch_id="1999999999")
    assert "没有订单 STRANGE1" in (await visitor.get("/console/?q=STRANGE1")).text


async def test_an_order_whose_prepay_id_is_over_cannot_be_decided_in_the_list(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await merchant.order("LATE01")
    await control.advance(2 * 3600 + 1)
    page = await visitor.get("/console/")
    assert f'action="{ORDER}LATE01/pay"' not in page.text
    assert "prepay_id 已过期" in page.text
    assert "LATE01/&quot;" not in page.text
    assert 'value="1900000109/LATE01/"' not in page.text


class TestSeveral:
    """Several orders at once."""

    async def test_each_is_decided_by_itself_and_told(
        self, visitor: Visitor, merchant: Merchant, control: Control
    ) -> None:
        for number in ("MANY01", "MANY02", "MANY03"):
            await merchant.order(number)
        await control.pay("MANY02")
        page = await self.decide(visitor, "success", "MANY01", "MANY02", "MANY03", "NOBODY1")
        assert "4 个订单中 2 个付款成功。" in page.text
        assert "1 个没能决定：订单已经付过了。" in page.text
        assert "1 个没能决定：没有这个订单" in page.text
        assert (await control.order("MANY01"))["trade_state"] == "SUCCESS"

    async def test_an_error_has_its_cause(self, visitor: Visitor, merchant: Merchant) -> None:
        await merchant.order("MANY01")
        page = await self.decide(visitor, "error", "MANY01", reason="balance")
        assert "1 个订单中 1 个付款失败（余额不足）。" in page.text

    async def test_none_chosen_is_a_sentence(self, visitor: Visitor) -> None:
        page = await visitor.send("/console/orders/decide", outcome="cancel", back="/console/")
        assert "没有选中任何订单。" in page.text

    async def test_an_unknown_outcome_is_refused(self, visitor: Visitor) -> None:
        assert (await visitor.post("/console/orders/decide", {"outcome": "maybe"})).status == 400

    async def decide(self, visitor: Visitor, outcome: str, *numbers: str, reason: str = "other") -> Answer:
        orders = [("order", f"1900000109/{number}/") for number in numbers]
        return await visitor.post("/console/orders/decide", [("outcome", outcome), ("reason", reason), *orders])
