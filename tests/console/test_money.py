"""A merchant's money in the console: balance, ledger, settings."""

import re

import pytest

from tests.console.conftest import Visitor
from tests.console.test_refunds import balance, pay, plain
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

MERCHANT = "/console/merchants/1900000109"
LEDGER = MERCHANT + "/ledger"


def lines(text: str) -> list[str]:
    """The rows of a page's ledger, as one reads them."""
    return [plain(row).strip() for row in re.findall(r'<tr role="row" id="l\d+">(.*?)</tr>', text, re.DOTALL)]


async def test_every_move_of_money_has_a_line(visitor: Visitor, merchant: Merchant, control: Control) -> None:
    assert "还没有进出账。" in (await visitor.get(LEDGER)).text
    await pay(merchant, control, total_fee="100000")
    await merchant.refund("ORDER001", "REFUND001", 40000, total_fee="100000", refund_desc="受潮")
    await control.advance(61)
    page = await visitor.get(LEDGER)
    assert f'href="{MERCHANT.replace("merchants", "orders")}/ORDER001"' in page.text
    assert 'href="/console/refunds/1900000109/REFUND001"' in page.text
    told = [line.split(" ", 2)[2] for line in lines(page.text)]
    assert told == [
        "退款到了付款人手里 受潮 ¥400.00 不经过商户账户 ORDER001 REFUND001",
        "退款 受潮 − 出 ¥400.00 ¥596.40 ORDER001 REFUND001",
        "退还手续费 受潮 + 进 ¥2.40 ¥996.40 ORDER001 REFUND001",
        "手续费 − 出 ¥6.00 ¥994.00 ORDER001",
        "收款 + 进 ¥1,000.00 ¥1,000.00 ORDER001",
    ]
    overview = await visitor.get(MERCHANT)
    assert "余额 ¥596.40" in plain(overview.text)
    assert "费率 0.60%" in plain(overview.text)
    assert lines(overview.text) == lines(page.text)


async def test_a_long_ledger_is_paged(visitor: Visitor, control: Control) -> None:
    for fen in range(1, 61):
        await balance(control, fen)
    page = await visitor.get(LEDGER)
    assert len(lines(page.text)) == 50
    older = re.search(r'href="(/console/merchants/1900000109/ledger\?cursor=\d+)"', page.text)
    assert older is not None
    page = await visitor.get(older[1])
    assert len(lines(page.text)) == 10
    assert len(lines((await visitor.get(MERCHANT)).text)) == 5


async def test_topping_up_and_withdrawing(visitor: Visitor, control: Control) -> None:
    page = await visitor.send(MERCHANT + "/balance", act="top-up", amount="1,000.50", back=LEDGER)
    assert "充值 ¥1,000.50，余额 ¥1,000.50" in page.text
    page = await visitor.send(MERCHANT + "/balance", act="withdraw", amount="0.5", back=LEDGER)
    assert "提现 ¥0.50，余额 ¥1,000.00" in page.text
    assert (await control.get("/merchants/1900000109"))["balance_fen"] == 100_000
    page = await visitor.send(MERCHANT + "/balance", act="withdraw", amount="1000.01", back=LEDGER)
    assert "商户余额不足。" in page.text
    page = await visitor.send(MERCHANT + "/balance", act="top-up", amount="much", back=LEDGER)
    assert "金额要写成元" in page.text
    assert (await visitor.post(MERCHANT + "/balance", {"act": "steal", "amount": "1"})).status == 400
    changes = (await control.get("/merchants/1900000109/changes"))["items"]
    assert [(one["author"], one["field"], one["before"], one["after"]) for one in reversed(changes)] == [
        ("console", "balance_fen", "0", "100050"),
        ("console", "balance_fen", "100050", "100000"),
    ]
    unknown = {"act": "top-up", "amount": "1", "sub_mch_id": "1900000999"}
    assert (await visitor.post(MERCHANT + "/balance", unknown)).status == 404


async def test_a_service_providers_sub_merchants_have_their_own_ledgers(
    visitor: Visitor, inbox: Inbox, control: Control
) -> None:
    subs = [{"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}]
    account = await control.post("/merchants", {"service_provider": True, "sub_merchants": subs}, 201)
    provider = Merchant.opened(visitor.session, account, inbox.url)
    await provider.order("ORDER001", sub_mch_id="1900000201")
    await Control(control.session, provider.mch_id).pay("ORDER001")
    page = f"/console/merchants/{provider.mch_id}/ledger"
    assert lines((await visitor.get(page)).text) == []
    own = await visitor.get(page + "?sub_mch_id=1900000201")
    assert len(lines(own.text)) == 2
    assert f"/console/orders/{provider.mch_id}/ORDER001?sub_mch_id=1900000201" in own.text
    chips = re.findall(r'<a class="chip one-of"[^>]*>([^<]+)</a>', own.text)
    assert chips == ["服务商自己 ¥0.00", "1900000201 ¥0.99", "1900000202 ¥0.00"]
    form = {"act": "top-up", "amount": "5", "sub_mch_id": "1900000202", "back": page + "?sub_mch_id=1900000202"}
    assert "余额 ¥5.00" in (await visitor.send(f"/console/merchants/{provider.mch_id}/balance", **form)).text
    assert (await visitor.get(page + "?sub_mch_id=1900000999")).status == 404


async def test_settings_are_changed(visitor: Visitor, control: Control) -> None:
    wanted = {
        "refund_notify_url": "https://shop.example/refunds",
        "native_callback_url": "http://127.0.0.1:9/native",
        "rate": "0.38",
    }
    page = await visitor.send(MERCHANT + "/settings", **wanted)
    assert "已保存，立即生效。" in page.text
    seen = await control.get("/merchants/1900000109")
    assert seen["refund_notify_url"] == wanted["refund_notify_url"]
    assert seen["native_callback_url"] == wanted["native_callback_url"]
    assert seen["rate"] == "0.38%"
    await visitor.send(MERCHANT + "/settings", rate="1%", refund_notify_url="")
    seen = await control.get("/merchants/1900000109")
    assert ("refund_notify_url" in seen, seen["rate"]) == (False, "1.00%")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"refund_notify_url": "shop.example"}, "refund_notify_url 要以 http:// 或 https:// 开头"),
        ({"native_callback_url": "javascript:alert(1)"}, "native_callback_url 要以 http:// 或 https:// 开头"),
        ({"refund_notify_url": "https://" + "a" * 300}, "最多 256 个字符"),
        ({"rate": "101%"}, "费率是百分数"),
        ({"rate": "0.600%"}, "费率是百分数"),
        ({"rate": ""}, "费率是百分数"),
    ],
)
async def test_settings_that_are_wrong(visitor: Visitor, control: Control, wrong: dict[str, str], said: str) -> None:
    before = await control.get("/merchants/1900000109")
    assert said in (await visitor.send(MERCHANT + "/settings", **{"rate": "0.60%", **wrong})).text
    assert await control.get("/merchants/1900000109") == before


async def test_a_merchant_that_does_not_exist(visitor: Visitor) -> None:
    for path in ("", "/ledger"):
        assert (await visitor.get("/console/merchants/1900000999" + path)).status == 404
    for act in ("/balance", "/settings"):
        assert (await visitor.post("/console/merchants/1900000999" + act, {"rate": "1%"})).status == 404
