"""What a request must look like: each refusal in WeChat Pay's own sentence, unsigned. V3 notes, 3.4."""

from typing import Any

import pytest

from tests.support.control import Control
from tests.support.v3 import PAY, Answered, V3Merchant

SCHEMA, UNKNOWN_MEMBERS = "268435461", "270924358"
URL = r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$"
NUMBER = r"^[0-9a-zA-Z_\-\|\*]+$"
LONG = {"goods_detail": [{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1, "goods_name": "茶" * 85}] * 24}

Case = tuple[str, dict[str, Any], str, Any]
CASES: dict[str, Case] = {
    "too short": (
        "native",
        {"out_trade_no": "1"},
        "输入源“/body/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字节数 1，小于最小值 6",
        1,
    ),
    "too long, in bytes": (
        "native",
        {"attach": "附加" * 33 + "12345"},
        "输入源“/body/attach”映射到值字段“附加数据”字符串规则校验失败，字节数 203，大于最大值 128",
        203,
    ),
    "an address with a blank": (
        "native",
        {"notify_url": " https://www.weixin.qq.com/wxpay/pay.php"},
        f"输入源“/body/notify_url”映射到值字段“通知地址”字符串规则校验失败，字符串必须匹配正则表达式“{URL}”",
        " https://www.weixin.qq.com/wxpay/pay.php",
    ),
    "an address with a query": (
        "native",
        {"notify_url": "https://shop.example/notify?order=1"},
        f"输入源“/body/notify_url”映射到值字段“通知地址”字符串规则校验失败，字符串必须匹配正则表达式“{URL}”",
        "https://shop.example/notify?order=1",
    ),
    "a number of other characters": (
        "native",
        {"out_trade_no": "订单号"},
        f"输入源“/body/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字符串必须匹配正则表达式“{NUMBER}”",
        "订单号",
    ),
    "a text that is missing": (
        "native",
        {"notify_url": None},
        "输入源“/body/notify_url”映射到字段“通知地址”必填性规则校验失败，此字段为必填项",
        "",
    ),
    "an empty text": (
        "native",
        {"description": ""},
        "输入源“/body/description”映射到值字段“商品描述”字符串规则校验失败，字节数 0，小于最小值 1",
        0,
    ),
    "an amount with a fraction": (
        "native",
        {"amount": {"total": 0.01}},
        "无法将 JSON 输入源“/body/amount/total”映射到目标字段“总金额”中，此字段需要一个合法的 64 位有符号整数",
        0.01,
    ),
    "an amount that is a text": (
        "native",
        {"amount": {"total": "1"}},
        "无法将 JSON 输入源“/body/amount/total”映射到目标字段“总金额”中，此字段需要一个合法的 64 位有符号整数",
        "1",
    ),
    "an amount of nothing": (
        "native",
        {"amount": {"total": 0}},
        "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1",
        0,
    ),
    "a number for a text": (
        "jsapi",
        {"payer": {"openid": 4}},
        "无法将 JSON 输入源“/body/payer/openid”映射到目标字段“用户标识”中，此字段需要一个 string 类型的 Json 值",
        4,
    ),
    "an object that is none": (
        "native",
        {"amount": "1"},
        "无法将 JSON 输入源“/body/amount”映射到目标字段“订单金额”中，此字段需要一个 object 类型的 Json 值",
        "1",
    ),
    "no scene on H5": (
        "h5",
        {},
        "输入源“/body/scene_info”映射到字段“场景信息”必填性规则校验失败，此字段为必填项",
        "",
    ),
    "an element of a list": (
        "native",
        {"detail": {"goods_detail": [{"merchant_goods_id": "1", "quantity": 1, "unit_price": True}]}},
        "无法将 JSON 输入源“/body/detail/goods_detail/0/unit_price”映射到目标字段“商品单价”中，"
        "此字段需要一个合法的 64 位有符号整数",
        True,
    ),
    "a detail that is too much": (
        "native",
        {"detail": LONG},
        "输入源“/body/detail”映射到值字段“优惠功能”字符串规则校验失败，字节数 7818，大于最大值 6144",
        7818,
    ),
    "a moment without a zone": (
        "native",
        {"time_expire": "2030-01-01T00:00:00"},
        "输入源“/body/time_expire”映射到值字段“交易结束时间”字符串规则校验失败，字符串必须匹配正则表达式"
        r"“^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$”",
        "2030-01-01T00:00:00",
    ),
    "one of others than the few": (
        "native",
        {"limit_pay": ["no_credit", "cash"]},
        "无法将 JSON 输入源“/body/limit_pay/1”映射到目标字段“指定支付方式”中，此字段需要一个合法的枚举值",
        "cash",
    ),
    "an emoji": ("native", {"description": "🍵"}, "参数错误", "🍵"),
}


def turned_down(answer: Answered, message: str, detail: dict[str, Any], number: str = SCHEMA) -> None:
    assert (answer.status, answer.json["message"]) == (400, message)
    assert answer.json == {"code": "PARAM_ERROR", "detail": detail, "message": message}
    assert list(answer.json) == ["code", "detail", "message"]
    assert (answer.signed, answer.number) == (False, number)


def body_of(v3: V3Merchant, more: dict[str, Any]) -> dict[str, Any]:
    """A right order but for some members; None takes one away."""
    return {name: value for name, value in {**v3.terms("REFUSED001"), **more}.items() if value is not None}


@pytest.mark.parametrize(("product", "more", "message", "value"), CASES.values(), ids=CASES)
async def test_a_member_is_told_of_in_wechats_sentence(
    v3: V3Merchant, product: str, more: dict[str, Any], message: str, value: Any
) -> None:
    answer = await v3.call("POST", f"{PAY}/{product}", body_of(v3, more))

    turned_down(answer, message, {"location": "body", "value": value})


STRANGERS = {
    "V2's members": ("native", {"trade_type": "NATIVE", "total_fee": 1}, ["/body/trade_type", "/body/total_fee"]),
    "an openid on native": ("native", {"payer": {"openid": "o"}}, ["/body/payer/openid"]),
    "h5_info elsewhere": (
        "app",
        {"scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}},
        ["/body/scene_info/h5_info"],
    ),
    "in an element": (
        "native",
        {"detail": {"goods_detail": [{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1, "a/b": 1}]}},
        ["/body/detail/goods_detail/0/a~1b"],
    ),
    "a partner's": ("native", {"sub_mchid": "1900000201"}, ["/body/sub_mchid"]),
}


@pytest.mark.parametrize(("product", "more", "pointers"), STRANGERS.values(), ids=STRANGERS)
async def test_what_is_not_in_the_documents_is_listed(
    v3: V3Merchant, product: str, more: dict[str, Any], pointers: list[str]
) -> None:
    answer = await v3.call("POST", f"{PAY}/{product}", body_of(v3, more))

    message = "请求中含有未在API文档中定义的参数"
    turned_down(answer, message, {"location": None, "value": pointers}, UNKNOWN_MEMBERS)


async def test_what_is_missing_is_told_before_what_is_unknown(v3: V3Merchant) -> None:
    """As the real server did (docs/fidelity.md): mch_id was sent in place of mchid."""
    answer = await v3.call("POST", f"{PAY}/out-trade-no/REFUSED001/close", {"mch_id": v3.mch_id})

    message = "输入源“/uri_template/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项"
    turned_down(answer, message, {"location": "uri_template", "value": ""})


async def test_a_number_in_the_path_has_its_length(v3: V3Merchant) -> None:
    answer = await v3.call("POST", f"{PAY}/out-trade-no/{'7' * 35}/close", {"mchid": v3.mch_id})

    message = "输入源“/uri_template/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字节数 35，大于最大值 32"
    turned_down(answer, message, {"location": "uri_template", "value": 35})


@pytest.mark.parametrize(
    "number", ["%ff%ff%ff%ff%ff%ff", "%E8%AE%A2%E5%8D%95", "%F0%9F%8D%B5%F0%9F%8D%B5", "%00abcdef"]
)
async def test_what_a_path_cannot_hold_is_refused_as_well(v3: V3Merchant, number: str) -> None:
    answer = await v3.call("GET", f"{PAY}/out-trade-no/{number}?mchid={v3.mch_id}")

    assert (answer.status, answer.json["code"]) == (400, "PARAM_ERROR")
    assert answer.json["detail"]["location"] == "uri_template"


async def test_a_query_must_name_the_merchant_and_nothing_else(v3: V3Merchant) -> None:
    path = f"{PAY}/out-trade-no/REFUSED001"
    message = "输入源“/query/mchid”映射到字段“直连商户号”必填性规则校验失败，此字段为必填项"
    turned_down(await v3.get(path), message, {"location": "query", "value": ""})

    answer = await v3.get(path, mchid=v3.mch_id, sub_mchid="1900000201")
    message = "请求中含有未在API文档中定义的参数"
    turned_down(answer, message, {"location": None, "value": ["/query/sub_mchid"]}, UNKNOWN_MEMBERS)


@pytest.mark.parametrize("second", ["1900000109", "1"])
async def test_what_a_query_says_twice_is_refused_by_its_place(v3: V3Merchant, second: str) -> None:
    answer = await v3.call("GET", f"{PAY}/out-trade-no/REFUSED001?mchid={v3.mch_id}&mchid={second}")

    turned_down(answer, "参数错误", {"location": "query", "value": "/query/mchid"})


@pytest.mark.parametrize("number", ["{out_trade_no}", "%7Bout_trade_no%7D"])
async def test_a_path_whose_braces_were_never_filled_in_is_told_of_as_a_number(v3: V3Merchant, number: str) -> None:
    answer = await v3.call("GET", f"{PAY}/out-trade-no/{number}?mchid={v3.mch_id}")

    message = "输入源“/uri_template/out_trade_no”映射到值字段“商户订单号”字符串规则校验失败，字符串必须匹配正则表达式"
    turned_down(answer, f"{message}“{NUMBER}”", {"location": "uri_template", "value": "{out_trade_no}"})


async def test_a_body_that_is_too_long_is_told_of_whoever_signed_it(v3: V3Merchant, shared_control: Control) -> None:
    """Its signature is over more than is read, and no fault of the merchant's."""
    answer = await v3.call("POST", f"{PAY}/native", b'{"attach": "' + b"a" * 70_000 + b'"}')

    assert (answer.status, answer.json, answer.signed) == (400, {"code": "PARAM_ERROR", "message": "参数错误"}, False)
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert call["facts"]["fault"] == "too_large"


async def test_null_is_as_if_it_was_not_sent(v3: V3Merchant) -> None:
    answer = await v3.call("POST", f"{PAY}/native", {**v3.terms("NULLS0001"), "attach": None, "foo": None})
    assert answer.status == 200

    answer = await v3.call("POST", f"{PAY}/native", {**v3.terms("NULLS0002"), "description": None})
    message = "输入源“/body/description”映射到字段“商品描述”必填性规则校验失败，此字段为必填项"
    turned_down(answer, message, {"location": "body", "value": ""})


UNREADABLE = {
    "nothing": (b"{", "json_malformed"),
    "no JSON": (b"a=1", "json_malformed"),
    "XML": (b"<xml><appid>1</appid></xml>", "xml"),
    "GBK": ('{"description": "茶"}'.encode("gbk"), "not_utf8"),
    "UTF-16": ("{}".encode("utf-16"), "not_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "json_malformed"),
    "a list": (b"[]", "json_no_object"),
    "a text": (b'"a"', "json_no_object"),
    "no number": (b'{"amount": {"total": NaN}}', "json_number"),
    "infinity": (b'{"amount": {"total": 1e999}}', "json_number"),
    "a number without end": (b'{"amount": {"total": ' + b"1" * 5000 + b"}}", "json_number"),
    "deep": (b'{"a":' * 100 + b"1" + b"}" * 100, "json_nested"),
    "deeper": (b"[" * 50_000, "json_malformed"),
    "half a character": (b'{"a": "\\ud800"}', "json_half_character"),
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.values(), ids=UNREADABLE)
async def test_a_body_that_is_no_json_object_is_explained_to_people(
    v3: V3Merchant, shared_control: Control, body: bytes, why: str
) -> None:
    answer = await v3.call("POST", f"{PAY}/native", body)

    assert (answer.status, answer.json, answer.signed) == (400, {"code": "PARAM_ERROR", "message": "参数错误"}, False)
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert call["facts"]["unreadable"] in (why, "json_nested"), call
    assert call["explanation"]


async def test_no_body_at_all_lacks_its_first_member(v3: V3Merchant, shared_control: Control) -> None:
    answer = await v3.call("POST", f"{PAY}/native")

    message = "输入源“/body/appid”映射到字段“公众号ID”必填性规则校验失败，此字段为必填项"
    turned_down(answer, message, {"location": "body", "value": ""})
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert call["facts"]["fault"] == "empty_body"


async def test_a_member_that_stands_there_twice_is_refused_by_its_place(v3: V3Merchant) -> None:
    answer = await v3.call("POST", f"{PAY}/native", b'{"amount": {"total": 1, "total": 2}}')

    turned_down(answer, "参数错误", {"location": "body", "value": "/body/amount/total"})


async def test_a_large_number_is_told_of_as_what_it_is(v3: V3Merchant) -> None:
    for total in (2**63, -(2**63) - 1, 10**200):
        answer = await v3.call("POST", f"{PAY}/native", body_of(v3, {"amount": {"total": total}}))

        message = "无法将 JSON 输入源“/body/amount/total”映射到目标字段“总金额”中，此字段需要一个合法的 64 位有符号整数"
        turned_down(answer, message, {"location": "body", "value": total})


@pytest.mark.parametrize("given", ["text/plain", "application/x-www-form-urlencoded", "text/xml; charset=utf-8"])
async def test_a_body_that_says_to_be_something_else_is_refused(v3: V3Merchant, given: str) -> None:
    answer = await v3.call("POST", f"{PAY}/native", v3.terms("TYPED001"), {"Content-Type": given})

    assert (answer.status, answer.json) == (400, {"code": "PARAM_ERROR", "message": "参数错误"})


@pytest.mark.parametrize("given", ["application/json; charset=utf-8", "Application/JSON"])
async def test_json_may_be_called_by_all_its_names(v3: V3Merchant, given: str) -> None:
    number = f"TYPED{abs(hash(given)) % 10**8}"
    assert (await v3.call("POST", f"{PAY}/native", v3.terms(number), {"Content-Type": given})).status == 200


@pytest.mark.parametrize("given", ["*", "fr-FR", "*;q=0.5, de"])
async def test_a_language_that_wechat_does_not_speak_is_refused(v3: V3Merchant, given: str) -> None:
    path = f"{PAY}/out-trade-no/REFUSED001?mchid={v3.mch_id}"
    answer = await v3.call("GET", path, headers={"Accept-Language": given})

    assert (answer.status, answer.signed) == (400, False)
    assert answer.json == {"code": "PARAM_ERROR", "message": "传入了不支持的Accept-Language"}


@pytest.mark.parametrize("given", ["zh-CN", "en", "zh-CN,zh;q=0.9", "de, en;q=0.5"])
async def test_languages_that_it_speaks_are_taken(v3: V3Merchant, given: str) -> None:
    path = f"{PAY}/out-trade-no/REFUSED001?mchid={v3.mch_id}"
    assert (await v3.call("GET", path, headers={"Accept-Language": given})).status == 404


async def test_the_merchant_who_signs_must_be_the_one_in_the_body(v3: V3Merchant) -> None:
    said = "http header中的mchid与post payload中的mchid不匹配"

    answer = await v3.call("POST", f"{PAY}/native", body_of(v3, {"mchid": "1900000110"}))
    assert (answer.status, answer.json) == (400, {"code": "PARAM_ERROR", "message": said})

    answer = await v3.get(f"{PAY}/out-trade-no/REFUSED001", mchid="1900000110")
    assert (answer.status, answer.json) == (400, {"code": "PARAM_ERROR", "message": said})


async def test_people_are_told_of_the_very_member(v3: V3Merchant, shared_control: Control) -> None:
    await v3.call("POST", f"{PAY}/native", body_of(v3, {"amount": {"total": "1"}}))

    for lang, said in (("zh", "/body/amount/total 要的是 64 位的整数"), ("en", "/body/amount/total takes a whole")):
        call = (await shared_control.call("GET", "/journal", None, 200, limit="1", lang=lang))["items"][0]
        assert said in call["explanation"]
