"""Bills of V3: asked for, downloaded by a token, read. Source: V3 notes, 11."""

import gzip
import hashlib
import re
from base64 import b64decode
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.bills import bill, flow, read
from tests.support.control import Control
from tests.support.days import bills_are_made, forward_to, now, quiet_morning
from tests.support.merchant import Inbox, Merchant
from tests.support.v3 import Answered, V3Merchant
from tests.support.v3_refunds import paid, refund

TRADE, FLOW = "/v3/bill/tradebill", "/v3/bill/fundflowbill"
SUB_FLOW = "/v3/bill/sub-merchant-fundflowbill"
NOT_THERE = (400, "NO_STATEMENT_EXIST", "请求的账单文件不存在")
INVALID = (400, "INVALID_REQUEST", "参数错误")


def failed(answer: Answered) -> tuple[int, str, str]:
    return answer.status, answer.json["code"], answer.json["message"]


async def download(v3: V3Merchant, asked: Answered) -> Answered:
    assert asked.status == 200, asked
    return await fetch(v3, asked.json["download_url"])


async def fetch(v3: V3Merchant, url: str) -> Answered:
    """What lies at a download_url, which is called as it stands, but here."""
    return await v3.call("GET", re.sub(r"^https?://[^/]+", "", url))


async def explanation(v3: V3Merchant) -> str:
    """What the developer is told of the merchant's latest call."""
    shown = await Control(v3.session).get("/journal", mch_id=v3.mch_id, lang="en")
    return str(shown["items"][0]["explanation"])


@pytest.fixture
async def day(shared_control: Control) -> date:
    """The day on which the trades of a test are made."""
    return await quiet_morning(shared_control)


@pytest.fixture
def v2(v3: V3Merchant) -> Merchant:
    return Merchant.opened(v3.session, dict(v3.shown), v3.notify_url)


async def test_a_trade_bill_is_v2s_file(v3: V3Merchant, v2: Merchant, shared_control: Control, day: date) -> None:
    transaction_id = await paid(v3, shared_control, "V3BILL01")
    refund_id = (await refund(v3, "V3BILL01", "RBILL01", 40)).json["refund_id"]
    await v2.order("V2BILL01")
    await shared_control.pay("V2BILL01")
    await bills_are_made(shared_control, day)

    asked = await v3.get(TRADE, bill_date=str(day))
    file = await download(v3, asked)

    assert asked.signed
    assert list(asked.json) == ["download_url", "hash_type", "hash_value"]
    assert not file.signed
    assert (file.status, asked.json["hash_type"]) == (200, "SHA1")
    assert hashlib.sha1(file.body).hexdigest() == asked.json["hash_value"]
    assert file.body == await bill(v2, day)
    rows, summary = read(file.body)
    assert [(one["商户订单号"], one["交易状态"]) for one in rows] == [
        ("V3BILL01", "SUCCESS"),
        ("V3BILL01", "REFUND"),
        ("V2BILL01", "SUCCESS"),
    ]
    assert (rows[0]["微信订单号"], rows[1]["微信退款单号"]) == (transaction_id, refund_id)
    assert summary["总交易单数"] == "3"


@pytest.mark.parametrize(("bill_type", "states"), [("SUCCESS", ["SUCCESS"]), ("REFUND", ["REFUND"])])
async def test_types_of_trade_bills_packed(
    v3: V3Merchant, v2: Merchant, shared_control: Control, day: date, bill_type: str, states: list[str]
) -> None:
    await paid(v3, shared_control, f"V3{bill_type}")
    await refund(v3, f"V3{bill_type}", f"R{bill_type}")
    await bills_are_made(shared_control, day)

    asked = await v3.get(TRADE, bill_date=str(day), bill_type=bill_type, tar_type="GZIP")
    file = await download(v3, asked)

    assert asked.json["download_url"].endswith("&tartype=gzip")
    text = gzip.decompress(file.body)
    assert hashlib.sha1(text).hexdigest() == asked.json["hash_value"], "of the text, not of the packed file"
    assert text == await bill(v2, day, bill_type)
    assert [one["交易状态"] for one in read(text)[0]] == states


async def test_a_fund_flow_is_v2s_file(v3: V3Merchant, v2: Merchant, shared_control: Control, day: date) -> None:
    await paid(v3, shared_control, "V3FLOW01")
    await bills_are_made(shared_control, day)

    file = await download(v3, await v3.get(FLOW, bill_date=str(day)))

    assert file.body == await flow(v2, day)
    assert failed(await v3.get(FLOW, bill_date=str(day), account_type="FEES")) == NOT_THERE


async def test_a_scenario_has_a_row_missing(v3: V3Merchant, shared_control: Control, day: date) -> None:
    await v3.place("V3MISSING", attach="scenario:bill-missing-row")
    await shared_control.pay("V3MISSING")
    await paid(v3, shared_control, "V3THERE")
    await bills_are_made(shared_control, day)

    rows, _ = read((await download(v3, await v3.get(TRADE, bill_date=str(day)))).body)

    assert [one["商户订单号"] for one in rows] == ["V3THERE"]


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("NO_AUTH", 403, "权限异常"),
        ("STATEMENT_CREATING", 400, "账单生成中"),
        ("FREQUENCY_LIMITED", 429, "频率超限"),
        ("SYSTEM_ERROR", 500, "系统繁忙，请稍后重试"),
    ],
)
async def test_a_scenario_has_bills_fail(
    v3: V3Merchant, shared_control: Control, code: str, status: int, message: str
) -> None:
    name = f"bill-{code.lower().replace('_', '-')}"
    await shared_control.call("PUT", f"/scenarios/{name}", {"api": {"call": "downloadfundflow", "fail": code}})

    answer = await v3.call("GET", f"{FLOW}?bill_date=2026-11-24", headers={"Wechatpay-Negative-Test": name})

    assert failed(answer) == (status, code, message)


# -- dates -------------------------------------------------------------------------------------------------------------


async def test_the_day_must_be_over_and_its_bill_made(v3: V3Merchant, shared_control: Control, day: date) -> None:
    await paid(v3, shared_control, "V3EARLY")
    for path in (TRADE, FLOW):
        assert failed(await v3.get(path, bill_date=str(day))) == INVALID, "today"
    await forward_to(shared_control, day + timedelta(days=1), 8)

    early = await v3.get(TRADE, bill_date=str(day))

    assert failed(early) == (400, "STATEMENT_CREATING", "账单生成中")
    assert early.signed


async def test_a_day_without_trades_and_one_too_long_ago(v3: V3Merchant, shared_control: Control) -> None:
    today = (await now(shared_control)).date()
    assert failed(await v3.get(TRADE, bill_date=str(today - timedelta(days=60)))) == NOT_THERE
    assert failed(await v3.get(TRADE, bill_date=str(today - timedelta(days=100)))) == INVALID


MISTAKEN: dict[str, tuple[str, dict[str, str], str]] = {
    "no date": (TRADE, {}, "输入源“/query/bill_date”映射到字段“账单日期”必填性规则校验失败，此字段为必填项"),
    "V2's date": (
        TRADE,
        {"bill_date": "20261124"},
        r"输入源“/query/bill_date”映射到值字段“账单日期”字符串规则校验失败，字符串必须匹配正则表达式“^\d{4}-\d{2}-\d{2}$”",
    ),
    "an unknown type": (
        TRADE,
        {"bill_date": "2026-11-24", "bill_type": "REVOKED"},
        "无法将输入源“/query/bill_type”映射到目标字段“账单类型”中，此字段需要一个合法的枚举值",
    ),
    "an account of V2's name": (
        FLOW,
        {"bill_date": "2026-11-24", "account_type": "Basic"},
        "无法将输入源“/query/account_type”映射到目标字段“资金账户类型”中，此字段需要一个合法的枚举值",
    ),
    "an unknown member": (FLOW, {"bill_date": "2026-11-24", "mchid": "1"}, "请求中含有未在API文档中定义的参数"),
    "no algorithm": (
        SUB_FLOW,
        {"bill_date": "2026-11-24", "sub_mchid": "1900000201", "account_type": "BASIC"},
        "输入源“/query/algorithm”映射到字段“加密算法”必填性规则校验失败，此字段为必填项",
    ),
}


@pytest.mark.parametrize(("path", "query", "message"), MISTAKEN.values(), ids=MISTAKEN)
async def test_what_is_wrong_with_a_query(v3: V3Merchant, path: str, query: dict[str, str], message: str) -> None:
    answer = await v3.get(path, **query)

    assert failed(answer) == (400, "PARAM_ERROR", message)
    assert not answer.signed


async def test_a_day_that_no_calendar_has(v3: V3Merchant) -> None:
    assert failed(await v3.get(TRADE, bill_date="2026-02-30")) == INVALID


# -- the download ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def asked(v3: V3Merchant, shared_control: Control, day: date) -> str:
    """A download_url."""
    await paid(v3, shared_control, f"V3{day:%Y%m%d}")
    await bills_are_made(shared_control, day)
    return str((await v3.get(TRADE, bill_date=str(day))).json["download_url"])


async def test_the_address_is_good_for_five_minutes(v3: V3Merchant, shared_control: Control, asked: str) -> None:
    await shared_control.advance(290)
    assert (await fetch(v3, asked)).status == 200
    await shared_control.advance(11)

    late = await fetch(v3, asked)

    assert failed(late) == INVALID
    assert late.signed
    assert "good for 300 seconds" in await explanation(v3)


async def test_a_token_that_nobody_was_given(v3: V3Merchant, asked: str) -> None:
    head, _, token = asked.partition("token=")
    for other in ("xxx", "?", token[:-2], token[:60] + ("A" if token[60] != "A" else "B") + token[61:]):
        assert failed(await fetch(v3, f"{head}token={other}")) == INVALID, other
    assert "Nobody was given such a token" in await explanation(v3)


async def test_another_merchant_may_not_have_it(
    v3: V3Merchant, shared_control: Control, inbox: Inbox, asked: str
) -> None:
    made = await shared_control.post("/merchants", {"mch_id": "1900000777"}, 201)
    other = await V3Merchant.of(Control(v3.session, made["mch_id"]))

    assert failed(await fetch(other, asked)) == (403, "NO_AUTH", "权限异常")
    assert "given to the merchant 1900000109" in await explanation(other)


async def test_the_address_is_the_callers_own_or_the_real_hosts(v3: V3Merchant, asked: str) -> None:
    assert asked.startswith(f"{str(v3.session._base_url).rstrip('/')}/v3/billdownload/file?token=")
    day = (await now(Control(v3.session))).date() - timedelta(days=1)

    by_name = await v3.call("GET", f"{TRADE}?bill_date={day}", headers={"Host": "api.mch.weixin.qq.com"})

    assert by_name.json["download_url"].startswith("https://api.mch.weixin.qq.com/v3/billdownload/file?token=")


async def test_a_file_that_is_not_signed_for_is_not_given(v3: V3Merchant, asked: str) -> None:
    path = asked.partition("://")[2].partition("/")[2]
    async with v3.session.get(f"/{path}") as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, "SIGN_ERROR")


# -- service providers -------------------------------------------------------------------------------------------------

PROVIDER, SUB = "1900000888", "1900000201"


@pytest.fixture
async def provider(shared_control: Control, inbox: Inbox) -> V3Merchant:
    """A service provider with two sub-merchants; made once."""
    known = [one["mch_id"] for one in (await shared_control.get("/merchants"))["items"]]
    if PROVIDER not in known:
        subs = [{"sub_mch_id": SUB}, {"sub_mch_id": "1900000202"}]
        made = {"mch_id": PROVIDER, "service_provider": True, "sub_merchants": subs}
        await shared_control.post("/merchants", made, 201)
    return await V3Merchant.of(Control(shared_control.session, PROVIDER), inbox.url)


async def sold(provider: V3Merchant, out_trade_no: str, sub_mchid: str = SUB) -> None:
    """A sub-merchant's order, paid and refunded in part."""
    terms = provider.terms(out_trade_no, appid=None, mchid=None, sp_appid=provider.appid, sp_mchid=PROVIDER)
    placed = await provider.call("POST", "/v3/pay/partner/transactions/native", {**terms, "sub_mchid": sub_mchid})
    assert placed.status == 200, placed
    await Control(provider.session, PROVIDER).pay(out_trade_no)
    answer = await refund(provider, out_trade_no, f"R{out_trade_no}", 1, sub_mchid=sub_mchid)
    assert answer.status == 200, answer


def opened(provider: V3Merchant, part: dict[str, Any], sealed: bytes) -> bytes:
    """A file that was sealed for the merchant, as the documents open it."""
    private = load_pem_private_key(str(provider.shown["private_key"]).encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    key = private.decrypt(b64decode(part["encrypt_key"]), oaep)
    return AESGCM(key).decrypt(part["nonce"].encode(), sealed, b"")


@pytest.mark.parametrize("tar_type", [{}, {"tar_type": "GZIP"}])
async def test_a_sub_merchants_fund_flow_is_sealed_for_its_provider(
    provider: V3Merchant, shared_control: Control, day: date, tar_type: dict[str, str]
) -> None:
    number = f"V3SUB{day:%Y%m%d}"
    await sold(provider, number)
    await bills_are_made(shared_control, day)
    query = {"sub_mchid": SUB, "bill_date": str(day), "account_type": "BASIC", "algorithm": "AEAD_AES_256_GCM"}

    answer = await provider.get(SUB_FLOW, **query, **tar_type)

    assert answer.status == 200, answer
    assert answer.json["download_bill_count"] == 1
    (part,) = answer.json["download_bill_list"]
    assert list(part) == sorted(part)
    file = await fetch(provider, part["download_url"])
    plain = opened(provider, part, file.body)
    text = gzip.decompress(plain) if tar_type else plain
    assert hashlib.sha1(text).hexdigest() == part["hash_value"]
    assert {one["业务凭证号"] for one in read(text)[0]} == {number, f"R{number}"}
    assert failed(await provider.get(FLOW, bill_date=str(day))) == NOT_THERE, "its own money is another's"
    assert failed(await provider.get(SUB_FLOW, **{**query, "account_type": "DEPOSIT"})) == NOT_THERE


async def test_a_provider_has_the_rows_of_all_or_of_one(
    provider: V3Merchant, shared_control: Control, day: date
) -> None:
    await sold(provider, f"V3ONE{day:%Y%m%d}")
    await sold(provider, f"V3TWO{day:%Y%m%d}", "1900000202")
    await bills_are_made(shared_control, day)

    async def rows(**query: str) -> int:
        return len(read((await download(provider, await provider.get(TRADE, bill_date=str(day), **query))).body)[0])

    assert (await rows(), await rows(sub_mchid=SUB)) == (4, 2)
    stranger = await provider.get(TRADE, bill_date=str(day), sub_mchid="1900000209")
    assert failed(stranger) == (403, "NO_AUTH", "权限异常")


async def test_who_is_no_provider_has_no_sub_merchants(v3: V3Merchant) -> None:
    query = {"bill_date": "2026-11-24", "sub_mchid": SUB}
    assert (await v3.get(TRADE, **query)).json["message"] == "请求中含有未在API文档中定义的参数"
    answer = await v3.get(SUB_FLOW, **query, account_type="BASIC", algorithm="AEAD_AES_256_GCM")
    assert failed(answer)[:2] == (403, "NO_AUTH")
    assert "1900000109 is an ordinary merchant without sub-merchants" in await explanation(v3)


async def test_a_refund_of_a_sub_merchants_order(provider: V3Merchant, day: date) -> None:
    number = f"V3REF{day:%Y%m%d}"
    await sold(provider, number)

    assert (await provider.get(f"/v3/refund/domestic/refunds/R{number}", sub_mchid=SUB)).status == 200
    missing = await provider.get(f"/v3/refund/domestic/refunds/R{number}")
    assert missing.json["message"] == "受理机构必须传入sub_mch_id"
    assert "must name the sub-merchant" in await explanation(provider)
    other = await provider.get(f"/v3/refund/domestic/refunds/R{number}", sub_mchid="1900000202")
    assert failed(other) == (404, "RESOURCE_NOT_EXISTS", "退款单不存在")
