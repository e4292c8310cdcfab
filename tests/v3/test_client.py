"""The second signature of V3's orders: what an app or a page hands over, and what the client minds of it."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.credentials import Credentials
from sandbox.core.invocation import Channel, Invocation
from sandbox.core.merchants import Merchant, Secret
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Prepay, Terms, TradeType
from sandbox.core.placing import place
from sandbox.v3.client import V3ClientSignature
from sandbox.v3.origin import CALLED
from tests.support import rsa_signing
from tests.support.control import Control
from tests.support.v3 import V3Merchant, sign

OPENID = "oSandboxPayer000000000000001"
AT = str(int(time.time()))
NONCE = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
Fields = dict[str, str]
Texts = Callable[[list[str]], str]


def right(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class Till:
    """A merchant's backend that hands payments over to the client."""

    def __init__(self, merchant: V3Merchant, control: Control, numbers: str) -> None:
        self.merchant, self.control, self.numbers = merchant, control, numbers

    async def prepay_id(self, product: str) -> str:
        payer = {"payer": {"openid": OPENID}} if product == "jsapi" else {}
        answer = await self.merchant.place(f"CLIENT{self.numbers}", product, **payer)
        return str(answer.json["prepay_id"])

    def page(self, prepay_id: str, text: Texts = right, key: str = "", **changed: str) -> Fields:
        package = f"prepay_id={prepay_id}"
        made = self.signed(text([self.merchant.appid, AT, NONCE, package]), key)
        fields = {"appId": self.merchant.appid, "timeStamp": AT, "nonceStr": NONCE, "package": package}
        return {**fields, "signType": "RSA", "paySign": made, **changed}

    def app(self, prepay_id: str, text: Texts = right, key: str = "", **changed: str) -> Fields:
        made = self.signed(text([self.merchant.appid, AT, NONCE, prepay_id]), key)
        fields = {"appid": self.merchant.appid, "partnerid": self.merchant.mch_id, "prepayid": prepay_id}
        return {**fields, "package": "Sign=WXPay", "noncestr": NONCE, "timestamp": AT, "sign": made, **changed}

    def signed(self, text: str, key: str) -> str:
        return sign(text.encode(), key or str(self.merchant.shown["private_key"]))

    async def says(self, channel: str, fields: Mapping[str, str]) -> dict[str, Any]:
        return dict(await self.control.post(f"/client/{channel}", dict(fields)))


@pytest.fixture
def till(v3: V3Merchant, shared_control: Control, request: pytest.FixtureRequest) -> Till:
    return Till(v3, shared_control, hashlib.md5(request.node.name.encode()).hexdigest()[:20])


async def test_a_page_pays_with_the_merchants_signature(till: Till) -> None:
    page = await till.says("jsapi", {**till.page(await till.prepay_id("jsapi")), "outcome": "success"})
    assert (page["errCode"], page["err_msg"]) == (0, "get_brand_wcpay_request:ok")


async def test_an_app_pays_with_the_merchants_signature(till: Till) -> None:
    app = await till.says("app", {**till.app(await till.prepay_id("app")), "outcome": "success"})
    assert app["errCode"] == 0


PAGE: dict[str, tuple[str, Texts]] = {
    "no last line end": ("最后一行没有 \\n", "\n".join),
    "CR LF": ("行尾是“\\r\\n”", lambda lines: "".join(f"{line}\r\n" for line in lines)),
    "a bare prepay_id": ("JSAPI 和小程序要写成", lambda lines: right([*lines[:3], lines[3].partition("=")[2]])),
    "milliseconds": ("毫秒", lambda lines: right([lines[0], f"{AT}123", *lines[2:]])),
    "the clock asked twice": ("只取一次时间", lambda lines: right([lines[0], str(int(AT) - 2), *lines[2:]])),
    "signType signed": ("signType（RSA）不参与", lambda lines: right([*lines, "RSA"])),
    "another order": ("顺序不对", lambda lines: right(sorted(lines))),
    "V2's pairs": (
        "V2 的写法",
        lambda lines: f"appId={lines[0]}&nonceStr={lines[2]}&package={lines[3]}&signType=RSA&timeStamp={lines[1]}",
    ),
    "another nonce": ("签的不是这些值", lambda lines: right([*lines[:2], "x" * 32, lines[3]])),
}
APP: dict[str, tuple[str, Texts]] = {
    "no last line end": ("最后一行没有 \\n", "\n".join),
    "prepay_id= named": ("APP 只写", lambda lines: right([*lines[:3], f"prepay_id={lines[3]}"])),
    "the package": ("APP 要签的是 prepayid", lambda lines: right([*lines[:3], "Sign=WXPay"])),
}


@pytest.mark.parametrize("row", PAGE)
async def test_what_a_page_signed_wrongly_is_told(till: Till, row: str) -> None:
    told, text = PAGE[row]
    answer = await till.says("jsapi", till.page(await till.prepay_id("jsapi"), text))

    assert (answer["errCode"], answer["cause"]) == (-1, "sign")
    assert told in answer["explanation"]
    assert answer["string_to_sign"].endswith(f"{NONCE}\nprepay_id={answer['string_to_sign'].split('=')[-1]}")


@pytest.mark.parametrize("row", APP)
async def test_what_an_app_signed_wrongly_is_told(till: Till, row: str) -> None:
    told, text = APP[row]
    answer = await till.says("app", till.app(await till.prepay_id("app"), text))

    assert (answer["errCode"], answer["cause"]) == (-1, "sign")
    assert told in answer["explanation"]


async def test_whose_key_signed_is_told(till: Till) -> None:
    prepay_id = await till.prepay_id("jsapi")
    other = await till.control.post("/merchants", {"mch_id": "1900008888"}, 201)
    key = str((await till.control.get(f"/merchants/{other['mch_id']}"))["private_key"])
    answer = await till.says("jsapi", till.page(prepay_id, key=key))
    assert "另一个商户 1900008888" in answer["explanation"]

    path = f"/merchants/{till.merchant.mch_id}/certificates"
    issued = await till.control.post(path, {}, 201)
    key = str((await till.control.get(f"/merchants/{till.merchant.mch_id}"))["private_key"])
    fields = till.page(prepay_id, key=key)
    assert (await till.says("jsapi", fields))["errCode"] is None
    await till.control.post(f"{path}/{issued['serial_no']}/revoke")
    answer = await till.says("jsapi", fields)
    assert "已作废" in answer["explanation"]
    assert issued["serial_no"] in answer["explanation"]


async def test_v2s_signature_is_told_as_such(till: Till) -> None:
    fields = till.app(await till.prepay_id("app"))
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "sign")
    made = hashlib.md5(f"{text}&key={till.merchant.shown['api_key']}".encode()).hexdigest().upper()
    answer = await till.says("app", {**fields, "sign": made})
    assert "V2 的做法（MD5" in answer["explanation"]


async def test_sign_type_is_rsa(till: Till) -> None:
    answer = await till.says("jsapi", till.page(await till.prepay_id("jsapi"), signType="MD5"))
    assert "signType 是 MD5" in answer["explanation"]


# -- laws --------------------------------------------------------------------------------------------------------------

MERCHANT = Merchant(rsa_signing.MCH_ID, "茶", ("wx8888888888888888",), Secret("a" * 32), Secret("v" * 32))
PREPAY_ID = "wx201410272009395522657a690389285100"
LINES = [MERCHANT.appids[0], AT, NONCE, f"prepay_id={PREPAY_ID}"]


def _order() -> Order:
    terms = Terms(
        appid=MERCHANT.appids[0], trade_type=TradeType.JSAPI, total_fee=1, body="茶", notify_url="https://a.example/n"
    )
    return place(OrderKey(MERCHANT.mch_id, "T1"), CALLED, terms, Prepay(PREPAY_ID, rsa_signing.NOW), rsa_signing.NOW)


def _credentials() -> Credentials:
    keys = rsa_signing.keyring()
    return Credentials(MERCHANT, rsa_signing.NOW, keys.own, None, list(keys.others))


TEXTS = st.sampled_from([*(text for _, text in PAGE.values()), right]).map(lambda text: text(LINES)) | st.text(
    max_size=99
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(rsa_signing.WHOSE))
def test_what_the_client_minds_is_true(text: str, whose: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    made = rsa_signing.base64_of(rsa_signing.rsa(raw, whose))
    fields = dict(zip(("appId", "timeStamp", "nonceStr", "package"), LINES, strict=True))
    asked = Invocation(Channel.JSAPI, {**fields, "signType": "RSA", "paySign": made})
    found = V3ClientSignature().wrong_with(asked, _order(), _credentials())
    if whose in ("own", "older") and text == right(LINES):
        assert found is None
        return
    assert found is not None
    assert (found.explanation == "v3_sign_other_merchant") == (whose == "other")
    assert (found.explanation == "v3_sign_unlike") == (whose in ("platform", "unknown"))
    if found.explanation == "v3_sign_last_line_end":
        assert f"{text}\n" == right(LINES)
    if found.explanation == "v3_sign_other_text":
        assert found.given == rsa_signing.SERIALS[whose]
