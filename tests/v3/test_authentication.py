"""Who calls: each way in which the Authorization header can be wrong, in WeChat Pay's own words."""

import re
import time
from dataclasses import replace

import pytest

from tests.support.control import Control
from tests.support.v3 import PAY, V3Merchant

QUERY = f"{PAY}/out-trade-no/UNKNOWN001?mchid=1900000109"
SERIAL_WRONG = "商户证书序列号有误。请使用签名私钥匹配的证书序列号"


WRONG = {
    "no header": (r".*", "", "签名信息错误，验签失败"),
    "another scheme": (r".*", "Bearer abc", "签名信息错误，验签失败"),
    "another algorithm": (r"SHA256-RSA2048", "SM2-WITH-SM3", "Http头Authorization认证类型不正确"),
    "a part is missing": (r",nonce_str=\"[^\"]*\"", "", "签名信息错误，验签失败"),
    "single quotes": (r"\"", "'", "签名信息错误，验签失败"),
    "a timestamp in milliseconds": (r"timestamp=\"(\d+)\"", r'timestamp="\g<1>000"', "签名信息错误，验签失败"),
    "an unknown merchant": (r"mchid=\"\d+\"", 'mchid="1999999999"', "签名信息错误，验签失败"),
    "an unknown serial": (
        r"serial_no=\"\w+\"",
        'serial_no="7777"',
        "商户证书序列号有误。请使用签名私钥匹配的证书序列号",
    ),
    "another nonce than the signed": (r"nonce_str=\"\w+\"", 'nonce_str="0123456789"', "签名错误"),
    "a signature cut short": (r"signature=\"....", 'signature="', "签名错误"),
    "a signature that is no base64": (r"signature=\"[^\"]*\"", 'signature="????"', "签名错误"),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
async def test_who_is_not_known_is_401_unsigned_and_without_request_id(
    v3: V3Merchant, old: str, new: str, message: str
) -> None:
    answer = await v3.call("GET", QUERY, authorization=lambda header: re.sub(old, new, header, count=0))

    assert (answer.status, answer.json["code"], answer.json["message"]) == (401, "SIGN_ERROR", message)
    assert ("detail" in answer.json) == (message == "签名错误")
    assert not answer.signed
    assert "Request-ID" not in answer.headers


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_timestamp_of_other_minutes_is_told_before_the_signature(v3: V3Merchant, seconds: int) -> None:
    def late(header: str) -> str:
        return re.sub(r"timestamp=\"\d+\"", f'timestamp="{int(time.time()) + seconds}"', header)

    answer = await v3.call("GET", QUERY, authorization=late)

    assert answer.json["message"] == "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"


async def test_the_parts_stand_in_any_order_and_the_serial_in_any_case(v3: V3Merchant) -> None:
    def turned(header: str) -> str:
        scheme, _, rest = header.partition(" ")
        return f"{scheme} " + ",".join(reversed(rest.split(",")))

    assert (await v3.call("GET", QUERY, authorization=turned)).status == 404

    def lower(header: str) -> str:
        return re.sub(r"serial_no=\"\w+\"", lambda found: found[0].lower(), header)

    assert (await v3.call("GET", QUERY, authorization=lower)).status == 404


async def test_the_signature_is_over_the_target_as_it_was_sent(v3: V3Merchant) -> None:
    for number in ("A%7CB*C001", "A|B*C001", "%41BCDEF"):
        answer = await v3.call("GET", f"{PAY}/out-trade-no/{number}?mchid=1900000109")

        assert answer.status == 404, answer


async def test_the_sandbox_clock_changes_nothing(v3: V3Merchant, shared_control: Control) -> None:
    await shared_control.advance(86400)

    assert (await v3.call("GET", QUERY)).status == 404


async def test_a_certificate_counts_from_the_very_next_call_until_the_last(v3: V3Merchant) -> None:
    """However often the merchant calls: whoever issues or revokes has its word kept at once."""
    assert (await v3.call("GET", QUERY)).json["code"] == "ORDER_NOT_EXIST"
    path = f"/merchants/{v3.mch_id}/certificates"
    for _ in range(3):
        issued = await Control(v3.session).post(path, status=201)
        key = await Control(v3.session).get(f"{path}/{issued['serial_no']}")
        other = replace(v3, shown={**v3.shown, "serial_no": issued["serial_no"], "private_key": key["private_key"]})
        assert (await other.call("GET", QUERY)).json["code"] == "ORDER_NOT_EXIST"
        await Control(v3.session).post(f"{path}/{issued['serial_no']}/revoke")
        assert (await other.call("GET", QUERY)).json["message"] == "商户证书已作废"


@pytest.mark.parametrize(("act", "message"), [("revoke", "商户证书已作废"), ("expire", "商户证书已过期")])
async def test_a_certificate_that_has_ended_says_so(
    v3: V3Merchant, shared_control: Control, act: str, message: str
) -> None:
    path = f"/merchants/{v3.mch_id}/certificates"
    issued = await shared_control.post(path, {}, 201)
    await shared_control.post(f"{path}/{issued['serial_no']}/{act}")

    def with_it(header: str) -> str:
        return re.sub(r"serial_no=\"\w+\"", f'serial_no="{issued["serial_no"]}"', header)

    answer = await v3.call("GET", QUERY, authorization=with_it)

    assert (answer.status, answer.json["message"]) == (401, message)


async def test_a_nonce_that_comes_twice_is_told_and_taken(v3: V3Merchant, shared_control: Control) -> None:
    def own(header: str) -> str:
        return v3.authorization("GET", QUERY, b"", nonce_str="SAMENONCE0000001")

    for _ in range(2):
        assert (await v3.call("GET", QUERY, authorization=own)).status == 404

    second, first = (await shared_control.get("/journal", lang="en"))["items"][:2]
    assert "remark" not in first
    assert "SAMENONCE0000001 was that of an earlier call" in second["remark"]
