"""Scenarios in the console: looked at, applied, written; and what an order's page makes of them."""

import re

import aiohttp
import pytest

from tests.console.conftest import Visitor
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

pytestmark = pytest.mark.slow

SCENARIOS = "/console/scenarios"
EDITOR = "/console/scenario-editor"
ORDER = "/console/orders/1900000109/"
MINE = "title: 我的\npayer: {outcome: error, reason: balance, after: 0s}\n"


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


async def test_the_list_has_a_card_with_an_address_for_each(visitor: Visitor, control: Control) -> None:
    page = await visitor.get(SCENARIOS)
    for one in (await control.get("/scenarios"))["items"]:
        assert f'id="{one["name"]}"' in page.text
    assert "商户必须拒绝" in page.text
    forged = await visitor.get(SCENARIOS + "?group=forgery")
    assert 'id="forged-wrong-sign"' in forged.text
    assert 'id="notify-none"' not in forged.text


async def test_ones_own_come_first(visitor: Visitor) -> None:
    page = await visitor.send(EDITOR, name="zz-mine", text=MINE, act="save")
    assert "场景 zz-mine 已保存。" in page.text
    listed = (await visitor.get(SCENARIOS)).text
    assert listed.index('id="zz-mine"') < listed.index('id="notify-none"')


@pytest.mark.parametrize(
    ("to", "whom", "application"),
    [
        ("next", "1900000109 的下一笔订单", {"mch_id": "1900000109", "next": True}),
        ("merchant", "商户 1900000109 的订单", {"mch_id": "1900000109"}),
        ("all", "全部订单", {}),
    ],
)
async def test_it_is_applied_and_stopped(
    visitor: Visitor, control: Control, to: str, whom: str, application: dict[str, object]
) -> None:
    path = SCENARIOS + "/notify-none"
    page = await visitor.send(path + "/apply", to=to, mch_id="1900000109")
    assert f"notify-none 用于{whom}。" in page.text
    assert f"已用于{whom}" in page.text
    assert (await control.get("/scenarios/notify-none"))["applied_to"] == [application]
    page = await visitor.send(path + "/end", **{name: str(value) for name, value in application.items()})
    assert f"notify-none 不再用于{whom}。" in page.text
    assert (await control.get("/scenarios/notify-none"))["applied_to"] == []


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/notify-none/apply", {"to": "moon"}, 400),
        ("/notify-none/apply", {"to": "next", "mch_id": "1"}, 404),
        ("/no-such/apply", {"to": "all"}, 404),
        ("/no-such/delete", {}, 404),
    ],
)
async def test_what_makes_no_sense_is_refused(visitor: Visitor, path: str, form: dict[str, str], status: int) -> None:
    assert (await visitor.post(SCENARIOS + path, form)).status == status


async def test_all_mistakes_are_shown_with_line_and_field(visitor: Visitor, control: Control) -> None:
    text = "payer: {outcome: maybe}\nnotifi: none\n"
    page = await visitor.post(EDITOR, {"name": "mine", "text": text, "act": "save"})
    assert page.status == 422
    assert "有 2 处错误" in page.text
    assert re.search(r"第 1 行.*payer\.outcome", words(page.text))
    assert "“maybe”不是可选的值" in page.text
    assert "没有这个键。是不是想写 notify？" in page.text
    assert "Did you mean" not in page.text
    assert "outcome: maybe" in page.text
    page = await visitor.post(EDITOR + "?lang=en", {"name": "mine", "text": text, "act": "save"})
    assert "There is no such key. Did you mean notify?" in page.text
    await control.get("/scenarios/mine", 404)


async def test_doubts_are_shown_in_the_readers_language(visitor: Visitor) -> None:
    doubtful = {"name": "mine", "text": "when: {out_trade_no: 5}\nnotify: none\n", "act": "check"}
    page = await visitor.post(EDITOR, doubtful)
    assert "只有订单号“5”符合" in words(page.text)
    assert "It fits the order number" not in page.text
    assert "It fits the order number" in (await visitor.post(EDITOR + "?lang=en", doubtful)).text


async def test_checking_saves_nothing(visitor: Visitor, control: Control) -> None:
    page = await visitor.post(EDITOR, {"name": "mine", "text": MINE, "act": "check"})
    assert "没有错误，可以保存。" in page.text
    await control.get("/scenarios/mine", 404)


async def test_a_built_in_one_is_copied_not_changed(visitor: Visitor) -> None:
    page = await visitor.get(SCENARIOS + "/forged-wrong-sign")
    assert "fault: wrong-sign" in page.text
    assert "删除…" not in page.text
    copy = await visitor.get(EDITOR + "?copy=forged-wrong-sign")
    assert 'value="my-forged-wrong-sign"' in copy.text
    refused = await visitor.post(EDITOR, {"name": "forged-wrong-sign", "text": MINE, "act": "save"})
    assert refused.status == 409
    assert "内置场景不能改" in refused.text


async def test_deleting_asks_once(visitor: Visitor, control: Control) -> None:
    await visitor.send(EDITOR, name="mine", text=MINE, act="save")
    assert "删除场景 mine？" in (await visitor.get(SCENARIOS + "/mine/delete")).text
    page = await visitor.send(SCENARIOS + "/mine/delete", owner="")
    assert "场景 mine 已删除。" in page.text
    await control.get("/scenarios/mine", 404)


async def test_a_merchants_own_belongs_to_it(visitor: Visitor, control: Control) -> None:
    await visitor.send(EDITOR, name="mine", text=MINE, owner="1900000109", act="save")
    await control.get("/scenarios/mine", 404)
    assert (await control.get("/scenarios/mine", mch_id="1900000109"))["mch_id"] == "1900000109"
    page = await visitor.get(SCENARIOS + "/mine?mch_id=1900000109")
    assert "用于全部" not in page.text


async def test_an_order_says_which_scenario_decides_and_why(
    visitor: Visitor, merchant: Merchant, control: Control
) -> None:
    await control.post("/scenarios/notify-none/apply", {"mch_id": "1900000109"})
    await merchant.order("WHY0001")
    page = await visitor.get(ORDER + "WHY0001")
    assert "指定给这个商户。" in page.text
    assert f'href="{SCENARIOS}/notify-none?mch_id=1900000109"' in page.text


async def test_a_scenario_decides_over_a_waiting_order(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await visitor.send(EDITOR, name="balance", text="payer: {outcome: error, reason: balance}", act="save")
    await merchant.order("BIND001")
    page = await visitor.send(ORDER + "BIND001/scenario", scenario="balance")
    assert "BIND001 由场景 balance 决定。" in page.text
    assert "场景 balance：付款失败 · 余额不足" in page.text
    page = await visitor.send(ORDER + "BIND001/pay", outcome="scenario")
    assert "BIND001 付款失败：余额不足" in page.text
    page = await visitor.send(ORDER + "BIND001/scenario", scenario="")
    assert "没有场景起作用。" in page.text
    assert "不再由场景 balance 决定" in page.text
    assert 'value="scenario"' not in page.text
    assert (await control.order("BIND001"))["trade_state"] == "NOTPAY"


async def test_an_order_that_failed_for_good_says_so_everywhere(
    visitor: Visitor, merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    text = "payer: {outcome: error, reason: risk, final: true}"
    await visitor.send(EDITOR, name="for-good", text=text, act="save")
    prepay_id = (await merchant.order("GOOD001", attach="scenario:for-good"))["prepay_id"]
    page = await visitor.send(ORDER + "GOOD001/pay", outcome="scenario")
    assert "支付失败，这笔订单不能再付" in page.text
    assert "errCode -1" in page.text
    assert "GOOD001" in (await visitor.get("/console/?state=PAYERROR")).text
    assert "支付失败，请重新下单支付" in (await visitor.get(f"/cashier/{prepay_id}")).text


async def test_a_notification_is_sent_with_a_fault(
    visitor: Visitor, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("FAULT01")
    await control.pay("FAULT01")
    await control.wait("FAULT01", "notified")
    page = await visitor.send(ORDER + "FAULT01/notify", fault="amount-lower")
    assert "已发送（金额少一分，签名正确）：收下了伪造通知" in page.text
    assert inbox.received[-1].fields["total_fee"] == "99"
    assert "商户在第 1 次通知时确认收到" in page.text
    assert "只发一次的通知" in page.text
    listed = await visitor.get("/console/notifications")
    assert listed.text.count('class="dot once failed"') == 1
    assert "金额少一分，签名正确" in listed.text
    assert (await visitor.post(ORDER + "FAULT01/notify", {"fault": "bad-luck"})).status == 400


async def test_a_notification_that_is_withheld_can_be_sent(
    visitor: Visitor, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("HELD001", attach="scenario:notify-none")
    await control.pay("HELD001")
    page = await visitor.get(ORDER + "HELD001")
    assert "场景 notify-none 不发真实的通知" in page.text
    assert inbox.received == []
    await visitor.send(ORDER + "HELD001/notify")
    assert len(inbox.received) == 1


async def test_a_fault_of_the_api_stands_in_the_timeline(visitor: Visitor, merchant: Merchant) -> None:
    text = "api: [{call: orderquery, nth: 1, fail: SYSTEMERROR}, {call: orderquery, fault: no-sign}]"
    await visitor.send(EDITOR, name="query", text=text, act="save")
    await merchant.order("API0001", attach="scenario:query")
    await merchant.query("API0001")
    await merchant.query("API0001")
    page = await visitor.get(ORDER + "API0001")
    assert "场景：SYSTEMERROR" in page.text
    assert "场景：应答没有签名" in page.text


async def test_coupons_stand_among_the_fields(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    text = "payer: {coupons: [{fee: 30, type: NO_CASH, id: 7}, {fee: 10}]}"
    await visitor.send(EDITOR, name="coupons", text=text, act="save")
    await merchant.order("COUP001", attach="scenario:coupons")
    await control.pay("COUP001")
    page = words((await visitor.get(ORDER + "COUP001")).text)
    assert "coupon_fee ¥0.40" in page
    assert "settlement_total_fee ¥0.70" in page
    assert "coupon_type_0 NO_CASH" in page


async def test_orders_are_found_by_their_scenario(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("BY00001", attach="scenario:notify-none")
    await merchant.order("BY00002", attach="scenario:notify-three-times")
    await merchant.order("BY00003")
    page = await visitor.get("/console/?scenario=notify-none")
    assert re.findall(r'class="open mono" href="[^"]*/(BY\d+)"', page.text) == ["BY00001"]
    assert (await visitor.get("/console/?scenario=%25")).text.count("data-row") == 0


async def test_what_happened_is_saved_and_happens_again(
    visitor: Visitor, merchant: Merchant, control: Control, inbox: Inbox
) -> None:
    await merchant.order("STORY01")
    await control.advance(3)
    await control.pay("STORY01", "error", reason="bank-refused")
    await control.advance(5)
    await control.pay("STORY01", bank_type="CMB_DEBIT")
    await control.wait("STORY01", "notified")
    await control.advance(4)
    await control.post("/orders/1900000109/STORY01/notify", {"fault": "wrong-sign"})
    form = await visitor.get(ORDER + "STORY01/scenario")
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form.text, re.DOTALL)
    assert text is not None
    await visitor.send(EDITOR, name="again", text=text[1].replace("&#39;", "'"), act="save")
    await visitor.send(SCENARIOS + "/again/apply", to="next", mch_id="1900000109")
    inbox.received.clear()
    await merchant.order("STORY02")
    await control.advance(20)
    told = [one["name"] for one in await control.timeline("STORY02") if one["kind"] in ("payer", "wechat")]
    assert [name for name in told if not name.startswith("warning")] == ["payment_failed", "paid"]
    order = await control.order("STORY02")
    assert order["bank_type"] == "CMB_DEBIT"
    assert [one.get("fault") for one in order["notifications"]] == [None, "wrong-sign"]
    signs = [one.fields["sign"] for one in inbox.received]
    assert len(signs) == len(set(signs)) == 2


async def test_the_story_is_a_file(visitor: Visitor, merchant: Merchant, session: aiohttp.ClientSession) -> None:
    await merchant.order("FILE001")
    file = await visitor.get(ORDER + "FILE001/scenario.yaml")
    assert file.headers["Content-Disposition"] == 'attachment; filename="recorded-file001.yaml"'
    async with session.get("/_sandbox/orders/1900000109/FILE001/scenario") as answer:
        assert answer.content_type == "application/yaml"
        assert await answer.text() == file.text
    headers = {"Content-Type": "application/yaml"}
    async with session.put("/_sandbox/scenarios/recorded-file001", data=file.text, headers=headers) as answer:
        assert answer.status == 200


async def test_what_is_put_on_the_next_order_is_used_up(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    await visitor.send(SCENARIOS + "/notify-none/apply", to="next", mch_id="1900000109")
    await merchant.order("FIRST01")
    await merchant.order("SECOND1")
    assert (await control.order("FIRST01"))["scenario"] == "notify-none"
    assert "scenario" not in await control.order("SECOND1")
    assert "没有用于任何订单。" in (await visitor.get(SCENARIOS + "/notify-none")).text


async def test_an_unknown_name_in_attach_is_told(visitor: Visitor, merchant: Merchant) -> None:
    await merchant.order("ATTACH1", attach="scenario:no-such-thing")
    assert "attach 里的场景 no-such-thing 不存在" in (await visitor.get(ORDER + "ATTACH1")).text


@pytest.mark.parametrize(
    ("find", "there", "not_there"),
    [
        ("forged-amount", "forged-amount-lower", "notify-none"),
        ("FORGED amount", "forged-amount-lower", "notify-none"),
        ("金额", "forged-amount-lower", "notify-none"),
        ("no such thing", "", "notify-none"),
    ],
)
async def test_a_scenario_is_found_by_name_and_words(visitor: Visitor, find: str, there: str, not_there: str) -> None:
    page = (await visitor.get(f"{SCENARIOS}?find={find}")).text
    assert f'id="{there}"' in page if there else "没有符合的场景" in page
    assert f'id="{not_there}"' not in page


async def test_chips_count_what_is_found_and_keep_it(visitor: Visitor) -> None:
    page = (await visitor.get(f"{SCENARIOS}?find=notify-none&group=forgery")).text
    assert "在全部场景里找" in page
    counted = dict(
        re.findall(r'href="[^"]*find=notify-none(?:&amp;group=(\w+))?"[^>]*>[^<]*<span class="n">(\d+)', page)
    )
    assert "0" in counted.values()
    assert "1" in counted.values()
