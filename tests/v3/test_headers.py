"""The headers of a call besides the one that signs it: asked for in some groups, and before anything else.

V3 notes, 3.2, 3.3.
"""

import pytest

from tests.support.control import Control
from tests.support.v3 import PAY, V3Merchant

ASKED = ["/v3/certificates", "/v3/refund/domestic/refunds/NEVER00001", "/v3/bill/tradebill?bill_date=2020-01-01"]


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("lacking", ["User-Agent", "Accept"])
async def test_who_does_not_say_what_it_is_is_refused_unsigned(
    v3: V3Merchant, shared_control: Control, path: str, lacking: str
) -> None:
    answer = await v3.call("GET", path, headers={lacking: ""}, authorization=lambda header: "")

    assert (answer.status, answer.signed) == (400, False)
    assert answer.json == {"code": "INVALID_REQUEST", "message": "Http头缺少Accept或User-Agent"}
    call = (await shared_control.get("/journal", limit="1"))["items"][0]
    assert call["facts"]["fault"] == "user_agent"
    assert lacking in call["explanation"]


@pytest.mark.parametrize("lacking", ["User-Agent", "Accept"])
async def test_basic_payment_does_not_ask(v3: V3Merchant, lacking: str) -> None:
    answer = await v3.call("GET", f"{PAY}/out-trade-no/NEVER00001?mchid={v3.mch_id}", headers={lacking: ""})

    assert answer.status == 404


@pytest.mark.parametrize("path", ASKED)
async def test_the_other_groups_name_the_form_of_the_header_and_have_a_request_id(v3: V3Merchant, path: str) -> None:
    answer = await v3.call("GET", path, authorization=lambda header: "")

    message = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": message})
    assert answer.headers["Request-ID"]
    assert not answer.signed


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("given", ["Bearer abc", "Basic YTpi", 'WECHATPAY2-SM2-WITH-SM3 mchid="1"'])
async def test_the_other_groups_tell_another_scheme_from_none(v3: V3Merchant, path: str, given: str) -> None:
    answer = await v3.call("GET", path, authorization=lambda header: given)

    message = "Http头Authorization认证类型不正确"
    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": message})


async def test_pairs_without_a_scheme_are_a_malformed_header(v3: V3Merchant) -> None:
    answer = await v3.call("GET", ASKED[0], authorization=lambda header: header.partition(" ")[2])

    assert answer.json["message"] == "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
