"""The client's checks, one by one: pure, no server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.core.causes import Cause
from sandbox.core.credentials import Credentials
from sandbox.core.invocation import Channel, Device, Invocation, fields_of_ios_url
from sandbox.core.merchants import App, Capability, Merchant, ProductState, Secret, SubMerchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment, Prepay, Terms, TradeType
from sandbox.core.payers import version_of
from sandbox.core.placing import place
from sandbox.signing.flat import SignType, sign
from sandbox.v2 import FACE
from sandbox.v2.client_signature import covered
from sandbox.v2.origin import placed_by
from sandbox.wechat.client import Placed, refusal
from sandbox.words.causes import EXPLANATIONS, explain

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
APPID, MCH_ID, PREPAY_ID = "wx2421b1c4370ec43b", "10000100", "wx201410272009395522657a690389285100"
MERCHANT = Merchant(MCH_ID, "茶叶店", (APPID,), Secret("192006250b4c09247ec02edce69f6a2d"), Secret("v3" * 16))
APP = App(APPID, package_name="com.example.shop", app_signature="0123456789abcdef0123456789abcdef", bundle_id="com.a")


def order_of(trade_type: TradeType = TradeType.APP, sign_type: SignType = SignType.MD5, /, **terms: object) -> Order:
    agreed = Terms(
        appid=APPID,
        trade_type=trade_type,
        total_fee=1,
        body="茶",
        notify_url="https://a.example/n",
        **terms,  # type: ignore[arg-type]
    )
    return place(OrderKey(MCH_ID, "T1"), placed_by(sign_type), agreed, Prepay(PREPAY_ID, NOW), NOW)


def placed(order: Order | None = None, at: datetime = NOW, merchant: Merchant = MERCHANT) -> Placed:
    return Placed(order or order_of(), Credentials(merchant, at), at, FACE.client)


def app_request(device: Device = Device(), sign_type: SignType = SignType.MD5, **changed: str) -> Invocation:
    fields = {
        "appid": APPID,
        "partnerid": MCH_ID,
        "prepayid": PREPAY_ID,
        "package": "Sign=WXPay",
        "noncestr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": "1412000000",
    } | changed
    return Invocation(Channel.APP, {"sign": sign(fields, MERCHANT.api_key, sign_type), **fields, **changed}, device)


def page_request(sign_type: SignType = SignType.MD5, **changed: str) -> Invocation:
    fields = {
        "appId": APPID,
        "timeStamp": "1395712654",
        "nonceStr": "e61463f8efa94090b1f366cccfbbb444",
        "package": f"prepay_id={PREPAY_ID}",
        "signType": str(sign_type),
    } | changed
    return Invocation(Channel.JSAPI, {"paySign": sign(fields, MERCHANT.api_key, sign_type), **fields, **changed})


def renamed(request: Invocation, **names: str) -> Invocation:
    return replace(request, fields={names.get(name, name): value for name, value in request.fields.items()})


def resigned(request: Invocation, **signed: str) -> Invocation:
    """The request, signed over other fields than those it has."""
    name = request.dialect.sign
    wrong = sign({**covered(request), **signed}, MERCHANT.api_key)
    return replace(request, fields={**request.fields, name: wrong})


def cause_of(request: Invocation, app: App | None = APP, order: Placed | None = None) -> Cause | None:
    found = refusal(request, app, order or placed())
    return found.cause if found else None


def test_the_documents_own_signatures_are_accepted() -> None:
    """V2 notes, 1.3: vectors for APP and JSAPI."""
    assert app_request().sign == "15EB3357EADE28484013EC8869FACEEB"
    assert refusal(app_request(), APP, placed()) is None
    assert page_request().sign == "05F30DD446ED1AFB88D72F6A0F93BAE7"
    assert refusal(page_request(), APP, placed(order_of(TradeType.JSAPI))) is None
    hmac = page_request(SignType.HMAC_SHA256)
    assert hmac.sign == "D3C8EC2BB7A501F85B7FE93E298F4CD23C7E8D90F37DF45D716DF18AE7B65F72"
    assert refusal(hmac, APP, placed(order_of(TradeType.JSAPI, SignType.HMAC_SHA256))) is None


@pytest.mark.parametrize(
    ("device", "cause"),
    [
        (Device(wechat_installed=False), Cause.NOT_INSTALLED),
        (Device(wechat_version="4.5.1"), Cause.TOO_OLD),
        (Device(wechat_version="5.0"), None),
        (Device(wechat_version="8.0.49(0x18003135)"), None),
        (Device(logged_in=False), Cause.LOGGED_OUT),
        (Device(package_name="com.example.other"), Cause.APP_SIGNATURE),
        (Device(app_signature="ffffffffffffffffffffffffffffffff"), Cause.APP_SIGNATURE),
        (Device(app_signature="01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"), None),
        (Device(package_name="com.example.shop"), None),
        (Device(bundle_id="com.b"), Cause.APP_SIGNATURE),
    ],
)
def test_the_phone_is_checked_as_far_as_it_is_known(device: Device, cause: Cause | None) -> None:
    assert cause_of(app_request(device)) is cause


def test_what_comes_first_is_said_first() -> None:
    """A phone without WeChat never learns that the signature is wrong, too."""
    wrong = replace(app_request(Device(wechat_installed=False, logged_in=False)), fields={})
    assert cause_of(wrong, None) is Cause.NOT_INSTALLED


@pytest.mark.parametrize("name", ["appid", "partnerid", "prepayid", "package", "noncestr", "timestamp", "sign"])
def test_a_missing_field_is_named(name: str) -> None:
    found = refusal(renamed(app_request(), **{name: "whatever"}), APP, placed())
    assert found is not None
    assert (found.cause, found.explanation, found.field) == (Cause.SIGN, "field_missing", name)


@pytest.mark.parametrize(("right", "wrong"), [("partnerid", "partnerId"), ("noncestr", "nonce_str")])
def test_a_misspelt_field_is_named_with_its_right_name(right: str, wrong: str) -> None:
    found = refusal(renamed(app_request(), **{right: wrong}), APP, placed())
    assert found is not None
    assert (found.cause, found.explanation, found.field, found.given) == (Cause.SIGN, "field_misspelt", right, wrong)
    assert right in explain(found.facts(), "zh")
    assert wrong in explain(found.facts(), "en")


def test_a_page_that_spells_timestamp_hears_it_in_wechats_words() -> None:
    found = refusal(renamed(page_request(), timeStamp="timestamp"), APP, placed(order_of(TradeType.JSAPI)))
    assert found is not None
    assert found.err_str == "调用支付JSAPI缺少参数：timeStamp"


@pytest.mark.parametrize("given", ["1412000000000", "141200000", "14120000.0", "１４１２００００００"])
def test_a_timestamp_has_ten_digits(given: str) -> None:
    assert cause_of(app_request(timestamp=given)) is Cause.SIGN


def test_no_clock_is_asked_about_a_timestamp() -> None:
    assert cause_of(app_request(timestamp="9999999999")) is None


def test_an_apps_package_is_the_literal_sign_wxpay() -> None:
    assert cause_of(app_request(package=f"prepay_id={PREPAY_ID}")) is Cause.SIGN


def test_an_unregistered_appid() -> None:
    assert cause_of(app_request(), None) is Cause.APPID_UNREGISTERED


@pytest.mark.parametrize("state", [Capability.NOT_APPLIED, Capability.REVIEWING, Capability.REFUSED])
def test_an_app_without_payment_has_no_permission(state: Capability) -> None:
    assert cause_of(app_request(), replace(APP, payment=state)) is Cause.NO_PERMISSION


def test_a_product_that_was_closed_since() -> None:
    merchant = replace(MERCHANT, products={"APP": ProductState.NOT_OPENED})
    assert cause_of(app_request(), order=placed(merchant=merchant)) is Cause.NO_PERMISSION


def test_another_apps_appid_does_not_fit_the_order() -> None:
    other = replace(APP, appid="wx0000000000000000")
    assert cause_of(app_request(appid=other.appid), other) is Cause.APPID_MISMATCH
    assert cause_of(app_request(partnerid="1900000109")) is Cause.APPID_MISMATCH


SUB_APP = replace(APP, appid="wx0000000000000001")
PROVIDER = replace(MERCHANT, sub_merchants=(SubMerchant("1900000109", (SUB_APP.appid,)),))


def providers(trade_type: TradeType, **terms: str) -> Placed:
    """An order that a service provider placed, with the sub-merchant's appid."""
    order = order_of(trade_type, sub_appid=SUB_APP.appid, **terms)
    return placed(replace(order, key=OrderKey(MCH_ID, "T1", "1900000109")), merchant=PROVIDER)


@pytest.mark.parametrize(
    ("terms", "right", "wrong"),
    [
        ({"sub_openid": "o1"}, (SUB_APP,), APP),
        ({"openid": "o1"}, (APP,), SUB_APP),
        ({"openid": "o1", "sub_openid": "o2"}, (APP, SUB_APP), None),
    ],
)
def test_a_providers_order_is_signed_in_the_name_of_whose_openid_it_has(
    terms: dict[str, str], right: tuple[App, ...], wrong: App | None
) -> None:
    order = providers(TradeType.JSAPI, **terms)
    for app in right:
        assert cause_of(page_request(appId=app.appid), app, order) is None
    if wrong is None:
        return
    asked = refusal(page_request(appId=wrong.appid), wrong, order)
    rightly_named = replace(page_request(), fields={**page_request(appId=wrong.appid).fields, "appId": right[0].appid})
    signed = refusal(rightly_named, right[0], order)
    assert asked is not None
    assert signed is not None
    assert (asked.cause, signed.cause) == (Cause.APPID_MISMATCH, Cause.SIGN)
    for found in (asked, signed):
        assert (found.given, found.expected) == (wrong.appid, right[0].appid)
        name = "sub_openid" if "sub_openid" in terms else "openid"
        assert f"用 {name} 下单" in explain(found.facts(), "zh")
        assert f"by {name}" in explain(found.facts(), "en")


def test_a_providers_app_pays_under_its_own_appid() -> None:
    order = providers(TradeType.APP)
    assert cause_of(app_request(appid=SUB_APP.appid), SUB_APP, order) is None
    refused = refusal(app_request(), APP, order)
    assert refused is not None
    assert (refused.cause, refused.explanation) == (Cause.APPID_MISMATCH, "apps_own_appid")


def test_a_service_providers_app_may_name_either_merchant() -> None:
    order = replace(order_of(), key=OrderKey(MCH_ID, "T1", "1900000109"))
    assert cause_of(app_request(partnerid="1900000109"), order=placed(order)) is None
    assert cause_of(app_request(), order=placed(order)) is None


def test_an_unknown_prepay_id() -> None:
    found = refusal(app_request(prepayid="wx0"), APP, None)
    assert found is not None
    assert (found.cause, found.explanation) == (Cause.OTHER, "prepay_id_unknown")


@pytest.mark.parametrize("trade_type", [TradeType.JSAPI, TradeType.NATIVE, TradeType.MWEB])
def test_an_order_of_another_scene(trade_type: TradeType) -> None:
    assert cause_of(app_request(), order=placed(order_of(trade_type))) is Cause.WRONG_SCENE


def test_a_closed_order() -> None:
    assert cause_of(app_request(), order=placed(order_of().close(NOW))) is Cause.ORDER_CLOSED


def test_an_order_past_its_time_expire() -> None:
    late = placed(order_of(time_expire=NOW + timedelta(minutes=10)), NOW + timedelta(minutes=10))
    found = refusal(app_request(), APP, late)
    assert found is not None
    assert found.cause is Cause.ORDER_EXPIRED
    assert found.err_str == "订单已超过商户设置的最晚支付成功时间，请重新发起支付"


def test_a_prepay_id_lives_two_hours() -> None:
    assert cause_of(app_request(), order=placed(at=NOW + timedelta(hours=2, seconds=-1))) is None
    assert cause_of(app_request(), order=placed(at=NOW + timedelta(hours=2))) is Cause.ORDER_EXPIRED


def test_a_paid_order_is_a_minus_1_with_words_of_its_own() -> None:
    payment = Payment(transaction_id="4", paid_at=NOW, bank_type="CFT", openid="o", cash_fee=1)
    found = refusal(app_request(), APP, placed(order_of().pay(payment)))
    assert found is not None
    assert (found.cause, found.err_str) == (Cause.OTHER, "该订单已支付")


CAMEL = {
    "appId": APPID,
    "partnerId": MCH_ID,
    "prepayId": PREPAY_ID,
    "package": "Sign=WXPay",
    "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    "timeStamp": "1412000000",
}


@pytest.mark.parametrize(
    ("signature", "explanation"),
    [
        (sign(covered(app_request()), MERCHANT.api_key).lower(), "sign_lower_case"),
        (sign(covered(app_request()), MERCHANT.api_key, SignType.HMAC_SHA256), "sign_other_type"),
        (sign(covered(app_request()), MERCHANT.api_v3_key), "sign_v3_key"),
        (sign(CAMEL, MERCHANT.api_key), "sign_names"),
        (sign({**covered(app_request()), "signType": "MD5"}, MERCHANT.api_key), "sign_extra"),
        (sign({**covered(app_request()), "package": ""}, MERCHANT.api_key), "sign_lacking"),
        (
            sign({**covered(app_request()), "package": f"prepay_id={PREPAY_ID}"}, MERCHANT.api_key),
            "sign_package",
        ),
        ("0" * 32, "sign_unlike"),
        ("龙", "sign_unlike"),
    ],
)
def test_a_wrong_signature_is_explained(signature: str, explanation: str) -> None:
    request = app_request()
    found = refusal(replace(request, fields={**request.fields, "sign": signature}), APP, placed())
    assert found is not None
    assert (found.cause, found.explanation) == (Cause.SIGN, explanation)


def test_the_page_must_sign_with_the_orders_type() -> None:
    order = placed(order_of(TradeType.JSAPI, SignType.HMAC_SHA256))
    found = refusal(page_request(SignType.MD5), APP, order)
    assert found is not None
    assert (found.cause, found.explanation) == (Cause.SIGN, "sign_type")


def test_the_page_may_leave_out_sign_type_for_md5() -> None:
    fields = {name: value for name, value in page_request().fields.items() if name not in ("signType", "paySign")}
    request = Invocation(Channel.JSAPI, {**fields, "paySign": sign(fields, MERCHANT.api_key)})
    assert cause_of(request, order=placed(order_of(TradeType.JSAPI))) is None


def test_every_explanation_that_the_client_gives_has_its_sentence() -> None:
    for name, text in EXPLANATIONS.items():
        facts = {"field": "f", "given": "g", "expected": "e"}
        assert text.say("zh", **facts), name
        assert text.say("en", **facts), name


def test_no_two_causes_share_their_words() -> None:
    said = [cause.err_str for cause in Cause]
    assert len(said) == len(set(said)) == len(Cause)


@pytest.mark.parametrize("head", ["weixin://app", "https://help.wechat.com/app"])
@pytest.mark.parametrize("package", ["Sign%3DWXPay", "Sign=WXPay"])
def test_the_url_of_the_ios_sdk_is_read(head: str, package: str) -> None:
    url = f"{head}/{APPID}/pay/?nonceStr=n&package={package}&partnerId=1&prepayId=wx1&timeStamp=1&sign=S&signType=SHA1"
    fields = fields_of_ios_url(url)
    assert fields == {
        "appid": APPID,
        "noncestr": "n",
        "package": "Sign=WXPay",
        "partnerid": "1",
        "prepayid": "wx1",
        "timestamp": "1",
        "sign": "S",
        "signType": "SHA1",
    }


@pytest.mark.parametrize("url", ["", "weixin://", "weixin://wap/pay?x=1", f"https://evil.example/app/{APPID}/pay/?a=1"])
def test_other_urls_are_not(url: str) -> None:
    assert fields_of_ios_url(url) is None


def test_a_version_is_compared_by_its_numbers() -> None:
    assert version_of("10.0") > version_of("5.0") > version_of("4.9.9")
    assert version_of("beta") == ()
