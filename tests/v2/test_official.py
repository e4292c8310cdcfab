"""The official sandbox: getsignkey, its key, its style, the amounts it takes. Source: V2 notes, 7, 10.

The acceptance cases that the amounts play are in tests/scenarios.
"""

import re

import pytest
from aiohttp import web

from sandbox.v2.official import AMOUNTS, CHARGED, ORDERED
from tests.support.control import Control
from tests.support.merchant import GETSIGNKEY, Inbox, Merchant, document, elements, signature
from tests.support.refunds import told as told_of_refund
from tests.support.words import SIGN_WRONG
from tests.v2.conftest import Open

pytestmark = pytest.mark.slow

KEY = re.compile("[0-9a-f]{32}")
WRONG_KEY = "沙箱验证签名失败，请确认沙箱签名key是否正确（通过getsignkey调用生成）"
NO_CASE = "沙箱支付金额不正确，请确认验收case"
prefixes = pytest.mark.parametrize("prefix", GETSIGNKEY)
issuers = pytest.mark.parametrize("path", GETSIGNKEY.values())


@pytest.fixture
def prefix() -> str:
    return "/sandboxnew"


@pytest.fixture
async def official(merchant: Merchant, prefix: str) -> Merchant:
    """The merchant in the official sandbox, with its key."""
    return await merchant.in_official_sandbox(prefix)


async def ask(merchant: Merchant, path: str, **fields: str | None) -> dict[str, str]:
    """Ask for the key as the documents have it: mch_id, nonce_str and sign, no appid."""
    return await merchant.call(path, **{"appid": None, **fields})


async def told(control: Control, lang: str = "zh") -> str:
    """What the journal says about the newest call."""
    return str((await control.get("/journal", limit="1", lang=lang))["items"][0]["explanation"])


# -- getsignkey --------------------------------------------------------------------------------------------------------


@issuers
async def test_the_key_is_given_in_the_style_of_the_official_sandbox(merchant: Merchant, path: str) -> None:
    body = await merchant.post(path, document(merchant.signed(appid=None)))
    key = elements(body)["sandbox_signkey"]
    assert KEY.fullmatch(key)
    assert body == (
        "<xml>\n  <return_code><![CDATA[SUCCESS]]></return_code>\n  <return_msg><![CDATA[ok]]></return_msg>\n"
        f"  <sandbox_signkey><![CDATA[{key}]]></sandbox_signkey>\n</xml>"
    )


def test_the_documents_example_is_signed_as_the_documents_say() -> None:
    fields = {"mch_id": "10000100", "nonce_str": "ibuaiVcKdpRxkhJA"}
    assert signature(fields, "192006250b4c09247ec02edce69f6a2d") == "3BE08E133DAD6BD5D30EC69B26CCAEE2"


async def test_both_generations_give_the_same_key_each_time(merchant: Merchant) -> None:
    answers = [(await ask(merchant, path))["sandbox_signkey"] for path in (*GETSIGNKEY.values(), *GETSIGNKEY.values())]
    assert len(set(answers)) == 1
    assert answers[0] != merchant.key


async def test_every_merchant_and_every_api_key_has_its_own(
    merchant: Merchant, control: Control, open_merchant: Open
) -> None:
    path = GETSIGNKEY["/sandboxnew"]
    first = (await ask(merchant, path))["sandbox_signkey"]
    other = await open_merchant(api_key=merchant.key)
    assert (await ask(other, path))["sandbox_signkey"] != first
    merchant.key = "n" * 32
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"api_key": merchant.key})
    assert (await ask(merchant, path))["sandbox_signkey"] != first


@issuers
async def test_a_provider_gets_its_key_without_naming_a_sub_merchant(open_merchant: Open, path: str) -> None:
    provider = await open_merchant(service_provider=True, sub_merchants=[{"sub_mch_id": "1900000201"}])
    assert KEY.fullmatch((await ask(provider, path))["sandbox_signkey"])


@issuers
async def test_hmac_is_taken_where_it_is_declared(merchant: Merchant, path: str) -> None:
    assert KEY.fullmatch((await ask(merchant, path, sign_type="HMAC-SHA256"))["sandbox_signkey"])


@issuers
@pytest.mark.parametrize("key", ["x" * 32, "sandboxv3key00000000000000000000"])
async def test_a_wrong_key_gets_none(merchant: Merchant, control: Control, path: str, key: str) -> None:
    answer = await ask(merchant, path, _key=key)
    assert answer == {"return_code": "FAIL", "return_msg": "获取沙箱密钥失败，确认交易密钥是否正确"}
    call = (await control.get("/journal", limit="1"))["items"][0]
    assert (call["signature"], call["facts"]["fault"], call["mch_id"]) == ("wrong", "sign_wrong", merchant.mch_id)
    assert call["explanation"]


async def test_whoever_asks_with_the_sandbox_key_is_told(merchant: Merchant, control: Control) -> None:
    official = await merchant.in_official_sandbox()
    await ask(merchant, GETSIGNKEY["/sandboxnew"], _key=official.key)
    assert "用成了官方沙箱的 sandbox_signkey" in await told(control)


OLD, NEW = GETSIGNKEY.values()


@pytest.mark.parametrize(
    ("path", "fields", "answer"),
    [
        (OLD, {"mch_id": None}, {"retmsg": "请确认请求参数是否正确param mch_id invalid", "retcode": "1"}),
        (OLD, {"nonce_str": ""}, {"retmsg": "请确认请求参数是否正确param nonce_str invalid", "retcode": "1"}),
        (
            OLD,
            {"mch_id": "1613748990"},
            {"retmsg": "请确认请求参数是否正确merchant invalid mch_id(1613748990)", "retcode": "1"},
        ),
        (NEW, {"mch_id": None}, {"return_msg": '"mch_id" is required'}),
        (NEW, {"mch_id": None, "nonce_str": None}, {"return_msg": '"mch_id" is required. "nonce_str" is required'}),
        (NEW, {"mch_id": "1613748990"}, {"return_msg": "商户号非法"}),
    ],
)
async def test_each_generation_refuses_in_its_own_words(
    merchant: Merchant, control: Control, path: str, fields: dict[str, str | None], answer: dict[str, str]
) -> None:
    assert await ask(merchant, path, **fields) == {"return_code": "FAIL", **answer}
    assert await told(control)


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        (OLD, b"<xml>", {"retmsg": "输入请求参数xml格式错误", "retcode": "1"}),
        (OLD, b"", {"retmsg": "请确认请求参数是否正确param mch_id invalid", "retcode": "1"}),
        (NEW, b"<xml>", {"return_msg": '"mch_id" is required. "sign" is required. "nonce_str" is required'}),
        (NEW, b"", {"return_msg": '"mch_id" is required. "sign" is required. "nonce_str" is required'}),
    ],
)
async def test_what_is_no_message_is_refused(
    merchant: Merchant, path: str, body: bytes, answer: dict[str, str]
) -> None:
    assert elements(await merchant.post(path, body)) == {"return_code": "FAIL", **answer}


@issuers
async def test_a_get_gets_no_key(merchant: Merchant, path: str) -> None:
    async with merchant.session.get(path) as response:
        assert elements(await response.text())["return_code"] == "FAIL"


# -- the key -----------------------------------------------------------------------------------------------------------


@prefixes
async def test_the_sandbox_key_signs_requests_and_answers(official: Merchant) -> None:
    answer = await official.order("ORDER001", total_fee="101")
    assert answer["result_code"] == "SUCCESS"
    assert official.verifies(answer)


async def test_hmac_signs_there_too(official: Merchant, control: Control, inbox: Inbox) -> None:
    official.sign_type = "HMAC-SHA256"
    answer = await official.order("ORDER001", total_fee="101")
    assert official.verifies(answer, "HMAC-SHA256")
    await control.advance(5)
    assert official.verifies(inbox.received[0].fields, "HMAC-SHA256")


@prefixes
@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "用成了正式的 API 密钥；官方沙箱路径有自己的密钥"), ("en", "That was the ordinary API key")],
)
async def test_the_ordinary_key_is_refused_and_the_journal_says_why(
    merchant: Merchant, control: Control, prefix: str, lang: str, said: str
) -> None:
    merchant.prefix = prefix
    assert await merchant.order("ORDER001", total_fee="101") == {"return_code": "FAIL", "return_msg": WRONG_KEY}
    assert said in await told(control, lang)
    async with merchant.session.get("/console/calls", params={"lang": lang}) as page:
        assert said in await page.text()


async def test_no_key_at_all_is_a_wrong_one(official: Merchant) -> None:
    assert (await official.query("ORDER001", sign=""))["return_msg"] == WRONG_KEY


async def test_the_sandbox_key_is_refused_on_the_ordinary_path(official: Merchant, control: Control) -> None:
    official.prefix = ""
    assert (await official.query("ORDER001"))["return_msg"] == SIGN_WRONG["today"]
    assert "sandbox_signkey 只用于 /sandboxnew/" in await told(control)


async def test_no_sandbox_key_is_shown_in_the_journal(official: Merchant, control: Control) -> None:
    await official.query("ORDER001")
    await official.query("ORDER001", _key="x" * 32)
    assert official.key not in str((await control.get("/journal"))["items"])


async def test_the_old_key_is_wrong_once_the_api_key_has_changed(official: Merchant, control: Control) -> None:
    await control.call("PATCH", f"/merchants/{official.mch_id}", {"api_key": "n" * 32})
    assert (await official.query("ORDER001"))["return_msg"] == WRONG_KEY


async def test_an_unknown_merchant_is_worded_by_generation(merchant: Merchant) -> None:
    merchant.mch_id = "1111111111"
    merchant.prefix = "/sandboxnew"
    assert (await merchant.query("ORDER001"))["return_msg"] == "商户号mch_id或sub_mch_id不存在"
    merchant.prefix = "/xdc/apiv2sandbox"
    assert await merchant.query("ORDER001") == {"return_code": "FAIL", "return_msg": "商户号非法"}


async def test_the_second_signature_is_made_with_the_sandbox_key(official: Merchant, control: Control) -> None:
    prepay_id = (await official.order("ORDER001", total_fee="101", trade_type="APP"))["prepay_id"]
    fields = {
        "appid": official.appid,
        "partnerid": official.mch_id,
        "prepayid": prepay_id,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1412000000",
    }
    right = {**fields, "sign": signature(fields, official.key)}
    assert (await control.post("/client/app", right))["errCode"] is None
    wrong = {**fields, "sign": signature(fields, "sandboxv2key00000000000000000000")}
    answer = await control.post("/client/app", wrong)
    assert (answer["errCode"], answer["cause"]) == (-1, "sign")
    assert "sandbox_signkey" in str(answer)


# -- the style ---------------------------------------------------------------------------------------------------------


@prefixes
async def test_an_answer_is_written_as_it_was_seen(official: Merchant) -> None:
    request = official.signed(
        body="a",
        out_trade_no="ORDER001",
        total_fee="301",
        spbill_create_ip="1.2.3.4",
        notify_url=official.notify_url,
        trade_type="NATIVE",
        device_info="WEB",
    )
    body = await official.post("/pay/unifiedorder", document(request))
    answer = elements(body)
    assert list(answer) == [
        *("prepay_id", "trade_type", "code_url", "nonce_str", "return_code", "err_code_des", "sign", "mch_id"),
        *("return_msg", "appid", "device_info", "result_code", "err_code"),
    ]
    assert answer["nonce_str"] == request["nonce_str"]
    assert (answer["device_info"], answer["err_code"], answer["err_code_des"]) == ("sandbox", "SUCCESS", "ok")
    first, *lines, last = body.split("\n")
    assert (first, last) == ("<xml>", "</xml>")
    assert all(re.fullmatch(r"  <(\w+)><!\[CDATA\[.*\]\]></\1>", line) for line in lines)


async def test_numbers_stand_in_cdata_too(official: Merchant, control: Control) -> None:
    await official.order("ORDER001", total_fee="302")
    await control.advance(5)
    body = await official.post("/pay/orderquery", document(official.signed(out_trade_no="ORDER001")))
    assert "  <total_fee><![CDATA[302]]></total_fee>\n" in body
    assert "  <coupon_fee_0><![CDATA[1]]></coupon_fee_0>\n" in body
    assert official.verifies(elements(body))


async def test_a_failure_names_its_code_in_the_same_style(official: Merchant) -> None:
    answer = await official.query("UNKNOWN1")
    assert list(answer) == [
        *("nonce_str", "return_code", "err_code_des", "sign", "mch_id", "return_msg", "appid", "device_info"),
        *("result_code", "err_code"),
    ]
    assert (answer["result_code"], answer["err_code"], answer["err_code_des"]) == (
        "FAIL",
        "ORDERNOTEXIST",
        "order not exist",
    )
    assert official.verifies(answer)


async def test_a_protocol_failure_is_indented_too(official: Merchant) -> None:
    body = await official.post("/pay/orderquery", b"")
    assert body == (
        "<xml>\n  <return_code><![CDATA[FAIL]]></return_code>\n"
        "  <return_msg><![CDATA[post数据为空]]></return_msg>\n</xml>"
    )


async def test_the_notification_has_key_and_style_of_the_official_sandbox(
    official: Merchant, control: Control, inbox: Inbox
) -> None:
    await official.order("ORDER001", total_fee="302", device_info="WEB")
    await control.advance(5)
    (received,) = inbox.received
    assert official.verifies(received.fields)
    assert list(received.fields)[:6] == [
        *("openid", "trade_type", "coupon_fee", "cash_fee_type", "nonce_str", "time_end"),
    ]
    said = ("device_info", "err_code", "err_code_des", "return_msg", "settlement_total_fee", "total_fee")
    assert tuple(received.fields[name] for name in said) == ("sandbox", "SUCCESS", "SUCCESS", "OK", "300", "302")
    assert "  <total_fee><![CDATA[302]]></total_fee>\n" in received.body


async def test_its_retries_are_the_same_and_so_is_one_that_a_person_asks_for(
    official: Merchant, control: Control, inbox: Inbox
) -> None:
    inbox.reply = lambda _: web.Response(text="no")
    await official.order("ORDER001", total_fee="101")
    await control.advance(5 + 15)
    await control.post(f"/orders/{official.mch_id}/ORDER001/notify")
    bodies = {one.body for one in inbox.received}
    assert len(inbox.received) == 3
    assert len(bodies) == 1


async def test_a_refund_of_it_is_notified_under_the_sandbox_key(
    official: Merchant, control: Control, inbox: Inbox
) -> None:
    await official.order("ORDER001", total_fee="101")
    await control.advance(5)
    answer = await official.refund("ORDER001", "REFUND1", 101, total_fee="101", notify_url=inbox.url)
    assert official.verifies(answer)
    assert (answer["cash_refund_fee"], answer["err_code"]) == ("101", "SUCCESS")
    queried = await official.refund_query(out_refund_no="REFUND1")
    assert (queried["refund_status_0"], list(queried)[-1]) == ("PROCESSING", "err_code")
    await control.advance(60)
    assert told_of_refund(inbox.received[-1], official)["out_refund_no"] == "REFUND1"


async def test_the_orders_are_the_merchants_same_orders(
    merchant: Merchant, official: Merchant, control: Control, inbox: Inbox
) -> None:
    await official.order("ORDER001", total_fee="101")
    assert (await control.order("ORDER001"))["official"] is True
    ordinary = await merchant.query("ORDER001")
    assert ordinary["trade_state"] == "NOTPAY"
    assert merchant.verifies(ordinary)
    assert "err_code" not in ordinary
    await merchant.order("ORDER002", total_fee="101")
    assert "official" not in await control.order("ORDER002")
    await control.pay("ORDER002")
    await control.wait("ORDER002", "notified")
    assert merchant.verifies(inbox.received[-1].fields), "placed elsewhere, it is signed as ever"
    assert (await official.query("ORDER002"))["device_info"] == "sandbox"


async def test_an_order_that_is_placed_again_stays_where_it_was(
    merchant: Merchant, official: Merchant, control: Control, inbox: Inbox
) -> None:
    await official.order("ORDER001", total_fee="301")
    await merchant.order("ORDER001", total_fee="301")
    await control.advance(5)
    assert official.verifies(inbox.received[0].fields)


# -- amounts -----------------------------------------------------------------------------------------------------------


@prefixes
@pytest.mark.parametrize("fen", [4, 100, 103, 434, 20000])
async def test_an_amount_of_no_case_is_refused_by_its_number(
    official: Merchant, control: Control, prefix: str, fen: int
) -> None:
    said = {"return_code": "FAIL", "return_msg": f"沙箱支付金额({fen})无效，请检查需要验收的case"}
    assert await official.order("ORDER001", total_fee=str(fen)) == said
    assert f"{fen} 分不在其中：101, 102, 130" in await told(control)
    assert await official.micropay("ORDER001", "120061098828009406", fen) == said
    assert (await control.get("/orders"))["items"] == []


@pytest.mark.parametrize("fen", sorted(ORDERED))
async def test_an_amount_of_any_case_is_good_for_every_trade_type(official: Merchant, fen: int) -> None:
    terms = {"openid": "oSandboxPayer000000000000001", "scene_info": '{"h5_info": {"type": "Wap"}}'}
    for trade_type in ("JSAPI", "NATIVE", "APP", "MWEB"):
        answer = await official.order(f"{trade_type}001", total_fee=str(fen), trade_type=trade_type, **terms)
        assert answer["result_code"] == "SUCCESS"


@pytest.mark.parametrize("fen", sorted(AMOUNTS - ORDERED))
async def test_micropays_amounts_are_not_unifiedorders(official: Merchant, control: Control, fen: int) -> None:
    answer = await official.order("ORDER001", total_fee=str(fen))
    assert answer == {"return_code": "FAIL", "return_msg": f"沙箱支付金额({fen})无效，请检查需要验收的case"}
    assert "301" in await told(control)


@pytest.mark.parametrize("fen", sorted(AMOUNTS - CHARGED))
async def test_nor_the_other_way_round(official: Merchant, control: Control, fen: int) -> None:
    answer = await official.micropay("ORDER001", "131234567890123456", fen)
    assert answer == {"return_code": "FAIL", "return_msg": f"沙箱支付金额({fen})无效，请检查需要验收的case"}
    assert "1, 2, 3, 30" in await told(control)


@prefixes
async def test_an_order_of_another_amount_is_not_refunded_there(
    merchant: Merchant, official: Merchant, control: Control
) -> None:
    await merchant.order("ORDER001")
    transaction_id = (await control.pay("ORDER001"))["order"]["transaction_id"]
    no_case = {"return_code": "FAIL", "return_msg": NO_CASE}
    assert await official.refund("ORDER001", "REFUND1") == no_case
    assert "这笔订单的金额 100 分" in await told(control)
    assert await official.refund("", "REFUND1", transaction_id=transaction_id) == no_case
    assert (await merchant.refund("ORDER001", "REFUND1"))["result_code"] == "SUCCESS"
    for named in ({"out_refund_no": "REFUND1"}, {"out_trade_no": "ORDER001"}, {"transaction_id": transaction_id}):
        assert await official.refund_query(**named) == no_case


async def test_what_nobody_knows_has_no_wrong_amount(official: Merchant) -> None:
    assert (await official.refund("UNKNOWN1", "REFUND1"))["err_code"] == "ORDERNOTEXIST"
    assert (await official.refund_query(out_trade_no="UNKNOWN1"))["err_code"] == "REFUNDNOTEXIST"


async def test_an_order_of_another_amount_is_queried_and_closed_there(merchant: Merchant, official: Merchant) -> None:
    await merchant.order("ORDER001")
    assert (await official.query("ORDER001"))["trade_state"] == "NOTPAY"
    assert (await official.close("ORDER001"))["result_code"] == "SUCCESS"


# -- what keeps its own shape ------------------------------------------------------------------------------------------


@prefixes
async def test_bills_and_reports_keep_their_shapes(official: Merchant) -> None:
    body = await official.post("/pay/downloadbill", document(official.signed(bill_date="29991231", bill_type="ALL")))
    assert body.startswith("<xml><return_code><![CDATA[FAIL]]></return_code>\n<return_msg><![CDATA[invalid bill_date")
    wrong = official.signed(bill_date="20200101", bill_type="ALL", _key="sandboxv2key00000000000000000000")
    assert elements(await official.post("/pay/downloadbill", document(wrong)))["return_msg"] == "sign error"
    flow = official.signed(bill_date="29991231", account_type="Basic", sign_type="HMAC-SHA256")
    answer = elements(await official.post("/pay/downloadfundflow", document(flow)))
    assert (list(answer)[-1], answer["err_code"], "device_info" in answer) == ("err_code_des", "PARAM_ERROR", False)
    assert official.verifies(answer, "HMAC-SHA256")
    report = official.signed(
        interface_url="https://api.mch.weixin.qq.com/pay/orderquery",
        execute_time_="1",
        return_code="SUCCESS",
        result_code="SUCCESS",
        user_ip="1.2.3.4",
    )
    assert elements(await official.post("/payitil/report", document(report))) == {
        "return_code": "SUCCESS",
        "return_msg": "",
        "result_code": "SUCCESS",
        "err_code": "0",
        "err_code_des": "",
    }
