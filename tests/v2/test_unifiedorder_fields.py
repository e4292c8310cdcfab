"""Every field of unifiedorder: what is wrong with it, in WeChat's words of 2016, which name the field for each kind.

Today's words: test_wordings.py. Source: V2 notes, 1.4 and 2.1.
"""

import itertools

import pytest

from sandbox.core.orders import UNIFIED
from sandbox.v2.orders import UnifiedOrder
from tests.support.merchant import Merchant

COVERS = ("/pay/unifiedorder",)

NUMBERS = (f"FIELD{number:05}" for number in itertools.count())
OPENID = "oSandboxPayer000000000000001"
H5 = '{"h5_info": {"type": "Wap", "wap_url": "https://shop.example", "wap_name": "茶铺"}}'


@pytest.fixture(scope="module")
def wording() -> str:
    return "2016"


async def refusal(merchant: Merchant, **fields: object) -> str:
    """The return_msg of an order that WeChat does not take."""
    answer = await merchant.order(**{"out_trade_no": next(NUMBERS), **fields})  # type: ignore[arg-type]
    assert list(answer) == ["return_code", "return_msg"], answer
    assert answer["return_code"] == "FAIL"
    return answer["return_msg"]


async def taken(merchant: Merchant, **fields: object) -> dict[str, str]:
    answer = await merchant.order(**{"out_trade_no": next(NUMBERS), **fields})  # type: ignore[arg-type]
    assert answer["return_code"] == "SUCCESS", answer
    assert answer["result_code"] == "SUCCESS", answer
    return answer


REQUIRED = [
    "appid",
    "mch_id",
    "nonce_str",
    "body",
    "out_trade_no",
    "total_fee",
    "spbill_create_ip",
    "notify_url",
    "trade_type",
]
BYTES = {
    "appid": 32,
    "mch_id": 32,
    "sub_appid": 32,
    "sub_mch_id": 32,
    "nonce_str": 32,
    "sign": 64,
    "device_info": 32,
    "body": 128,
    "detail": 6144,
    "attach": 128,
    "out_trade_no": 32,
    "fee_type": 16,
    "spbill_create_ip": 64,
    "goods_tag": 32,
    "notify_url": 256,
    "product_id": 32,
    "limit_pay": 32,
    "openid": 128,
    "sub_openid": 128,
    "receipt": 8,
    "profit_sharing": 16,
    "scene_info": 256,
    "version": 32,
    "user_type": 32,
    "user_creid": 32,
    "user_truename": 64,
}
FREE_TEXT = [
    "nonce_str",
    "device_info",
    "body",
    "detail",
    "attach",
    "goods_tag",
    "product_id",
    "version",
    "user_type",
    "user_creid",
    "user_truename",
]


@pytest.mark.parametrize("name", REQUIRED)
async def test_a_required_field_that_is_missing_is_asked_for(shopkeeper: Merchant, name: str) -> None:
    assert await refusal(shopkeeper, **{name: None}) == "缺少参数"


async def test_a_missing_sign_is_a_wrong_one(shopkeeper: Merchant) -> None:
    assert await refusal(shopkeeper, sign="") == "签名错误"


@pytest.mark.parametrize(
    ("name", "return_msg"),
    [
        ("appid", "appid参数长度有误"),
        ("mch_id", "mch_id参数长度有误"),
        ("nonce_str", "nonce_str参数长度有误"),
        ("body", "body参数长度有误"),
        ("out_trade_no", "out_trade_no参数长度有误"),
        ("trade_type", "trade_type参数长度有误"),
        ("total_fee", "invalid total_fee"),
        ("notify_url", "invalid notify_url"),
    ],
)
async def test_a_required_field_that_is_empty_has_the_wrong_length(
    shopkeeper: Merchant, name: str, return_msg: str
) -> None:
    assert await refusal(shopkeeper, **{name: ""}) == return_msg


@pytest.mark.parametrize("name", sorted(set(UnifiedOrder.fields) - set(REQUIRED) - {"sign"}))
async def test_an_optional_field_may_be_empty(shopkeeper: Merchant, name: str) -> None:
    await taken(shopkeeper, **{name: ""})


async def test_an_empty_spbill_create_ip_is_let_through(shopkeeper: Merchant) -> None:
    await taken(shopkeeper, spbill_create_ip="")


@pytest.mark.parametrize(("name", "limit"), BYTES.items())
async def test_a_field_that_is_too_long_is_named(shopkeeper: Merchant, name: str, limit: int) -> None:
    assert await refusal(shopkeeper, **{name: "1" * (limit + 1)}) == f"{name}参数长度有误"


@pytest.mark.parametrize("name", FREE_TEXT)
async def test_a_free_text_may_fill_its_bytes_and_no_more(shopkeeper: Merchant, name: str) -> None:
    count, rest = divmod(BYTES[name], len("茶".encode()))
    full = "茶" * count + "x" * rest
    assert len(full.encode()) == BYTES[name]
    await taken(shopkeeper, **{name: full})
    assert await refusal(shopkeeper, **{name: full + "x"}) == f"{name}参数长度有误"


async def test_43_chinese_characters_are_too_long_a_body(shopkeeper: Merchant) -> None:
    assert await refusal(shopkeeper, body="茶" * 43) == "body参数长度有误"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appid", "wx 8888"),
        ("appid", "应用"),
        ("mch_id", "abc"),
        ("mch_id", "１９０００００１０９"),
        ("mch_id", "-1"),
        ("sub_mch_id", "abc"),
        ("sub_appid", "wx<>"),
        ("out_trade_no", "茶"),
        ("out_trade_no", "a b"),
        ("out_trade_no", "a/b"),
        ("out_trade_no", "a&b"),
        ("out_trade_no", "line\nbreak"),
        ("fee_type", "cny"),
        ("fee_type", "YUAN"),
        ("trade_type", "native"),
        ("trade_type", "MICROPAY"),
        ("trade_type", " NATIVE"),
        ("sign_type", "md5"),
        ("sign_type", "SHA1"),
        ("limit_pay", "no_debit"),
        ("receipt", "y"),
        ("profit_sharing", "yes"),
        ("time_start", "2026-11-23 10:"),
        ("time_expire", "20261323100000"),
        ("time_expire", "20260230100000"),
        ("time_expire", "20261123250000"),
        ("time_expire", "２０２６１１２３１０００００"),
    ],
)
async def test_a_field_of_the_wrong_form_is_named(shopkeeper: Merchant, name: str, value: str) -> None:
    assert await refusal(shopkeeper, **{name: value}) == f"{name}参数格式错误"


@pytest.mark.parametrize("name", ["time_start", "time_expire"])
@pytest.mark.parametrize("value", ["2026112310000", "202611231000000", "0"])
async def test_a_time_has_14_digits(shopkeeper: Merchant, name: str, value: str) -> None:
    assert await refusal(shopkeeper, **{name: value}) == f"{name}参数长度有误"


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-1",
        "1.0",
        "0.01",
        "1e2",
        "+1",
        "01",
        " 1",
        "1 ",
        "1,000",
        "１",
        "abc",
        "0x10",
        "1000000001",
        "9" * 40,
        "9" * 5000,
    ],
)
async def test_total_fee_is_a_positive_whole_number_of_fen(shopkeeper: Merchant, value: str) -> None:
    assert await refusal(shopkeeper, total_fee=value) == "invalid total_fee"


@pytest.mark.parametrize("value", ["1", "100", "1000000000"])
async def test_amounts_from_one_fen_to_ten_million_yuan_are_taken(shopkeeper: Merchant, value: str) -> None:
    await taken(shopkeeper, total_fee=value)


@pytest.mark.parametrize(
    "value",
    [
        "localhost",
        "1.2.3",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4, 5.6.7.8",
        " 1.2.3.4",
        "::ffff:1.2.3.4",
        "1.2.3.4:80",
        "[::1]",
        "unknown",
        "http://1.2.3.4",
    ],
)
async def test_spbill_create_ip_is_one_address(shopkeeper: Merchant, value: str) -> None:
    assert await refusal(shopkeeper, spbill_create_ip=value) == "invalid spbill_create_ip"


@pytest.mark.parametrize("value", ["123.12.12.123", "127.0.0.1", "::1", "2001:db8:85a3:8d3:1319:8a2e:370:7348"])
async def test_an_address_of_either_kind_is_taken(shopkeeper: Merchant, value: str) -> None:
    await taken(shopkeeper, spbill_create_ip=value)


@pytest.mark.parametrize(
    "value",
    [
        "shop.example/notify",
        "/notify",
        "ftp://shop.example/notify",
        "http://",
        "http:///notify",
        "http://:80/notify",
        "http://shop.example:99999/notify",
        "http://shop.example:abc/notify",
        "http://shop example/notify",
        "http://[::1/notify",
        "javascript:alert(1)",
        " http://shop.example/notify",
        "http://shop.example/no\ntify",
    ],
)
async def test_notify_url_is_a_whole_http_address(shopkeeper: Merchant, value: str) -> None:
    assert await refusal(shopkeeper, notify_url=value) == "invalid notify_url"


@pytest.mark.parametrize(
    "value",
    [
        "https://shop.example/notify",
        "HTTP://shop.example/notify",
        "http://shop.example",
        "http://shop.example/notify?order=1",
        "http://[::1]:8080/notify",
        "http://localhost:8080/notify",
        "http://shop.example/" + "x" * 236,
    ],
)
async def test_an_address_that_the_sandbox_can_call_is_taken(shopkeeper: Merchant, value: str) -> None:
    await taken(shopkeeper, notify_url=value)


@pytest.mark.parametrize(
    "name", ["sub_app_id", "Body", "openId", "total-fee", "refund_fee", "auth_code", "return_code", "商品"]
)
async def test_an_unknown_element_is_named(shopkeeper: Merchant, name: str) -> None:
    assert await refusal(shopkeeper, **{name: "x"}) == f"不识别的参数{name}"


@pytest.mark.parametrize("number", ["1", "A", "12345678901234567890123456789012", "a_b-c|d*e@f", "---"])
async def test_an_order_number_has_digits_letters_and_some_signs(shopkeeper: Merchant, number: str) -> None:
    await taken(shopkeeper, out_trade_no=number)


# -- the rules of each trade_type --------------------------------------------------------------------------------------


async def test_jsapi_needs_an_openid(shopkeeper: Merchant) -> None:
    assert await refusal(shopkeeper, trade_type="JSAPI") == "JSAPI支付必须传openid"


async def test_jsapi_with_an_empty_openid_needs_one_too(shopkeeper: Merchant) -> None:
    assert await refusal(shopkeeper, trade_type="JSAPI", openid="") == "JSAPI支付必须传openid"


async def test_a_sub_openid_needs_its_sub_appid(shopkeeper: Merchant) -> None:
    wrong = await refusal(shopkeeper, trade_type="JSAPI", sub_openid=OPENID)
    assert wrong == "sub_appid and sub_openid not match"


async def test_mweb_needs_scene_info(shopkeeper: Merchant) -> None:
    assert await refusal(shopkeeper, trade_type="MWEB") == "缺少参数"


@pytest.mark.parametrize(
    "scene", ["no json", "[]", "null", "1", "{}", '{"h5_info": null}', '{"h5_info": "Wap"}', '{"store_info": {}}']
)
async def test_scene_info_of_mweb_describes_the_page(shopkeeper: Merchant, scene: str) -> None:
    assert await refusal(shopkeeper, trade_type="MWEB", scene_info=scene) == "scene_info参数格式错误"


@pytest.mark.parametrize("trade_type", ["NATIVE", "APP"])
async def test_scene_info_of_other_trade_types_is_not_looked_at(shopkeeper: Merchant, trade_type: str) -> None:
    await taken(shopkeeper, trade_type=trade_type, scene_info="no json")


async def test_native_without_a_product_id_is_taken(shopkeeper: Merchant) -> None:
    await taken(shopkeeper, product_id=None)


HEAD = ["return_code", "return_msg", "appid", "mch_id", "nonce_str", "sign", "result_code", "prepay_id", "trade_type"]


@pytest.mark.parametrize(
    ("trade_type", "fields", "own"),
    [
        ("NATIVE", {}, ["code_url"]),
        ("APP", {}, []),
        ("JSAPI", {"openid": OPENID}, []),
        ("MWEB", {"scene_info": H5}, ["mweb_url"]),
    ],
)
async def test_each_trade_type_has_its_own_answer(
    shopkeeper: Merchant, trade_type: str, fields: dict[str, str], own: list[str]
) -> None:
    answer = await taken(shopkeeper, trade_type=trade_type, **fields)
    assert list(answer) == HEAD + own
    assert answer["trade_type"] == trade_type


async def test_these_are_all_trade_types_and_all_fields() -> None:
    others = {"sign_type", "total_fee", "time_start", "time_expire", "trade_type"}
    assert set(BYTES) | others == set(UnifiedOrder.fields)
    assert set(UNIFIED) == {"NATIVE", "APP", "JSAPI", "MWEB"}
