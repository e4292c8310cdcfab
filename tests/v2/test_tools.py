"""shorturl, report and batchquerycomment. Source: V2 notes, 3.7, 3.9, 3.11."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.support.control import Control
from tests.support.days import now
from tests.support.merchant import Merchant, document, elements, signature
from tests.support.words import SIGN_WRONG, UNKNOWN, missing, no_integer, too_long, too_short
from tests.v2.conftest import Open

COVERS = ("/tools/shorturl", "/payitil/report", "/billcommentsp/batchquerycomment")

LONG = "weixin://wxpay/bizpayurl?pr=abc&x=1"
FAIL = "FAIL"


# -- shorturl ----------------------------------------------------------------------------------------------------------


async def test_a_short_url_leads_where_the_long_one_does(merchant: Merchant, control: Control) -> None:
    code_url = (await merchant.order("ORDER001"))["code_url"]
    answer = await merchant.call("/tools/shorturl", long_url=code_url)
    assert (answer["return_code"], answer["result_code"]) == ("SUCCESS", "SUCCESS")
    assert re.fullmatch(r"weixin://wxpay/s/[0-9A-Za-z]{7}", answer["short_url"])
    assert merchant.verifies(answer)
    for path in ("/cashier", "/cashier/"):
        query = {"code_url": answer["short_url"]}
        async with merchant.session.get(path, params=query, allow_redirects=False) as response:
            assert response.status == 303
            assert response.headers["Location"].startswith("/cashier/wx")


async def test_the_long_url_is_signed_raw_and_may_be_sent_encoded(merchant: Merchant) -> None:
    message = merchant.signed(long_url=LONG)
    message["long_url"] = quote(LONG, safe="")
    answer = elements(await merchant.post("/tools/shorturl", document(message)))
    assert answer["result_code"] == "SUCCESS"


async def test_an_unknown_short_url_leads_nowhere(merchant: Merchant) -> None:
    query = {"code_url": "weixin://wxpay/s/1234567"}
    async with merchant.session.get("/cashier", params=query, allow_redirects=False) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("fields", "return_msg"),
    [
        ({"long_url": None}, missing("long_url", "URL链接")),
        ({"long_url": ""}, too_short("long_url", "URL链接", 0, 1)),
        ({"long_url": "weixin://wxpay/" + "x" * 500}, too_long("long_url", "URL链接", 515, 512)),
        ({"long_url": LONG, "out_trade_no": "1"}, UNKNOWN),
        ({"long_url": LONG, "_key": "x" * 32}, SIGN_WRONG["today"]),
        ({"long_url": LONG, "appid": "wxother"}, "商户号mch_id与appid不匹配"),
        ({"long_url": LONG, "mch_id": "1111111111"}, "商户号mch_id或sub_mch_id不存在"),
    ],
)
async def test_what_shorturl_refuses(merchant: Merchant, fields: dict[str, str], return_msg: str) -> None:
    assert await merchant.call("/tools/shorturl", **fields) == {"return_code": FAIL, "return_msg": return_msg}


async def test_a_service_provider_shortens_for_itself(open_merchant: Open) -> None:
    provider = await open_merchant(service_provider=True, sub_merchants=[{"sub_mch_id": "1900000201"}])
    assert (await provider.call("/tools/shorturl", long_url=LONG))["result_code"] == "SUCCESS"


# -- report ------------------------------------------------------------------------------------------------------------

URL = "https://api.mch.weixin.qq.com/pay/unifiedorder"
REPORTED = {"interface_url": URL, "return_code": "SUCCESS", "result_code": "SUCCESS", "user_ip": "8.8.8.8"}
BATCH = {"interface_url": "https://api.mch.weixin.qq.com/pay/batchreport/micropay/total", "user_ip": "8.8.8.8"}


@pytest.mark.parametrize("name", ["execute_time", "execute_time_"])
async def test_a_report_is_answered_and_stands_on_the_orders_timeline(
    merchant: Merchant, control: Control, name: str
) -> None:
    await merchant.order("ORDER001")
    fields = {**REPORTED, name: "120", "out_trade_no": "ORDER001", "time": "20201124100000"}
    answer = await merchant.call("/payitil/report", **fields)
    assert list(answer.items()) == [
        ("return_code", "SUCCESS"),
        ("return_msg", ""),
        ("result_code", "SUCCESS"),
        ("err_code", "0"),
        ("err_code_des", ""),
    ]
    assert "/payitil/report" in [item.get("path") for item in await control.timeline("ORDER001")]


async def test_a_batch_of_micropay_is_reported(merchant: Merchant) -> None:
    trades = '[{"out_trade_no": "A1", "begin_time": "20201124100000", "end_time": "20201124100003", "state": "OK"}]'
    assert (await merchant.call("/payitil/report", **BATCH, trades=trades))["result_code"] == "SUCCESS"


@pytest.mark.parametrize(
    ("fields", "return_msg"),
    [
        ({**REPORTED}, "缺少参数"),
        ({**REPORTED, "execute_time": "1", "interface_url": None}, missing("interface_url", "接口URL")),
        ({**REPORTED, "execute_time": "1", "result_code": None}, "缺少参数"),
        ({**REPORTED, "execute_time": "soon"}, no_integer("execute_time", "接口耗时")),
        ({**REPORTED, "execute_time": "1", "return_code": "OK"}, "return_code参数格式错误"),
        ({**BATCH, "trades": "{}"}, "trades参数格式错误"),
        ({**BATCH, "trades": "[1]"}, "trades参数格式错误"),
        ({**BATCH, "trades": "nothing"}, "trades参数格式错误"),
        ({**REPORTED, "execute_time": "1", "_key": "x" * 32}, SIGN_WRONG["today"]),
    ],
)
async def test_what_report_refuses(merchant: Merchant, fields: dict[str, str], return_msg: str) -> None:
    assert await merchant.call("/payitil/report", **fields) == {"return_code": FAIL, "return_msg": return_msg}


# -- comments ----------------------------------------------------------------------------------------------------------


async def comments(
    merchant: Merchant, control: Control, sign_type_signed: bool = False, /, **fields: str | None
) -> str:
    """What batchquerycomment answers about the last hour."""
    at = await now(control)
    asked = {
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "begin_time": f"{at - timedelta(hours=1):%Y%m%d%H%M%S}",
        "end_time": f"{at + timedelta(hours=1):%Y%m%d%H%M%S}",
        "offset": "0",
        **fields,
    }
    message = {name: value for name, value in asked.items() if value is not None}
    if sign_type_signed:
        message["sign_type"] = "HMAC-SHA256"
    key = message.pop("_key", merchant.key)
    signed = {**message, "sign": signature(message, key, "HMAC-SHA256")}
    return await merchant.post("/billcommentsp/batchquerycomment", document(signed))


async def commented(merchant: Merchant, control: Control, number: str, stars: int, text: str) -> str:
    await merchant.order(number)
    await control.pay(number)
    told = await control.post(f"/orders/1900000109/{number}/comment", {"stars": stars, "text": text})
    return str(told["transaction_id"])


async def test_the_merchant_reads_what_payers_say(merchant: Merchant, control: Control) -> None:
    first = await commented(merchant, control, "ORDER001", 5, "哎呦 不错哦")
    second = await commented(merchant, control, "ORDER002", 1, "茶凉了\n差评")
    offset, one, two, end = (await comments(merchant, control)).split("\r\n")
    assert re.fullmatch(r"`\d+", offset)
    assert re.fullmatch(rf"`\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,`{first},`5,`哎呦 不错哦", one)
    assert two.endswith(rf",`{second},`1,`茶凉了\n差评")
    assert end == ""
    timeline = await control.timeline("ORDER001")
    assert "commented" in [item.get("name") for item in timeline]


async def test_comments_come_in_pages(merchant: Merchant, control: Control) -> None:
    for n in range(3):
        await commented(merchant, control, f"ORDER{n:03}", n + 1, f"第 {n} 条")
    first = (await comments(merchant, control, limit="2")).split("\r\n")
    assert len(first) == 4
    second = await comments(merchant, control, offset=first[0].removeprefix("`"))
    assert "第 2 条" in second
    assert second.count("\r\n") == 2
    last = elements(await comments(merchant, control, offset=second.split("\r\n")[0].removeprefix("`")))
    assert last["err_code"] == "NO_COMMENT"


async def test_no_comment_and_too_long_ago(merchant: Merchant, control: Control) -> None:
    answer = elements(await comments(merchant, control))
    assert (answer["err_code"], answer["err_code_des"]) == ("NO_COMMENT", "对应的时间段没有用户的评论数据")
    assert merchant.verifies(answer, "HMAC-SHA256")
    answer = elements(await comments(merchant, control, begin_time="20200101000000"))
    assert (answer["err_code"], answer["err_code_des"]) == ("TIME_EXPIRE", "拉取的时间超过3个月")


@pytest.mark.parametrize(
    ("fields", "return_msg"),
    [
        ({"_key": "x" * 32}, "商户签名错误"),
        ({"begin_time": None}, missing("begin_time", "开始时间")),
        ({"end_time": "yesterday"}, too_short("end_time", "结束时间", 9, 14)),
        ({"offset": None}, missing("offset", "位移")),
        ({"limit": "201"}, "limit参数格式错误"),
        ({"limit": "0"}, "limit参数格式错误"),
    ],
)
async def test_what_batchquerycomment_refuses(
    merchant: Merchant, control: Control, fields: dict[str, str], return_msg: str
) -> None:
    answer = elements(await comments(merchant, control, **fields))
    assert answer == {"return_code": FAIL, "return_msg": return_msg}


async def test_a_signature_over_sign_type_is_wrong(merchant: Merchant, control: Control) -> None:
    answer = elements(await comments(merchant, control, True))
    assert answer == {"return_code": FAIL, "return_msg": "商户签名错误"}
    call = (await control.get("/journal", path="/billcommentsp/batchquerycomment"))["items"][0]
    assert call["facts"]["sign_hint"] == "sign_type_not_sent"
    assert len(call["facts"]["expected_sign"]) == 64


async def test_an_unpaid_order_cannot_be_commented_on(merchant: Merchant, control: Control) -> None:
    await merchant.order("ORDER001")
    await control.post("/orders/1900000109/ORDER001/comment", {"stars": 5}, 409)
    await control.post("/orders/1900000109/ORDER001/comment", {"stars": 6}, 400)
    await control.post("/orders/1900000109/NOWHERE/comment", {"stars": 5}, 404)
