"""downloadbill and downloadfundflow, as a merchant downloads and reads them. Source: V2 notes, 3.5 and 3.6."""

import gzip
import hashlib
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.support.bills import bill, download, flow, read
from tests.support.control import Control
from tests.support.days import bills_are_made, forward_to, quiet_morning
from tests.support.merchant import Merchant, document, elements
from tests.support.words import SIGN_WRONG
from tests.v2.conftest import Open

COVERS = ("/pay/downloadbill", "/pay/downloadfundflow")
pytestmark = pytest.mark.slow

SUBS = [{"sub_mch_id": "1900000201"}, {"sub_mch_id": "1900000202"}]


@pytest.fixture
async def day(control: Control) -> date:
    """The day on which the trades of a test are made."""
    return await quiet_morning(control)


def failure(body: bytes) -> tuple[str, str]:
    told = elements(body.decode())
    assert list(told) == ["return_code", "return_msg", "error_code"]
    assert told["return_code"] == "FAIL"
    return told["return_msg"], told["error_code"]


async def trade(merchant: Merchant, control: Control, number: str, fen: int = 100, *refunds: int) -> dict[str, str]:
    """An order that is paid, and refunded in parts; gives what orderquery says of it."""
    await merchant.order(number, total_fee=str(fen))
    await control.pay(number)
    for n, refund_fee in enumerate(refunds):
        await merchant.refund(number, f"{number}R{n}", refund_fee, total_fee=str(fen))
    return await merchant.query(number)


# -- the trade bill ----------------------------------------------------------------------------------------------------


async def test_the_whole_bill_byte_for_byte(merchant: Merchant, control: Control, day: date) -> None:
    await merchant.order("ORDER001", total_fee="100000", attach="附加", device_info="WEB")
    await control.pay("ORDER001")
    told = await merchant.query("ORDER001")
    await bills_are_made(control, day)
    paid_at = f"{day} {told['time_end'][8:10]}:{told['time_end'][10:12]}:{told['time_end'][12:]}"
    row = (
        f"`{paid_at},`wx8888888888888888,`1900000109,`0,`WEB,`{told['transaction_id']},`ORDER001,`{told['openid']},"
        "`NATIVE,`SUCCESS,`OTHERS,`CNY,`1000.00,`0.00,`0,`0,`0.00,`0.00,`,`,`龙井茶,`附加,`6.00000,`0.60%,`1000.00,"
        "`0.00,`"
    )
    assert (await bill(merchant, day)).decode() == "\ufeff" + "".join(
        f"{line}\r\n"
        for line in (
            "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
            "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
            "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注",
            row,
            "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
            "`1,`1000.00,`0.00,`0.00,`6.00000,`1000.00,`0.00",
        )
    )


async def test_a_reversal_has_a_row_beside_that_of_its_payment(merchant: Merchant, control: Control, day: date) -> None:
    await merchant.micropay("ORDER001", await control.auth_code(), 100_000)
    await merchant.reverse("ORDER001")
    await merchant.micropay("ORDER002", await control.auth_code(), 100_001)
    await merchant.reverse("ORDER002")
    await bills_are_made(control, day)
    rows, _ = read(await bill(merchant, day))
    assert [(one["商户订单号"], one["交易类型"], one["交易状态"]) for one in rows] == [
        ("ORDER001", "MICROPAY", "SUCCESS"),
        ("ORDER001", "MICROPAY", "REVOKED"),
    ], "what nobody paid is no trade"
    assert (await control.get(f"/merchants/{merchant.mch_id}"))["balance_fen"] == 0


async def test_a_refund_has_a_row_beside_that_of_its_payment(merchant: Merchant, control: Control, day: date) -> None:
    told = await trade(merchant, control, "ORDER001", 100000, 40000)
    await control.advance(3600)
    await bills_are_made(control, day)
    (paid, refunded), summary = read(await bill(merchant, day))
    assert paid["交易状态"] == "SUCCESS"
    assert refunded["微信订单号"] == told["transaction_id"]
    refund = (await control.order("ORDER001"))["refunds"][0]
    expected = {
        "交易状态": "REFUND",
        "应结订单金额": "0.00",
        "代金券金额": "0.00",
        "微信退款单号": refund["refund_id"],
        "商户退款单号": "ORDER001R0",
        "退款金额": "400.00",
        "充值券退款金额": "0.00",
        "退款类型": "ORIGINAL",
        "退款状态": "SUCCESS",
        "手续费": "-2.40000",
        "订单金额": "0.00",
        "申请退款金额": "400.00",
    }
    assert refunded.items() >= expected.items()
    assert summary == {
        "总交易单数": "2",
        "应结订单总金额": "1000.00",
        "退款总金额": "400.00",
        "充值券退款总金额": "0.00",
        "手续费总金额": "3.60000",
        "订单总金额": "1000.00",
        "申请退款总金额": "400.00",
    }


@pytest.mark.parametrize(
    ("bill_type", "states", "columns"),
    [
        ("ALL", ["SUCCESS", "REFUND", "REFUND"], 27),
        ("SUCCESS", ["SUCCESS"], 20),
        ("REFUND", ["REFUND", "REFUND"], 29),
        ("RECHARGE_REFUND", ["REFUND"], 30),
    ],
)
async def test_each_type_tells_of_its_own_rows(
    merchant: Merchant, control: Control, day: date, bill_type: str, states: list[str], columns: int
) -> None:
    await trade(merchant, control, "ORDER001", 10000, 3000)
    recharged = {"total_fee": "10000", "refund_account": "REFUND_SOURCE_RECHARGE_FUNDS"}
    await merchant.refund("ORDER001", "RECHARGED", 2000, **recharged)
    await control.advance(600)
    await bills_are_made(control, day)
    rows, summary = read(await bill(merchant, day, bill_type))
    assert [row["交易状态"] for row in rows] == states
    assert {len(row) for row in rows} == {columns}
    assert summary["总交易单数"] == str(len(states))
    if bill_type in ("REFUND", "RECHARGE_REFUND"):
        assert all(row["退款申请时间"].startswith(str(day)) and row["退款成功时间"] for row in rows)
    if bill_type == "RECHARGE_REFUND":
        assert (rows[0]["商户退款单号"], rows[0]["返还手续费"]) == ("RECHARGED", "0.12000")


async def test_a_type_without_rows_is_a_bill_all_the_same(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await bills_are_made(control, day)
    rows, summary = read(await bill(merchant, day, "REFUND"))
    assert rows == []
    assert set(summary.values()) == {"0", "0.00", "0.00000"}


async def test_a_refund_stands_as_it_did_when_the_bill_was_made(
    merchant: Merchant, control: Control, day: date
) -> None:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await forward_to(control, day + timedelta(days=1), 8, 59)
    await control.advance(30)
    await merchant.refund("ORDER001", "LATE")
    await control.advance(3600)
    await bills_are_made(control, day + timedelta(days=1))
    assert read(await bill(merchant, day + timedelta(days=1), "REFUND"))[0][0]["退款状态"] == "SUCCESS"
    assert read(await bill(merchant, day))[1]["总交易单数"] == "1", "the refund is another day's"


async def test_coupons_in_a_bill(merchant: Merchant, control: Control, day: date) -> None:
    coupons = [{"fee": 30, "type": "CASH", "id": "1"}, {"fee": 20, "type": "NO_CASH", "id": "2"}]
    await control.call("PUT", "/scenarios/coupons", {"payer": {"coupons": coupons}})
    await merchant.order("ORDER001", attach="scenario:coupons")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "REFUND01")
    await bills_are_made(control, day)
    paid, refunded = read(await bill(merchant, day))[0]
    assert (paid["订单金额"], paid["应结订单金额"], paid["代金券金额"]) == ("1.00", "0.80", "0.30")
    assert (refunded["申请退款金额"], refunded["退款金额"], refunded["充值券退款金额"]) == ("1.00", "0.80", "0.30")


async def test_the_bill_of_one_device(merchant: Merchant, control: Control, day: date) -> None:
    for number, device_info in (("ORDER001", "TILL1"), ("ORDER002", "TILL2")):
        await merchant.order(number, device_info=device_info)
        await control.pay(number)
    await bills_are_made(control, day)
    rows, _ = read(await bill(merchant, day, device_info="TILL2"))
    assert [row["商户订单号"] for row in rows] == ["ORDER002"]
    assert failure(await bill(merchant, day, device_info="TILL3")) == ("No Bill Exist", "20002")


async def test_gzip(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await bills_are_made(control, day)
    packed = await bill(merchant, day, tar_type="GZIP")
    assert f"1900000109All{day}.csv".encode() in packed[:64]
    assert gzip.decompress(packed) == await bill(merchant, day)


async def test_unpaid_orders_are_in_no_bill(merchant: Merchant, control: Control, day: date) -> None:
    await merchant.order("ORDER001")
    await bills_are_made(control, day)
    assert failure(await bill(merchant, day)) == ("No Bill Exist", "20002")


async def test_a_bill_is_made_at_nine_on_the_next_day(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    assert failure(await bill(merchant, day)) == ("invalid bill_date", "20001")
    await forward_to(control, day + timedelta(days=1), 8, 59)
    assert failure(await bill(merchant, day)) == ("Bill Creating", "20002")
    await control.advance(60)
    assert len(read(await bill(merchant, day))[0]) == 1


async def test_three_months_and_no_longer(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await forward_to(control, day + timedelta(days=88))
    assert len(read(await bill(merchant, day))[0]) == 1
    await forward_to(control, day + timedelta(days=93))
    assert failure(await bill(merchant, day)) == ("invalid bill_date", "20001")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"bill_date": "2020-01-01"}, "invalid bill_date"),
        ({"bill_date": "20201301"}, "invalid bill_date"),
        ({"bill_date": "29990101"}, "invalid bill_date"),
        ({"bill_date": None}, "missing parameter"),
        ({"bill_date": ""}, "missing parameter"),
        ({"bill_type": "MINE"}, "invalid bill_type"),
        ({"tar_type": "ZIP"}, "invalid tar_type: Only GZIP supported"),
        ({"nonce_str": "n" * 33}, "nonce_str too long"),
        ({"out_trade_no": "ORDER001"}, "invalid parameter"),
        ({"appid": "wxother"}, "invalid appid"),
        ({"_key": "x" * 32}, "sign error"),
        ({"sign": ""}, "sign error"),
    ],
)
async def test_what_is_wrong_is_said_in_the_bills_own_words(
    merchant: Merchant, fields: dict[str, str], told: str
) -> None:
    asked = {"bill_date": "20200101", "bill_type": "ALL", **fields}
    assert failure(await download(merchant, "/pay/downloadbill", **asked)) == (told, "20001")


async def test_what_is_no_message_at_all(merchant: Merchant) -> None:
    for body, told in ((b"", "empty post data"), (b"<xml", "data format error"), (b"\xff", "data format error")):
        assert failure((await merchant.post("/pay/downloadbill", body)).encode()) == (told, "20001")
    async with merchant.session.get("/pay/downloadbill") as response:
        assert failure(await response.read()) == ("require POST method", "20001")


async def test_an_unknown_merchant_is_told_as_everywhere(merchant: Merchant) -> None:
    body = await download(merchant, "/pay/downloadbill", mch_id="1111111111", bill_date="20200101")
    assert elements(body.decode()) == {"return_code": "FAIL", "return_msg": "商户号mch_id或sub_mch_id不存在"}


async def test_a_service_provider_downloads_all_its_sub_merchants_or_one(open_merchant: Open, control: Control) -> None:
    provider = await open_merchant(service_provider=True, sub_merchants=SUBS)
    control.mch_id = provider.mch_id
    day = await quiet_morning(control)
    for number, sub in (("ORDER001", "1900000201"), ("ORDER002", "1900000202")):
        await provider.order(number, sub_mch_id=sub)
        await control.pay(number)
    await bills_are_made(control, day)
    rows, _ = read(await bill(provider, day))
    assert [row["特约商户号"] for row in rows] == ["1900000201", "1900000202"]
    rows, _ = read(await bill(provider, day, sub_mch_id="1900000202"))
    assert [row["商户订单号"] for row in rows] == ["ORDER002"]
    assert elements((await bill(provider, day, sub_mch_id="1900000299")).decode())["return_msg"] == "受理关系不存在"


# -- the fund flow -----------------------------------------------------------------------------------------------------


async def test_the_fund_flow_of_a_day(merchant: Merchant, control: Control, day: date) -> None:
    before = (await control.get("/merchants/1900000109"))["balance_fen"]
    told = await trade(merchant, control, "ORDER001", 100000, 40000)
    await bills_are_made(control, day)
    rows, summary = read(await flow(merchant, day))
    refund_id = (await control.order("ORDER001"))["refunds"][0]["refund_id"]
    names = ["业务名称", "业务类型", "收支类型", "收支金额(元)", "资金变更提交申请人", "备注", "业务凭证号"]
    assert [[row[name] for name in names] for row in rows] == [
        ["交易", "交易", "收入", "1000.00", "system", "结算总金额 1000.00 元;含手续费 0.00 元", "ORDER001"],
        ["交易", "扣除交易手续费", "支出", "6.00", "system", "", "ORDER001"],
        ["退款", "退还交易手续费", "收入", "2.40", "system", "", "ORDER001R0"],
        ["退款", "退款", "支出", "400.00", "1900000109API", "退款总金额400.00元;含手续费0.00元", "ORDER001R0"],
    ]
    assert [row["微信支付业务单号"] for row in rows] == [told["transaction_id"]] * 2 + [refund_id] * 2
    assert {row["资金流水单号"] for row in rows} == {told["transaction_id"]}
    assert rows[-1]["账户结余(元)"] == f"{Decimal(before + 59640) / 100:.2f}"
    assert list(summary.values()) == ["4", "2", "1002.40", "2", "406.00"]


async def test_a_refunds_reason_is_its_remark(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await merchant.refund("ORDER001", "REFUND01", refund_desc="缺货\n抱歉")
    await bills_are_made(control, day)
    assert read(await flow(merchant, day))[0][-1]["备注"] == r"缺货\n抱歉"


async def test_a_refund_that_is_closed_comes_back(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001", 100000, 40000)
    await control.post("/refunds/1900000109/ORDER001R0", {"outcome": "close"})
    await bills_are_made(control, day)
    rows, _ = read(await flow(merchant, day))
    assert [(row["业务类型"], row["收支金额(元)"]) for row in rows[-2:]] == [
        ("退款关闭", "400.00"),
        ("扣除交易手续费", "2.40"),
    ]
    assert read(await bill(merchant, day))[0][-1]["退款状态"] == "FAIL"


async def test_top_ups_and_withdrawals(merchant: Merchant, control: Control, day: date) -> None:
    for fen in (500, 200):
        await control.call("PATCH", "/merchants/1900000109", {"balance_fen": fen})
    await bills_are_made(control, day)
    rows, _ = read(await flow(merchant, day))
    assert [(row["业务名称"], row["业务类型"]) for row in rows][-1] == ("充值/提现", "提现")
    assert all(row["微信支付业务单号"] == row["资金流水单号"] for row in rows)


async def test_digest_and_gzip_of_a_fund_flow(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await bills_are_made(control, day)
    text = await flow(merchant, day)
    digest = f"SHA={hashlib.sha1(text).hexdigest()}"
    for tar_type in (None, "GZIP"):
        asked = {"bill_date": f"{day:%Y%m%d}", "account_type": "Basic", "sign_type": "HMAC-SHA256"}
        body = document(merchant.signed(**asked, tar_type=tar_type))
        async with merchant.session.post("/pay/downloadfundflow", data=body) as response:
            assert response.headers["Digest"] == digest
            got = await response.read()
        assert (gzip.decompress(got) if tar_type else got) == text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"bill_date": "2020-01-01"}, {"return_code": "FAIL", "return_msg": "Param Error"}),
        ({"account_type": "payer"}, {"return_code": "FAIL", "return_msg": "Param Error"}),
        ({"account_type": None}, {"return_code": "FAIL", "return_msg": "Param Error"}),
        ({"sign_type": "MD5"}, {"return_code": "FAIL", "return_msg": "Param Error"}),
        ({"sign_type": None}, {"return_code": "FAIL", "return_msg": SIGN_WRONG["today"]}),
        ({"_key": "x" * 32}, {"return_code": "FAIL", "return_msg": SIGN_WRONG["today"]}),
        ({"bill_date": "20170531"}, {"err_code": "PARAM_ERROR", "err_code_des": "参数错误"}),
        ({"bill_date": "20200101"}, {"err_code": "NO_BILL_EXIST", "err_code_des": "流水账单不存在"}),
        ({"account_type": "Fees", "bill_date": "20200101"}, {"err_code": "NO_BILL_EXIST"}),
    ],
)
async def test_what_is_wrong_with_a_fund_flow(merchant: Merchant, fields: dict[str, str], told: dict[str, str]) -> None:
    asked = {"bill_date": "20200101", "account_type": "Basic", "sign_type": "HMAC-SHA256", **fields}
    answer = elements((await download(merchant, "/pay/downloadfundflow", **asked)).decode())
    assert answer.items() >= told.items()
    if "err_code" in told:
        assert answer["result_code"] == "FAIL"
        assert merchant.verifies(answer, "HMAC-SHA256")


async def test_a_fund_flow_before_nine(merchant: Merchant, control: Control, day: date) -> None:
    await trade(merchant, control, "ORDER001")
    await forward_to(control, day + timedelta(days=1), 8, 59)
    answer = elements((await flow(merchant, day)).decode())
    assert (answer["err_code"], answer["err_code_des"]) == ("BILL_CREATING", "账单未生成")


# -- sums --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_was_paid_and_refunded_the_sums_agree(
    merchant: Merchant, control: Control, day: date, seed: int
) -> None:
    """The summary is the sum of the rows, and the fund flow leads to the merchant's balance."""
    chance = random.Random(seed)
    coupons = [{"fee": 1, "type": "CASH"}, {"fee": 1, "type": "NO_CASH"}]
    await control.call("PUT", "/scenarios/coupons", {"payer": {"coupons": coupons}})
    for number in range(8):
        fen = chance.randint(3, 100_000)
        attach = chance.choice(["", "scenario:coupons"])
        await merchant.order(f"ORDER{number:03}", total_fee=str(fen), attach=attach)
        await control.pay(f"ORDER{number:03}")
        for n in range(chance.randrange(4)):
            asked = {"total_fee": str(fen), "refund_account": chance.choice(["", "REFUND_SOURCE_RECHARGE_FUNDS"])}
            await merchant.refund(f"ORDER{number:03}", f"R{number}-{n}", chance.randint(1, fen), **asked)
    await control.advance(chance.choice([0, 600]))
    await bills_are_made(control, day)
    await check_sums(merchant, control, day)


async def check_sums(merchant: Merchant, control: Control, day: date) -> None:
    rows, summary = read(await bill(merchant, day))
    columns = {
        "应结订单金额": "应结订单总金额",
        "退款金额": "退款总金额",
        "充值券退款金额": "充值券退款总金额",
        "手续费": "手续费总金额",
        "订单金额": "订单总金额",
        "申请退款金额": "申请退款总金额",
    }
    for column, total in columns.items():
        assert sum(Decimal(row[column]) for row in rows) == Decimal(summary[total]), column
    assert summary["总交易单数"] == str(len(rows))
    moved, told = read(await flow(merchant, day))
    net = Decimal(told["收入金额"]) - Decimal(told["支出金额"])
    settled = Decimal(summary["应结订单总金额"]) - Decimal(summary["退款总金额"]) - Decimal(summary["手续费总金额"])
    assert net == settled
    balance = (await control.get(f"/merchants/{merchant.mch_id}"))["balance_fen"]
    assert Decimal(moved[-1]["账户结余(元)"]) * 100 == balance
