"""A merchant's bills as people read them."""

import html
import re
from datetime import date, timedelta

import pytest

from tests.console.conftest import Visitor
from tests.console.test_refunds import balance, pay, plain
from tests.support.bills import bill, flow
from tests.support.control import Control
from tests.support.days import bills_are_made, forward_to, quiet_morning
from tests.support.merchant import Inbox, Merchant

pytestmark = pytest.mark.slow

BILLS = "/console/merchants/1900000109/bills"


@pytest.fixture
async def day(control: Control) -> date:
    """The day on which the trades of a test are made."""
    return await quiet_morning(control)


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """The columns and rows of the page's bill."""
    columns = re.findall(r'<th scope="col" title="([^"]+)"', text)
    body = text.partition('<table class="bill">')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    return columns, rows


def summary(text: str) -> dict[str, str]:
    return dict(re.findall(r'<dt title="([^"]+)">[^<]*</dt><dd>([^<]*)</dd>', text))


async def test_days_with_trades_are_listed(visitor: Visitor, merchant: Merchant, control: Control, day: date) -> None:
    assert "还没有账单" in (await visitor.get(BILLS)).text
    await pay(merchant, control, total_fee="100000")
    await pay(merchant, control, "ORDER002")
    await merchant.refund("ORDER001", "REFUND001", 40000, total_fee="100000")
    listed = plain((await visitor.get(BILLS)).text)
    assert re.search(rf"{day} 收款 2 笔 ¥1,001.00 退款和撤销 1 笔 −¥400.00 ◌ 还没出账：还有 2[23] 小时", listed)
    await bills_are_made(control, day)
    listed = plain((await visitor.get(BILLS)).text)
    assert f"{day} 收款 2 笔 ¥1,001.00 退款和撤销 1 笔 −¥400.00 ✓ 已出账" in listed


async def test_a_bill_says_when_it_will_be_there(
    visitor: Visitor, merchant: Merchant, control: Control, day: date
) -> None:
    await pay(merchant, control)
    following = day + timedelta(days=1)
    page = await visitor.get(f"{BILLS}/{day}")
    assert page.status == 200
    assert re.search(rf"还没出账：还有 2[23] 小时( \d+ 分)? （{following} 09:00:00）", plain(page.text))
    assert "下载 CSV" not in page.text
    assert (await visitor.get(f"{BILLS}/{day}.csv")).status == 404
    assert (await visitor.get(f"{BILLS}/{day}.csv.gz")).status == 404
    await forward_to(control, following, 8)
    assert "还没出账" in (await visitor.get(f"{BILLS}/{day}?type=FUND_FLOW")).text
    await bills_are_made(control, day)
    assert "还没出账" not in (await visitor.get(f"{BILLS}/{day}")).text


async def test_a_bill_is_a_table_of_what_it_says(
    visitor: Visitor, merchant: Merchant, control: Control, day: date
) -> None:
    await pay(merchant, control, total_fee="100000", body="龙井茶")
    await merchant.refund("ORDER001", "REFUND001", 40000, total_fee="100000")
    await bills_are_made(control, day)
    page = await visitor.get(f"{BILLS}/{day}")
    columns, rows = table(page.text)
    assert "设备号" not in columns
    assert "代金券金额" not in columns
    assert "商户号" not in columns
    assert "商户号 1900000109" in plain(page.text)
    assert [row[columns.index("交易状态")] for row in rows] == ["SUCCESS", "REFUND"]
    assert [row[columns.index("退款金额")] for row in rows] == ["0.00", "400.00"]
    assert 'href="/console/orders/1900000109/ORDER001"' in page.text
    assert 'href="/console/refunds/1900000109/REFUND001"' in page.text
    assert summary(page.text)["应结订单总金额"] == "1000.00"
    columns, _ = table((await visitor.get(f"{BILLS}/{day}?columns=all")).text)
    assert len(columns) == 27
    columns, rows = table((await visitor.get(f"{BILLS}/{day}?type=REFUND")).text)
    assert [row[columns.index("商户退款单号")] for row in rows] == ["REFUND001"]
    assert "没有这一类交易。" in (await visitor.get(f"{BILLS}/{day}?type=RECHARGE_REFUND")).text


async def test_the_fund_flow_stands_beside_it(
    visitor: Visitor, merchant: Merchant, control: Control, day: date
) -> None:
    await pay(merchant, control, total_fee="100000")
    await bills_are_made(control, day)
    page = await visitor.get(f"{BILLS}/{day}?type=FUND_FLOW")
    columns, rows = table(page.text)
    assert [row[columns.index("账户结余(元)")] for row in rows] == ["1000.00", "994.00"]
    assert summary(page.text) == {
        "资金流水总笔数": "2",
        "收入笔数": "1",
        "收入金额": "1000.00",
        "支出笔数": "1",
        "支出金额": "6.00",
    }


async def test_the_download_is_what_the_merchant_downloads(
    visitor: Visitor, merchant: Merchant, control: Control, day: date
) -> None:
    await pay(merchant, control)
    await bills_are_made(control, day)
    page = await visitor.get(f"{BILLS}/{day}?type=SUCCESS&columns=all&from=0")
    address = re.search(r'href="([^"]+)" download', page.text)
    assert address is not None
    assert address[1] == f"{BILLS}/{day}.csv?type=SUCCESS"
    async with visitor.session.get(address[1]) as answer:
        assert await answer.read() == await bill(merchant, day, "SUCCESS")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="1900000109Success{day}.csv"'
    async with visitor.session.get(f"{BILLS}/{day}.csv?type=FUND_FLOW") as answer:
        assert await answer.read() == await flow(merchant, day)
    async with visitor.session.get(f"{BILLS}/{day}.csv.gz?type=FUND_FLOW") as answer:
        assert await answer.read() == await flow(merchant, day, tar_type="GZIP")
        assert answer.headers["Content-Type"] == "application/gzip"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="1900000109Basic{day}.csv.gz"'
    async with visitor.session.get(f"{BILLS}/{day}.csv.gz") as answer:
        assert await answer.read() == await bill(merchant, day, tar_type="GZIP")


async def test_any_day_is_chosen_and_its_neighbours_are_one_click_away(
    visitor: Visitor, merchant: Merchant, control: Control, day: date
) -> None:
    chosen = await visitor.get(f"{BILLS}?type=REFUND&day={day}")
    assert chosen.status == 303
    assert chosen.headers["Location"] == f"{BILLS}/{day}?type=REFUND"
    text = (await visitor.get(chosen.headers["Location"])).text
    assert f'href="{BILLS}/{day - timedelta(days=1)}?type=REFUND"' in text
    assert f'href="{BILLS}/{day + timedelta(days=1)}?type=REFUND"' in text
    assert '<input type="hidden" name="type" value="REFUND">' in text
    for wrong in ("2026-02-30", "20261124", "x", ""):
        assert (await visitor.get(f"{BILLS}?day={wrong}")).status == 200
    assert "三个月以前" in (await visitor.get(f"{BILLS}/2000-01-01")).text
    assert "还没出账" in (await visitor.get(f"{BILLS}/2999-12-31")).text


@pytest.mark.parametrize(
    ("scenario", "told", "numbers"),
    [
        ("bill-missing-row", "对账单没有这笔订单", ["HONEST"]),
        ("bill-changed-amount", "订单金额多一分", ["ORDER001", "HONEST"]),
        ("bill-unknown-order", "多出一笔没有人下过的订单", ["ORDER001", "UNKNOWN", "HONEST"]),
    ],
)
async def test_a_bill_that_a_scenario_makes_disagree_says_so(
    visitor: Visitor, merchant: Merchant, control: Control, day: date, scenario: str, told: str, numbers: list[str]
) -> None:
    await pay(merchant, control, attach=f"scenario:{scenario}")
    await pay(merchant, control, "HONEST")
    note = f"ORDER001 {told} · {scenario}"
    assert note in plain((await visitor.get(f"{BILLS}/{day}")).text), "before it is made too"
    await bills_are_made(control, day)
    text = (await visitor.get(f"{BILLS}/{day}")).text
    assert note in plain(text)
    columns, rows = table(text)
    found = [row[columns.index("商户订单号")] for row in rows]
    assert [re.sub(r"^UNKNOWN\d+$", "UNKNOWN", number) for number in found] == numbers
    assert "/console/orders/1900000109/UNKNOWN" not in text, "nobody placed it"
    assert told not in (await visitor.get(f"{BILLS}/{day}?type=REFUND")).text
    assert told not in (await visitor.get(f"{BILLS}/{day}?type=FUND_FLOW")).text


async def test_a_day_without_trades(visitor: Visitor, control: Control, day: date) -> None:
    await balance(control, 5000)
    await bills_are_made(control, day)
    assert "这一天没有交易" in (await visitor.get(f"{BILLS}/{day}")).text
    columns, rows = table((await visitor.get(f"{BILLS}/{day}?type=FUND_FLOW")).text)
    assert [row[columns.index("业务类型")] for row in rows] == ["充值"]
    before = day - timedelta(days=1)
    assert "这一天这个账户里没有进出" in (await visitor.get(f"{BILLS}/{before}?type=FUND_FLOW")).text
    assert "这一天这个账户里没有进出" in (await visitor.get(f"{BILLS}/{day}?type=FUND_FLOW&account=Operation")).text
    assert "资金账单从 2017-06-01 开始" in (await visitor.get(f"{BILLS}/2017-05-31?type=FUND_FLOW")).text
    old = day - timedelta(days=200)
    assert "三个月以前的账单不能再下载。" in (await visitor.get(f"{BILLS}/{old}")).text


@pytest.mark.parametrize(
    "path",
    [
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "2026-13-01",
        "yesterday",
        "2026-1-1",
        "2026-02-30.csv",
        "2026-02-30.csv.gz",
    ],
)
async def test_a_day_that_is_none(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(f"{BILLS}/{path}")).status == 404


@pytest.mark.parametrize("query", ["type=NONE", "from=-1", "from=999999", "from=x", "sub_mch_id=1", "columns=x"])
async def test_what_an_address_does_not_name_is_left_out(
    visitor: Visitor, merchant: Merchant, control: Control, day: date, query: str
) -> None:
    await pay(merchant, control)
    await bills_are_made(control, day)
    _, rows = table((await visitor.get(f"{BILLS}/{day}?{query}")).text)
    assert len(rows) == 1


async def test_a_long_bill_is_paged(visitor: Visitor, merchant: Merchant, control: Control, day: date) -> None:
    for number in range(52):
        await pay(merchant, control, f"ORDER{number:03}")
    await bills_are_made(control, day)
    page = await visitor.get(f"{BILLS}/{day}")
    assert len(table(page.text)[1]) == 50
    assert "第 1 至 50 行，共 52 行" in page.text
    page = await visitor.get(f"{BILLS}/{day}?from=50")
    assert len(table(page.text)[1]) == 2
    assert "第 51 至 52 行，共 52 行" in page.text
    assert f'href="{BILLS}/{day}"' in page.text


async def test_a_service_provider_sees_the_bill_of_each_sub_merchant(
    visitor: Visitor, inbox: Inbox, control: Control, day: date
) -> None:
    subs = [{"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}]
    account = await control.post("/merchants", {"service_provider": True, "sub_merchants": subs}, 201)
    provider = Merchant.opened(visitor.session, account, inbox.url)
    for sub in ("1900000201", "1900000202"):
        await provider.order(f"OF{sub}", sub_mch_id=sub)
        await Control(control.session, provider.mch_id).pay(f"OF{sub}")
    await bills_are_made(control, day)
    bills = f"/console/merchants/{provider.mch_id}/bills/{day}"
    _, rows = table((await visitor.get(bills)).text)
    assert len(rows) == 2
    page = await visitor.get(bills + "?sub_mch_id=1900000202")
    columns, rows = table(page.text)
    assert [row[columns.index("商户订单号")] for row in rows] == ["OF1900000202"]
    assert f"/console/orders/{provider.mch_id}/OF1900000202?sub_mch_id=1900000202" in page.text


async def test_hostile_text_stays_text(visitor: Visitor, merchant: Merchant, control: Control, day: date) -> None:
    await pay(merchant, control, body="<script>alert(1)</script>", attach="'\"><img src=x onerror=alert(2)>")
    await bills_are_made(control, day)
    text = (await visitor.get(f"{BILLS}/{day}")).text
    assert "alert(1)" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


async def test_a_bill_reads_in_english(visitor: Visitor, merchant: Merchant, control: Control, day: date) -> None:
    visitor.headers["Accept-Language"] = "en-GB"
    await pay(merchant, control, body="tea")
    await bills_are_made(control, day)
    text = (await visitor.get(f"{BILLS}/{day}?columns=all")).text.replace("中文", "").replace("沙箱商店", "")
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", text)) == []
