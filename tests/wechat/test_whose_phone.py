"""Whose phone, wallet and cards an order is paid with: client, cashier, payment and refund know the same payer."""

import pytest

from tests.support.control import Control
from tests.support.merchant import Merchant
from tests.wechat.conftest import Phone

PAYER = "oSandboxPayer000000000000001"
SUB_PAYER = "oTeahousePayer00000000000001"
SUB = {"sub_mch_id": "1900000201", "sub_appid": "wxteahouse"}


@pytest.fixture
async def provider(phone: Phone, control: Control, merchant: Merchant) -> Phone:
    """A service provider, with a sub-merchant whose payer has 100 fen in a card; the provider's own have no limit."""
    sub = {"sub_mch_id": SUB["sub_mch_id"], "sub_appids": [SUB["sub_appid"]]}
    terms = {"appids": ["wxprovider"], "service_provider": True, "sub_merchants": [sub], "certificate": False}
    opened = await control.post("/merchants", terms, 201)
    cards = [{"bank_type": "CMB_DEBIT", "balance_fen": 100}]
    payer = {"openid": SUB_PAYER, "appid": SUB["sub_appid"], "balance_fen": 0, "cards": cards}
    await control.post("/payers", payer, 201)
    control.mch_id = opened["mch_id"]
    return Phone(phone.session, Merchant.opened(phone.session, opened, merchant.notify_url))


async def ordered(provider: Phone, number: str, **fields: str) -> str:
    answer = await provider.merchant.order(number, trade_type="JSAPI", sub_openid=SUB_PAYER, **SUB, **fields)
    return answer["prepay_id"]


async def test_whom_sub_openid_names_pays_and_gets_the_money_back(provider: Phone, control: Control) -> None:
    prepay_id = await ordered(provider, "S1")
    page = await provider.session.get(f"/cashier/{prepay_id}")
    assert "招商银行" in await page.text()
    request = provider.page_fields(prepay_id, appId=SUB["sub_appid"])
    assert (await provider.call("jsapi", request, outcome="success"))["errCode"] == 0
    paid = await provider.merchant.query("S1", **SUB)
    assert (paid["bank_type"], paid["sub_openid"]) == ("CMB_DEBIT", SUB_PAYER)
    openids = {one["openid"] for one in (await control.get("/payers"))["items"] if one["appid"] == "wxprovider"}
    assert paid["openid"] in openids
    assert (await control.get(f"/payers/{SUB_PAYER}"))["cards"][0]["balance_fen"] == 0
    poor = provider.page_fields(await ordered(provider, "S2"), appId=SUB["sub_appid"])
    assert (await provider.call("jsapi", poor, outcome="success"))["cause"] == "balance"
    await provider.merchant.refund("S1", "R1", refund_fee=40, **SUB)
    await control.advance(86400)
    assert (await control.get(f"/payers/{SUB_PAYER}"))["cards"][0]["balance_fen"] == 40


async def test_the_phone_is_theirs_too(provider: Phone, control: Control) -> None:
    request = provider.page_fields(await ordered(provider, "S1"), appId=SUB["sub_appid"])
    await control.call("PATCH", f"/payers/{SUB_PAYER}", {"logged_in": False})
    assert (await provider.call("jsapi", request))["cause"] == "logged-out"
    await control.call("PATCH", f"/payers/{SUB_PAYER}", {"logged_in": True})
    assert (await provider.call("jsapi", request))["errCode"] is None


async def test_who_shows_a_code_to_a_sub_merchant_pays(provider: Phone, control: Control) -> None:
    paid = await provider.merchant.micropay("S1", await control.auth_code(SUB_PAYER), 100, **SUB)
    assert (paid["bank_type"], paid["sub_openid"]) == ("CMB_DEBIT", SUB_PAYER)
    poor = await provider.merchant.micropay("S2", await control.auth_code(SUB_PAYER), 100, **SUB)
    assert poor["err_code"] == "NOTENOUGH"
    await provider.merchant.reverse("S1", **SUB)
    assert (await control.get(f"/payers/{SUB_PAYER}"))["cards"][0]["balance_fen"] == 100


@pytest.mark.parametrize(
    ("setting", "device", "cause"),
    [
        ({"logged_in": False}, {}, "logged-out"),
        ({"logged_in": False}, {"logged_in": True}, None),
        ({"logged_in": True}, {"logged_in": False}, "logged-out"),
        ({"wechat_version": "4.5"}, {"wechat_version": "8.0.49"}, None),
        ({"wechat_version": "8.0.49"}, {"wechat_version": "4.5"}, "too-old"),
    ],
)
async def test_what_the_request_says_of_the_phone_counts(
    phone: Phone, control: Control, setting: dict[str, object], device: dict[str, object], cause: str | None
) -> None:
    request = phone.app_fields(await phone.place("S1", "APP"))
    await control.call("PATCH", f"/payers/{PAYER}", setting)
    assert (await phone.call("app", request, device=device)).get("cause") == cause


@pytest.mark.parametrize("api", ["getBrandWCPayRequest", "chooseWXPay", "requestPayment"])
@pytest.mark.parametrize("sign_type", ["MD5", "HMAC-SHA256"])
async def test_a_page_signs_in_the_name_of_whose_openid_was_sent(
    provider: Phone, control: Control, api: str, sign_type: str
) -> None:
    by = {SUB["sub_appid"]: {"sub_openid": SUB_PAYER}, "wxprovider": {"openid": "oProviderPayer00000000000001"}}
    for n, (right, payer) in enumerate(by.items()):
        answer = await provider.merchant.order(f"S{n}", trade_type="JSAPI", sign_type=sign_type, **SUB, **payer)
        made = {appid: provider.page_fields(answer["prepay_id"], sign_type, appId=appid) for appid in by}
        (wrong,) = set(by) - {right}
        for request in (made[wrong], {**made[wrong], "appId": right}):
            refused = await provider.call("jsapi", {**request, "api": api})
            assert refused["err_msg"].endswith(":fail")
            assert f"{next(iter(payer))} " in refused["explanation"]
            assert (await provider.call("jsapi", {**request, "api": api}, outcome="success"))["errCode"] == -1
        second = await control.post("/debug/second", {"channel": "jsapi", "prepay_id": answer["prepay_id"]})
        assert second["fields"]["appId"] == right
        assert (await provider.call("jsapi", {**made[right], "api": api}, outcome="success"))["errCode"] == 0


async def test_a_mini_program_that_names_no_appid_is_the_payers(provider: Phone) -> None:
    prepay_id = await ordered(provider, "S1")
    right, wrong = (provider.page_fields(prepay_id, appId=appid) for appid in (SUB["sub_appid"], "wxprovider"))
    for fields, code in ((wrong, -1), (right, 0)):
        unnamed = {name: value for name, value in fields.items() if name != "appId"}
        answer = await provider.call("jsapi", {**unnamed, "api": "requestPayment"}, outcome="success")
        assert answer["errCode"] == code
        assert ("sub_openid" in (answer.get("explanation") or "")) == (code == -1)
