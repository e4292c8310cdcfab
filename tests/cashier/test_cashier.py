"""The cashier over HTTP, as a phone's browser without scripts sees it."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest

from tests.cashier.conftest import Payer
from tests.support.control import Control
from tests.support.merchant import Inbox, Merchant

OPENID = "oSandboxPayer000000000000001"


async def prepay(merchant: Merchant, out_trade_no: str, **fields: str) -> str:
    return (await merchant.order(out_trade_no, **fields))["prepay_id"]


async def test_the_page_shows_payee_item_and_amount(merchant: Merchant, payer: Payer) -> None:
    page = await payer.open(await prepay(merchant, "P1", total_fee="123456", body="龙井茶 50g"))
    assert page.status == 200
    for said in ("1,234.56", "龙井茶 50g", "确认支付", "零钱", "招商银行储蓄卡", "工商银行信用卡", "不会真实扣款"):
        assert said in page.text


async def test_the_page_speaks_the_payers_language(merchant: Merchant, payer: Payer) -> None:
    prepay_id = await prepay(merchant, "P2")
    english = await payer.open(prepay_id, "en-GB")
    assert 'lang="en"' in english.text
    assert "确认支付" not in english.text
    assert "确认支付" in (await payer.open(prepay_id, "en-GB", lang="zh")).text


async def test_paying_pays_and_the_merchant_is_told(
    merchant: Merchant, payer: Payer, control: Control, inbox: Inbox
) -> None:
    prepay_id = await prepay(merchant, "P3")
    done = await payer.pay(prepay_id, bank_type="CMB_DEBIT")
    assert done.status == 303
    assert "支付成功" in (await payer.get(done.location)).text
    order = await control.wait("P3", "notified")
    assert (order["trade_state"], order["bank_type"]) == ("SUCCESS", "CMB_DEBIT")
    assert inbox.received[0].fields["bank_type"] == "CMB_DEBIT"


async def test_without_the_act_the_paid_order_says_that_it_is_paid(
    merchant: Merchant, payer: Payer, control: Control
) -> None:
    prepay_id = await prepay(merchant, "P4")
    await control.pay("P4")
    assert "该订单已支付" in (await payer.open(prepay_id)).text
    again = await payer.pay(prepay_id)
    assert again.status == 409
    assert "该订单已支付" in again.text


@pytest.mark.parametrize("password", ["", "12345", "1234567", "12345a", "１２３４５６"])
async def test_the_password_has_six_digits(merchant: Merchant, payer: Payer, control: Control, password: str) -> None:
    prepay_id = await prepay(merchant, "P5")
    refused = await payer.pay(prepay_id, password)
    assert refused.status == 400
    assert "支付密码是 6 位数字" in refused.text
    assert (await control.order("P5"))["trade_state"] == "NOTPAY"


@pytest.mark.parametrize(
    "form",
    [{}, {"act": "steal"}, {"act": "fail"}, {"act": "fail", "cause": "x"}, {"act": "pay", "bank_type": "X<b>"}],
)
async def test_a_form_that_the_page_would_not_send(merchant: Merchant, payer: Payer, form: dict[str, str]) -> None:
    assert (await payer.send(await prepay(merchant, "P6"), password="123456", **form)).status == 400


async def test_credit_is_refused_where_the_order_forbids_it(merchant: Merchant, payer: Payer) -> None:
    prepay_id = await prepay(merchant, "P7", limit_pay="no_credit")
    assert "工商银行信用卡" not in (await payer.open(prepay_id)).text
    refused = await payer.pay(prepay_id, bank_type="ICBC_CREDIT")
    assert refused.status == 409
    assert "不支持信用卡" in refused.text


async def test_cancelling_leaves_the_order_payable(merchant: Merchant, payer: Payer, control: Control) -> None:
    prepay_id = await prepay(merchant, "P8")
    done = await payer.send(prepay_id, act="cancel")
    assert "已取消支付" in (await payer.get(done.location)).text
    assert (await control.order("P8"))["trade_state"] == "NOTPAY"
    assert (await payer.pay(prepay_id)).status == 303


async def test_a_failure_shows_wechats_words(merchant: Merchant, payer: Payer) -> None:
    prepay_id = await prepay(merchant, "P9")
    done = await payer.send(prepay_id, act="fail", cause="bank-refused")
    assert "银行卡扣款失败" in (await payer.get(done.location)).text
    english = await payer.get(done.location, "en")
    assert "The bank refused the card" in english.text
    assert "银行卡扣款失败" in english.text  # WeChat's own words, as a quotation


async def test_an_empty_wallet_fails_for_want_of_balance(merchant: Merchant, payer: Payer, control: Control) -> None:
    poor = "oPoorPayer000000000000000001"
    await control.post("/payers", {"openid": poor, "appid": merchant.appid, "balance_fen": 5}, 201)
    prepay_id = await prepay(merchant, "P10", trade_type="JSAPI", openid=poor)
    done = await payer.pay(prepay_id)
    assert "cause=balance" in done.location
    assert "余额不足" in (await payer.get(done.location)).text


@pytest.mark.parametrize("trade_type", ["NATIVE", "MWEB"])
@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ({"logged_in": False}, {"logged_in": True}, "你的微信账号已在其他设备登录，请重新登录后再支付"),
        ({"wechat_version": "4.5"}, {"wechat_version": "8.0.49"}, "当前微信版本过低，不支持支付，请升级微信"),
    ],
)
async def test_a_phone_that_cannot_pay(
    merchant: Merchant,
    payer: Payer,
    control: Control,
    trade_type: str,
    wrong: dict[str, object],
    right: dict[str, object],
    said: str,
) -> None:
    prepay_id = (await (h5(merchant, "P1") if trade_type == "MWEB" else merchant.order("P1")))["prepay_id"]
    await control.call("PATCH", f"/payers/{OPENID}", wrong)
    page = await payer.open(prepay_id)
    assert said in page.text
    assert "确认支付" not in page.text
    failed = await payer.get((await payer.pay(prepay_id)).location)
    assert said in failed.text
    assert (await control.order("P1"))["trade_state"] == "NOTPAY"
    await control.call("PATCH", f"/payers/{OPENID}", right)
    assert "确认支付" in (await payer.open(prepay_id)).text
    await payer.pay(prepay_id)
    assert (await control.order("P1"))["trade_state"] == "SUCCESS"


async def test_an_unknown_order(payer: Payer) -> None:
    page = await payer.open("wx0")
    assert page.status == 404
    assert "商家订单信息有误" in page.text
    assert (await payer.pay("wx0")).status == 404
    assert (await payer.get("/cashier/wx0/qr.svg")).status == 404


async def test_an_order_that_expired(merchant: Merchant, payer: Payer, control: Control) -> None:
    prepay_id = await prepay(merchant, "P11", trade_type="JSAPI", openid=OPENID)
    await control.advance(7200)
    assert "该订单已过期，请重新下单" in (await payer.open(prepay_id)).text
    assert (await payer.pay(prepay_id)).status == 409


async def test_hostile_text_stays_text(merchant: Merchant, payer: Payer) -> None:
    prepay_id = await prepay(merchant, "P12", body='"><script>alert(1)</script>{{7*7}}\u202e')
    page = await payer.open(prepay_id)
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


async def test_the_page_keeps_to_its_policy(merchant: Merchant, payer: Payer) -> None:
    page = await payer.open(await prepay(merchant, "P13"))
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors *" in policy
    assert "unsafe-inline" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)


async def test_a_page_weighs_little(merchant: Merchant, payer: Payer) -> None:
    page = await payer.open(await prepay(merchant, "P14"))
    parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(parts) == 3
    whole = len(page.text.encode()) + sum([len((await payer.get(part)).text.encode()) for part in parts])
    assert whole < 100_000


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_sites_form_is_refused(
    merchant: Merchant, payer: Payer, control: Control, headers: dict[str, str]
) -> None:
    prepay_id = await prepay(merchant, "P15")
    refused = await payer.send(prepay_id, headers, act="pay", password="123456")
    assert refused.status == 403
    assert (await control.order("P15"))["trade_state"] == "NOTPAY"


# -- the ways in -------------------------------------------------------------------------------------------------------


async def test_a_code_url_leads_to_its_order(merchant: Merchant, payer: Payer) -> None:
    answer = await merchant.order("N1")
    for code in (answer["code_url"], answer["code_url"].partition("pr=")[2]):
        found = await payer.get("/cashier", code_url=code)
        assert (found.status, found.location) == (303, f"/cashier/{answer['prepay_id']}")


async def test_a_replaced_or_old_code_has_expired(merchant: Merchant, payer: Payer, control: Control) -> None:
    first = await merchant.order("N2")
    second = await merchant.order("N2")
    replaced = await payer.get("/cashier", code_url=first["code_url"])
    assert replaced.status == 404
    assert "码已过期，请重新生成" in replaced.text
    await control.advance(7200)
    old = await payer.get("/cashier", code_url=second["code_url"])
    assert old.status == 410
    assert "码已过期，请重新生成" in old.text


async def test_without_a_code_url_the_cashier_asks_for_it(payer: Payer) -> None:
    page = await payer.get("/cashier")
    assert page.status == 200
    assert 'name="code_url"' in page.text


async def test_the_qr_code_is_a_picture(merchant: Merchant, payer: Payer) -> None:
    prepay_id = await prepay(merchant, "N3")
    picture = await payer.get(f"/cashier/{prepay_id}/qr.svg")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "<svg" in picture.text


async def h5(merchant: Merchant, out_trade_no: str) -> dict[str, str]:
    return await merchant.order(out_trade_no, trade_type="MWEB", scene_info='{"h5_info":{"type":"Wap"}}')


async def test_h5_leads_to_the_cashier_and_back(merchant: Merchant, payer: Payer) -> None:
    answer = await h5(merchant, "H1")
    back = "https://shop.example/done?order=H1&x=<b>"
    entry = urlsplit(answer["mweb_url"])
    led = await payer.get(f"{entry.path}?{entry.query}&redirect_url={quote(back, safe='')}")
    assert led.status == 303
    assert parse_qs(urlsplit(led.location).query)["redirect_url"] == [back]
    page = await payer.get(led.location)
    action = re.search(r'<form id="pay"[^>]*action="([^"]+)"', page.text)
    assert action is not None
    query = "?" + urlsplit(action[1].replace("&amp;", "&")).query
    for act in ({"act": "cancel"}, {"act": "pay", "password": "123456"}):
        done = await payer.send(answer["prepay_id"], None, query, **act)
        shown = await payer.get(done.location)
        assert 'href="https://shop.example/done?order=H1&amp;x=&lt;b&gt;"' in shown.text


async def test_a_redirect_url_that_is_no_web_address_is_dropped(merchant: Merchant, payer: Payer) -> None:
    entry = urlsplit((await h5(merchant, "H2"))["mweb_url"])
    led = await payer.get(f"{entry.path}?{entry.query}&redirect_url=javascript:alert(1)")
    assert "redirect_url" not in led.location


async def test_h5_ends_after_five_minutes(merchant: Merchant, payer: Payer, control: Control) -> None:
    entry = urlsplit((await h5(merchant, "H3"))["mweb_url"])
    await control.advance(299)
    assert (await payer.get(f"{entry.path}?{entry.query}")).status == 303
    await control.advance(1)
    late = await payer.get(f"{entry.path}?{entry.query}")
    assert late.status == 410
    assert "支付请求已失效，请重新发起支付" in late.text


@pytest.mark.parametrize(
    "query", ["", "prepay_id=wx0&package=1", "prepay_id={prepay_id}", "prepay_id={prepay_id}&package=1"]
)
async def test_h5_wants_prepay_id_and_package(merchant: Merchant, payer: Payer, query: str) -> None:
    answer = await h5(merchant, "H4")
    path = "/cgi-bin/mmpayweb-bin/checkmweb?" + query.format(**answer)
    refused = await payer.get(path)
    assert refused.status in (404, 410)
    assert "支付请求已失效，请重新发起支付" in refused.text


async def test_a_form_in_an_unknown_charset(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    prepay_id = await prepay(merchant, "P16")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    async with session.post(f"/cashier/{prepay_id}", data=b"act=pay", headers=headers) as answer:
        assert answer.status == 400
