"""The V2 signature: the documents' example, vectors, and laws."""

import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.signing.flat import SignType, sign, string_to_sign, verify
from tests.support.merchant import signature

KEY = "192006250b4c09247ec02edce69f6a2d"
APPID = "wx2421b1c4370ec43b"
EXAMPLE = {
    "appid": "wxd930ea5d5a258f4f",
    "mch_id": "10000100",
    "device_info": "1000",
    "body": "test",
    "nonce_str": "ibuaiVcKdpRxkhJA",
}
FAILED_ORDER = {
    "appid": APPID,
    "attach": "",
    "device_info": "WEB",
    "err_code": "INVALID_REQUEST",
    "err_code_des": "201 商户订单号重复",
    "mch_id": "10000100",
    "nonce_str": "aTvboqJRyqgxuLX5",
    "result_code": "FAIL",
    "return_code": "SUCCESS",
    "return_msg": "OK",
}
JSAPI_PAY = {
    "appId": APPID,
    "timeStamp": "1395712654",
    "nonceStr": "e61463f8efa94090b1f366cccfbbb444",
    "package": "prepay_id=wx201410272009395522657a690389285100",
}
APP_PAY = {
    "appid": APPID,
    "partnerid": "10000100",
    "prepayid": "wx201410272009395522657a690389285100",
    "package": "Sign=WXPay",
    "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    "timestamp": "1412000000",
}
NATIVE_QR = {
    "appid": APPID,
    "mch_id": "10000100",
    "product_id": "88888",
    "time_stamp": "1412000000",
    "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
}


def test_the_documents_example_gives_the_documents_string() -> None:
    assert string_to_sign(EXAMPLE, KEY) == (
        "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA"
        "&key=192006250b4c09247ec02edce69f6a2d"
    )


@pytest.mark.parametrize(
    ("fields", "sign_type", "expected"),
    [
        (EXAMPLE, "MD5", "9A0A8659F005D6984697E2CA0A9CF3B7"),
        (EXAMPLE, "HMAC-SHA256", "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"),
        (FAILED_ORDER, "MD5", "D38DA0E7A640069E34AFBEE1BEDFF96F"),
        (FAILED_ORDER, "HMAC-SHA256", "426496EB9DF4A5441611F2206124ECDBB3F9F912FBF63FA709B027EF2B7823BA"),
        (JSAPI_PAY | {"signType": "MD5"}, "MD5", "05F30DD446ED1AFB88D72F6A0F93BAE7"),
        (
            JSAPI_PAY | {"signType": "HMAC-SHA256"},
            "HMAC-SHA256",
            "D3C8EC2BB7A501F85B7FE93E298F4CD23C7E8D90F37DF45D716DF18AE7B65F72",
        ),
        (APP_PAY, "MD5", "15EB3357EADE28484013EC8869FACEEB"),
        (NATIVE_QR, "MD5", "533090B2C04BC9BA400C414FBF58FB68"),
    ],
)
def test_a_vector_gives_its_signature(fields: dict[str, str], sign_type: str, expected: str) -> None:
    assert sign(fields, KEY, SignType(sign_type)) == expected


def test_names_are_sorted_by_byte_capitals_before_underscore_before_small_letters() -> None:
    assert string_to_sign({"a": "1", "_": "2", "B": "3", "aB": "4", "a_": "5"}, "k") == "B=3&_=2&a=1&aB=4&a_=5&key=k"


def test_values_are_signed_as_they_are() -> None:
    assert string_to_sign({"body": " 茶&<>\"'%20+]]> "}, "k") == "body= 茶&<>\"'%20+]]> &key=k"


NAMES = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12).filter(lambda name: name != "sign")
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=8)
KEYS = st.text(string.ascii_letters + string.digits, min_size=32, max_size=32)
SIGN_TYPES = st.sampled_from(SignType)


@given(FIELDS, KEYS, SIGN_TYPES)
def test_what_is_signed_verifies(fields: dict[str, str], key: str, sign_type: SignType) -> None:
    assert verify({**fields, "sign": sign(fields, key, sign_type)}, key, sign_type)


@given(FIELDS.filter(lambda fields: any(fields.values())), KEYS, SIGN_TYPES)
def test_it_is_what_an_independent_merchant_computes(fields: dict[str, str], key: str, sign_type: SignType) -> None:
    assert sign(fields, key, sign_type) == signature(fields, key, sign_type.value)


@given(FIELDS.filter(bool), KEYS, SIGN_TYPES, st.data())
def test_any_one_changed_field_breaks_the_signature(
    fields: dict[str, str], key: str, sign_type: SignType, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(fields)))
    changed = fields | {name: data.draw(VALUES.filter(lambda value: value != fields[name]))}
    assert not verify({**changed, "sign": sign(fields, key, sign_type)}, key, sign_type)


@given(FIELDS, KEYS, KEYS, SIGN_TYPES)
def test_another_key_breaks_the_signature(fields: dict[str, str], key: str, other: str, sign_type: SignType) -> None:
    assert (key == other) == verify({**fields, "sign": sign(fields, key, sign_type)}, other, sign_type)


@given(FIELDS, KEYS, SIGN_TYPES, st.randoms(use_true_random=False))
def test_neither_order_nor_empty_fields_nor_the_sign_itself_matter(
    fields: dict[str, str], key: str, sign_type: SignType, random: Random
) -> None:
    names = [*fields]
    random.shuffle(names)
    shuffled = {name: fields[name] for name in names} | {"sign": "whatever"}
    empty = {f"empty_{name}": "" for name in names}
    assert sign({**empty, **shuffled}, key, sign_type) == sign(fields, key, sign_type)


@pytest.mark.parametrize("wrong", ["", "é", "9a0a8659f005d6984697e2ca0a9cf3b7", "9A0A8659F005D6984697E2CA0A9CF3B7 "])
def test_a_sign_that_is_not_exactly_right_is_wrong(wrong: str) -> None:
    assert not verify({**EXAMPLE, "sign": wrong}, KEY)


def test_a_missing_sign_is_wrong() -> None:
    assert not verify(EXAMPLE, KEY)
